"""Berichten, and the settings and texts that go with it: each request with the log and without it."""

from __future__ import annotations

from dialogs.standard_texts import TextContent, write_text
from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, see, send_form, silent

TEXT = {"title": "Welkom", "text": "Goedendag"}
SETTINGS, ADMINISTERED = "/instellingen/berichten", "/beheer/standaardteksten"


def text_of(company: Company, *, shared: bool) -> str:
    """The address of a standard text of Carla's, or of her organisation."""
    with company.preparing() as world:
        row = write_text(world.session, TextContent("Welkom", "Goedendag"), world.actor("Carla"), shared=shared)
        return f"{ADMINISTERED}/{row.id}" if shared else f"{SETTINGS}/teksten/{row.id}"


@silent("message_settings.show", "one's own signature and standard texts")
def the_message_settings(company: Company) -> Ask:
    return see(company.visitor("Anna"), SETTINGS)


@silent(
    "message_settings.save_signature", "what one's own messages end with", status=303, changes=("message_signature",)
)
def another_signature(company: Company) -> Ask:
    return send_form(company.visitor("Anna", SETTINGS), f"{SETTINGS}/afsluiting", {"signature": "Groet"})


@silent("message_settings.show_new", "an empty form")
def a_new_text_of_ones_own(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{SETTINGS}/teksten/nieuw")


@act("message_settings.add", "standard_text:create")
def writing_a_text_of_ones_own(company: Company) -> Ask:
    return send_form(company.visitor("Carla", SETTINGS), f"{SETTINGS}/teksten/nieuw", TEXT)


@silent("message_settings.show_one", "a text that says nothing about anybody")
def a_text_of_ones_own(company: Company) -> Ask:
    return see(company.visitor("Carla"), text_of(company, shared=False))


@act("message_settings.change", "standard_text:update")
def changing_a_text_of_ones_own(company: Company) -> Ask:
    url = text_of(company, shared=False)
    return send_form(company.visitor("Carla", SETTINGS), url, {"title": "Welkom", "text": "Dag"})


@silent("message_settings.show_removal", "a text that says nothing about anybody")
def whether_a_text_of_ones_own_may_go(company: Company) -> Ask:
    return see(company.visitor("Carla"), text_of(company, shared=False) + "/verwijderen")


@act("message_settings.remove", "standard_text:remove")
def removing_a_text_of_ones_own(company: Company) -> Ask:
    url = text_of(company, shared=False)
    return send_form(company.visitor("Carla", SETTINGS), f"{url}/verwijderen")


@silent("standard_texts.show", "the texts of the organisation, which say nothing about anybody")
def the_texts_of_the_organisation(company: Company) -> Ask:
    return see(company.visitor("Carla"), ADMINISTERED)


@silent("standard_texts.show_new", "an empty form")
def a_new_text(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{ADMINISTERED}/nieuw")


@act("standard_texts.add", "standard_text:create")
def writing_a_text(company: Company) -> Ask:
    return send_form(company.visitor("Carla", ADMINISTERED), f"{ADMINISTERED}/nieuw", TEXT)


@silent("standard_texts.show_one", "a text that says nothing about anybody")
def a_text(company: Company) -> Ask:
    return see(company.visitor("Carla"), text_of(company, shared=True))


@act("standard_texts.change", "standard_text:update")
def changing_a_text(company: Company) -> Ask:
    url = text_of(company, shared=True)
    return send_form(company.visitor("Carla", ADMINISTERED), url, {"title": "Welkom", "text": "Dag"})


@silent("standard_texts.show_removal", "a text that says nothing about anybody")
def whether_a_text_may_go(company: Company) -> Ask:
    return see(company.visitor("Carla"), text_of(company, shared=True) + "/verwijderen")


@act("standard_texts.remove", "standard_text:remove")
def removing_a_text(company: Company) -> Ask:
    url = text_of(company, shared=True)
    return send_form(company.visitor("Carla", ADMINISTERED), f"{url}/verwijderen")
