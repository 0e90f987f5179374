"""What people do with employments, with who leaves, and with exports."""

from __future__ import annotations

from tests.portal.company import Company
from tests.portal.employments import only_employment
from tests.refusals.catalogue import Ask, act, filled_in, see, send_form, silent

NEW_NAME = "Nachtegaal"


def _url(company: Company, rest: str, name: str = "Eva") -> str:
    return company.employee_url(name, f"/dienstverbanden/{only_employment(company, name).id}/{rest}")


def _values(company: Company, **changes: str) -> dict[str, str]:
    values = {
        "department_id": str(company.world.departments["Winkel"].id),
        "starts_on": "01-04-2024",
        "function_group": "Verkoop",
        "function": NEW_NAME,
        "kind": "Vast",
        "version": "1",
        "stap": "bevestigen",
    }
    return {**values, **changes}


@act("employee_editing.look_up", "employee:search", status=200, shows="WK002")
def looking_whether_somebody_is_known(company: Company) -> Ask:
    visitor = company.visitor("Anna", "/werknemers/toevoegen")
    return filled_in(visitor, {"personnel_number": "WK002"}, action="")


@act("employments.show_new", "employee:read", status=200, shows="Yılmaz")
def the_form_for_a_further_employment(company: Company) -> Ask:
    return see(company.visitor("Anna"), company.employee_url("Eva", "/dienstverbanden/nieuw"))


@act("employments.add", "employment:create")
def adding_an_employment(company: Company) -> Ask:
    return send_form(company.visitor("Anna"), company.employee_url("Eva", "/dienstverbanden/nieuw"), _values(company))


@act("employments.ask_change", "employee:read", status=200, shows="Yılmaz")
def the_question_before_a_change(company: Company) -> Ask:
    return see(company.visitor("Anna"), _url(company, "wijzigen"))


@act("employments.show_correction", "employee:read", status=200, shows="Yılmaz")
def the_form_to_correct_an_employment(company: Company) -> Ask:
    return see(company.visitor("Anna"), _url(company, "corrigeren"))


@act("employments.correct", "employment:change")
def correcting_an_employment(company: Company) -> Ask:
    return send_form(company.visitor("Anna"), _url(company, "corrigeren"), _values(company))


@act("employments.show_change", "employee:read", status=200, shows="Yılmaz")
def the_form_to_change_an_employment(company: Company) -> Ask:
    return see(company.visitor("Anna"), _url(company, "veranderen"))


@act("employments.change", "employment:change", "employment:create")
def changing_an_employment(company: Company) -> Ask:
    return send_form(company.visitor("Anna"), _url(company, "veranderen"), _values(company))


@act("employments.show_history", "employment:history", "employee:read", status=200, shows="Yılmaz")
def the_history_of_an_employment(company: Company) -> Ask:
    return see(company.visitor("Anna"), _url(company, "historie"))


@act("leaving.search", "employee:search", status=200, shows="WK002")
def looking_who_leaves(company: Company) -> Ask:
    visitor = company.visitor("Anna", "/werknemers/uit-dienst-melden")
    return filled_in(visitor, {"personnel_number": "WK002"}, action="")


@act("leaving.show", "employee:read", status=200, shows="Yılmaz")
def the_form_to_report_somebody_out_of_service(company: Company) -> Ask:
    return see(company.visitor("Anna"), company.employee_url("Eva", "/uit-dienst"))


@act("leaving.report", "employee:read", "employment:end")
def reporting_somebody_out_of_service(company: Company) -> Ask:
    versions = f"{only_employment(company, 'Eva').id}=1"
    values = {"last_day": "31-12-2026", "versions": versions, "stap": "bevestigen"}
    return send_form(company.visitor("Anna"), company.employee_url("Eva", "/uit-dienst"), values)


@act("exports.download", "employee:export", status=200, shows="Yılmaz")
def exporting_employees(company: Company) -> Ask:
    return send_form(company.visitor("Anna"), "/exporteren", {"file_format": "csv"})


@act("exports.download", "employee:export", status=200, shows="Yılmaz")
def exporting_those_who_are_shared(company: Company) -> Ask:
    company.share("Eva")
    # The dossiers take the share in, which is an entry of its own.
    visitor = company.visitor("Carla", "/dossiers")
    return send_form(visitor, "/exporteren", {"file_format": "csv"})


@act("exports.download", "request:refuse", status=403)
def exporting_without_the_permission(company: Company) -> Ask:
    return send_form(company.visitor("Frits"), "/exporteren", {"file_format": "csv"})


@silent("employee_editing.show_look_up", "an empty form")
def the_form_to_look_whether_somebody_is_known(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/werknemers/toevoegen")


@silent("leaving.show_search", "an empty form")
def the_form_to_look_who_leaves(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/werknemers/uit-dienst-melden")


@silent("employments.go_on", "an answer that leads to one of two forms", status=303)
def choosing_how_an_employment_changes(company: Company) -> Ask:
    return send_form(company.visitor("Anna"), _url(company, "wijzigen"), {"kind": "corrigeren"})


@silent("exports.show", "a form that says what an export would hold")
def the_form_to_export(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/exporteren")
