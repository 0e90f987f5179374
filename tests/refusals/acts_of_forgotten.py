"""Forgotten login details, and a new password: each ends in the log, or does not happen."""

from __future__ import annotations

from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.test_forgotten import URL, proof
from tests.portal.test_resetting import KEEP, RENEW, START, TWICE, begun, link, proven
from tests.refusals.catalogue import Ask, act, filled_in, see, silent

# The back-up code is counted and committed before Argon2id runs, as at a login.
COUNTED = ("failed_tries",)


def at(company: Company, page: str) -> Visitor:
    visitor = company.portal.visitor()
    visitor.get(page)
    return visitor


@act("forgotten.ask_login_name", "login:ask")
def a_forgotten_login_name(company: Company) -> Ask:
    visitor = at(company, f"{URL}/inlognaam")
    values = {"email": "anna@example.org", "altcha": proof(visitor)}
    return filled_in(visitor, values, f"{URL}/inlognaam")


@act("forgotten.ask_password", "login:ask")
def a_forgotten_password(company: Company) -> Ask:
    visitor = at(company, f"{URL}/wachtwoord")
    return filled_in(visitor, {"login_name": "anna", "altcha": proof(visitor)}, f"{URL}/wachtwoord")


@act("resetting.keep_key", "backup_code:use", "password_reset:use", "password:set", "login:succeed", keeps=COUNTED)
def a_new_password_with_the_backup_code(company: Company) -> Ask:
    visitor = proven(company, "Anna")
    return filled_in(visitor, {**TWICE, "code": company.portal.people["Anna"].backup_code}, KEEP)


@act("resetting.keep_key", "login:fail", status=422, keeps=COUNTED)
def a_new_password_with_a_wrong_backup_code(company: Company) -> Ask:
    return filled_in(proven(company, "Anna"), {**TWICE, "code": "AAAA-BBBB-CCCC-DDDD-EEEE"}, KEEP)


@act("resetting.renew_key", "password_reset:use", "key:make", "password:set", "access:request", "login:succeed")
def a_new_password_and_a_new_key(company: Company) -> Ask:
    visitor = proven(company, "Frits")
    visitor.get(RENEW)
    return filled_in(visitor, TWICE, RENEW)


@silent("forgotten.show", "the same two ways for everybody")
def the_ways(company: Company) -> Ask:
    return see(company.portal.visitor(), URL)


@silent("forgotten.show_login_name", "an empty form")
def the_form_for_a_login_name(company: Company) -> Ask:
    return see(company.portal.visitor(), f"{URL}/inlognaam")


@silent("forgotten.show_password", "an empty form")
def the_form_for_a_password(company: Company) -> Ask:
    return see(company.portal.visitor(), f"{URL}/wachtwoord")


@silent("forgotten.show_sent", "the same words for everybody, whoever is known")
def what_was_sent(company: Company) -> Ask:
    return see(company.portal.visitor(), f"{URL}/verzonden/wachtwoord")


@silent("forgotten.challenge", "random numbers to work on; nothing is kept of them")
def some_work(company: Company) -> Ask:
    return see(company.portal.visitor(), f"{URL}/controle")


@silent("resetting.open_link", "it uses nothing up, as mail scanners open links too", status=303)
def the_link_of_a_reset(company: Company) -> Ask:
    return see(company.portal.visitor(), link(company, "Anna"))


@silent("resetting.show", "what will be asked for")
def the_page_of_a_reset(company: Company) -> Ask:
    return see(at(company, link(company, "Anna")), START)


@silent("resetting.start", "it leads to the second factor, and shows and changes nothing", status=303)
def going_on_to_the_second_factor(company: Company) -> Ask:
    return filled_in(at(company, link(company, "Anna")), action=START)


@silent("resetting.show_choice", "one's own login name")
def the_form_with_the_backup_code(company: Company) -> Ask:
    return see(begun(company, "Anna", renews_factors=True), KEEP)


@silent("resetting.show_cost", "what one's own key opens, from the key rows; no employee is on it")
def the_cost_of_a_new_key(company: Company) -> Ask:
    return see(begun(company, "Anna", renews_factors=True), RENEW)
