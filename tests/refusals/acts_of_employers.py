"""What people at an employer do: employees, sharing, importing, the vault and its agreements."""

from __future__ import annotations

import io
from uuid import UUID

from keys.admissions import waiting_admissions
from portal.formats import spaced_bsn
from tests.pages import Form, Visitor
from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, filled_in, see, send_form, silent
from tests.vault.importing.files import HEADINGS, row, text_file
from tests.world import TEST_BSN
from vault.access import request_access
from vault.agreements import register_signatory
from vault.importing.jobs import keep_upload, read_upload
from vault.importing.writing import write_rows
from vault.models import Vault

IMPORTS = "/werknemers/importeren"
SIGNATORY = {"name": "Sietske Signatuur", "function": "Directeur", "email": "sietske@example.org"}
NEW_NAME = "Nachtegaal"


@act("start.show", "employee:list", status=200, shows="Yılmaz")
def the_start_page_with_a_share(company: Company) -> Ask:
    visitor = company.visitor("Anna")
    company.share("Eva")
    return see(visitor, "/")


@act("start.show", "employee:list", status=200, shows="Yılmaz")
def the_start_page_after_a_visit(company: Company) -> Ask:
    return see(company.visitor("Frits", company.employee_url("Eva")), "/")


@act("employees.show_tree", "employee:list", status=200, shows="Yılmaz")
def a_department(company: Company) -> Ask:
    visitor = company.visitor("Frits")
    company.share("Eva")
    return see(visitor, company.department_url("Winkel"))


@act("employees.search", "employee:search", status=200, shows="WK002")
def searching(company: Company) -> Ask:
    visitor = company.visitor("Anna", "/werknemers/zoeken")
    return filled_in(visitor, {"last_name": "Janssen"}, action="/werknemers/zoeken")


@act("employees.search_advanced", "employee:search", status=200, shows="WK002")
def listing_everybody(company: Company) -> Ask:
    visitor = company.visitor("Anna", "/werknemers/uitgebreid-zoeken")
    return filled_in(visitor, {}, action="/werknemers/uitgebreid-zoeken")


@act("employees.show", "employee:read", status=200, shows="Yılmaz")
def an_employee(company: Company) -> Ask:
    return see(company.visitor("Anna"), company.employee_url("Eva"))


@act("employees.show", "request:refuse", status=404)
def an_employee_of_somebody_else(company: Company) -> Ask:
    return see(company.visitor("Anna"), company.employee_url("Piet"))


@act("employees.show_bsn", "bsn:read", status=200, shows=spaced_bsn(TEST_BSN))
def a_bsn(company: Company) -> Ask:
    return send_form(company.visitor("Ilse"), company.employee_url("Eva", "/bsn"))


@act("employees.show_bsn", "request:refuse", status=403)
def a_bsn_without_the_permission(company: Company) -> Ask:
    return send_form(company.visitor("Frits"), company.employee_url("Eva", "/bsn"))


@act("employees.show_bsn", "request:refuse", status=400)
def a_forged_request(company: Company) -> Ask:
    visitor = company.visitor("Ilse")
    return Ask(visitor, company.employee_url("Eva", "/bsn"), "POST", {"csrf_token": "made up"})


@act("employee_editing.add", "employee:create")
def adding_an_employee(company: Company) -> Ask:
    visitor = company.visitor("Anna", "/werknemers/nieuw")
    values = {
        "last_name": NEW_NAME,
        "birth_date": "31-12-1990",
        "personnel_number": "WK900",
        "department_id": str(company.world.departments["Winkel"].id),
        "starts_on": "01-03-2020",
        "function_group": "Verkoop",
        "function": "Verkoper",
        "kind": "Vast",
    }
    return Ask(visitor, "/werknemers/nieuw", "POST", {**_form_of(visitor).values, **values})


@act("employee_editing.show_edit", "employee:read", status=200, shows="Tulpenlaan")
def the_form_of_an_employee(company: Company) -> Ask:
    return see(company.visitor("Ilse"), company.employee_url("Eva", "/bewerken"))


