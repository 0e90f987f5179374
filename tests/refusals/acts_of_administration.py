"""Beheer and Instellingen, each request with the log and without it."""

from __future__ import annotations

from tests.portal.company import Company
from tests.refusals.catalogue import Ask, see, send_form, silent


@silent("administration.show", "the way to the parts of Beheer; no employee is on it")
def the_parts_of_administration(company: Company) -> Ask:
    return see(company.visitor("Carla"), "/beheer")


@silent("own_settings.show", "one's own name and login name")
def the_own_settings(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/instellingen")


@silent("own_settings.save_language", "the language of one's own screens", status=303, changes=("person",))
def another_language_of_ones_own(company: Company) -> Ask:
    return send_form(company.visitor("Anna", "/instellingen"), "/instellingen/taal", {"language": "en"})


@silent("own_settings.show_email", "one's own mail address, and which mails one gets")
def the_mails_of_ones_own(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/instellingen/e-mail")


@silent("own_settings.save_notices", "which notices one does without", status=303, changes=("muted_notice",))
def fewer_mails_of_ones_own(company: Company) -> Ask:
    return send_form(company.visitor("Anna", "/instellingen/e-mail"), "/instellingen/e-mail")


@silent("own_settings.show_tasks", "a text")
def the_tasks_of_ones_own(company: Company) -> Ask:
    return see(company.visitor("Anna"), "/instellingen/taken")
