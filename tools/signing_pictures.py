"""Pictures of documents and of signing them (`tools/screenshots.py`)."""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page

from tools.photographer import (
    DEPARTMENT,
    DESKTOP,
    PHONE,
    Demo,
    Photographer,
    code_by_sms,
    count_sms,
    fill_in_contact,
    join,
    print_page,
)

SIGNER = 3
PLAN = {
    "Casemanager": "Femke Bakker",
    "Eerste ziektedag": "02-11-2026",
    "Datum van de probleemanalyse": "20-11-2026",
    "Mogelijkheden en beperkingen voor werk": "Halve dagen, niet langer dan een uur achter elkaar achter een scherm.",
    "Streefdatum": "15-02-2027",
    "Contact": "Elke maandag om tien uur, om de beurt bellen",
    "Datum van de eerste evaluatie": "08-01-2027",
}
AGREEMENT = {"Wie": "Werkgever", "Wat": "Past het rooster aan en regelt een rustige werkplek", "Wanneer": "1 december"}


def photograph_signing(browser: Browser, demo: Demo) -> None:
    """A form becomes a document, two people sign it by SMS, two others on one screen, and a stranger checks it."""
    user = Photographer(browser, demo, "f.bakker")
    user.page.goto("/werknemers")
    user.open_department(DEPARTMENT)
    links = user.page.locator("[data-tree] details[open] details[open] > ul a").filter(has_text="Anoniem")
    by_sms, beside = (str(links.nth(number).get_attribute("href")) for number in (SIGNER, SIGNER + 1))
    name = make_plan(user, by_sms, picture="document-form")
    document = user.page.url
    ask_for_signatures(user, name)
    sign(user.page)
    employee = Photographer(browser, demo, None, PHONE)
    join(employee.page, name)
    sign(employee.page, employee)
    user.page.goto(document)
    user.follow("Naar de ondertekening")
    user.page.get_by_text("Iedereen heeft ondertekend.").wait_for()
    user.picture("signing-request")
    signed, evidence = (download(user.page, button) for button in ("Ondertekend document", "Ondertekenbewijs"))
    print_page(signed, 1, "signed-page")
    print_page(evidence, 0, "evidence")
    user.page.goto(f"{by_sms}/documenten")
    user.picture("documents", height=1150)
    user.follow("Upload document(en)")
    user.page.get_by_label("Submap").select_option(label="Algemeen (werkgever en arbodienst)")
    user.page.get_by_label("De bestanden samenvoegen").check()
    user.picture("document-upload", height=760)
    stranger = Photographer(browser, demo, None)
    stranger.page.goto("/ondertekening-controleren")
    stranger.page.locator("input[name=document]").set_input_files(signed)
    stranger.page.locator("input[name=evidence]").set_input_files(evidence)
    stranger.page.get_by_role("button", name="Controleren").click()
    stranger.page.get_by_text("Deze ondertekening klopt").first.wait_for()
    stranger.picture("signing-check")
    sign_together(user, make_plan(user, beside))


def make_plan(user: Photographer, employee: str, picture: str | None = None) -> str:
    """Make a Plan van aanpak in the dossier of an employee; return how he or she is called."""
    user.page.goto(employee)
    name = user.page.get_by_role("heading", level=1).inner_text()
    user.page.goto(f"{employee}/documenten")
    user.follow("Document opstellen")
    user.follow("Plan van aanpak")
    for label, value in PLAN.items():
        user.page.get_by_label(label, exact=True).fill(value)
    user.page.get_by_label("Doel", exact=True).select_option(label="Terug in het eigen werk")
    first_line = user.page.get_by_role("group", name="Afspraken").get_by_role("group", name="Regel 1")
    for label, value in AGREEMENT.items():
        first_line.get_by_label(label).fill(value)
    user.page.get_by_label("Kenmerk", exact=True).select_option(index=1)
    if picture:
        user.page.evaluate("scrollTo(0, 0)")
        user.picture(picture, height=1000)
    user.page.get_by_role("button", name="Definitief opslaan").last.click()
    user.page.get_by_text("Het document is opgeslagen.").wait_for()
    return name


def ask_for_signatures(user: Photographer, name: str) -> None:
    """Ask Femke and the employee for their signatures, one after the other."""
    user.follow("Ondertekening via sms")
    for number, candidate in enumerate(("Femke Bakker Gemeente", name), 1):
        user.page.get_by_role("checkbox", name=re.compile(f"^{candidate}")).check()
        place = user.page.locator("[data-for]:visible").last.get_by_label(re.compile("^Ondertekent als nummer"))
        place.fill(str(number))
    fill_in_contact(user.page)
    user.page.get_by_role("button", name="Verstuur verzoek").click()
    user.page.get_by_text("Het verzoek is verstuurd.").wait_for()


def sign(page: Page, camera: Photographer | None = None) -> None:
    """Read all pages, agree, and type the code of the SMS."""
    page.get_by_role("link", name="Ondertekenen", exact=True).first.click()
    page.get_by_text("Pagina 1 van 2").first.wait_for()
    if camera:
        page.locator(".dk-shown-file img").evaluate("image => image.decode()")
        camera.picture("phone-signing-read")
    page.get_by_role("link", name="Volgende pagina").first.click()
    page.get_by_text("Pagina 2 van 2").first.wait_for()
    page.get_by_role("link", name="Ondertekenen", exact=True).first.click()
    page.get_by_label("Ik ga akkoord").check()
    if camera:
        page.evaluate("scrollTo(0, 100)")
        camera.picture("phone-signing-agree")
    before = count_sms(page)
    page.get_by_role("button", name="Verstuur sms").click()
    page.get_by_label("Validatie code").fill(code_by_sms(page, before))
    page.get_by_role("button", name="Opslaan").click()
    page.get_by_text("Ondertekend. Uw handtekening staat in het document.").wait_for()


def sign_together(user: Photographer, name: str) -> None:
    """Sign with somebody beside, until that person has drawn."""
    user.page.goto(str(user.page.get_by_role("link", name="Digitaal ondertekenen").get_attribute("href")))
    user.page.get_by_label("Naam", exact=True).fill(name)
    user.page.get_by_label("Deze persoon ondertekent namens", exact=True).fill("zichzelf")
    user.page.get_by_role("button", name="Verder naar het document").click()
    user.follow("Volgende pagina")
    user.page.get_by_role("button", name="Wij hebben alles gelezen").click()
    user.page.get_by_label("Uw naam", exact=True).fill("Femke Bakker")
    user.page.get_by_label("Ik ga akkoord").check()
    user.page.get_by_role("button", name="Akkoord", exact=True).click()
    user.page.get_by_role("heading", name=f"Nu is {name} aan de beurt").wait_for()
    user.page.get_by_label("Uw naam", exact=True).fill(name)
    user.page.get_by_label("Ik ga akkoord").check()
    user.page.set_viewport_size({"width": DESKTOP, "height": 1200})
    draw(user.page)
    user.picture("signing-together")


def draw(page: Page) -> None:
    """Draw something like a name."""
    box = page.locator("canvas").bounding_box()
    if box is None:
        sys.exit("there is nothing to draw on")
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 90):
        turn = step / 7
        page.mouse.move(
            box["x"] + 40 + step * (box["width"] - 120) / 90 + 14 * math.cos(turn),
            box["y"] + box["height"] * (0.5 - 0.28 * math.sin(turn) * math.cos(step / 31)),
        )
    page.mouse.up()


def download(page: Page, button: str) -> Path:
    """What a button gives."""
    with page.expect_download() as found:
        page.get_by_role("link", name=button, exact=True).first.click()
    return Path(found.value.path())
