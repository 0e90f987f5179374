"""What people do about their own ways in, each request with the log and without it."""

from __future__ import annotations

from accounts.security_keys import keys_of
from tests.accounts.test_security_keys import register
from tests.accounts.test_sms_codes import code_for, couple
from tests.pages import Visitor, elements
from tests.portal.company import Company
from tests.portal.security import APP, CHECK, SECRET, SECURITY, go
from tests.refusals.catalogue import Ask, act, filled_in, see, silent
from tests.software_key import SoftwareKey

FIRST, SECOND = "+31600000001", "+31600000002"
PHONE, KEYS = SECURITY + "/telefoon", SECURITY + "/sleutels"
ORIGIN = "https://datakluis.example"
NEW = "vijf lauwe koffers op zolder"
TRIES = ("failed_tries",)
"""A try is counted before it is known whether it is right, and the right one is forgotten afterwards."""


@silent("confirmation.show", "an empty form, or the way to where one was going", status=303)
def the_page_that_asks_for_the_password_again(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/wachtwoord-bevestigen?next=/instellingen")


@act("confirmation.confirm", "password:confirm", keeps=TRIES)
def giving_the_password_again(company: Company) -> Ask:
    visitor = company.visitor("Anna")
    company.portal.let_password_age(visitor)
    visitor.get("/herstelblad/00000000-0000-4000-8000-000000000000/vervallen")
    return filled_in(visitor, {"confirmed_password": company.portal.people["Anna"].password})


@silent("security_settings.show", "one's own ways in and sessions")
def the_ways_in(company: Company) -> Ask:
    return see(company.visitor("Anna"), SECURITY)


@silent("security_settings.show_password", "an empty form")
def the_form_for_another_password(company: Company) -> Ask:
    return see(company.visitor("Anna"), SECURITY + "/wachtwoord")


@act("security_settings.change_password", "password:confirm", "password:set", keeps=(*TRIES, "login_session"))
def changing_the_password(company: Company) -> Ask:
    visitor = company.visitor("Anna", SECURITY + "/wachtwoord")
    present = company.portal.people["Anna"].password
    values = {"present": present, "password": NEW, "repeated": NEW}
    return filled_in(visitor, values, action=SECURITY + "/wachtwoord")


@silent("security_settings.ask_backup_code", "a question about one's own back-up code")
def asking_for_another_backup_code(company: Company) -> Ask:
    return see(company.visitor("Anna"), SECURITY + "/back-upcode")


@act("security_settings.make_code", "backup_code:make", status=200, shows="dk-secret")
def making_another_backup_code(company: Company) -> Ask:
    return filled_in(company.visitor("Anna", SECURITY + "/back-upcode"), action=SECURITY + "/back-upcode")


@act("security_settings.end_session", "session:end")
def ending_one_session(company: Company) -> Ask:
    company.visitor("Anna")
    visitor = company.visitor("Anna", SECURITY)
    assert visitor.page is not None
    action = next(form.action for form in visitor.page.forms if "/sessies/" in form.action)
    return filled_in(visitor, action=action)


@act("security_settings.end_sessions", "session:end")
def ending_all_other_sessions(company: Company) -> Ask:
    company.visitor("Anna")
    return filled_in(company.visitor("Anna", SECURITY), action=SECURITY + "/sessies/afmelden")


@silent("factor_checks.show", "an empty form")
def the_page_that_asks_for_a_second_factor(company: Company) -> Ask:
    return see(company.visitor("Anna"), CHECK)


@act("factor_checks.check_app", "factor:confirm")
def showing_the_app(company: Company) -> Ask:
    visitor = company.visitor("Anna", CHECK)
    return filled_in(visitor, {"code": company.portal.next_code("Anna")}, action=CHECK + "/app")


@act("factor_checks.send_sms", "sms_code:send")
def asking_for_a_code_by_sms(company: Company) -> Ask:
    return filled_in(_with_phone(company, CHECK + "?manier=sms"), action=CHECK + "/sms/versturen")


@act("factor_checks.check_sms", "factor:confirm")
def showing_the_phone(company: Company) -> Ask:
    visitor = _with_phone(company, CHECK + "?manier=sms")
    visitor.submit(action=CHECK + "/sms/versturen")
    return filled_in(visitor, {"code": _code(company, FIRST)}, action=CHECK + "/sms")


@act("factor_checks.check_key", "factor:confirm")
def showing_a_security_key(company: Company) -> Ask:
    visitor = company.visitor("Anna")
    key = _give_key(company)
    visitor.get(CHECK + "?manier=security_key")
    return filled_in(visitor, {"answer": key.answer(_options(visitor))}, action=CHECK + "/sleutel")


@act("factor_checks.check_backup_code", "backup_code:use", "factor:confirm", keeps=TRIES)
def showing_the_backup_code(company: Company) -> Ask:
    visitor = company.visitor("Anna", CHECK + "?manier=backup_code")
    code = company.portal.people["Anna"].backup_code
    return filled_in(visitor, {"code": code}, action=CHECK + "/back-upcode")


@silent("factor_settings.show_preference", "a choice among one's own second factors")
def the_choice_of_a_preference(company: Company) -> Ask:
    return see(company.visitor("Anna"), SECURITY + "/voorkeur")


@act("factor_settings.prefer", "factor:prefer")
def choosing_a_preference(company: Company) -> Ask:
    visitor = company.visitor("Anna", SECURITY + "/voorkeur")
    return filled_in(visitor, {"factor": "app"}, action=SECURITY + "/voorkeur")


@silent("factor_settings.show_app", "a secret that counts for nothing yet", changes=("authenticator",))
def the_secret_of_another_app(company: Company) -> Ask:
    visitor = company.visitor("Anna")
    go(company.portal, visitor, SECURITY + "/sleutels/toevoegen")
    return see(visitor, APP)


@act("factor_settings.couple_app", "authenticator:couple")
def coupling_another_app(company: Company) -> Ask:
    visitor = company.visitor("Anna")
    page = go(company.portal, visitor, APP)
    found = SECRET.search(page.text)
    assert found is not None
    return filled_in(visitor, {"code": company.portal.code_of(found[0])}, action=APP)


@silent("factor_settings.ask_remove_app", "a question about one's own app")
def asking_to_remove_the_app(company: Company) -> Ask:
    visitor = company.visitor("Anna")
    go(company.portal, visitor, APP)
    return see(visitor, APP + "/verwijderen")


@act("factor_settings.remove_own_app", "authenticator:remove")
def removing_the_app(company: Company) -> Ask:
    visitor = company.visitor("Anna")
    _give_key(company)
    go(company.portal, visitor, APP + "/verwijderen")
    return filled_in(visitor, action=APP + "/verwijderen")


@silent("factor_settings.show_new_key", "a challenge and an empty form")
def the_form_for_another_key(company: Company) -> Ask:
    visitor = company.visitor("Anna")
    go(company.portal, visitor, APP)
    return see(visitor, KEYS + "/toevoegen")


@act("factor_settings.add_key", "security_key:add")
def adding_a_key(company: Company) -> Ask:
    visitor = company.visitor("Anna")
    go(company.portal, visitor, KEYS + "/toevoegen")
    answer = SoftwareKey(ORIGIN).register(_options(visitor))
    return filled_in(visitor, {"answer": answer, "name": "Kantoor"}, action=KEYS + "/toevoegen")


@silent("factor_settings.show_name", "the name of one's own key")
def the_name_of_a_key(company: Company) -> Ask:
    visitor = company.visitor("Anna")
    return see(visitor, _key_url(company, "/naam"))


@act("factor_settings.rename", "security_key:rename")
def renaming_a_key(company: Company) -> Ask:
    visitor, url = company.visitor("Anna"), _key_url(company, "/naam")
    visitor.get(url)
    return filled_in(visitor, {"name": "Thuis"}, action=url)


@silent("factor_settings.ask_remove_key", "a question about one's own key")
def asking_to_remove_a_key(company: Company) -> Ask:
    visitor, url = company.visitor("Anna"), _key_url(company, "/verwijderen")
    go(company.portal, visitor, APP)
    return see(visitor, url)


@act("factor_settings.remove_own_key", "security_key:remove")
def removing_a_key(company: Company) -> Ask:
    visitor, url = company.visitor("Anna"), _key_url(company, "/verwijderen")
    go(company.portal, visitor, url)
    return filled_in(visitor, action=url)


@silent("phone_settings.show", "an empty form, and the end of one's own number")
def the_form_for_another_number(company: Company) -> Ask:
    visitor = company.visitor("Ilse")
    go(company.portal, visitor, APP, "Ilse")
    return see(visitor, PHONE)


@act("phone_settings.send", "sms_code:send")
def giving_another_number(company: Company) -> Ask:
    visitor = company.visitor("Ilse")
    go(company.portal, visitor, PHONE, "Ilse")
    return filled_in(visitor, {"number": FIRST}, action=PHONE)


@silent("phone_settings.show_code", "an empty form, and the end of one's own number")
def the_form_for_the_code_of_a_number(company: Company) -> Ask:
    return see(_waiting_for_code(company), PHONE + "/code")


@act("phone_settings.send_again", "sms_code:send")
def asking_for_another_code(company: Company) -> Ask:
    return filled_in(_waiting_for_code(company), action=PHONE + "/opnieuw")


@act("phone_settings.confirm", "phone:couple")
def confirming_another_number(company: Company) -> Ask:
    visitor = _waiting_for_code(company)
    return filled_in(visitor, {"code": _code(company, SECOND)}, action=PHONE + "/code")


@silent("phone_settings.ask_remove", "a question about one's own number")
def asking_to_remove_the_number(company: Company) -> Ask:
    visitor = _with_phone(company, SECURITY)
    go(company.portal, visitor, APP, "Ilse")
    return see(visitor, PHONE + "/verwijderen")


@act("phone_settings.remove", "phone:remove")
def removing_the_number(company: Company) -> Ask:
    visitor = _with_phone(company, SECURITY)
    go(company.portal, visitor, PHONE + "/verwijderen", "Ilse")
    return filled_in(visitor, action=PHONE + "/verwijderen")


def _with_phone(company: Company, url: str) -> Visitor:
    """Ilse, who may use SMS, with a number, at a page."""
    visitor = company.visitor("Ilse")
    with company.portal.session() as session, session.begin():
        couple(session, company.portal.people["Ilse"], FIRST)
    visitor.get(url)
    return visitor


def _waiting_for_code(company: Company) -> Visitor:
    visitor = company.visitor("Ilse")
    go(company.portal, visitor, PHONE, "Ilse")
    visitor.submit({"number": SECOND}, action=PHONE)
    return visitor


def _code(company: Company, number: str) -> str:
    with company.portal.session() as session:
        return code_for(session, number)


def _give_key(company: Company) -> SoftwareKey:
    with company.portal.session() as session, session.begin():
        return register(session, company.portal.people["Anna"])


def _key_url(company: Company, rest: str) -> str:
    _give_key(company)
    with company.portal.session() as session:
        (key,) = keys_of(session, company.portal.people["Anna"].id)
        return f"{KEYS}/{key.id}{rest}"


def _options(visitor: Visitor) -> str:
    assert visitor.page is not None
    (form,) = [form for form in elements(visitor.page.root, "form") if form.get("data-security-key")]
    return form.get("data-options", "")
