"""Plaatsvervanging on the screens (M-05, M-06)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.actor import Scope
from organisation.memberships import give_role
from tests.pages import Page, Visitor
from tests.portal.company import Company
from tests.world import OPERATOR

PAGE = "/instellingen/plaatsvervanging"


@pytest.fixture
def office(company: Company) -> Company:
    """Carla, who may register, and Cor, who sees the garage only."""
    with company.preparing() as world:
        give_role(world.session, world.people["Carla"].id, "plaatsvervanging", OPERATOR)
        world.hire_arbo("Cor", Scope(False, frozenset({world.garage.id})))
        company.portal.people["Cor"] = world.people["Cor"]
    return company


def values(
    office: Company, absent: str = "Carla", substitute: str = "Cor", first: int = 0, last: int = 3, **other: str
) -> dict[str, str]:
    today = office.portal.source.now().date()
    people = office.world.people
    return {
        "absent_id": str(people[absent].id),
        "substitute_id": str(people[substitute].id),
        "starts_on": f"{today + timedelta(days=first):%d-%m-%Y}",
        "ends_on": f"{today + timedelta(days=last):%d-%m-%Y}",
        **other,
    }


def send(visitor: Visitor, sent: dict[str, str], *, status: int = 200) -> Page:
    visitor.get(PAGE)
    return visitor.submit(sent, action=PAGE, status=status)


def test_a_substitution_is_registered_after_one_question_and_shows_on_both_start_pages(office: Company) -> None:
    cor = office.visitor("Cor")
    visitor = office.visitor("Carla")
    page = visitor.get("/instellingen")
    assert PAGE in page.links()

    page = send(visitor, values(office))
    assert page.heading == "Autorisatie overname"
    assert "Cor vervangt Carla van" in page.text
    assert "vervangt u" not in cor.get("/").text, "nothing was registered by asking"

    page = visitor.submit({"stap": "bevestigen"})
    assert "De plaatsvervanging is geregistreerd." in page.text
    assert "Cor vervangt u." in page.text
    assert "U vervangt Carla tot en met" in cor.get("/").text
    assert "Cor vervangt u tot en met" in visitor.get("/").text


def test_a_running_session_sees_more_at_once_and_less_at_once(office: Company) -> None:
    """M-06 and design 4: rights are those of this moment."""
    cor, visitor = office.visitor("Cor"), office.visitor("Carla")
    assert "Bakkerij Mulder" not in cor.get("/dossiers").text
    send(visitor, values(office, stap="bevestigen"))
    assert "Bakkerij Mulder" in cor.get("/dossiers").text

    visitor.get(PAGE)
    (link,) = [link for link in visitor.page.links() if link.endswith("/beeindigen")]  # type: ignore[union-attr]
    page = visitor.get(link)
    assert "vervallen meteen de overgenomen rechten" in page.text
    page = visitor.submit({})
    assert "De plaatsvervanging is beëindigd." in page.text
    assert "Bakkerij Mulder" not in cor.get("/dossiers").text
    visitor.get(link, status=404)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"substitute": "Carla"}, "Kies twee verschillende mensen."),
        ({"absent": "Cor", "substitute": "Carla"}, "U kunt niet uzelf aanwijzen."),
        ({"first": -1}, "De eerste dag is al voorbij."),
        ({"first": 2, "last": 1}, "De laatste dag ligt voor de eerste dag."),
        ({"last": 400}, "ten hoogste een jaar"),
        ({"starts_on": "31-31-2026"}, "31-12-1990"),
        ({"ends_on": ""}, "Vul de laatste dag in."),
        ({"substitute_id": ""}, "Kies wie het werk overneemt."),
        ({"substitute_id": "niemand"}, "Kies wie het werk overneemt."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(
    office: Company, other: dict[str, str], sentence: str
) -> None:
    page = send(office.visitor("Carla"), values(office, **other), status=422)  # type: ignore[arg-type]

    assert sentence in page.text
    sent = page.form(PAGE).values
    assert sent["starts_on"] == values(office, **other)["starts_on"]  # type: ignore[arg-type]


def test_who_has_a_substitute_already_gets_no_second_one(office: Company) -> None:
    visitor = office.visitor("Carla")
    send(visitor, values(office, stap="bevestigen"))

    page = send(visitor, values(office, stap="bevestigen"), status=422)
    assert "heeft in deze periode al een plaatsvervanger" in page.text


def test_somebody_elsewhere_is_nobody(office: Company) -> None:
    """D-rule 16: the same for a person of another organisation as for one who does not exist."""
    visitor = office.visitor("Carla")
    for unknown in (str(office.world.people["Dirk"].id), "00000000-0000-4000-8000-000000000000"):
        send(visitor, values(office, substitute_id=unknown), status=404)
    visitor.get(f"{PAGE}/00000000-0000-4000-8000-000000000000/beeindigen", status=404)


def test_without_the_right_there_is_no_way_there(office: Company) -> None:
    visitor = office.visitor("Cor")

    assert PAGE not in visitor.get("/instellingen").links()
    visitor.get(PAGE, status=403)


def test_the_log_tells_who_acted_for_whom(office: Company) -> None:
    """LOG4."""
    send(office.visitor("Carla"), values(office, stap="bevestigen"))
    office.share("Eva")
    office.visitor("Cor", office.dossier_url("Eva"))
    with office.preparing() as world:
        give_role(world.session, world.people["Carla"].id, "privacyfunctionaris", OPERATOR)

    assert "Cor namens Carla" in office.page("Carla", "/logboek").text
