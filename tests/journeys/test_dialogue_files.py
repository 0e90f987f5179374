"""Files in a dialogue: dropped and chosen, with progress, looked at in place, and taken along as one zip (D-06)."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import FilePayload, Page, expect

from crypto.source import SystemSource
from dialogs.models import ParticipantKind
from dialogs.starting import NewDialogue, NewParticipant, start_dialogue
from organisation.memberships import actor_for
from portal.services import open_services
from portal.settings import parse_settings
from tests.documents.files import pdf, png
from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import EmployerAdministrator, VaultUser
from tests.journeys.running_portal import RunningPortal
from tests.journeys.visit import PHONE, Visit
from tests.people import ACCESS_POINT, SignedUp

TEXT = b"Kanarie in het rooster van december.\n" * 50_000
TABLE: FilePayload = {"name": "rooster.txt", "mimeType": "text/plain", "buffer": TEXT}
DROP = """([name, data, type]) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type }));
    const place = document.querySelector("[data-drop]");
    for (const kind of ["dragover", "drop"]) {
        place.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
}"""


def start_talk(portal: RunningPortal, people: dict[str, SignedUp]) -> str:
    """Let Anna start a dialogue with Ilse; return its address."""
    services = open_services(parse_settings(portal.environment), SystemSource())
    with services.factory() as session, session.begin():
        anna = people["Anna"]
        actor = actor_for(session, anna.id, ACCESS_POINT, anna.keys())
        ilse = NewParticipant(ParticipantKind.USER, people["Ilse"].id)
        draft = NewDialogue("Rooster van december", "Wie kan er op zaterdag?", None, None, (ilse,), (), uuid4())
        address = f"/berichten/{start_dialogue(session, draft, actor, base_url=portal.base_url).id}"
    services.factory.engine.dispose()
    return address


def drop(page: Page, name: str, data: bytes, kind: str) -> None:
    """Drag a file from a folder to the place for it."""
    page.evaluate(DROP, [name, base64.b64encode(data).decode(), kind])


def waiting(page: Page) -> list[str]:
    """The names of the files that are ready to be sent."""
    return [str(item.get_attribute("data-name")) for item in page.locator("[data-waiting]").all()]


def test_files_are_dropped_sent_shown_and_taken_along(
    portal: RunningPortal, new_visit: NewVisit, tmp_path: Path
) -> None:
    people = open_bakery(portal)
    address = start_talk(portal, people)
    portal.serve()
    visit = new_visit()
    anna = EmployerAdministrator("Anna", "Anna", visit)
    knows_how_to_log_in(anna, people["Anna"])
    anna.logs_in()
    visit.open(address)
    visit.is_on("Rooster van december")
    adds_files(visit)
    sends_them(visit)
    looks_at_them(visit)
    visit.open(f"{address}/bestanden")
    visit.is_on("Bestanden van de dialoog")
    takes_all_along(visit, tmp_path / "dialoog.zip")

    narrow = new_visit(width=PHONE)
    ilse = VaultUser("Ilse", "Ilse", narrow)
    knows_how_to_log_in(ilse, people["Ilse"])
    ilse.logs_in()
    narrow.open(address)
    narrow.is_on("Rooster van december")
    narrow.open(f"{address}/bestanden")
    narrow.is_on("Bestanden van de dialoog")
    with narrow.page.expect_download() as one:
        narrow.page.get_by_role("link", name="Downloaden rooster.txt").click()
    saved = tmp_path / "rooster.txt"
    one.value.save_as(saved)
    assert saved.read_bytes() == TEXT


def adds_files(visit: Visit) -> None:
    """One dropped, two chosen, one refused, two taken away."""
    page = visit.page
    drop(page, "verslag.pdf", pdf(pages=2), "application/pdf")
    expect(page.locator("[data-waiting]")).to_have_count(1)
    photo: FilePayload = {"name": "foto.png", "mimeType": "image/png", "buffer": png(200, 120)}
    page.get_by_label("Bestanden", exact=True).set_input_files([photo, TABLE])
    expect(page.locator("[data-waiting]")).to_have_count(3)
    with visit.refused_with(422):
        drop(page, "virus.exe", b"MZ" + bytes(1000), "text/plain")
        visit.shows("Dit is een programma.")
    visit.troubles[:] = [trouble for trouble in visit.troubles if "422" not in trouble]
    visit.inspect()
    page.get_by_role("button", name="Weghalen virus.exe").click()
    page.get_by_role("button", name="Weghalen rooster.txt").click()
    expect(page.locator("[data-waiting]")).to_have_count(2)
    assert sorted(waiting(page)) == ["foto.png", "verslag.pdf"]
    page.get_by_label("Bestanden", exact=True).set_input_files(TABLE)
    expect(page.locator("[data-waiting]")).to_have_count(3)


def sends_them(visit: Visit) -> None:
    """What was ready goes with the message, and is ready no more."""
    page = visit.page
    visit.fill("Uw bericht", "Hierbij het verslag.")
    visit.button("Versturen").click()
    expect(page.locator(".dk-message .dk-file")).to_have_count(3)
    expect(page.locator("[data-waiting]")).to_have_count(0)
    visit.inspect()


def looks_at_them(visit: Visit) -> None:
    """Pages of a PDF with their text, and a picture."""
    page = visit.page
    page.get_by_role("link", name="Bekijken verslag.pdf").click()
    visit.is_on("verslag.pdf")
    visit.shows("Pagina 1 van 2")
    visit.shows("Verslag van het gesprek 1")
    drawn = page.locator(".dk-shown-file img")
    assert drawn.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") == 1200
    visit.link("Volgende pagina").click()
    visit.shows("Verslag van het gesprek 2")
    visit.link("Terug naar de dialoog").click()
    page.get_by_role("link", name="Bekijken foto.png").click()
    visit.is_on("foto.png")
    picture = page.locator(".dk-shown-file img")
    assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") == 200


def takes_all_along(visit: Visit, path: Path) -> None:
    """The zip, read back by another program."""
    with visit.page.expect_download() as begun:
        visit.button("Alles downloaden").click()
    begun.value.save_as(path)
    with zipfile.ZipFile(path) as opened:
        assert opened.testzip() is None
        by_name = {name.partition(" ")[2] or name: opened.read(name) for name in opened.namelist()}
    assert by_name.keys() == {"gesprek.pdf", "gesprek.json", "foto.png", "rooster.txt", "verslag.pdf"}
    assert (by_name["rooster.txt"], by_name["verslag.pdf"]) == (TEXT, pdf(pages=2))


def test_files_are_added_without_scripts(portal: RunningPortal, new_visit: NewVisit) -> None:
    people = open_bakery(portal)
    address = start_talk(portal, people)
    portal.serve()
    visit = new_visit(scripts=False)
    anna = EmployerAdministrator("Anna", "Anna", visit)
    knows_how_to_log_in(anna, people["Anna"])
    anna.logs_in()
    visit.open(address)
    visit.fill("Uw bericht", "Dit typte ik al.")
    visit.page.get_by_label("Bestanden", exact=True).set_input_files(TABLE)
    visit.button("Bestanden toevoegen").click()
    visit.is_on("Rooster van december")
    expect(visit.page.get_by_label("Uw bericht", exact=True)).to_have_value("Dit typte ik al.")
    assert waiting(visit.page) == ["rooster.txt"]
    visit.button("Versturen").click()
    expect(visit.page.locator(".dk-message .dk-file")).to_have_count(1)
