"""Instellingen > Beveiliging in a browser: another key, a new code, a new password (T-01, L-09..L-14, L-25, L-28)."""

from __future__ import annotations

import re

from tests.journeys.conftest import NewVisit
from tests.journeys.people import BACKUP_CODE, ArboMember, Person
from tests.journeys.running_portal import RunningPortal
from tests.journeys.test_main_job import (
    EMPLOYER,
    INVITATION,
    PASSWORD,
    operator_adds_organisations_and_invites,
    operator_invites,
)
from tests.journeys.test_second_factors import puts_in_security_key
from tests.journeys.visit import PHONE

NEW = "vijf lauwe koffers op zolder"
SECURITY = "Instellingen: beveiliging"


def test_somebody_puts_the_ways_in_in_order_and_whoever_is_elsewhere_is_out(
    portal: RunningPortal, new_visit: NewVisit
) -> None:
    """With the keyboard and the screen of a desk; the session elsewhere is on a phone."""
    arbo = ArboMember("Carla Mulder", "c.mulder", new_visit())
    petra = Person("Petra Winia", "p.winia", new_visit())
    operator_adds_organisations_and_invites(portal, arbo)
    operator_invites(portal, petra, EMPLOYER, "--role", "werkgever")
    portal.serve()
    petra.signs_up(portal.link_in_mail_to(petra.email, INVITATION), PASSWORD)
    elsewhere = Person(petra.name, petra.login, new_visit(width=PHONE), petra.password, petra.app)
    elsewhere.logs_in()

    sees_both_sessions(petra, elsewhere)
    adds_key(petra)
    assert portal.mail_to(petra.email, "Er is een beveiligingssleutel of passkey toegevoegd aan uw account")
    elsewhere.is_logged_out()

    removes_app_but_not_the_key(petra)
    makes_backup_code(petra)
    changes_password(petra)
    assert portal.mail_to(petra.email, "Uw wachtwoord is gewijzigd")
    assert "no faults" in portal.command("audit", "verify")


def opens_security(person: Person) -> None:
    person.visit.open("/instellingen")
    person.visit.link("Beveiliging").click()
    person.visit.is_on(SECURITY)


def sees_both_sessions(petra: Person, elsewhere: Person) -> None:
    opens_security(elsewhere)
    elsewhere.visit.shows("Waar u bent ingelogd")
    opens_security(petra)
    petra.reads("Dit apparaat")
    assert petra.visit.button("Afmelden", exact=True).count() == 1
    assert petra.visit.button("Overal elders afmelden").count() == 1


def shows_app(person: Person, heading: str) -> None:
    """Show the second factor, which is asked for on the way."""
    person.visit.is_on("Vul de code uit uw app in")
    assert person.app is not None
    with person.visit.refused_with(422):
        person.visit.fill("Authentication App Token", "geen code")
        person.visit.button("Verder").click()
        person.reads("Deze code klopt niet")
    person.visit.is_on("Vul de code uit uw app in")
    person.visit.fill("Authentication App Token", person.app.code())
    person.visit.button("Verder").click()
    person.visit.is_on(heading)


def adds_key(person: Person) -> None:
    puts_in_security_key(person.visit.page)
    person.visit.link("Beveiligingssleutel of passkey toevoegen").click()
    shows_app(person, "Beveiligingssleutel of passkey toevoegen")
    person.visit.fill("Naam van de sleutel", "Sleutelbos")
    person.visit.button("SLEUTEL OF PASSKEY TOEVOEGEN").click()
    person.visit.is_on(SECURITY)
    person.reads("De sleutel is toegevoegd. Op andere apparaten bent u uitgelogd.")
    person.reads("Sleutelbos")
    person.visit.link("Voorkeur kiezen").click()
    person.visit.is_on("Voorkeur kiezen")
    person.visit.page.get_by_label("mijn beveiligingssleutel of passkey").check()
    person.visit.button("Opslaan").click()
    person.reads("Uw voorkeur is opgeslagen.")


def removes_app_but_not_the_key(person: Person) -> None:
    person.visit.link("App verwijderen").click()
    person.visit.is_on("App verwijderen")
    person.visit.button("App verwijderen").click()
    person.visit.is_on(SECURITY)
    person.reads("De app is losgemaakt.")
    person.visit.link(re.compile("Sleutel verwijderen")).click()
    person.visit.is_on("Sleutel verwijderen")
    person.visit.button("Sleutel verwijderen").click()
    person.reads("Dit is de laatste manier")
    person.reads("Sleutelbos")


def makes_backup_code(person: Person) -> None:
    person.visit.link("Nieuwe back-up code maken").click()
    person.visit.is_on("Nieuwe back-up code")
    person.visit.button("Toon mijn nieuwe back-up code").click()
    person.visit.is_on("Bewaar uw back-up code")
    code = person.visit.page.locator(".dk-secret").inner_text()
    assert BACKUP_CODE.fullmatch(code), code
    person.visit.button("Doorgaan").click()
    person.sees_start_page()


def changes_password(person: Person) -> None:
    opens_security(person)
    person.visit.link("Wachtwoord wijzigen").click()
    person.visit.is_on("Wachtwoord wijzigen")
    with person.visit.refused_with(422):
        types_passwords(person, "niet dit wachtwoord")
        person.reads("Dit is niet uw wachtwoord.")
    person.visit.is_on("Wachtwoord wijzigen")
    types_passwords(person, person.password)
    person.visit.is_on(SECURITY)
    person.reads("Uw wachtwoord is gewijzigd.")


def types_passwords(person: Person, present: str) -> None:
    person.visit.fill("Huidig wachtwoord", present)
    person.visit.fill("Nieuw wachtwoord", NEW)
    person.visit.fill("Herhaal het nieuwe wachtwoord", NEW)
    person.visit.button("Wachtwoord wijzigen").click()
