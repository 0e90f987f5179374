"""From the mail with an invitation into a dialogue to the dialogue, through the forms (D-04, D-05, G-11, D-rule 32)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from accounts.models import LoginSession, Person
from delivery.models import OutgoingMessage
from delivery.outbox import MessageState
from dialogs.models import DialogueInvitation, Participant
from organisation.models import EMPLOYEES_ID
from tests.dialogs.guests import EMAIL, NUMBER, PASSWORD
from tests.pages import Visitor
from tests.portal.invited import NAMES, URL, Invited, invite_somebody, state_of
from tests.portal.world import World, make_world


@pytest.fixture
def invited(world: World) -> Invited:
    return invite_somebody(world)


@pytest.fixture
def sms_world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    """A portal that offers SMS as a second factor."""
    made = make_world(tmp_path, sqlite_url, SMS_FOLDER=str(tmp_path / "sms"))
    yield made
    made.services.factory.engine.dispose()


def employees(world: World) -> int:
    with world.session() as session:
        counted = select(func.count()).select_from(Person).where(Person.organisation_id == EMPLOYEES_ID)
        return session.scalar(counted) or 0


def test_somebody_new_signs_up_in_five_steps(invited: Invited) -> None:
    """G-11; each step says where it is."""
    visitor = invited.visitor()
    page = visitor.page
    assert page is not None
    assert page.heading == "U bent uitgenodigd voor een dialoog"
    assert "Van Dam wil met u praten" in page.text
    assert "Rooster" not in page.text

    assert "Stap 1 van 5" in visitor.get(f"{URL}/voorwaarden").text
    assert "Stap 2 van 5" in visitor.submit().text
    page = visitor.submit({"password": PASSWORD, "repeated": PASSWORD})
    assert "Stap 3 van 5" in page.text
    assert "•••• 01" in page.text
    assert "Stap 3 van 5" in visitor.submit().text
    assert employees(invited.world) == 0
    assert "Stap 4 van 5" in visitor.submit({"code": invited.code()}).text
    assert employees(invited.world) == 0
    assert "Stap 5 van 5" in visitor.submit(NAMES).text
    assert employees(invited.world) == 1
    assert state_of(invited) == ("taking_part", True)


def test_after_the_fifth_step_one_lands_in_the_dialogue(sms_world: World) -> None:
    """With the number that was checked as the second factor; a key and an app may be skipped (L-05)."""
    invited = invite_somebody(sms_world)
    visitor = invited.signed_up()
    assert "Stap 5 van 5" in visitor.get("/tweede-stap/klaar").text
    assert visitor.path == "/back-upcode"
    assert "Stap 5 van 5" in visitor.submit(action="/back-upcode").text
    assert send(visitor, "/back-upcode/bewaard") == f"/berichten/{invited.dialogue_id}"


def test_the_account_logs_in_by_mail_address(sms_world: World) -> None:
    invited = invite_somebody(sms_world)
    visitor = invited.signed_up()
    finish(visitor)
    again = sms_world.visitor()
    again.get("/inloggen")
    page = again.submit({"login_name": f" {EMAIL.upper()} ", "password": PASSWORD})
    assert "•••• 01" in page.text
    again.submit({"code": invited.code()}, action="/inloggen/sms")
    page = again.get("/")
    assert "Nora Nieuw" in page.text
    assert "Van Dam" not in page.text


def finish(visitor: Visitor) -> None:
    visitor.get("/tweede-stap/klaar")
    visitor.submit(action="/back-upcode")
    send(visitor, "/back-upcode/bewaard")


def test_a_second_dialogue_asks_to_log_in_and_reuses_the_account(sms_world: World) -> None:
    finish(invite_somebody(sms_world).signed_up())
    sms_world.source.advance(timedelta(hours=1))
    second = invite_somebody(sms_world)
    visitor = second.at_name()
    page = visitor.page
    assert page is not None
    assert page.heading == "U hebt al een account"
    visitor.get(next(link for link in page.links() if link.startswith("/inloggen?")))
    visitor.submit({"login_name": EMAIL, "password": PASSWORD})
    page = visitor.submit({"code": second.code()}, action="/inloggen/sms")
    assert page.heading == "Meedoen aan de dialoog"
    join(visitor, second)
    assert state_of(second) == ("taking_part", True)
    assert employees(sms_world) == 1


def join(visitor: Visitor, invited: Invited) -> None:
    assert send(visitor, f"{URL}/deelnemen") == f"/berichten/{invited.dialogue_id}"


def send(visitor: Visitor, action: str) -> str | None:
    """Send a form of the present page and return where it leads."""
    assert visitor.page is not None
    values = visitor.page.form(action).values
    where = {"environ_overrides": visitor.environment, "base_url": visitor.base_url}
    return visitor.client.post(action, data=values, **where).location


def test_who_has_an_account_logs_in_first_and_shows_the_code_then(sms_world: World) -> None:
    finish(invite_somebody(sms_world).signed_up())
    sms_world.source.advance(timedelta(hours=1))
    second = invite_somebody(sms_world)
    visitor = second.visitor()
    page = visitor.page
    assert page is not None
    visitor.get(next(link for link in page.links() if link.startswith("/inloggen?")))
    visitor.submit({"login_name": EMAIL, "password": PASSWORD})
    page = visitor.submit({"code": second.code()}, action="/inloggen/sms")
    assert page.heading == "Ontvang een code per sms"
    assert "Stap" not in page.text
    visitor.submit()
    visitor.submit({"code": second.code()})
    join(visitor, second)
    assert state_of(second) == ("taking_part", True)


def test_an_account_of_an_organisation_is_led_to_an_own_one(invited: Invited) -> None:
    visitor = invited.world.log_in("Anna")
    page = invited.open(visitor)
    assert "al ingelogd" in page.text
    assert "met een eigen account" in visitor.get(f"{URL}/deelnemen").text
    assert state_of(invited) == ("invited", False)


def test_the_password_lies_sealed_and_nowhere_else_until_there_is_an_account(invited: Invited) -> None:
    invited.at_code()
    with invited.world.session() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 2
        assert all(PASSWORD.encode() not in row.data_sealed for row in session.scalars(select(LoginSession)))


@pytest.mark.parametrize(
    ("page", "lands_on"),
    [("wachtwoord", "voorwaarden"), ("nummer", "voorwaarden"), ("code", "voorwaarden"), ("naam", "voorwaarden")],
)
def test_no_step_is_skipped(invited: Invited, page: str, lands_on: str) -> None:
    visitor = invited.visitor()
    visitor.get(f"{URL}/{page}")
    assert visitor.path == f"{URL}/{lands_on}"


def test_the_name_is_asked_only_after_the_code(invited: Invited) -> None:
    visitor = invited.at_code()
    visitor.get(f"{URL}/naam")
    assert visitor.path == f"{URL}/nummer"


def test_without_a_link_every_page_asks_for_it(world: World) -> None:
    for page in ("welkom", "voorwaarden", "wachtwoord", "nummer", "code", "naam"):
        visitor = world.visitor()
        visitor.get(f"{URL}/{page}")
        assert visitor.path == URL


@pytest.mark.parametrize("link", ["", "x" * 43, "https://datakluis.example/berichten/uitnodiging#", "y" * 3000])
def test_another_link_is_refused_beside_the_field(world: World, link: str) -> None:
    visitor = world.visitor()
    visitor.get(URL)
    page = visitor.submit({"link": link}, status=422)
    assert "Link of code uit de e-mail" in page.text


def test_a_wrong_code_says_so_and_five_of_them_end_it(invited: Invited) -> None:
    visitor = invited.at_code()
    code = invited.code()
    for _ in range(5):
        page = visitor.submit({"code": "222222"}, status=422)
        assert "klopt niet" in page.text
    page = visitor.submit({"code": code}, status=422)
    assert "een paar keer mislukt" in page.text
    assert state_of(invited) == ("invited", False)


def test_who_was_given_no_number_gives_one(world: World) -> None:
    invited = invite_somebody(world, phone=None)
    visitor = invited.at_number()
    assert "Vul uw mobiele nummer in" in visitor.submit({"number": " "}, status=422).text
    assert "geen mobiel nummer" in visitor.submit({"number": "030 1234567"}, status=422).text
    visitor.submit({"number": "06 00000002"})
    visitor.submit({"code": invited.code("+31600000002")})
    visitor.submit(NAMES)
    with world.session() as session:
        participant = session.get_one(Participant, invited.participant_id)
        assert participant.phone_source == "recipient"


def test_an_expired_link_lets_another_be_asked_for_and_always_says_the_same(invited: Invited) -> None:
    visitor = invited.visitor()
    invited.world.source.advance(timedelta(minutes=20))
    token = invited.token
    invited.world.source.advance(timedelta(hours=24))
    visitor = invited.world.visitor()
    visitor.get(URL)
    page = visitor.submit({"link": token}, status=404)
    assert page.heading == "Deze uitnodiging is verlopen"
    page = visitor.submit(action=f"{URL}/opnieuw")
    assert "Staat uw uitnodiging nog open?" in page.text

    invited.world.log_in("Hans")

    assert invited.token != token
    invited.visitor()


def test_a_used_link_says_so(invited: Invited) -> None:
    token = invited.token
    invited.signed_up()
    visitor = invited.world.visitor()
    visitor.get(URL)
    page = visitor.submit({"link": token}, status=404)
    assert page.heading == "Deze uitnodiging is al gebruikt"


def test_who_is_invited_into_a_closed_dialogue_is_told_so_and_may_ask_for_nothing(invited: Invited) -> None:
    token = invited.token
    visitor = invited.at_code()
    anna = invited.world.log_in("Anna")
    closing = f"/berichten/{invited.dialogue_id}/sluiten"
    assert "Nog niet aangemeld: E. Yılmaz. Deze uitnodigingen vervallen" in anna.get(closing).text
    anna.submit({"reason": "Het is geregeld"}, action=closing)

    page = visitor.get(f"{URL}/code", status=404)
    assert page.heading == "Deze dialoog is gesloten"
    assert f"{URL}/opnieuw" not in {form.action for form in page.forms}
    newcomer = invited.world.visitor()
    newcomer.get(URL)
    assert newcomer.submit({"link": token}, status=404).heading == "Deze dialoog is gesloten"


def test_names_of_nothing_but_space_are_refused_and_long_ones_too(invited: Invited) -> None:
    visitor = invited.at_name()
    page = visitor.submit({**NAMES, "initials": " ", "last_name": "x" * 81}, status=422)
    assert "Vul uw voorletters in" in page.text
    assert "ten hoogste 80 tekens" in page.text
    assert employees(invited.world) == 0


def test_nothing_personal_is_in_an_address(invited: Invited) -> None:
    visitor = invited.visitor()
    for path in ("voorwaarden", "welkom"):
        visitor.get(f"{URL}/{path}")
        assert visitor.page is not None
        for link in visitor.page.links():
            assert EMAIL not in link
            assert NUMBER not in link
            assert invited.token not in link


def test_the_sender_sees_what_was_not_delivered_and_sends_it_again(invited: Invited) -> None:
    """Never silently *verstuurd* (signing.md 7.3); the link before no longer works."""
    world, talk = invited.world, f"/berichten/{invited.dialogue_id}"
    with world.session() as session, session.begin():
        invitation = session.scalars(select(DialogueInvitation)).one()
        session.get_one(OutgoingMessage, invitation.message_id).state = MessageState.GIVEN_UP.value
    token = invited.token
    anna = world.log_in("Anna")
    assert "niet bezorgd" in anna.get(talk).text
    page = anna.submit(action=f"{talk}/deelnemers/{invited.participant_id}/uitnodiging")
    assert "Er is een nieuwe uitnodiging verstuurd." in page.text
    assert "niet bezorgd" not in page.text
    assert "uitgenodigd" in page.text
    assert invited.token != token
    visitor = world.visitor()
    visitor.get(URL)
    visitor.submit({"link": token}, status=404)


def test_who_joined_meanwhile_is_sent_no_link_and_its_sender_is_told(invited: Invited) -> None:
    talk = f"/berichten/{invited.dialogue_id}"
    anna = invited.world.log_in("Anna")
    anna.get(talk)
    invited.signed_up()
    page = anna.submit(action=f"{talk}/deelnemers/{invited.participant_id}/uitnodiging")
    assert "wacht niet op een uitnodiging" in page.text
    assert "Opnieuw versturen" not in page.text
