"""What the application is put together with: key files, proxies, terms of one's own, the frame (design 4, 6)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from accounts.terms import TERMS_VERSION
from audit.models import AuditEntry
from portal.app import create_app
from portal.settings import SettingsError
from portal.terms import read_terms
from tests.pages import Page, elements
from tests.portal.company import Company
from tests.portal.world import World, make_settings, make_world

FORGED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}


def address_logged(world: World) -> str:
    """Let someone fail to log in behind `FORGED` headers, and return the address in the log."""
    visitor = world.visitor("192.0.2.10")
    form = visitor.get("/inloggen").form()
    visitor.client.post(
        "/inloggen",
        data={**form.values, "login_name": "niemand", "password": "een ander wachtwoord"},
        headers=FORGED,
        base_url=visitor.base_url,
        environ_overrides=visitor.environment,
    )
    with world.session() as session:
        return session.scalars(select(AuditEntry).where(AuditEntry.action == "login:fail")).one().access_point


def test_without_proxies_nobody_chooses_the_address_in_the_log(world: World) -> None:
    """Security.md, goal I."""
    assert address_logged(world) == "192.0.2.10"


def test_a_proxy_that_is_trusted_names_the_address(tmp_path: Path, sqlite_url: str) -> None:
    assert address_logged(make_world(tmp_path, sqlite_url, TRUSTED_PROXIES="1")) == "203.0.113.9"


def test_without_key_files_there_is_no_portal(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, f"sqlite:///{tmp_path / 'empty.sqlite3'}")

    with pytest.raises(SettingsError, match="datakluis init"):
        create_app(settings)


def test_no_page_shows_the_demo_strip_outside_the_demo(world: World) -> None:
    assert "Dit is een demo" not in world.visitor().get("/inloggen").text


def test_own_terms_take_the_place_of_ours_with_a_version_of_their_own(tmp_path: Path) -> None:
    """L-33."""
    path = tmp_path / "terms.txt"
    path.write_text("Eerste\nzin.\n\nTweede <b>zin</b>.\n", encoding="utf-8")

    terms = read_terms(path)

    assert terms.paragraphs == ("Eerste zin.", "Tweede <b>zin</b>.")
    assert terms.version.startswith("own-")
    assert len(terms.version) <= 20
    assert read_terms(None).version == TERMS_VERSION


def test_another_text_is_another_version(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("Wij delen niets.", encoding="utf-8")
    (tmp_path / "b").write_text("Wij delen alles.", encoding="utf-8")

    assert read_terms(tmp_path / "a").version != read_terms(tmp_path / "b").version


def test_own_terms_are_shown_as_text(tmp_path: Path, sqlite_url: str) -> None:
    path = tmp_path / "terms.txt"
    path.write_text("Tweede <b>zin</b>.", encoding="utf-8")
    world = make_world(tmp_path, sqlite_url, TERMS_FILE=str(path))
    world.add("Anna", "werkgever")

    visitor = world.log_in("Anna")

    assert visitor.path == "/gebruiksvoorwaarden"
    assert visitor.page is not None
    assert "Tweede <b>zin</b>." in visitor.page.text
    assert visitor.submit(action="/gebruiksvoorwaarden").heading == "Start"


def test_the_side_bar_shows_only_what_one_may_ever_use(world: World) -> None:
    """Screens.md, *Frames*; domain.md part C."""
    world.add("Petra", "privacyfunctionaris")
    page = world.log_in("Petra").page
    assert page is not None

    assert "/logboek" in page.links()
    assert not {"/werknemers", "/dossiers", "/toelatingen", "/datakluis-beheer/autorisaties"} & set(page.links())


def marked_places(page: Page) -> list[str]:
    """Where the side bar says that one is."""
    return [link.get("href", "") for link in elements(page.root, "a") if link.get("aria-current") == "page"]


@pytest.mark.parametrize(
    ("name", "path", "place"),
    [
        ("Ilse", "/exporteren", "/werknemers"),
        ("Ilse", "/werknemers/uit-dienst-melden", "/werknemers"),
        ("Ilse", "/werknemers/importeren", "/werknemers"),
        ("Ilse", "/deelverzoeken", "/werknemers"),
        ("Carla", "/exporteren", "/dossiers"),
        ("Carla", "/dossiers/deelverzoeken", "/dossiers"),
    ],
)
def test_the_side_bar_marks_where_a_page_belongs(company: Company, name: str, path: str, place: str) -> None:
    """Screens.md, *Frames*."""
    page = company.visitor(name, path).page
    assert page is not None

    assert marked_places(page) == [place]


def test_the_side_bar_marks_the_employers_above_documents_of_one(company: Company) -> None:
    employer_id = company.world.employer.id
    paths = (f"/werkgevers/{employer_id}/documenten", f"/documenten/uploaden/werkgever/{employer_id}")
    for name, place in (("Carla", "/werkgevers"), ("Ilse", "/werkgevergegevens")):
        for path in paths:
            marked = marked_places(company.page(name, path))
            assert [each for each in marked if not each.endswith("/documenten")] == [place]


def test_the_side_bar_marks_the_employees_above_an_employment(company: Company) -> None:
    page = company.visitor("Ilse", company.employee_url("Eva", "/dienstverbanden/nieuw")).page
    assert page is not None

    assert marked_places(page) == ["/werknemers"]


@pytest.mark.parametrize(
    "host", ["datakluis.example", "datakluis.example:8443", "localhost:8000", "127.0.0.1", "[::1]:8"]
)
def test_the_portal_answers_to_its_own_name_and_on_its_own_machine(world: World, host: str) -> None:
    assert world.visitor().client.get("/inloggen", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "datakluis.example.evil.example", "localhost.evil.example", "192.0.2.1"]
)
def test_a_site_whose_own_name_leads_here_reads_nothing(world: World, host: str) -> None:
    """Security.md, goal I: DNS rebinding."""
    response = world.visitor().client.get("/inloggen", headers={"Host": host})

    assert response.status_code == 400
    assert response.get_data(as_text=True) == "Onder deze naam is Datakluis niet te bereiken.\n"
