"""Two people on one screen, at a desk and bent over a phone (G-01, G-02; issue 6, shown 1)."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import EmployerAdministrator
from tests.journeys.running_portal import RunningPortal
from tests.journeys.test_signing import HEADING, has_document
from tests.journeys.visit import DESKTOP, PHONE, Visit

EVA = "Eva Yılmaz"
PAGES = 3


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_two_on_one_screen_read_draw_and_sign(portal: RunningPortal, new_visit: NewVisit, width: int) -> None:
    people = open_bakery(portal)
    document_id = has_document(portal, people["Anna"])
    portal.serve()
    anna = EmployerAdministrator("Anna", "Anna", new_visit(width=width))
    knows_how_to_log_in(anna, people["Anna"])
    anna.logs_in()
    visit = anna.visit
    says_who_sits_here(visit, document_id)
    reads_together(visit)
    agrees(visit, "Anna")
    draws(visit)
    agrees(visit, EVA)
    visit.shows("Er is nog niets ondertekend")
    visit.inspect()
    visit.page.get_by_label("Dat verklaar ik").check()
    visit.button("Ondertekenen").click()
    visit.shows("Iedereen heeft ondertekend.")
    visit.inspect()
    for link in ("Ondertekend document", "Ondertekenbewijs"):
        with visit.page.expect_download() as download:
            visit.link(link).click()
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    visit.open(f"/documenten/{document_id}")
    visit.shows("Definitief - Ondertekend")


def says_who_sits_here(visit: Visit, document_id: UUID) -> None:
    """Open the window from the page of the document, and fill in who is there."""
    visit.open(f"/documenten/{document_id}")
    link = visit.link(re.compile("^Digitaal ondertekenen"))
    expect(link).to_have_attribute("target", "_blank")
    # In a window of its own it is the same page; here it stays in this one, where every fault is seen.
    visit.open(str(link.get_attribute("href")))
    visit.is_on(HEADING)
    visit.button("Verder naar het document").focus()
    visit.page.get_by_label("Naam", exact=True).fill(EVA)
    visit.fill("Deze persoon ondertekent namens", "zichzelf")
    visit.button("Verder naar het document").press("Enter")


def reads_together(visit: Visit) -> None:
    """See every page, and say so."""
    for number in range(1, PAGES + 1):
        visit.shows(f"Pagina {number} van {PAGES}")
        expect(visit.page.locator(".dk-shown-file img")).to_be_visible()
        if number == 1:
            visit.inspect()
        if number < PAGES:
            visit.link("Volgende pagina").first.click()
    visit.button("Wij hebben alles gelezen").click()


def draws(visit: Visit) -> None:
    """Draw a line, wipe it out, and draw another."""
    visit.shows(f"Nu is {EVA} aan de beurt")
    canvas, field = visit.page.locator("canvas"), visit.page.locator("input[name=drawing]")
    canvas.scroll_into_view_if_needed()
    for again in (True, False):
        box = canvas.bounding_box()
        assert box is not None
        visit.page.mouse.move(box["x"] + 30, box["y"] + 40)
        visit.page.mouse.down()
        for step in range(1, 12):
            visit.page.mouse.move(box["x"] + 30 + step * 12, box["y"] + 40 + (step % 3) * 14)
        visit.page.mouse.up()
        expect(field).to_have_value(re.compile("^data:image/png;base64,"))
        if again:
            visit.button("Tekening wissen").click()
            expect(field).to_have_value("")


def agrees(visit: Visit, name: str) -> None:
    """Type the own name, and agree; first without the box, which is told."""
    visit.shows(f"Nu is {name} aan de beurt")
    visit.inspect()
    visit.fill("Uw naam", name)
    with visit.refused_with(422):
        visit.button("Akkoord", exact=True).click()
        visit.shows("Vink aan dat u akkoord gaat, of kies Stoppen.")
    visit.page.get_by_label("Ik ga akkoord").check()
    visit.button("Akkoord", exact=True).click()
