"""A colleague takes over for some days, from the form to the end, seen from both sides (M-05, M-06)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from organisation.calendar import day_of
from tests.journeys.conftest import NewVisit
from tests.journeys.people import ArboMember
from tests.journeys.running_portal import RunningPortal
from tests.journeys.test_main_job import (
    INVITATION,
    PASSWORD,
    SERVICE,
    operator_adds_organisations_and_invites,
    operator_invites,
)
from tests.journeys.visit import PHONE

REGISTERED, ENDED = "Er is een plaatsvervanging geregistreerd", "Een plaatsvervanging is beëindigd"


def test_a_substitute_works_with_a_key_that_goes_away_again(portal: RunningPortal, new_visit: NewVisit) -> None:
    carla = ArboMember("Carla Mulder", "c.mulder", new_visit())
    sofie = ArboMember("Sofie Postma", "s.postma", new_visit(width=PHONE))
    cor = ArboMember("Cor Hofstra", "c.hofstra", new_visit())
    operator_adds_organisations_and_invites(portal, carla)
    operator_invites(portal, sofie, SERVICE, "--role", "casemanager_arbo", "--role", "plaatsvervanging")
    operator_invites(portal, cor, SERVICE, "--role", "casemanager_arbo")
    portal.serve()
    for person in (carla, sofie):
        person.signs_up(portal.link_in_mail_to(person.email, INVITATION), PASSWORD)
    carla.admits(sofie.name)
    cor.signs_up(portal.link_in_mail_to(cor.email, INVITATION), PASSWORD)
    cor.waits_for_admission()

    opens_the_form(sofie)
    types_a_period_backwards(sofie, cor)
    hands_over(sofie, cor)
    assert portal.mail_to(cor.email, REGISTERED)
    assert portal.mail_to(sofie.email, REGISTERED)

    cor.visit.open("/")
    cor.reads("U vervangt Sofie Postma tot en met")
    cor.visit.inspect()
    cor.goes_to("Dossiers")
    cor.visit.is_on("Dossiers")

    ends_it(sofie)
    assert portal.mail_to(cor.email, ENDED)
    cor.visit.reload()
    cor.visit.is_on("Wacht op toelating")
    assert "no faults" in portal.command("audit", "verify")


def opens_the_form(person: ArboMember) -> None:
    person.visit.open("/instellingen")
    person.visit.link("Naar plaatsvervanging").click()
    person.visit.is_on("Plaatsvervanging")


def types_a_period_backwards(absent: ArboMember, substitute: ArboMember) -> None:
    types(absent, substitute, first=4, last=2)
    with absent.visit.refused_with(422):
        absent.visit.button("PLAATSVERVANGING REGISTREREN").click()
        absent.visit.is_on("Plaatsvervanging")
        absent.reads("De laatste dag ligt voor de eerste dag.")


def hands_over(absent: ArboMember, substitute: ArboMember) -> None:
    types(absent, substitute, first=0, last=2)
    absent.visit.button("PLAATSVERVANGING REGISTREREN").click()
    absent.visit.is_on("Autorisatie overname")
    absent.reads("Medische rechten, rechten op de datakluis en op het BSN")
    absent.visit.button("PLAATSVERVANGING VERSTREKKEN").click()
    absent.visit.is_on("Plaatsvervanging")
    absent.reads(f"{substitute.name} vervangt u.")


def types(absent: ArboMember, substitute: ArboMember, *, first: int, last: int) -> None:
    start = day_of(datetime.now(UTC)) + timedelta(days=first)
    absent.visit.page.get_by_label("Plaatsvervangen door").select_option(label=substitute.name)
    absent.visit.fill("Van", f"{start:%d-%m-%Y}")
    absent.visit.fill("Tot en met", f"{start + timedelta(days=last - first):%d-%m-%Y}")


def ends_it(person: ArboMember) -> None:
    person.visit.link("Beëindigen").click()
    person.visit.is_on("Plaatsvervanging beëindigen")
    person.reads("vervallen meteen de overgenomen rechten")
    person.visit.button("Beëindigen", exact=True).click()
    person.reads("De plaatsvervanging is beëindigd.")
