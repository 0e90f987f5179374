"""What decides who may do and see what, and announcements, each request with the log and without it."""

from __future__ import annotations

from uuid import UUID

from organisation.announcements import AnnouncementData, Audience, write_announcement
from organisation.calendar import today
from organisation.circles import enter_circle, give_medical, name_first_member
from organisation.memberships import give_role
from tests.organisation.test_authorisations import group
from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, see, send_form, silent
from tests.world import OPERATOR

ANNOUNCEMENTS = "/beheer/mededelingen"
NO_EMPLOYEE = "an announcement is for all, and no employee is on it"
WRITTEN = {"title": "Onderhoud", "text": "Zaterdag", "audience": "both", "starts_on": "01-03-2026", "ends_on": ""}


@silent("announcements.show", NO_EMPLOYEE)
def the_announcements(company: Company) -> Ask:
    return see(company.visitor("Carla"), ANNOUNCEMENTS)


@silent("announcements.show_new", "an empty form")
def the_form_of_an_announcement(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{ANNOUNCEMENTS}/nieuw")


@act("announcements.add", "announcement:create")
def writing_an_announcement(company: Company) -> Ask:
    return send_form(company.visitor("Carla"), f"{ANNOUNCEMENTS}/nieuw", WRITTEN)


@silent("announcements.show_one", NO_EMPLOYEE)
def an_announcement(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{ANNOUNCEMENTS}/{_written(company)}")


@act("announcements.change", "announcement:update")
def changing_an_announcement(company: Company) -> Ask:
    return send_form(company.visitor("Carla"), f"{ANNOUNCEMENTS}/{_written(company)}", WRITTEN)


@silent("announcements.show_removal", NO_EMPLOYEE)
def the_question_whether_an_announcement_may_go(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{ANNOUNCEMENTS}/{_written(company)}/verwijderen")


@act("announcements.remove", "announcement:remove")
def removing_an_announcement(company: Company) -> Ask:
    return send_form(company.visitor("Carla"), f"{ANNOUNCEMENTS}/{_written(company)}/verwijderen")


RIGHTS, SESSIONS = "/beheer/autorisaties", "/beheer/sessies"
NUMBERS = "numbers of users and units; no employee is on it, and nothing is opened"
NO_LIST = "what is ticked for a user or a group; the employees of a department are a list of their own"


@silent("authorisations.show_group", "what a group may do; no employee is on it")
def what_a_group_may(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{RIGHTS}/groepen/{_group(company)}")


@act("authorisations.change_group", "group_permission:change")
def changing_what_a_group_may(company: Company) -> Ask:
    url = f"{RIGHTS}/groepen/{_group(company)}"
    return send_form(company.visitor("Carla"), url, {"permissions": "start:see", "bevestigd": "ja"})


@silent("authorisations.show_user", "what a user may do; no employee is on it")
def what_a_user_may(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{RIGHTS}/gebruikers/{_frits(company)}")


@act("authorisations.change_user", "role:give")
def giving_a_user_an_add_on(company: Company) -> Ask:
    url = f"{RIGHTS}/gebruikers/{_frits(company)}"
    return send_form(company.visitor("Carla"), url, {"add_ons": "plaatsvervanging"})


@act("authorisations.give_medical_rights", "circle:admit", "role:give")
def giving_medical_rights(company: Company) -> Ask:
    person_id = _circle(company)
    return send_form(company.visitor("Sanne"), f"{RIGHTS}/gebruikers/{person_id}/medisch-geven")


@silent("authorisations.ask_take_medical", "a question about a user; no employee is on it")
def the_question_whether_medical_rights_may_be_taken(company: Company) -> Ask:
    person_id = _circle(company)
    return see(company.visitor("Sanne"), f"{RIGHTS}/gebruikers/{person_id}/medisch-afnemen")


@act("authorisations.take_medical_rights", "circle:withdraw", "key:make", "role:take")
def taking_medical_rights(company: Company) -> Ask:
    person_id = _circle(company)
    with company.preparing() as world:
        give_medical(world.session, person_id, world.actor("Sanne"))
    return send_form(company.visitor("Sanne"), f"{RIGHTS}/gebruikers/{person_id}/medisch-afnemen")


@act("scopes.show_user", "employee:list", status=200, shows="WK001")
def the_people_of_a_department_to_tick(company: Company) -> Ask:
    url = f"{RIGHTS}/gebruikers/{_frits(company)}/organisatie?open={company.world.departments['Winkel'].id}"
    return see(company.visitor("Carla"), url)


@act("scopes.change_user", "scope:give")
def letting_a_user_see_a_department(company: Company) -> Ask:
    url = f"{RIGHTS}/gebruikers/{_frits(company)}/organisatie"
    return send_form(company.visitor("Carla"), url, _ticked(company.world.departments["Oven"].id))


@silent("scopes.show_group", NO_LIST)
def what_part_a_group_sees(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{RIGHTS}/groepen/{_group(company)}/organisatie")


@act("scopes.change_group", "scope:give")
def letting_a_group_see_an_employer(company: Company) -> Ask:
    url = f"{RIGHTS}/groepen/{_group(company)}/organisatie"
    return send_form(company.visitor("Carla"), url, _ticked(company.world.garage.id))


@silent("scopes.show_people_of_user", NUMBERS)
def whom_a_user_sees(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{RIGHTS}/gebruikers/{_frits(company)}/gebruikers")


@act("scopes.change_people_of_user", "people_scope:give")
def letting_a_user_see_another(company: Company) -> Ask:
    url = f"{RIGHTS}/gebruikers/{_frits(company)}/gebruikers"
    values = {**_ticked(company.world.people["Ilse"].id), "whole": "ja"}
    return send_form(company.visitor("Carla"), url, values)


@silent("scopes.show_people_of_group", NUMBERS)
def whom_a_group_sees(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{RIGHTS}/groepen/{_group(company)}/gebruikers")


@act("scopes.change_people_of_group", "people_scope:give")
def letting_a_group_see_a_user(company: Company) -> Ask:
    url = f"{RIGHTS}/groepen/{_group(company)}/gebruikers"
    values = {**_ticked(company.world.people["Carla"].id), "whole": "ja"}
    return send_form(company.visitor("Carla"), url, values)


@silent("session_settings.show_user", "how long a user's sessions last")
def how_long_sessions_of_a_user_last(company: Company) -> Ask:
    _group(company)
    return see(company.visitor("Super"), f"{SESSIONS}/gebruikers/{_frits(company)}")


@act("session_settings.change_user", "session_setting:change")
def letting_sessions_of_a_user_end_sooner(company: Company) -> Ask:
    _group(company)
    url = f"{SESSIONS}/gebruikers/{_frits(company)}"
    return send_form(company.visitor("Super"), url, {"inactivity_minutes": "10"})


@silent("session_settings.show_group", "how long the sessions of a group last")
def how_long_sessions_of_a_group_last(company: Company) -> Ask:
    group_id = _group(company)
    return see(company.visitor("Super"), f"{SESSIONS}/groepen/{group_id}")


@act("session_settings.change_group", "session_setting:change")
def letting_sessions_of_a_group_end_sooner(company: Company) -> Ask:
    group_id = _group(company)
    return send_form(company.visitor("Super"), f"{SESSIONS}/groepen/{group_id}", {"inactivity_minutes": "10"})


@act("admissions.ask_for_circle", "circle:request")
def asking_for_the_medical_circle(company: Company) -> Ask:
    person_id = _circle(company)
    visitor = company.visitor("Cor")
    with company.preparing() as world:
        give_role(world.session, person_id, "medisch", OPERATOR)
    return send_form(visitor, "/toelatingen/medisch-vragen")


def _frits(company: Company) -> UUID:
    return company.world.people["Frits"].id


def _group(company: Company) -> UUID:
    """A group of case managers; Super, who made it, is a superbeheerder."""
    with company.preparing() as world:
        return group(world).id


def _circle(company: Company) -> UUID:
    """Cor, to whom Sanne, who has the key of the medical circle, can give it."""
    with company.preparing() as world:
        sanne = world.hire_arbo("Sanne", roles=("superbeheerder", "medisch"))
        name_first_member(world.session, world.service, sanne.id, OPERATOR)
        enter_circle(world.session, world.actor("Sanne"))
        return world.hire_arbo("Cor").id


def _ticked(unit: UUID) -> dict[str, str]:
    return {"ticked": str(unit), "shown": str(unit), "whole": "nee", "takes_over": "nee"}


def _written(company: Company) -> UUID:
    with company.preparing() as world:
        data = AnnouncementData("Oud", "Een tekst.", Audience.OWN, today(world.session))
        return write_announcement(world.session, data, world.actor("Carla")).id
