"""Beheer > Werkgevers and the dossier of an employer, each request with the log and without it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from organisation.calendar import today
from organisation.contact_persons import Contact, add_contact
from organisation.departments import add_department
from organisation.employer_agreements import add_agreement, end_own_agreement, own_agreements
from organisation.employer_fields import Address
from organisation.employer_folders import add_folder, folder_tree
from organisation.sites import add_site
from tests.organisation.employers import new_employer
from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, filled_in, see, silent

BASE = "/beheer/werkgevers"
MASTER_DATA = "data of a company and the names of users of it; no employee and no contact person is on it"
EMPTY_FORM = "an empty form"


def page(company: Company, rest: str = "") -> Ask:
    return see(company.visitor("Carla"), f"{BASE}{rest}")


def send(company: Company, url: str, values: dict[str, str] | None = None, *, action: str | None = None) -> Ask:
    return filled_in(company.visitor("Carla", url), values, action)


def garage(company: Company, rest: str = "") -> str:
    return f"{BASE}/{company.world.garage.id}{rest}"


def waits(company: Company) -> str:
    """An employer with everything that is needed to publish it."""
    with company.preparing() as world:
        employer = new_employer(world, filled_in=True)
        add_department(world.session, employer.id, "Winkel", None, world.actor("Carla"))
        return f"{BASE}/{employer.id}"


def folder(company: Company, name: str = "") -> UUID:
    """The first folder, or a new one."""
    with company.preparing() as world:
        carla = world.actor("Carla")
        return add_folder(world.session, name, None, carla).id if name else folder_tree(world.session, carla)[0].id


def department(company: Company) -> str:
    with company.preparing() as world:
        made = add_department(world.session, world.garage.id, "Balie", None, world.actor("Carla"))
        return garage(company, f"/afdelingen/{made.id}")


def site(company: Company) -> str:
    with company.preparing() as world:
        made = add_site(world.session, world.garage.id, "Loods", Address(), None, world.actor("Carla"))
        return garage(company, f"/vestigingen/{made.id}")


def contact(company: Company) -> str:
    with company.preparing() as world:
        made = add_contact(world.session, world.garage.id, None, Contact("Sanne Zomer"), world.actor("Carla"))
        return garage(company, f"/contactpersonen/{made.id}")


def agreement(company: Company) -> str:
    with company.preparing() as world:
        (running,) = own_agreements(world.session, world.garage.id, world.actor("Carla"))
        return garage(company, f"/overeenkomsten/{running.id}")


def agreement_to_come(company: Company) -> str:
    with company.preparing() as world:
        session, carla, employer = world.session, world.actor("Carla"), world.garage.id
        (running,) = own_agreements(session, employer, carla)
        day = today(session)
        end_own_agreement(session, employer, running.id, day, carla)
        numbers = {"employer_identification": None, "exchange_number": None}
        made = add_agreement(session, employer, day + timedelta(days=1), None, **numbers, actor=carla)
        return garage(company, f"/overeenkomsten/{made.id}")


@silent("employer_administration.show_all", MASTER_DATA)
def the_employers_to_administer(company: Company) -> Ask:
    return page(company)


@silent("employer_administration.show_new", EMPTY_FORM)
def the_form_of_a_new_employer(company: Company) -> Ask:
    return page(company, "/nieuw")


@act("employer_administration.add", "organisation:create", "service_agreement:make")
def adding_an_employer(company: Company) -> Ask:
    return send(company, f"{BASE}/nieuw", {"name": "Kwekerij Roos"})


@silent("employer_administration.show", MASTER_DATA)
def the_master_data_of_an_employer(company: Company) -> Ask:
    return see(company.visitor("Carla"), garage(company))


@act("employer_administration.save", "employer:update")
def changing_the_master_data(company: Company) -> Ask:
    base = waits(company)
    return send(company, base, {"offer": "Rozen"}, action=base)


@silent("employer_departments.show_all", MASTER_DATA)
def the_departments_to_administer(company: Company) -> Ask:
    return see(company.visitor("Carla"), garage(company, "/afdelingen"))


@act("employer_departments.add", "department:create")
def adding_a_department(company: Company) -> Ask:
    url = garage(company, "/afdelingen")
    return send(company, url, {"name": "Balie"}, action=url)


@silent("employer_departments.show", MASTER_DATA)
def a_department_to_change(company: Company) -> Ask:
    return see(company.visitor("Carla"), department(company))


@act("employer_departments.change", "department:update")
def changing_a_department(company: Company) -> Ask:
    return send(company, department(company), {"name": "Ontvangst"})


@silent("employer_departments.ask_removal", MASTER_DATA)
def the_question_before_a_department_goes(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{department(company)}/verwijderen")


@act("employer_departments.remove", "department:remove")
def removing_a_department(company: Company) -> Ask:
    return send(company, f"{department(company)}/verwijderen")


@act("employer_sites.show_all", "employer:read", status=200, shows="Sanne Zomer")
def the_sites_with_whom_to_call(company: Company) -> Ask:
    contact(company)
    return see(company.visitor("Carla"), garage(company, "/vestigingen"))


@silent("employer_sites.show_new", EMPTY_FORM)
def the_form_of_a_new_site(company: Company) -> Ask:
    return see(company.visitor("Carla"), garage(company, "/vestigingen/nieuw"))


@act("employer_sites.add", "site:create")
def adding_a_site(company: Company) -> Ask:
    return send(company, garage(company, "/vestigingen/nieuw"), {"name": "Loods"})


@silent("employer_sites.show", MASTER_DATA)
def a_site_to_change(company: Company) -> Ask:
    return see(company.visitor("Carla"), site(company))


@act("employer_sites.change", "site:update")
def changing_a_site(company: Company) -> Ask:
    return send(company, site(company), {"name": "Hal"})


@silent("employer_sites.ask_removal", MASTER_DATA)
def the_question_before_a_site_goes(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{site(company)}/verwijderen")


@act("employer_sites.remove", "site:remove")
def removing_a_site(company: Company) -> Ask:
    return send(company, f"{site(company)}/verwijderen")


@silent("employer_contacts.show_new", EMPTY_FORM)
def the_form_of_a_new_contact_person(company: Company) -> Ask:
    return see(company.visitor("Carla"), garage(company, "/contactpersonen/nieuw"))


@act("employer_contacts.add", "contact_person:create")
def adding_a_contact_person(company: Company) -> Ask:
    return send(company, garage(company, "/contactpersonen/nieuw"), {"name": "Sanne Zomer"})


@act("employer_contacts.show", "employer:read", status=200, shows="Sanne Zomer")
def a_contact_person_to_change(company: Company) -> Ask:
    return see(company.visitor("Carla"), contact(company))


@act("employer_contacts.change", "contact_person:update")
def changing_a_contact_person(company: Company) -> Ask:
    return send(company, contact(company), {"function": "Directeur"})


@act("employer_contacts.ask_removal", "employer:read", status=200, shows="Sanne Zomer")
def the_question_before_a_contact_person_goes(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{contact(company)}/verwijderen")


@act("employer_contacts.remove", "contact_person:remove")
def removing_a_contact_person(company: Company) -> Ask:
    return send(company, f"{contact(company)}/verwijderen")


@silent("employer_agreements.show_all", MASTER_DATA)
def the_agreements_with_an_employer(company: Company) -> Ask:
    return see(company.visitor("Carla"), garage(company, "/overeenkomsten"))


@silent("employer_agreements.show_new", EMPTY_FORM)
def the_form_of_a_new_agreement(company: Company) -> Ask:
    return see(company.visitor("Carla"), garage(company, "/overeenkomsten/nieuw"))


@act("employer_agreements.add", "service_agreement:make")
def adding_an_agreement(company: Company) -> Ask:
    before = {"first_day": date(2019, 1, 1).strftime("%d-%m-%Y"), "last_day": "31-12-2019"}
    return send(company, garage(company, "/overeenkomsten/nieuw"), before)


@silent("employer_agreements.show", MASTER_DATA)
def an_agreement_to_change(company: Company) -> Ask:
    return see(company.visitor("Carla"), agreement(company))


@act("employer_agreements.change", "service_agreement:update")
def changing_an_agreement(company: Company) -> Ask:
    return send(company, agreement(company), {"exchange_number": "A-1"})


@silent("employer_agreements.show_end", MASTER_DATA)
def the_question_when_an_agreement_ends(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{agreement(company)}/beeindigen")


@act("employer_agreements.end", "service_agreement:end")
def ending_an_agreement(company: Company) -> Ask:
    return send(company, f"{agreement(company)}/beeindigen", {"last_day": "31-12-2030", "stap": "bevestigen"})


@silent("employer_agreements.ask_removal", MASTER_DATA)
def the_question_before_an_agreement_goes(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{agreement_to_come(company)}/verwijderen")


@act("employer_agreements.remove", "service_agreement:remove")
def removing_an_agreement(company: Company) -> Ask:
    return send(company, f"{agreement_to_come(company)}/verwijderen")


@silent("employer_publishing.show", MASTER_DATA)
def the_question_before_publishing(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{waits(company)}/publiceren")


@act("employer_publishing.place", "employer:publish")
def publishing_an_employer(company: Company) -> Ask:
    url = f"{waits(company)}/publiceren"
    return send(company, url, {"folder_id": str(folder(company))}, action=url)


@silent("employer_publishing.show_move", MASTER_DATA)
def the_folders_to_move_to(company: Company) -> Ask:
    return see(company.visitor("Carla"), garage(company, "/map"))


@act("employer_publishing.move", "employer:move")
def moving_an_employer(company: Company) -> Ask:
    return send(company, garage(company, "/map"), {"folder_id": str(folder(company, "Oost"))})


@silent("employer_publishing.show_team", MASTER_DATA)
def who_supervises_an_employer(company: Company) -> Ask:
    return see(company.visitor("Carla"), garage(company, "/casemanagementteam"))


@act("employer_publishing.assign", "case_manager:assign")
def saying_who_supervises(company: Company) -> Ask:
    url = garage(company, "/casemanagementteam")
    return send(company, url, {"person_id": str(company.world.people["Carla"].id)}, action=url)


@silent("employer_folders.show_all", "folders and how many employers lie in them")
def the_folders(company: Company) -> Ask:
    return page(company, "/mappen")


@act("employer_folders.add", "folder:create")
def adding_a_folder(company: Company) -> Ask:
    return send(company, f"{BASE}/mappen", {"name": "Oost"}, action=f"{BASE}/mappen")


@silent("employer_folders.show", "the name of a folder")
def a_folder_to_rename(company: Company) -> Ask:
    return page(company, f"/mappen/{folder(company)}")


@act("employer_folders.rename", "folder:update")
def renaming_a_folder(company: Company) -> Ask:
    return send(company, f"{BASE}/mappen/{folder(company)}", {"name": "Oost"})


@silent("employer_folders.ask_removal", "the name of a folder and what is in the way of removing it")
def the_question_before_a_folder_goes(company: Company) -> Ask:
    return page(company, f"/mappen/{folder(company, 'Oost')}/verwijderen")


@act("employer_folders.remove", "folder:remove")
def removing_a_folder(company: Company) -> Ask:
    return send(company, f"{BASE}/mappen/{folder(company, 'Oost')}/verwijderen")


@silent("employers.show_all", "the names and codes of employers in view")
def the_employers_in_view(company: Company) -> Ask:
    return see(company.visitor("Carla"), "/werkgevers")


@act("employers.show", "employer:read", status=200, shows="Sanne Zomer")
def the_dossier_of_an_employer(company: Company) -> Ask:
    contact(company)
    return see(company.visitor("Carla"), f"/werkgevers/{company.world.garage.id}")


@act("employers.show_own", "employer:read", status=200, shows="Bakkerij Mulder")
def the_own_master_data(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/werkgevergegevens")


@silent("employers.show_departments", MASTER_DATA)
def the_departments_of_an_employer(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"/werkgevers/{company.world.garage.id}/afdelingen")
