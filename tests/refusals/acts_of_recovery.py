"""What is done with recovery sheets, at an employer and at an arbo service."""

from __future__ import annotations

from crypto.recovery_code import write_code
from crypto.secret import Secret
from keys.recovery_sheets import MadeSheet
from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, filled_in, see, send_form, silent
from vault.recovery_sheets import make


@act("recovery_sheets.make_new", "recovery_sheet:make", "key:make", status=200, shows="Paul")
def making_the_recovery_sheet_of_a_service(company: Company) -> Ask:
    with company.preparing() as world:
        world.hire("Paul", world.service, "privacyfunctionaris")
    visitor = company.visitor("Carla", "/herstelblad")
    return filled_in(visitor, {"named": str(company.world.people["Paul"].id)}, action="/herstelblad")


@act("recovery_sheets.make_new", "recovery_sheet:make", "recovery_sheet:void", "key:make", status=200, shows="Gerda")
def replacing_a_recovery_sheet(company: Company) -> Ask:
    _recovery_sheet(company)
    visitor = company.visitor("Anna", "/herstelblad")
    return filled_in(visitor, {"named": str(company.world.people["Gerda"].id)}, action="/herstelblad")


@act("recovery_sheets.download", "recovery_sheet:print", status=200, shows="%PDF-")
def printing_a_recovery_sheet(company: Company) -> Ask:
    made = _recovery_sheet(company)
    visitor = company.visitor("Anna")
    return send_form(visitor, f"/herstelblad/{made.sheet_id}/pdf", {"code": write_code(made.printed_half)})


@act("recovery_sheets.declare_void", "recovery_sheet:void", "key:make")
def declaring_a_recovery_sheet_void(company: Company) -> Ask:
    made = _recovery_sheet(company)
    return send_form(company.visitor("Anna"), f"/herstelblad/{made.sheet_id}/vervallen")


@act("recovery.check_code", "recovery_sheet:check", status=200, shows="Herstelblad gebruiken")
def checking_the_code_of_a_recovery_sheet(company: Company) -> Ask:
    made = _recovery_sheet(company)
    return send_form(company.visitor("Gerda"), "/herstel", {"code": write_code(made.printed_half)})


@act("recovery.check_code", "recovery_sheet:check", status=422)
def checking_a_wrong_code(company: Company) -> Ask:
    return send_form(company.visitor("Gerda"), "/herstel", {"code": write_code(Secret(bytes(32)))})


@act("recovery.use_sheet", "recovery_sheet:use", "role:give", "key:make")
def using_a_recovery_sheet(company: Company) -> Ask:
    made = _recovery_sheet(company)
    return send_form(company.visitor("Gerda"), "/herstel/gebruiken", {"code": write_code(made.printed_half)})


@silent("recovery_sheets.show", "colleagues with an account, to who hands out the key; no employee is on it")
def the_recovery_sheets(company: Company) -> Ask:
    _recovery_sheet(company)
    return see(company.visitor("Anna"), "/herstelblad")


@silent("recovery_sheets.ask_void", "a question about a sheet; no employee is on it")
def asking_to_declare_a_recovery_sheet_void(company: Company) -> Ask:
    return see(company.visitor("Anna"), f"/herstelblad/{_recovery_sheet(company).sheet_id}/vervallen")


@silent("recovery.show", "an empty form, and the sheets in the visitor's own name")
def the_form_for_the_code_of_a_recovery_sheet(company: Company) -> Ask:
    _recovery_sheet(company)
    return see(company.visitor("Gerda"), "/herstel")


def _recovery_sheet(company: Company) -> MadeSheet:
    """A recovery sheet of the vault that names Gerda."""
    with company.preparing() as world:
        return make(world.session, world.people["Gerda"].id, None, world.actor("Anna"))
