"""Logging in and out, and the first steps of somebody new: each ends in the log, or does not happen."""

from __future__ import annotations

import re
from datetime import timedelta

from pyotp import TOTP

from accounts.invitations import make_invitation
from accounts.people import create_person
from organisation.memberships import add_member
from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.world import RECEIPT_SECRET
from tests.refusals.catalogue import Ask, act, filled_in, see, send_form, silent
from tests.world import OPERATOR, WHOLE

PASSWORD = "vijf lauwe koffers op zolder"
WRONG_BACKUP_CODE = "AAAA-BBBB-CCCC-DDDD-EEEE"
FIRST_STEPS = ("password", "app", "code")
# A try is counted and committed before Argon2id runs, so that many at once cannot outrun the count (security.md, I);
# whoever finds no service has had a try all the same.
COUNTED = ("failed_tries",)


def at_password(company: Company) -> Visitor:
    visitor = company.portal.visitor()
    visitor.get("/inloggen")
    return visitor


def past_password(company: Company, name: str = "Anna") -> Visitor:
    visitor = at_password(company)
    company.portal.give_password(visitor, name)
    return visitor


def invitation(company: Company) -> str:
    """The address of the link in somebody's invitation."""
    with company.preparing() as world:
        person = create_person(
            world.session,
            organisation_id=world.employer.id,
            login_name="nieuw",
            display_name="Nora Nieuw",
            email="nora@example.org",
        )
        add_member(world.session, person.id, world.employer.id, ["leidinggevende"], WHOLE, OPERATOR)
        return f"/uitnodiging/{make_invitation(world.session, person.id)}"


def newcomer(company: Company, *steps: str) -> Visitor:
    """Somebody who was invited and has done `steps` of the first steps."""
    visitor = company.portal.visitor()
    visitor.get(invitation(company))
    if "password" in steps:
        visitor.submit({"password": PASSWORD, "repeated": PASSWORD})
        visitor.get("/tweede-stap/app")
    if "app" in steps:
        visitor.submit({"code": code_of_new_app(company, visitor)})
    if "code" in steps:
        visitor.submit()
        visitor.submit(action="/back-upcode/bewaard")
    return visitor


def code_of_new_app(company: Company, visitor: Visitor) -> str:
    """What an app shows half a minute later that was given the key on the page."""
    assert visitor.page is not None
    found = re.search(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})", visitor.page.text)
    assert found is not None
    company.portal.source.advance(timedelta(seconds=30))
    return TOTP(found[1].replace(" ", "")).at(company.portal.source.now())


@act("login.check_password", "login:fail", status=422, keeps=COUNTED)
def a_wrong_password(company: Company) -> Ask:
    return filled_in(at_password(company), {"login_name": "Anna", "password": "een ander wachtwoord"})


@act("login.check_password", "login:fail", status=422, keeps=COUNTED)
def a_name_that_nobody_has(company: Company) -> Ask:
    return filled_in(at_password(company), {"login_name": "Niemand", "password": "een ander wachtwoord"})


@act("login_factors.check_app", "login:succeed")
def the_code_that_completes_a_login(company: Company) -> Ask:
    return filled_in(past_password(company), {"code": company.portal.next_code("Anna")})


@act("login_factors.check_app", "login:succeed", "access:request")
def the_first_login_of_somebody_who_needs_the_vault(company: Company) -> Ask:
    with company.preparing() as world:
        world.hire("Nico", world.employer, "datakluisgebruiker", "leidinggevende")
    return filled_in(past_password(company, "Nico"), {"code": company.portal.next_code("Nico")})


@act("login_factors.check_app", "login:fail", status=422)
def a_wrong_code(company: Company) -> Ask:
    return filled_in(past_password(company), {"code": "000000"})


@act("login_factors.check_backup_code", "backup_code:use", "login:succeed", keeps=COUNTED)
def the_backup_code(company: Company) -> Ask:
    visitor = past_password(company)
    visitor.get("/inloggen/back-upcode")
    return filled_in(visitor, {"code": company.portal.people["Anna"].backup_code})


@act("login_factors.check_backup_code", "login:fail", status=422, keeps=COUNTED)
def a_wrong_backup_code(company: Company) -> Ask:
    visitor = past_password(company)
    visitor.get("/inloggen/back-upcode")
    return filled_in(visitor, {"code": WRONG_BACKUP_CODE})


