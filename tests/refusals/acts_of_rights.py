"""What decides who may do and see what, and announcements, each request with the log and without it."""

from __future__ import annotations

from uuid import UUID

from organisation.announcements import AnnouncementData, Audience, write_announcement
from organisation.calendar import today
from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, see, send_form, silent

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


def _written(company: Company) -> UUID:
    with company.preparing() as world:
        data = AnnouncementData("Oud", "Een tekst.", Audience.OWN, today(world.session))
        return write_announcement(world.session, data, world.actor("Carla")).id