@act("employee_editing.edit", "employee:update")
def editing_an_employee(company: Company) -> Ask:
    url = company.employee_url("Eva", "/bewerken")
    visitor = company.visitor("Ilse", url)
    return Ask(visitor, url, "POST", {**_form_of(visitor).values, "last_name": NEW_NAME})


@act("employee_editing.edit", "employee:update")
def editing_an_employee_whose_key_must_be_replaced(company: Company) -> Ask:
    """A withdrawal left the record's key stale; the next has it made anew and sealed again to both sides (2.1)."""
    share_id = company.share("Eva")
    visitor = company.visitor("Ilse", company.employee_url("Eva", "/deling-intrekken"))
    visitor.submit({"share_id": str(share_id)}, action=company.employee_url("Eva", "/deling-intrekken"))
    company.share("Eva")
    url = company.employee_url("Eva", "/bewerken")
    visitor.get(url)
    return Ask(visitor, url, "POST", {**_form_of(visitor).values, "last_name": NEW_NAME})


@act("sharing.show_form", "employee:read", status=200, shows="Yılmaz")
def the_form_to_share(company: Company) -> Ask:
    return see(company.visitor("Anna"), company.employee_url("Eva", "/delen"))


@act("sharing.share", "share:make")
def sharing(company: Company) -> Ask:
    values = {"kind": "sick_report", "explanation": "Belt morgen zelf"}
    url = company.employee_url("Eva", "/delen")
    visitor = company.visitor("Anna", url)
    return Ask(visitor, url, "POST", {**_form_of(visitor).values, **values})


@act("sharing.show_history", "share:history", status=200, shows="Belt morgen zelf")
def the_history_of_sharing(company: Company) -> Ask:
    company.share("Eva")
    return see(company.visitor("Anna"), company.employee_url("Eva", "/deelgeschiedenis"))


@act("sharing.show_withdrawal", "employee:read", status=200, shows="Yılmaz")
def the_question_before_a_withdrawal(company: Company) -> Ask:
    company.share("Eva")
    return see(company.visitor("Anna"), company.employee_url("Eva", "/deling-intrekken"))


@act("sharing.withdraw", "share:end")
def withdrawing_a_share(company: Company) -> Ask:
    share_id = company.share("Eva")
    url = company.employee_url("Eva", "/deling-intrekken")
    return send_form(company.visitor("Anna"), url, {"share_id": str(share_id)})


@act("imports.upload", "import:upload")
def sending_a_file(company: Company) -> Ask:
    return filled_in(company.visitor("Anna", IMPORTS), {"file": _file()}, IMPORTS)


@act("imports.preview", "import:preview", status=200, shows=NEW_NAME)
def the_preview_of_an_import(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"{IMPORTS}/{_uploaded(company)}")


@act("imports.preview", "import:compare", status=200, shows="Zuster")
def the_preview_of_what_an_import_changes(company: Company) -> Ask:
    number = _uploaded(company, number="WK001", last_name="Zuster")
    return see(company.visitor("Anna"), f"{IMPORTS}/{number}")


@act("imports.show_columns", "import:preview", status=200, shows=NEW_NAME)
def the_columns_of_a_file(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"{IMPORTS}/{_uploaded(company)}/kolommen")


@act("imports.choose", "import:columns")
def choosing_the_columns_of_a_file(company: Company) -> Ask:
    url = f"{IMPORTS}/{_uploaded(company)}/kolommen"
    return filled_in(company.visitor("Anna", url), action=f"{url}?blad=0&koppen=1-1")


@act("imports.download_faults", "import:export", status=200)
def downloading_the_rows_with_a_fault(company: Company) -> Ask:
    number = _uploaded(company, birth_date="gisteren")
    return see(company.visitor("Anna"), f"{IMPORTS}/{number}/fouten.xlsx")


@act("imports.add_departments", "department:create")
def adding_the_departments_of_a_file(company: Company) -> Ask:
    return send_form(company.visitor("Anna"), f"{IMPORTS}/{_uploaded(company, department='Keuken')}/afdelingen")


@act("imports.confirm", "import:confirm", status=200)
def confirming_an_import(company: Company) -> Ask:
    return send_form(company.visitor("Anna"), f"{IMPORTS}/{_uploaded(company)}/bevestigen")


