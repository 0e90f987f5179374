"""Ondertekening controleren: a stranger chooses or drops the files, on a desk, on a phone, and without scripts."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.services import open_services
from portal.settings import parse_settings
from signing.authority_keys import load_authority
from signing.timestamping import BuiltInTimestamper
from tests.journeys.conftest import NewVisit
from tests.journeys.running_portal import RunningPortal
from tests.journeys.visit import PHONE, Visit
from tests.signing.records import evidence_of
from tests.signing.signed_documents import plain_document, sign_all
from tests.signing.tampering import TAMPERED

DOCUMENT, EVIDENCE = "Ondertekend document", "Ondertekenbewijs"
RIGHT, WRONG = "Deze ondertekening klopt", "Deze ondertekening klopt niet"


@pytest.fixture
def files(portal: RunningPortal, tmp_path: Path) -> Path:
    """A folder with a document that was signed in the running portal, its evidence, and the document cut back."""
    portal.command("init")
    folder = tmp_path / "files"
    folder.mkdir()
    put_files(portal, folder)
    portal.serve()
    return folder


def put_files(portal: RunningPortal, folder: Path) -> None:
    """Sign a document under the certificates of the portal."""
    services = open_services(parse_settings(portal.environment))
    with services.factory() as session:
        authority = load_authority(session)
    services.factory.engine.dispose()
    stamper = BuiltInTimestamper(authority, services.source)
    signed = sign_all(plain_document(1), stamper, authority)
    (folder / "plan.pdf").write_bytes(signed.closed)
    (folder / "bewijs.pdf").write_bytes(evidence_of(signed, authority, stamper))
    (folder / "ingekort.pdf").write_bytes(TAMPERED["cut back to one signature"](signed))


def test_a_stranger_finds_out_who_signed_and_what_was_cut_off(files: Path, new_visit: NewVisit) -> None:
    visit = new_visit()
    visit.open("/inloggen")
    visit.link("Ondertekening controleren").click()
    visit.is_on("Ondertekening controleren")

    chooses(visit, files / "plan.pdf", files / "bewijs.pdf")
    visit.shows(RIGHT)
    for words in ("Ünal Çelik", "Đặng Żółć", "Code per sms", "Kenmerk van de ondertekening: AB12."):
        visit.shows(words)
    visit.inspect()

    visit.link("Nog een controleren").click()
    drops(visit, files / "ingekort.pdf", DOCUMENT)
    drops(visit, files / "bewijs.pdf", EVIDENCE)
    visit.button("Controleren").click()
    visit.shows(WRONG)
    visit.shows(
        "Er ontbreekt een handtekening die volgens het bewijs is gezet. (Đặng Żółć, laatste zegel, laatste tijdstempel)"
    )
    visit.inspect()


def test_it_goes_on_a_phone_with_the_keyboard_and_without_scripts(files: Path, new_visit: NewVisit) -> None:
    phone = new_visit(width=PHONE)
    phone.open("/ondertekening-controleren")
    phone.is_on("Ondertekening controleren")
    with phone.refused_with(422):
        phone.button("Controleren").press("Enter")
        phone.shows("Kies het ondertekende document, een PDF")
        phone.inspect()
    chooses(phone, files / "plan.pdf")
    phone.shows("De handtekeningen in dit document kloppen")
    phone.shows("of er een handtekening ontbreekt: daarvoor is het ondertekenbewijs nodig")
    phone.inspect()

    plain = new_visit(scripts=False)
    plain.open("/ondertekening-controleren")
    chooses(plain, files / "plan.pdf", files / "bewijs.pdf")
    plain.shows(RIGHT)


def chooses(visit: Visit, document: Path, evidence: Path | None = None) -> None:
    """Choose the files, and press *Controleren*."""
    visit.page.get_by_label(DOCUMENT, exact=True).set_input_files(document)
    if evidence is not None:
        visit.page.get_by_label(EVIDENCE, exact=True).set_input_files(evidence)
    visit.button("Controleren").click()


def drops(visit: Visit, file: Path, label: str) -> None:
    """Drag a file from the desktop beside the button of a field, and let it go."""
    area = visit.page.locator("[data-drop-file]", has=visit.page.get_by_label(label, exact=True))
    dragged = visit.page.evaluate_handle(
        """([data, name]) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const dragged = new DataTransfer();
            dragged.items.add(new File([bytes], name, { type: "application/pdf" }));
            return dragged;
        }""",
        [base64.b64encode(file.read_bytes()).decode(), file.name],
    )
    for event in ("dragover", "drop"):
        area.dispatch_event(event, {"dataTransfer": dragged})
    chosen = "field => [...field.files].map((file) => file.name)"
    assert visit.page.get_by_label(label, exact=True).evaluate(chosen) == [file.name]
    expect(area).not_to_have_class("dk-drop-over")
