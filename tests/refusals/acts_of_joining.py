"""Answering an invitation into a dialogue: each act ends in the log, or does not happen (D-04, D-rule 32)."""

from __future__ import annotations

from datetime import timedelta

from tests.dialogs.guests import PASSWORD
from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.invited import NAMES, URL, Invited, invite_into
from tests.refusals.acts_of_visitors import COUNTED, code_of_new_app
from tests.refusals.catalogue import Ask, act, filled_in, see, silent


def invited(company: Company) -> Invited:
    """Somebody whom Anna invited into a dialogue with Ilse."""
    with company.preparing() as world:
        return invite_into(company.portal, world.session, colleague="Ilse")


def with_account(company: Company) -> tuple[Invited, Visitor]:
    """Somebody with an account who was invited once more, and has shown the code."""
    visitor = invited(company).signed_up()
    couple(company, visitor)
    company.portal.source.advance(timedelta(minutes=1))
    again = invited(company)
    again.open(visitor)
    visitor.get(f"{URL}/nummer")
    visitor.submit()
    visitor.submit({"code": again.code()})
    return again, visitor


def couple(company: Company, visitor: Visitor) -> None:
    """Let the newcomer take the last step."""
    visitor.get("/tweede-stap/app")
    visitor.submit({"code": code_of_new_app(company, visitor)})
    visitor.get("/back-upcode")
    visitor.submit(action="/back-upcode")
    filled_in(visitor, action="/back-upcode/bewaard").send()


@act("joining.send_sms", "sms_code:send")
def a_code_for_an_invitation(company: Company) -> Ask:
    return filled_in(invited(company).at_number())


@act("joining.show_right_code", "dialogue_invitation:use", status=422)
def a_wrong_code_of_an_invitation(company: Company) -> Ask:
    return filled_in(invited(company).at_code(), {"code": "222222"})


@act(
    "joining.sign_up",
    "user:create",
    "key:make",
    "password:set",
    "phone:couple",
    "terms:accept",
    "role:give",
    "dialogue_invitation:use",
    "login:succeed",
)
def signing_up_for_a_dialogue(company: Company) -> Ask:
    return filled_in(invited(company).at_name(), NAMES)


@act("joining.join", "dialogue_invitation:use")
def joining_a_dialogue_with_an_account(company: Company) -> Ask:
    _again, visitor = with_account(company)
    return filled_in(visitor, action=f"{URL}/deelnemen")


@act("dialogue_participants.invite_anew", "dialogue_invitation:send", "key:make")
def sending_an_invitation_again(company: Company) -> Ask:
    guest = invited(company)
    visitor = company.visitor("Anna", f"/berichten/{guest.dialogue_id}")
    return filled_in(visitor, action=f"/berichten/{guest.dialogue_id}/deelnemers/{guest.participant_id}/uitnodiging")


@silent("joining.show_link", "an empty form")
def the_page_for_the_link(company: Company) -> Ask:
    return see(company.portal.visitor(), URL)


@silent("joining.open_link", "the link is kept in the visitor's session, and not used up", status=303)
def the_link_into_a_dialogue(company: Company) -> Ask:
    guest, visitor = invited(company), company.portal.visitor()
    visitor.get(URL)
    return filled_in(visitor, {"link": guest.token})


@silent("joining.show_choice", "which organisation invites, to whoever has the link")
def the_choice(company: Company) -> Ask:
    return see(invited(company).visitor(), f"{URL}/welkom")


@silent(
    "joining.ask_anew",
    "notes that a link is wanted; that it is sent is in the log, once somebody with the key has done it",
    status=303,
    changes=("due_work", *COUNTED),
)
def asking_for_another_link(company: Company) -> Ask:
    guest = invited(company)
    token, visitor = guest.token, company.portal.visitor()
    company.portal.source.advance(timedelta(hours=24))
    visitor.get(URL)
    visitor.submit({"link": token}, status=404)
    return filled_in(visitor, action=f"{URL}/opnieuw")


@silent("joining.show_terms", "a text")
def the_terms_of_who_is_invited(company: Company) -> Ask:
    return see(invited(company).visitor(), f"{URL}/voorwaarden")


@silent("joining.accept_terms", "kept in the visitor's session; with the account it is in the log", status=303)
def the_first_step(company: Company) -> Ask:
    visitor = invited(company).visitor()
    visitor.get(f"{URL}/voorwaarden")
    return filled_in(visitor)


@silent("joining.show_password", "an empty form")
def the_page_of_the_second_step(company: Company) -> Ask:
    return see(invited(company).at_number(), f"{URL}/wachtwoord")


@silent("joining.choose_password", "kept in the visitor's session; with the account it is in the log", status=303)
def the_second_step(company: Company) -> Ask:
    visitor = invited(company).at_number()
    visitor.get(f"{URL}/wachtwoord")
    return filled_in(visitor, {"password": PASSWORD, "repeated": PASSWORD})


@silent("joining.show_number", "the last two digits of a number, to whoever has the link")
def the_page_of_the_third_step(company: Company) -> Ask:
    return see(invited(company).at_number(), f"{URL}/nummer")


@silent("joining.show_code", "an empty form")
def the_page_for_the_code_of_an_invitation(company: Company) -> Ask:
    return see(invited(company).at_code(), f"{URL}/code")


@silent(
    "joining.show_right_code",
    "it opens nothing yet; what is done with it is in the log, and so is a wrong code",
    status=303,
    changes=("dialogue_invitation_code", *COUNTED),
)
def the_right_code_of_an_invitation(company: Company) -> Ask:
    guest = invited(company)
    visitor = guest.at_code()
    return filled_in(visitor, {"code": guest.code()})


@silent("joining.show_name", "an empty form")
def the_page_of_the_fourth_step(company: Company) -> Ask:
    return see(invited(company).at_name(), f"{URL}/naam")


@silent("joining.show_join", "one's own name, and which organisation invites")
def the_page_to_join(company: Company) -> Ask:
    _again, visitor = with_account(company)
    return see(visitor, f"{URL}/deelnemen")