@act("imports.remove", "import:discard")
def removing_an_import(company: Company) -> Ask:
    return send_form(company.visitor("Anna"), f"{IMPORTS}/{_uploaded(company)}/verwijderen")


@act("imports.show", "request:refuse", status=403)
def importing_without_a_key(company: Company) -> Ask:
    with company.preparing() as world:
        world.hire("Nico", world.employer, "werkgever")
    return see(company.visitor("Nico"), IMPORTS)


@act("agreements.register", "agreement:register")
def registering_who_signs(company: Company) -> Ask:
    _hire_at_garage(company)
    visitor = company.visitor("Gijs", "/datakluis/verwerkersovereenkomst")
    return send_form(visitor, "/datakluis/verwerkersovereenkomst", SIGNATORY)


@act("agreements.open_own_vault", "vault:open", "key:make")
def opening_the_vault(company: Company) -> Ask:
    _hire_at_garage(company, registered=True)
    return send_form(company.visitor("Gijs"), "/datakluis/openen")


@act("admissions.ask_for_vault", "access:request")
def asking_for_the_vault_again(company: Company) -> Ask:
    visitor = company.visitor("Hugo") if _refused(company) else None
    assert visitor is not None
    return send_form(visitor, "/toegang/vragen")


@act("vault_management.approve_request", "access:grant")
def approving_a_request(company: Company) -> Ask:
    return send_form(company.visitor("Anna"), f"/datakluis-beheer/beheeracties/{_request(company)}/akkoord")


@act("vault_management.refuse_request", "admission:refuse")
def refusing_a_request(company: Company) -> Ask:
    return send_form(company.visitor("Anna"), f"/datakluis-beheer/beheeracties/{_request(company)}/niet-akkoord")


@act("vault_management.give_rights", "role:give")
def making_somebody_an_administrator(company: Company) -> Ask:
    return send_form(company.visitor("Anna"), _access_url(company, "Ilse", "beheer-geven"))


@act("vault_management.take_rights", "role:take")
def taking_the_rights_of_an_administrator(company: Company) -> Ask:
    _hire_hans(company)
    return send_form(company.visitor("Anna"), _access_url(company, "Hans", "beheer-intrekken"))


@act("vault_management.withdraw", "access:withdraw", "key:make")
def withdrawing_access(company: Company) -> Ask:
    visitor = company.visitor("Anna")
    return send_form(visitor, _access_url(company, "Frits", "toegang-intrekken"))


@act("vault_management.withdraw", "access:withdraw", "key:make")
def withdrawing_ones_own_access(company: Company) -> Ask:
    _hire_hans(company)
    return send_form(company.visitor("Anna"), _access_url(company, "Anna", "toegang-intrekken"))


@act("log.show", "log:read", status=200, shows="Anna")
def the_log(company: Company) -> Ask:
    _hire_petra(company)
    return see(company.visitor("Petra"), "/logboek")


@act("log.find_employee", "employee:search")
def the_log_of_a_number(company: Company) -> Ask:
    _hire_petra(company)
    return send_form(company.visitor("Petra"), "/logboek/werknemer", {"persnr": "WK001"})


@act("log.show", "request:refuse", status=403)
def the_log_without_the_permission(company: Company) -> Ask:
    return see(company.visitor("Frits"), "/logboek")


@silent("employees.show_tree", "no department is chosen: how many people each has")
def the_departments(company: Company) -> Ask:
    company.share("Eva")
    return see(company.visitor("Anna"), "/werknemers")


