"""Instellingen > Beveiliging: password, back-up code and open sessions of one's own (L-14, L-25, L-28, T-01)."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.backup_codes import needs_backup_code
from accounts.models import LoginSession
from accounts.sessions import end_sessions_of
from audit.models import AuditEntry
from crypto.passwords import stretch
from crypto.secret import Secret
from delivery.models import OutgoingMessage
from portal.views import security_settings
from tests.pages import Page, Visitor
from tests.portal.world import World

PAGE = "/instellingen/beveiliging"
PASSWORD = PAGE + "/wachtwoord"
NEW = "vijf lauwe koffers op zolder"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def anna(world: World) -> Visitor:
    world.add("Anna", "werkgever")
    return world.log_in("Anna")


def change(visitor: Visitor, present: str, new: str = NEW, repeated: str | None = None, *, status: int = 200) -> Page:
    visitor.get(PASSWORD)
    values = {"present": present, "password": new, "repeated": repeated or new}
    return visitor.submit(values, action=PASSWORD, status=status)


def mails(world: World) -> list[str]:
    with world.session() as session:
        return list(session.scalars(select(OutgoingMessage.kind)))


def actions(world: World) -> list[str]:
    with world.session() as session:
        return list(session.scalars(select(AuditEntry.action)))


def test_the_page_shows_all_ways_in_and_is_a_tab_of_the_settings(anna: Visitor) -> None:
    anna.get("/instellingen")
    assert anna.page is not None
    assert PAGE in anna.page.links()

    page = anna.get(PAGE)

    assert page.heading == "Instellingen: beveiliging"
    for part in ("Wachtwoord wijzigen", "Authenticator-app", "Mijn back-up code", "Dit apparaat"):
        assert part in page.text


def test_a_new_password_ends_every_other_session_and_this_one_goes_on(world: World, anna: Visitor) -> None:
    """L-25, goal M."""
    person = world.people["Anna"]
    elsewhere = world.log_in("Anna")

    page = change(anna, person.password)

    assert "Uw wachtwoord is gewijzigd" in page.text
    assert anna.path == PAGE
    assert elsewhere.get("/").heading == "Inloggen"
    assert anna.get(PAGE).status == 200
    assert "password_changed" in mails(world)
    assert actions(world).count("password:set") == 2, "the first one was set with the invitation"
    visitor = world.visitor()
    visitor.get("/inloggen")
    visitor.submit({"login_name": "anna", "password": person.password}, status=422)
    visitor.submit({"login_name": "anna", "password": NEW})
    assert visitor.path != "/inloggen"


@pytest.mark.parametrize(
    ("present", "new", "repeated", "told"),
    [
        ("fout wachtwoord hier", NEW, NEW, "Dit is niet uw wachtwoord."),
        ("", NEW, NEW, "Vul uw huidige wachtwoord in"),
        ("goed", "kort", "kort", "te kort"),
        ("goed", "annaannaannaanna", "annaannaannaanna", "te raden"),
        ("goed", NEW, NEW + "!", "Typ hier hetzelfde wachtwoord"),
    ],
)
def test_what_is_not_right_is_told_beside_its_field_and_changes_nothing(
    world: World, anna: Visitor, present: str, new: str, repeated: str, told: str
) -> None:
    own = world.people["Anna"].password

    page = change(anna, own if present == "goed" else present, new, repeated, status=422)

    assert told in page.text
    assert "password_changed" not in mails(world)
    assert anna.get("/").heading != "Inloggen"


def test_a_new_back_up_code_is_shown_once_and_voids_the_one_before(world: World, anna: Visitor) -> None:
    """L-13, L-14."""
    anna.get(PAGE + "/back-upcode")
    page = anna.submit(action=PAGE + "/back-upcode")

    found = re.search(r"([A-Z2-7]{4}-){4}[A-Z2-7]{4}", page.text)
    assert found is not None
    assert found[0] != world.people["Anna"].backup_code
    assert "backup_code_renewed" in mails(world)
    anna.submit(action="/back-upcode/bewaard")
    with world.session() as session:
        assert not needs_backup_code(session, world.people["Anna"].id)
    visitor = world.visitor()
    visitor.get("/inloggen")
    world.give_password(visitor, "Anna")
    visitor.get("/inloggen/back-upcode")
    visitor.submit({"code": world.people["Anna"].backup_code}, status=422)
    visitor.submit({"code": found[0]})
    assert "/inloggen" not in visitor.path


def test_a_code_that_was_not_kept_is_asked_for_again(anna: Visitor) -> None:
    """L-13: nobody goes on with the old one void and no new one."""
    anna.get(PAGE + "/back-upcode")
    anna.submit(action=PAGE + "/back-upcode")

    assert anna.get("/").heading == "Uw back-up code"


def test_another_session_is_seen_and_ended_at_once(world: World, anna: Visitor) -> None:
    """L-28."""
    phone = world.visitor("198.51.100.7")
    phone.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    world.log_in("Anna", phone)
    page = anna.get(PAGE)
    assert "Firefox op Linux" in page.text
    assert "198.51.100.7" in page.text
    (action,) = [form.action for form in page.forms if re.search(r"/sessies/.+/afmelden$", form.action)]

    anna.submit(action=action)

    assert phone.get("/").heading == "Inloggen"
    assert "Firefox op Linux" not in anna.get(PAGE).text
    assert "session:end" in actions(world)


def test_all_other_sessions_end_at_once_and_this_one_goes_on(world: World, anna: Visitor) -> None:
    others = [world.log_in("Anna") for _ in range(2)]
    anna.get(PAGE)

    page = anna.submit(action=PAGE + "/sessies/afmelden")

    assert "U bent op 2 andere apparaten uitgelogd." in page.text
    assert [other.get("/").heading for other in others] == ["Inloggen", "Inloggen"]


def test_a_session_of_somebody_else_is_as_unknown_as_one_that_is_not_there(world: World, anna: Visitor) -> None:
    world.add("Bram", "werkgever")
    bram = world.log_in("Bram")
    with world.session() as session:
        of_bram = session.scalar(
            select(LoginSession.reference).where(LoginSession.person_id == world.people["Bram"].id)
        )
    anna.get(PAGE)
    assert anna.page is not None
    token = anna.page.form("/uitloggen").values["csrf_token"]

    for reference in (of_bram, UUID(int=7)):
        response = anna.client.post(
            f"{PAGE}/sessies/{reference}/afmelden", data={"csrf_token": token}, base_url=anna.base_url
        )
        assert response.status_code == 404

    assert bram.get("/").heading != "Inloggen"


def test_a_stolen_session_changes_no_password_and_makes_no_code(world: World, anna: Visitor) -> None:
    """ASVS 7.5.1: a cookie alone is not enough."""
    world.let_password_age(anna)

    assert anna.get(PAGE + "/back-upcode").heading == "Vul uw wachtwoord in"
    change(anna, "geraden wachtwoord", status=422)


def test_a_session_that_is_ended_while_its_password_is_changed_changes_nothing(
    world: World, anna: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Goal M: whoever is put out while Argon2id works does not come back by it."""

    def overtaken(*arguments: Any) -> Secret:
        with world.session() as session, session.begin():
            end_sessions_of(session, world.people["Anna"].id)
        return stretch(*arguments)

    monkeypatch.setattr(security_settings, "stretch", overtaken)

    page = change(anna, world.people["Anna"].password)

    assert page.heading == "Inloggen"
    assert "password_changed" not in mails(world)
