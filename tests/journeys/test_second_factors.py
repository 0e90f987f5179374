"""Each second factor in a browser: set up, used by keyboard alone, left for another (issue 4, shown 1 and 5)."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, expect

from tests.journeys.authenticator_app import AuthenticatorApp
from tests.journeys.conftest import NewVisit
from tests.journeys.keyboard import Keyboard
from tests.journeys.people import ArboMember, Person
from tests.journeys.running_portal import RunningPortal, wait_for
from tests.journeys.test_main_job import (
    EMPLOYER,
    INVITATION,
    PASSWORD,
    operator_adds_organisations_and_invites,
    operator_invites,
)
from tests.journeys.visit import PHONE

NUMBER = "0600000001"
CODE = re.compile(r"\bis ([a-z2-9]{6})\.")
SMS_PAGE, KEY_PAGE = "Ontvang een code per sms", "Gebruik een beveiligingssleutel of passkey"
APP_PAGE = "Koppel een authenticator-app"


def test_each_second_factor_is_set_up_and_logs_in_by_keyboard_alone(portal: RunningPortal, new_visit: NewVisit) -> None:
    """L-05..L-12, L-15; WCAG 2.1.1, 2.4.3, 2.4.7, 4.1.3: SMS, a security key, an app, and from one to another."""
    femke = Person("Femke Postma", "f.postma", new_visit())
    starts_with_one_invited(portal, femke)
    keys = Keyboard(femke.visit)
    puts_in_security_key(femke.visit.page)

    sets_up_sms(portal, femke, keys)
    sets_up_security_key(femke, keys)
    sets_up_app(femke, keys)
    femke.keeps_backup_code()
    femke.accepts_terms()

    logs_in_with_sms(portal, femke, keys)
    logs_in_with_security_key_instead(femke, keys)
    logs_in_with_app_instead(femke, keys)
    another_device_logs_in(portal, new_visit, femke)


def test_on_a_phone_without_scripts_everything_but_the_key_can_be_done(
    portal: RunningPortal, new_visit: NewVisit
) -> None:
    """L-05, L-06: what needs a script says so, and offers the rest; skipping everything begins again."""
    femke = Person("Femke Postma", "f.postma", new_visit(width=PHONE))
    link = starts_with_one_invited(portal, femke)
    femke.opens_invitation(link)
    femke.chooses_password(PASSWORD)
    for heading in (SMS_PAGE, KEY_PAGE, APP_PAGE):
        femke.visit.is_on(heading)
        femke.visit.link("Overslaan").click()
    femke.visit.is_on(SMS_PAGE)
    femke.reads("Kies ten minste één manier.")

    femke.visit = new_visit(scripts=False)
    femke.visit.open("/inloggen")
    gives_password(femke)
    femke.visit.is_on(SMS_PAGE)
    femke.visit.link("Overslaan").click()
    femke.visit.is_on(KEY_PAGE)
    femke.reads("Uw browser kan hier geen beveiligingssleutel of passkey gebruiken")
    expect(femke.visit.page.get_by_role("button", name="SLEUTEL OF PASSKEY TOEVOEGEN")).to_have_count(0)
    femke.couples_app()
    femke.visit.is_on("Uw back-up code")


def starts_with_one_invited(portal: RunningPortal, person: Person) -> str:
    operator_adds_organisations_and_invites(portal, ArboMember("Carla Mulder", "c.mulder", person.visit))
    operator_invites(portal, person, EMPLOYER, "--role", "leidinggevende")
    portal.serve()
    return portal.link_in_mail_to(person.email, INVITATION)


def puts_in_security_key(page: Page) -> None:
    """Give the browser the authenticator that Chromium has for tests, over its own protocol (CDP)."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})


def sets_up_sms(portal: RunningPortal, person: Person, keys: Keyboard) -> None:
    person.opens_invitation(portal.link_in_mail_to(person.email, INVITATION))
    person.chooses_password(PASSWORD)
    person.visit.is_on(SMS_PAGE)
    keys.tabs_to("Uitleg")
    keys.presses("Enter")
    person.reads("wie uw nummer overneemt, krijgt ook uw codes")
    keys.tabs_to("Mobiel telefoonnummer")
    keys.types(NUMBER)
    keys.presses("Enter")
    person.visit.is_on("Vul de code uit de sms in")
    with person.visit.refused_with(422):
        keys.tabs_to("Code uit de sms")
        keys.types("222222")
        keys.presses("Enter")
        is_told(person, "Deze code klopt niet")
    keys.tabs_to("Code uit de sms: ")
    keys.presses("Enter", "Control+a")
    keys.types(code_on_phone(portal))
    keys.presses("Enter")


