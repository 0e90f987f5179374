"""The second factors, asked for at login and set up at the first: each ends in the log, or does not happen."""

from __future__ import annotations

from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.second_steps import NUMBER, give_key, give_phone, newest_code, options_on, take_app
from tests.refusals.acts_of_visitors import COUNTED, newcomer, past_password
from tests.refusals.catalogue import Ask, act, filled_in, see, silent
from tests.software_key import SoftwareKey

SMS, KEY = "/tweede-stap/sms", "/tweede-stap/beveiligingssleutel"
WRONG = "222222"


def at_sms(company: Company) -> Visitor:
    """Ilse, who has nothing but a phone, after her password."""
    give_phone(company.portal, "Ilse")
    take_app(company.portal, "Ilse")
    return past_password(company, "Ilse")


def at_key(company: Company) -> tuple[Visitor, SoftwareKey]:
    key = give_key(company.portal, "Anna")
    take_app(company.portal, "Anna")
    return past_password(company), key


def at_option(company: Company, path: str) -> Visitor:
    visitor = newcomer(company, "password")
    visitor.get(path)
    return visitor


def at_phone_code(company: Company) -> Visitor:
    visitor = at_option(company, SMS)
    visitor.submit({"number": NUMBER}, action=SMS)
    return visitor


@act("login.check_password", "sms_code:send", keeps=COUNTED)
def the_password_of_somebody_with_a_phone(company: Company) -> Ask:
    give_phone(company.portal, "Ilse")
    take_app(company.portal, "Ilse")
    visitor = company.portal.visitor()
    visitor.get("/inloggen")
    return filled_in(visitor, {"login_name": "Ilse", "password": company.portal.people["Ilse"].password})


@act("login_factors.send_sms", "sms_code:send")
def asking_for_another_sms(company: Company) -> Ask:
    return filled_in(at_sms(company), action="/inloggen/sms/versturen")


@act("login_factors.check_sms", "login:succeed")
def the_code_of_an_sms(company: Company) -> Ask:
    visitor = at_sms(company)
    return filled_in(visitor, {"code": newest_code(company.portal)}, action="/inloggen/sms")


@act("login_factors.check_sms", "login:fail", status=422)
def a_wrong_code_of_an_sms(company: Company) -> Ask:
    return filled_in(at_sms(company), {"code": WRONG}, action="/inloggen/sms")


@act("login_factors.check_key", "login:succeed")
def the_answer_of_a_security_key(company: Company) -> Ask:
    visitor, key = at_key(company)
    assert visitor.page is not None
    return filled_in(visitor, {"answer": key.answer(options_on(visitor.page))})


@act("login_factors.check_key", "login:fail", status=422)
def a_wrong_answer_of_a_security_key(company: Company) -> Ask:
    return filled_in(at_key(company)[0], {"answer": "{}"})


@act("onboarding_factors.send_phone_code", "sms_code:send")
def entering_a_number(company: Company) -> Ask:
    return filled_in(at_option(company, SMS), {"number": NUMBER}, action=SMS)


@act("onboarding_factors.send_phone_code_anew", "sms_code:send")
def asking_for_another_code_to_confirm_with(company: Company) -> Ask:
    return filled_in(at_phone_code(company), action=f"{SMS}/opnieuw")


@act("onboarding_factors.couple_phone", "phone:couple", "login:succeed")
def confirming_a_number(company: Company) -> Ask:
    visitor = at_phone_code(company)
    return filled_in(visitor, {"code": newest_code(company.portal)}, action=f"{SMS}/code")


@act("onboarding_factors.add_key", "security_key:add", "login:succeed")
def adding_a_security_key(company: Company) -> Ask:
    visitor = at_option(company, KEY)
    assert visitor.page is not None
    key = SoftwareKey(company.portal.services.settings.base_url)
    return filled_in(visitor, {"answer": key.register(options_on(visitor.page))}, action=KEY)


@silent("login_factors.show_sms", "an empty form, which sends nothing")
def the_page_for_the_code_of_an_sms(company: Company) -> Ask:
    return see(at_sms(company), "/inloggen/sms")


@silent("login_factors.show_key", "a challenge, kept in the visitor's session")
def the_page_for_the_security_key(company: Company) -> Ask:
    return see(at_key(company)[0], "/inloggen/beveiligingssleutel")


@silent("login_factors.show_others", "which kinds of second factor one has, after the password")
def the_other_ways_to_log_in(company: Company) -> Ask:
    return see(past_password(company), "/inloggen/mislukt")


@silent("onboarding_factors.show", "leads to the first option", status=303)
def the_options(company: Company) -> Ask:
    return see(newcomer(company, "password"), "/tweede-stap")


@silent("onboarding_factors.finish", "leads on, or back to the first option", status=303)
def the_end_of_the_options(company: Company) -> Ask:
    return see(newcomer(company, "password"), "/tweede-stap/klaar")


@silent("onboarding_factors.show_phone", "an empty form, or with the own number, which sends nothing")
def the_page_for_a_number(company: Company) -> Ask:
    return see(newcomer(company, "password"), SMS)


@silent("onboarding_factors.show_phone_code", "an empty form, which sends nothing")
def the_page_for_the_code_that_confirms_a_number(company: Company) -> Ask:
    return see(at_phone_code(company), f"{SMS}/code")


@silent("onboarding_factors.show_key", "a challenge, kept in the visitor's session")
def the_page_to_add_a_security_key(company: Company) -> Ask:
    return see(newcomer(company, "password"), KEY)
