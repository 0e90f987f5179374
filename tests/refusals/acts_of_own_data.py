"""What employees see of their own data, and who lets them: each look and act is in the log, or does not happen."""

from __future__ import annotations

from tests.portal import test_signing_together as together
from tests.portal.company import Company
from tests.portal.own_data import linked, with_account
from tests.portal.signatures import make_signatures
from tests.refusals.catalogue import Ask, act, filled_in, see, send_form, silent

OWN = "/mijn-gegevens"


@act("own_data_links.show", "employee:read", status=200, shows="Yılmaz")
def asking_whether_an_employee_may_look(company: Company) -> Ask:
    with_account(company)
    return see(company.visitor("Anna"), company.employee_url("Eva", "/inzage"))


@act("own_data_links.link", "own_data:link")
def letting_an_employee_look(company: Company) -> Ask:
    with_account(company)
    url = company.employee_url("Eva", "/inzage")
    return filled_in(company.visitor("Anna", url), action=url)


@act("own_data_links.show_end", "employee:read", status=200, shows="Yılmaz")
def asking_whether_an_employee_looks_no_more(company: Company) -> Ask:
    linked(company)
    return see(company.visitor("Anna"), company.employee_url("Eva", "/inzage/beeindigen"))


@act("own_data_links.end", "own_data:unlink")
def letting_an_employee_look_no_more(company: Company) -> Ask:
    linked(company)
    url = company.employee_url("Eva", "/inzage/beeindigen")
    return filled_in(company.visitor("Anna", url), action=url)


@act("own_data.show", "own_data:read", status=200, shows="Yılmaz")
def the_own_data(company: Company) -> Ask:
    linked(company)
    return see(company.visitor("Eva"), OWN)


@act("own_data.show_bsn", "bsn:read", "own_data:read", status=200, shows="9999 90 019")
def the_own_bsn(company: Company) -> Ask:
    linked(company)
    return send_form(company.visitor("Eva", OWN), f"{OWN}/{company.employees['Eva']}/bsn")


@silent("own_data.show_correction", "an empty form, and the name of the own employer")
def the_form_to_ask_for_a_correction(company: Company) -> Ask:
    linked(company)
    return see(company.visitor("Eva"), f"{OWN}/{company.employees['Eva']}/klopt-niet")


@act("own_data.correct", "dialogue:start", "key:make")
def asking_for_a_correction(company: Company) -> Ask:
    linked(company)
    url = f"{OWN}/{company.employees['Eva']}/klopt-niet"
    return filled_in(company.visitor("Eva", url), {"text": "Mijn huisnummer is 14."}, url)


@act(
    "own_data.download_json",
    "own_data:export",
    "dialogue:list",
    "dialogue:read",
    "own_data:log",
    status=200,
    shows="Yılmaz",
)
def a_copy_for_other_programs(company: Company) -> Ask:
    linked(company)
    return see(company.visitor("Eva"), f"{OWN}/download.json")


@act("own_data.download_pdf", "own_data:export", "dialogue:list", "dialogue:read", "own_data:log", status=200)
def a_copy_to_read(company: Company) -> Ask:
    linked(company)
    return see(company.visitor("Eva"), f"{OWN}/download.pdf")


@act("own_log.show", "own_data:log", status=200, shows="Mulder")
def who_saw_the_own_data(company: Company) -> Ask:
    linked(company)
    return see(company.visitor("Eva"), "/wie-zag-mijn-gegevens")


@act("own_log.download", "own_data:log", status=200)
def who_saw_the_own_data_as_a_pdf(company: Company) -> Ask:
    linked(company)
    return see(company.visitor("Eva"), "/wie-zag-mijn-gegevens/pdf")


@act("own_documents.download", "document:read", status=200)
def a_document_that_was_signed(company: Company) -> Ask:
    linked(company)
    signatures = make_signatures(company)
    anna = together.begin(signatures)
    together.read(signatures, anna)
    together.agree(signatures, anna, 1)
    together.agree(signatures, anna, 2)
    anna.submit({"stated": "y"}, action=together.sitting_url(signatures, "/ondertekenen"))
    return see(company.visitor("Eva"), f"/mijn-documenten/{signatures.document_id}/2")


@act("own_documents.show", "document:list", "dialogue:list", status=200)
def the_own_documents(company: Company) -> Ask:
    linked(company)
    return see(company.visitor("Eva"), "/mijn-documenten")
