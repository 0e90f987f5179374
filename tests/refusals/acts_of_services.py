"""What staff of an arbo service do: dossiers and the admission of colleagues."""

from __future__ import annotations

from uuid import UUID

from organisation.admission import enter_service, refuse, waiting_members
from portal.formats import spaced_bsn
from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, filled_in, see, send_form, silent
from tests.world import TEST_BSN, card, details
from vault.records import update_record


@act("start.show", "share:intake", "employee:list", status=200, shows="Yılmaz")
def the_start_page_after_a_share(company: Company) -> Ask:
    visitor = company.visitor("Carla")
    company.share("Eva")
    return see(visitor, "/")


@act("dossiers.show_tree", "share:intake", "employee:list", status=200, shows="Yılmaz")
def a_department_of_an_employer(company: Company) -> Ask:
    visitor = company.visitor("Carla")
    company.share("Eva")
    return see(visitor, f"/dossiers?afdeling={company.world.departments['Winkel'].id}")


@act("dossiers.search", "employee:search", status=200, shows="WK001")
def searching_those_who_are_shared(company: Company) -> Ask:
    company.share("Eva")
    visitor = company.visitor("Carla", "/dossiers/zoeken")
    return filled_in(visitor, {"last_name": "Yılmaz"}, action="/dossiers/zoeken")


@act("dossiers.search_advanced", "employee:search", status=200, shows="Yılmaz")
def listing_everybody_served(company: Company) -> Ask:
    company.share("Eva")
    visitor = company.visitor("Carla", "/dossiers/uitgebreid-zoeken")
    return filled_in(visitor, {}, action="/dossiers/uitgebreid-zoeken")


@act("dossiers.search", "index:write", "employee:search", status=200, shows="Nieuw")
def searching_after_the_employer_made_a_change(company: Company) -> Ask:
    company.share("Eva")
    visitor = company.visitor("Carla", "/dossiers/zoeken")
    with company.preparing() as world:
        changed = {"card": card("Nieuw"), "details": details(), "expected_version": 1, "actor": world.actor("Anna")}
        update_record(world.session, company.employees["Eva"], **changed)  # type: ignore[arg-type]
    return filled_in(visitor, {"last_name": "Nieuw"}, action="/dossiers/zoeken")


@act("dossiers.show", "employee:read", status=200, shows="Yılmaz")
def a_shared_dossier(company: Company) -> Ask:
    company.share("Eva")
    return see(company.visitor("Carla"), company.dossier_url("Eva"))


@act("dossiers.show", "employee:read", status=200, shows="WK002")
def an_anonymous_dossier(company: Company) -> Ask:
    return see(company.visitor("Carla"), company.dossier_url("Joris"))


@act("dossiers.show", "request:refuse", status=404)
def a_dossier_of_another_service(company: Company) -> Ask:
    return see(company.visitor("Carla"), company.dossier_url("Piet"))


@act("dossiers.show_bsn", "bsn:read", status=200, shows=spaced_bsn(TEST_BSN))
def the_bsn_in_a_shared_dossier(company: Company) -> Ask:
    company.share("Eva")
    with company.preparing() as world:
        world.hire("Cora", world.service, "casemanager_arbo", "bsn_inzage")
        enter_service(world.session, world.actor("Cora"))
    number = _waiting(company)
    send_form(company.visitor("Carla"), f"/toelatingen/{number}/toelaten").send()
    return send_form(company.visitor("Cora"), company.dossier_url("Eva", "/bsn"))


@act("admissions.admit_member", "admission:grant")
def admitting_a_colleague(company: Company) -> Ask:
    return send_form(company.visitor("Carla"), f"/toelatingen/{_asking(company)}/toelaten")


@act("admissions.refuse_member", "admission:refuse")
def refusing_a_colleague(company: Company) -> Ask:
    return send_form(company.visitor("Carla"), f"/toelatingen/{_asking(company)}/weigeren")


@act("admissions.ask", "admission:request")
def asking_to_be_admitted_again(company: Company) -> Ask:
    number = _asking(company)
    with company.preparing() as world:
        refuse(world.session, number, world.actor("Carla"))
    return send_form(company.visitor("Cor"), "/toelatingen/vragen")


@silent("dossiers.show", "who waits for admission is told so, and nothing of the employee")
def a_dossier_for_somebody_who_waits(company: Company) -> Ask:
    company.share("Eva")
    _asking(company)
    return see(company.visitor("Cor"), company.dossier_url("Eva"))


@silent("dossiers.show_search", "an empty form")
def the_form_to_search_dossiers(company: Company) -> Ask:
    return see(company.visitor("Carla"), "/dossiers/zoeken")


@silent("dossiers.show_advanced_search", "an empty form")
def the_form_to_search_dossiers_by_everything(company: Company) -> Ask:
    return see(company.visitor("Carla"), "/dossiers/uitgebreid-zoeken")


@silent("admissions.show", "colleagues with an account, to who admits them; no employee is on it")
def who_can_open_the_key_of_the_service(company: Company) -> Ask:
    return see(company.visitor("Carla"), "/toelatingen")


def _asking(company: Company) -> UUID:
    """The request of a new colleague."""
    with company.preparing() as world:
        world.hire("Cor", world.service, "casemanager_arbo")
        enter_service(world.session, world.actor("Cor"))
    return _waiting(company)


def _waiting(company: Company) -> UUID:
    with company.preparing() as world:
        (line,) = waiting_members(world.session, world.actor("Carla"))
        return line.admission_id
