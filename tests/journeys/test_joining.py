"""Somebody who is invited into a dialogue for the first time: mail, link, SMS, five steps (D-04, D-05, G-11)."""

from __future__ import annotations

import json
import re
from uuid import UUID

from playwright.sync_api import expect
from sqlalchemy import select

from dialogs.models import ParticipantKind
from dialogs.starting import NewDialogue, NewParticipant, start_dialogue
from organisation.memberships import actor_for
from organisation.models import Employee
from portal.services import open_services
from portal.settings import parse_settings
from tests.journeys.bakery import open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.running_portal import RunningPortal, wait_for
from tests.journeys.visit import PHONE, Visit
from tests.people import ACCESS_POINT, SignedUp

MAIL = "Uitnodiging voor een dialoog in Datakluis"
ADDRESS, PASSWORD = "eva@bakkerij.example", "acht andere fietsen rijden"
CODE = re.compile(r"is ([a-z0-9]{6})\.")


def test_somebody_new_gets_from_the_mail_into_the_dialogue_and_reuses_the_account(
    portal: RunningPortal, new_visit: NewVisit
) -> None:
    people = open_bakery(portal)
    portal.serve()
    first = invites_eva(portal, people["Anna"], "Hoe laat kunt u?")
    visit = new_visit(width=PHONE)
    link = portal.link_in_mail_to(ADDRESS, MAIL)
    visit.open(link)

    visit.is_on("U bent uitgenodigd voor een dialoog")
    assert "#" not in visit.page.url
    visit.link("Ik ben hier nieuw").click()
    visit.is_on("Gebruiksvoorwaarden")
    visit.shows("Stap 1 van 5")
    visit.button("Ik ga akkoord").click()
    signs_up(portal, visit)
    lands_in(visit, first, "Hoe laat kunt u?")

    second = invites_eva(portal, people["Ilse"], "En morgen?")
    again = new_visit()
    again.open(other_link(portal, link))
    again.is_on("U bent uitgenodigd voor een dialoog")
    again.link("Ik heb al een account").click()
    again.is_on("Inloggen")
    again.fill("Gebruikersnaam", ADDRESS)
    again.fill("Wachtwoord", PASSWORD)
    has_code_sent(portal, again, "INLOGGEN")
    again.is_on("Inloggen met een sms-code")
    shows_code(portal, again, "LOG IN")
    again.is_on("Ontvang een code per sms")
    has_code_sent(portal, again, "Code versturen")
    shows_code(portal, again, "Verder")
    again.is_on("Meedoen aan de dialoog")
    again.button("Meedoen").click()
    lands_in(again, second, "En morgen?")


def test_without_scripts_the_link_is_pasted(portal: RunningPortal, new_visit: NewVisit) -> None:
    people = open_bakery(portal)
    portal.serve()
    first = invites_eva(portal, people["Anna"], "Hoe laat kunt u?")
    link = portal.link_in_mail_to(ADDRESS, MAIL)
    visit = new_visit(scripts=False)
    visit.open(link)
    visit.is_on("Uitnodiging voor een dialoog")
    with visit.refused_with(422):
        visit.fill("Link of code uit de e-mail", link[:-2])
        visit.button("Verder").click()
        visit.shows("Deze link kennen wij niet")
    visit.fill("Link of code uit de e-mail", link)
    visit.button("Verder").click()
    visit.is_on("U bent uitgenodigd voor een dialoog")
    visit.link("Ik ben hier nieuw").click()
    visit.button("Ik ga akkoord").click()
    signs_up(portal, visit)
    lands_in(visit, first, "Hoe laat kunt u?")


def invites_eva(portal: RunningPortal, by: SignedUp, text: str) -> UUID:
    """Let somebody start a dialogue with Eva, whose address and number are in the vault."""
    services = open_services(parse_settings(portal.environment))
    with services.factory() as session, session.begin():
        actor = actor_for(session, by.id, ACCESS_POINT, by.keys())
        (employee_id,) = session.scalars(select(Employee.id).where(Employee.personnel_number == "WK001"))
        draft = NewDialogue(
            subject="Even bijpraten",
            text=text,
            employee_id=employee_id,
            employer_id=None,
            participants=(NewParticipant(ParticipantKind.EMPLOYEE, employee_id),),
            file_ids=(),
            request_id=session.source.new_id(),
        )
        dialogue = start_dialogue(session, draft, actor, base_url=portal.base_url)
    services.factory.engine.dispose()
    return dialogue.id


def other_link(portal: RunningPortal, before: str) -> str:
    """The link of the next invitation, once its mail has come."""

    def arrived() -> str | None:
        link = portal.link_in_mail_to(ADDRESS, MAIL)
        return link if link != before else None

    return wait_for(arrived, "another invitation")


def signs_up(portal: RunningPortal, visit: Visit) -> None:
    """Take the steps from the second to the fifth."""
    visit.is_on("Kies een wachtwoord")
    visit.shows("Stap 2 van 5")
    visit.fill("Wachtwoord", PASSWORD)
    visit.fill("Herhaal het wachtwoord", PASSWORD)
    visit.button("Verder").click()
    visit.is_on("Ontvang een code per sms")
    visit.shows("Stap 3 van 5")
    visit.shows("•••• 78")
    has_code_sent(portal, visit, "Code versturen")
    visit.is_on("Vul de code uit de sms in")
    shows_code(portal, visit, "Verder")
    visit.is_on("Hoe heet u?")
    visit.shows("Stap 4 van 5")
    visit.fill("Voorletters", "E.")
    visit.fill("Voornaam", "Eva")
    visit.fill("Achternaam", "Yılmaz")
    visit.button("Account maken").click()
    visit.is_on("Gebruik een beveiligingssleutel of passkey")
    visit.shows("Stap 5 van 5")
    visit.link("Overslaan").click()
    visit.is_on("Koppel een authenticator-app")
    visit.link("Overslaan").click()
    visit.is_on("Uw back-up code")
    visit.button("Toon mijn back-up code").click()
    visit.is_on("Bewaar uw back-up code")
    visit.button("Doorgaan").click()


def has_code_sent(portal: RunningPortal, visit: Visit, button: str) -> None:
    """Press the button that sends a code, and wait until it is there."""
    before = len(texts(portal))
    visit.button(button).click()
    wait_for(lambda: len(texts(portal)) > before, "an SMS")


def shows_code(portal: RunningPortal, visit: Visit, button: str) -> None:
    """Type the code of the last SMS."""
    found = CODE.search(wait_for(lambda: texts(portal), "an SMS")[-1])
    assert found is not None
    visit.fill("Code uit de sms", found[1])
    visit.button(re.compile(f"^{button}$", re.IGNORECASE)).click()


def texts(portal: RunningPortal) -> list[str]:
    """The texts of all SMS that were sent, the oldest first."""
    messages = [json.loads(path.read_text("utf-8")) for path in sorted((portal.folder / "mail").glob("*.sms"))]
    return [str(message["text"]) for message in messages]


def lands_in(visit: Visit, dialogue_id: UUID, text: str) -> None:
    """Check that the dialogue is shown, with what was said before."""
    expect(visit.page).to_have_url(re.compile(f"/berichten/{dialogue_id}$"))
    visit.shows(text)
    visit.inspect()