@silent("employees.show_search", "an empty form")
def the_form_to_search(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/werknemers/zoeken")


@silent("employees.show_advanced_search", "an empty form")
def the_form_to_search_by_everything(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/werknemers/uitgebreid-zoeken")


@silent("employee_editing.show_new", "an empty form")
def the_form_for_a_new_employee(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/werknemers/nieuw")


@silent("imports.show", "a form, and that there are files which were not finished")
def the_page_to_import(company: Company) -> Ask:
    return see(company.visitor("Anna"), IMPORTS)


@silent("imports.download_template", "the same for everybody")
def the_template(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"{IMPORTS}/sjabloon.xlsx")


@silent("imports.show_result", "two numbers about one's own import, which is in the log")
def the_result_of_an_import(company: Company) -> Ask:
    number = _uploaded(company)
    with company.preparing() as world:
        actor = world.actor("Anna")
    assert list(write_rows(company.portal.services.factory, number, actor))[-1].finished
    return see(company.visitor("Anna"), f"{IMPORTS}/{number}/resultaat")


@silent("agreements.show_agreement", "who signs for one's own organisation; no employee is on it")
def the_agreement(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/datakluis/verwerkersovereenkomst")


@silent("agreements.show_form", "an empty form")
def the_form_for_another_signatory(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/datakluis/verwerkersovereenkomst/wijzigen")


@silent("agreements.show_text", "the same for everybody")
def the_text_of_the_agreement(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/datakluis/verwerkersovereenkomst/tekst/2026-1")


@silent("agreements.show_opening", "a question")
def the_question_before_opening(company: Company) -> Ask:
    _hire_at_garage(company, registered=True)
    return see(company.visitor("Gijs"), "/datakluis/openen")


@silent("vault_management.show", "colleagues with an account, to who administers them; no employee is on it")
def who_can_open_the_vault(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/datakluis-beheer/autorisaties")


@silent("vault_management.show_actions", "colleagues with an account, to who administers them")
def who_asks_for_the_vault(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/datakluis-beheer/beheeracties")


@silent("vault_management.show_agreements", "who signs for one's own organisation")
def the_agreements_of_the_vault(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/datakluis-beheer/beheerdersovereenkomsten")


@silent("vault_management.ask_take_rights", "a question about a colleague")
def the_question_before_taking_rights(company: Company) -> Ask:
    return see(company.visitor("Anna"), _access_url(company, "Ilse", "beheer-intrekken"))


@silent("vault_management.ask_withdraw", "a question about a colleague")
def the_question_before_withdrawing_access(company: Company) -> Ask:
    return see(company.visitor("Anna"), _access_url(company, "Frits", "toegang-intrekken"))


def _form_of(visitor: Visitor) -> Form:
    assert visitor.page is not None
    return next(form for form in visitor.page.forms if "last_name" in form.values or "explanation" in form.values)


def _file(**changes: str) -> bytes:
    values = {"number": "NW00001", "last_name": NEW_NAME, "bsn": "", "department": "Winkel"}
    return text_file([HEADINGS, row(**{**values, **changes})])


def _uploaded(company: Company, **changes: str) -> UUID:
    with company.preparing() as world:
        return keep_upload(world.session, read_upload(io.BytesIO(_file(**changes))), world.actor("Anna")).id


def _hire_at_garage(company: Company, *, registered: bool = False) -> None:
    with company.preparing() as world:
        world.hire("Gijs", world.garage, "datakluisbeheerder", "werkgever")
        if registered:
            register_signatory(world.session, actor=world.actor("Gijs"), **SIGNATORY)


def _hire_hans(company: Company) -> None:
    with company.preparing() as world:
        world.hire_vault_user("Hans", "datakluisbeheerder", "werkgever")


def _hire_petra(company: Company) -> None:
    with company.preparing() as world:
        world.hire("Petra", world.employer, "privacyfunctionaris")


def _request(company: Company) -> UUID:
    """The request for access of somebody new."""
    with company.preparing() as world:
        world.hire("Hugo", world.employer, "datakluisgebruiker", "leidinggevende")
        request_access(world.session, world.actor("Hugo"))
        vault = world.session.get_one(Vault, world.employer.id)
        return next(iter(waiting_admissions(world.session, world.employer.id, vault.holder_id))).id


def _refused(company: Company) -> UUID:
    """The same request after it was refused, so that asking is up to the person."""
    number = _request(company)
    send_form(company.visitor("Anna"), f"/datakluis-beheer/beheeracties/{number}/niet-akkoord").send()
    return number


def _access_url(company: Company, name: str, rest: str) -> str:
    return f"/datakluis-beheer/autorisaties/{company.world.people[name].id}/{rest}"