@act("login.leave", "logout:do")
def logging_out(company: Company) -> Ask:
    return filled_in(company.visitor("Anna"), action="/uitloggen")


@act("invitations.accept", "invitation:use", "key:make", "password:set")
def accepting_an_invitation(company: Company) -> Ask:
    return filled_in(newcomer(company), {"password": PASSWORD, "repeated": PASSWORD})


@act("invitations.ask_anew", "invitation:send")
def asking_for_a_new_invitation(company: Company) -> Ask:
    link, visitor = invitation(company), company.portal.visitor()
    company.portal.source.advance(timedelta(hours=24))
    visitor.get(link, status=404)
    return filled_in(visitor, action="/uitnodiging/opnieuw")


@act("onboarding_factors.couple", "authenticator:couple", "login:succeed")
def coupling_an_app(company: Company) -> Ask:
    visitor = newcomer(company, "password")
    return filled_in(visitor, {"code": code_of_new_app(company, visitor)})


@act("onboarding.make_code", "backup_code:make", status=200)
def making_a_backup_code(company: Company) -> Ask:
    return filled_in(newcomer(company, "password", "app"))


@act("onboarding.accept", "terms:accept")
def accepting_the_terms(company: Company) -> Ask:
    return filled_in(newcomer(company, *FIRST_STEPS))


@silent("login.show_password", "an empty form")
def the_login_page(company: Company) -> Ask:
    return see(company.portal.visitor(), "/inloggen")


@silent(
    "login.check_password",
    "half a login opens nothing; the second half is in the log, and so is a wrong password",
    status=303,
    changes=COUNTED,
)
def the_right_password(company: Company) -> Ask:
    return filled_in(at_password(company), {"login_name": "Anna", "password": company.portal.people["Anna"].password})


@silent("login_factors.show_app", "an empty form")
def the_page_for_the_code(company: Company) -> Ask:
    return see(past_password(company), "/inloggen/code")


@silent("login_factors.show_backup_code", "an empty form")
def the_page_for_the_backup_code(company: Company) -> Ask:
    return see(past_password(company), "/inloggen/back-upcode")


@silent("login.leave", "a visitor who had not logged in leaves nothing", status=303)
def leaving_without_having_come(company: Company) -> Ask:
    return send_form(at_password(company), "/uitloggen")


@silent("invitations.open_link", "the link is kept in the visitor's session, and not used up", status=303)
def the_link_in_an_invitation(company: Company) -> Ask:
    return see(company.portal.visitor(), invitation(company))


@silent("invitations.show", "an empty form, to whoever has the link")
def the_page_of_an_invitation(company: Company) -> Ask:
    return see(newcomer(company), "/uitnodiging")


@silent(
    "onboarding_factors.show_coupling",
    "makes a secret that counts for nothing until it is coupled",
    changes=("authenticator",),
)
def the_page_to_couple_an_app(company: Company) -> Ask:
    return see(newcomer(company, "password"), "/tweede-stap/app")


@silent("onboarding.show_code", "a text")
def the_page_about_the_backup_code(company: Company) -> Ask:
    return see(newcomer(company, "password", "app"), "/back-upcode")


@silent("onboarding.download_code", "gives back what was sent, and keeps nothing")
def the_backup_code_as_a_file(company: Company) -> Ask:
    return send_form(newcomer(company, "password", "app"), "/back-upcode/bestand", {"code": WRONG_BACKUP_CODE})


@silent(
    "onboarding.keep_code",
    "notes that its reader has gone on to the next page; that the code was made is in the log",
    status=303,
    changes=("credential",),
)
def having_kept_the_backup_code(company: Company) -> Ask:
    visitor = newcomer(company, "password", "app")
    visitor.submit()
    return filled_in(visitor, action="/back-upcode/bewaard")


@silent("onboarding.show_terms", "a text")
def the_terms_of_use(company: Company) -> Ask:
    return see(newcomer(company, *FIRST_STEPS), "/gebruiksvoorwaarden")


@silent("languages.choose", "the language of the pages of this browser", status=303)
def another_language(company: Company) -> Ask:
    return send_form(at_password(company), "/taal", {"language": "en"})


@silent("sms_receipts.note", "that a telephone got an SMS, from the gateway; nobody acts", status=204)
def an_sms_that_arrived(company: Company) -> Ask:
    report = {"reference": "0" * 32, "status": "delivered"}
    return Ask(company.portal.visitor(), f"/sms/ontvangst/{RECEIPT_SECRET}", "POST", report)