def sets_up_security_key(person: Person, keys: Keyboard) -> None:
    person.visit.is_on(KEY_PAGE)
    keys.tabs_to("Naam van de sleutel")
    keys.presses("Control+a")
    keys.types("Sleutelbos")
    keys.tabs_to("SLEUTEL OF PASSKEY TOEVOEGEN")
    keys.presses("Enter")
    person.visit.is_on(APP_PAGE)
    person.visit.page.go_back()
    person.visit.is_on(KEY_PAGE)
    keys.tabs_to("SLEUTEL OF PASSKEY TOEVOEGEN")
    keys.presses("Enter")
    is_told(person, "Deze sleutel hebt u al toegevoegd.")
    assert "SLEUTEL OF PASSKEY TOEVOEGEN" in keys.focus()
    keys.tabs_to("Overslaan")
    keys.presses("Enter")


def sets_up_app(person: Person, keys: Keyboard) -> None:
    person.visit.is_on(APP_PAGE)
    secret = person.visit.page.locator(".dk-secret").text_content() or ""
    person.app = AuthenticatorApp(secret)
    keys.tabs_to("Token")
    keys.types(person.app.code())
    keys.presses("Enter")


def logs_in_with_sms(portal: RunningPortal, person: Person, keys: Keyboard) -> None:
    """The way of the first login is asked for first (L-11)."""
    before = len(texts(portal))
    gives_password_again(person, keys)
    person.visit.is_on("Inloggen met een sms-code")
    wait_for(lambda: len(texts(portal)) > before, "the SMS of the login")
    with person.visit.refused_with(422):
        keys.tabs_to("Code uit de sms")
        keys.types("222222")
        keys.presses("Enter")
        is_told(person, "Deze code klopt niet")
        person.visit.page.go_back()
    person.visit.is_on("Inloggen met een sms-code")
    keys.tabs_to("SMS opnieuw versturen")
    before = len(texts(portal))
    keys.presses("Enter")
    person.reads("Er is een nieuwe sms verstuurd.")
    wait_for(lambda: len(texts(portal)) > before, "another SMS")
    keys.tabs_to("Code uit de sms")
    keys.types(code_on_phone(portal))
    keys.presses("Enter")
    person.sees_start_page()


def logs_in_with_security_key_instead(person: Person, keys: Keyboard) -> None:
    gives_password_again(person, keys)
    person.visit.is_on("Inloggen met een sms-code")
    keys.tabs_to("Inloggen mislukt?")
    keys.presses("Enter")
    person.visit.is_on("Op een andere manier inloggen")
    keys.tabs_to("Gebruik beveiligingssleutel of passkey")
    keys.presses("Enter")
    person.visit.is_on("Inloggen met uw sleutel")
    keys.tabs_to("GEBRUIK SLEUTEL OF PASSKEY")
    keys.presses("Enter")
    person.sees_start_page()


def logs_in_with_app_instead(person: Person, keys: Keyboard) -> None:
    gives_password_again(person, keys)
    person.visit.is_on("Inloggen met uw sleutel")
    keys.tabs_to("Inloggen mislukt?")
    keys.presses("Enter")
    person.visit.is_on("Op een andere manier inloggen")
    keys.tabs_to("Gebruik authenticator-app")
    keys.presses("Enter")
    person.visit.is_on("Inloggen met uw app")
    assert person.app is not None
    keys.tabs_to("Authentication App Token")
    keys.types(person.app.code())
    keys.presses("Enter")
    person.sees_start_page()


def another_device_logs_in(portal: RunningPortal, new_visit: NewVisit, person: Person) -> None:
    """The app is asked for first by now; who has the mailbox reads of the other device."""
    person.visit = new_visit(width=PHONE)
    person.logs_in()
    assert re.search(r"Dat was op \d\d-\d\d-\d{4} \d\d:\d\d\.", portal.mail_to(person.email, "een ander apparaat"))


def gives_password(person: Person) -> None:
    person.visit.fill("Gebruikersnaam", person.login)
    person.visit.fill("Wachtwoord", person.password)
    person.visit.button("INLOGGEN").click()


def gives_password_again(person: Person, keys: Keyboard) -> None:
    """Log out, and take the first step with the keyboard."""
    person.visit.page.context.clear_cookies(name="datakluis")
    person.visit.open("/inloggen")
    person.visit.is_on("Inloggen")
    keys.tabs_to("Gebruikersnaam")
    keys.types(person.login)
    keys.tabs_to("Wachtwoord")
    keys.types(person.password)
    keys.presses("Enter")


def is_told(person: Person, words: str) -> None:
    """Hear an error: in what a screen reader says at once, whether the page is new or not."""
    expect(person.visit.page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    person.visit.inspect()


def code_on_phone(portal: RunningPortal) -> str:
    """The code in the newest text message."""
    found = CODE.search(wait_for(lambda: texts(portal), "an SMS")[-1])
    assert found is not None
    return found[1]


def texts(portal: RunningPortal) -> list[str]:
    """The text messages that arrived, the oldest first."""
    messages = [json.loads(path.read_text("utf-8")) for path in sorted((portal.folder / "mail").glob("*.sms"))]
    return [message["text"] for message in messages if message["to"] == "+31600000001"]
