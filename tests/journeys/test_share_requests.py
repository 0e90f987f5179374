"""Deelverzoeken, and the end of an agreement, in the browser (design 2.6 and 2.7)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from organisation.calendar import day_of
from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import ArboMember, EmployerAdministrator, VaultUser
from tests.journeys.running_portal import RunningPortal, wait_for
from tests.journeys.visit import PHONE

SERVICE, EMPLOYER = "Noord", "Bakkerij Mulder"
NUMBER, NAME = "WK001", "Eva Yılmaz"
OTHER_NUMBER, OTHER_NAME = "WK003", "Eva de Boer"
WORDS = "Belde zelf naar het spreekuur"
REFUSAL = "Heeft de afspraak al gehad"
LEFT = "Deling beëindigd: de overeenkomst met de arbodienst is geëindigd"


def test_arbo_staff_ask_the_employer_answers_and_the_agreement_ends(portal: RunningPortal, new_visit: NewVisit) -> None:
    """S-02, S-06, D-rules 21, 22 and 26; settled: end of a service agreement."""
    people = open_bakery(portal)
    portal.serve()
    arbo = ArboMember("Carla", "carla", new_visit())
    user = VaultUser("Ilse", "ilse", new_visit(width=PHONE))
    administrator = EmployerAdministrator("Anna", "anna", new_visit())
    for person in (arbo, user, administrator):
        knows_how_to_log_in(person, people[person.name])
        person.logs_in()

    arbo_asks(arbo, NUMBER)
    mail_says_nothing(portal.mail_to("anna@example.org", "Er wacht een deelverzoek op u"))
    administrator_shares(administrator)
    mail_says_nothing(portal.mail_to("carla@example.org", "heeft uw deelverzoek beantwoord"))
    arbo_sees_new_answer(arbo, f"{EMPLOYER} heeft het dossier gedeeld")
    arbo.visit.is_on(NAME)

    arbo_asks(arbo, OTHER_NUMBER)
    user_refuses(user)
    arbo_sees_new_answer(arbo, f"{EMPLOYER} heeft het verzoek geweigerd")
    arbo.reads(REFUSAL)
    arbo_asks(arbo, OTHER_NUMBER)
    arbo.visit.button("Intrekken").click()
    arbo.reads("Het deelverzoek is ingetrokken.")
    user.visit.open("/")
    user.visit.hides("Deelverzoeken (1)")

    the_agreement_ends(portal)
    arbo_sees_nobody_any_more(arbo)
    administrator_finds_the_due_work_done(administrator)
    assert "no faults" in portal.command("audit", "verify")


def arbo_asks(arbo: ArboMember, number: str) -> None:
    """Ask for an anonymous employee."""
    arbo.goes_to("Dossiers")
    arbo.chooses_employer(EMPLOYER)
    arbo.chooses_department("Winkel")
    arbo.opens_anonymous_dossier(number)
    arbo.visit.summary("Acties").click()
    arbo.visit.link("Deling aanvragen").click()
    arbo.visit.is_on("Deling aanvragen")
    arbo.reads("Schrijf geen medische informatie op.")
    arbo.visit.page.get_by_label("Spreekuur", exact=True).check()
    arbo.visit.fill("Toelichting", WORDS)
    arbo.visit.button("Deling aanvragen").click()
    arbo.reads("Uw deelverzoek staat klaar bij de werkgever.")
    arbo.visit.is_on(f"Anoniem (Persnr: {number})")
    expect(arbo.visit.page.get_by_role("heading", name="Deelverzoek wacht op de werkgever")).to_be_visible()
    expect(arbo.visit.summary("Acties")).to_have_count(0)


def mail_says_nothing(text: str) -> None:
    for word in ("Eva", "Yılmaz", NUMBER, SERVICE, EMPLOYER, "Carla", "Spreekuur", WORDS):
        assert word not in text


def administrator_shares(administrator: EmployerAdministrator) -> None:
    """From the start page to the request, and *Dossier delen*."""
    visit = administrator.visit
    administrator.goes_to("Start")
    expect(visit.page.get_by_role("heading", name="Deelverzoeken (1)")).to_be_visible()
    visit.is_on("Start")
    visit.link("Naar de deelverzoeken").click()
    visit.is_on("Deelverzoeken")
    visit.link("E. Yılmaz").click()
    visit.is_on("Deelverzoek")
    for words in (NAME, SERVICE, "Carla", WORDS):
        administrator.reads(words)
    visit.link("Naar de werknemer").click()
    visit.is_on(NAME)
    administrator.reads("De arbodienst vraagt om dit dossier te delen")
    visit.link("Bekijk het deelverzoek").click()
    visit.link("Dossier delen").click()
    visit.is_on("Dossier delen")
    administrator.reads("Delen is wettelijk alleen toegestaan als er een zorgvraag is.")
    visit.button("Dossier delen", exact=True).click()
    administrator.sees_dossier_shared(NAME, with_service=SERVICE)
    administrator.opens_share_history()
    administrator.reads("Deelverzoek van")


def arbo_sees_new_answer(arbo: ArboMember, answer: str) -> None:
    """See on the start page that there is an answer, and read it."""
    arbo.goes_to("Start")
    expect(arbo.visit.page.get_by_role("heading", name="Deelverzoeken (1)")).to_be_visible()
    arbo.reads("nieuw antwoord")
    arbo.visit.link("Naar de deelverzoeken").click()
    arbo.visit.is_on("Deelverzoeken")
    arbo.reads(answer)
    line = arbo.visit.page.get_by_role("row").filter(has_text="nieuw antwoord")
    line.get_by_role("link").click()


def user_refuses(user: VaultUser) -> None:
    """On a phone, with a reason."""
    visit = user.visit
    visit.reload()
    visit.link("Naar de deelverzoeken").click()
    visit.is_on("Deelverzoeken")
    visit.link("E. de Boer").click()
    visit.is_on("Deelverzoek")
    visit.link("Weigeren").click()
    visit.is_on("Deelverzoek weigeren")
    visit.fill("Reden van weigering", REFUSAL)
    visit.button("Weigeren").click()
    user.reads("Het deelverzoek is geweigerd. Er is niets gedeeld.")
    visit.is_on("Deelverzoek")


def the_agreement_ends(portal: RunningPortal) -> None:
    """The operator sets yesterday as the last day, and the worker comes by, with nobody there to help it."""
    yesterday = day_of(datetime.now(UTC)) - timedelta(days=1)
    with closing(sqlite3.connect(portal.folder / "data" / "datakluis.sqlite3")) as database:
        # The bakery of a test is served since today only.
        database.execute("UPDATE service_agreement SET starts_on = '2026-01-01'")
        database.commit()
        portal.command("end-agreement", EMPLOYER, "--service", SERVICE, "--last-day", yesterday.isoformat())
        # A worker comes by as it starts, and each minute.
        portal.stop()
        portal.processes.clear()
        portal.serve()
        running = "SELECT count(*) FROM share WHERE ended_at IS NULL"
        wait_for(lambda: database.execute(running).fetchone() == (0,), "the worker to end the shares")


def arbo_sees_nobody_any_more(arbo: ArboMember) -> None:
    arbo.goes_to("Start")
    arbo.visit.is_on("Start")
    arbo.visit.hides("Yılmaz")
    arbo.visit.hides(EMPLOYER)
    arbo.goes_to("Dossiers")
    arbo.visit.hides(EMPLOYER)
    arbo.visit.open("/dossiers/deelverzoeken")
    arbo.visit.is_on("Deelverzoeken")
    arbo.reads("Nog geen deelverzoeken")


def administrator_finds_the_due_work_done(administrator: EmployerAdministrator) -> None:
    """It is done as she comes by; the log tells of it, and the history of the end."""
    visit = administrator.visit
    administrator.goes_to("Start")
    visit.open("/logboek")
    visit.page.get_by_label("Wat", exact=True).select_option(label="Vernieuwde de sleutels van dossiers")
    visit.button("Filteren").click()
    administrator.reads("Vernieuwde de sleutels van dossiers (2)")
    administrator.opens_department("Winkel")
    administrator.clicks_person(f"Anoniem (Persnr: {NUMBER})")
    visit.is_on(NAME)
    administrator.opens_share_history()
    administrator.reads(LEFT)
