"""Signing with a security key and with an authenticator app, for those who have one (issue 6; signing.md 9.3)."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pypdfium2

from signing.record_schema import RECORD_FILE, SignerPart, decode_record
from tests.journeys.bakery import knows_how_to_log_in, open_bakery
from tests.journeys.conftest import NewVisit
from tests.journeys.people import EmployerAdministrator, VaultUser
from tests.journeys.running_portal import RunningPortal
from tests.journeys.test_security_settings import adds_key, opens_security
from tests.journeys.test_signing import HEADING, asks, has_document, opens_signature, reads_all_pages
from tests.journeys.visit import Visit

PAGES = 3


def test_one_signs_with_a_security_key_and_another_with_an_app(portal: RunningPortal, new_visit: NewVisit) -> None:
    people = open_bakery(portal)
    document_id = has_document(portal, people["Anna"])
    portal.serve()
    anna = EmployerAdministrator("Anna", "Anna", new_visit())
    ilse = VaultUser("Ilse", "Ilse", new_visit())
    for person in (anna, ilse):
        knows_how_to_log_in(person, people[person.name])
        person.logs_in()
    opens_security(anna)
    adds_key(anna)
    asks(anna.visit, document_id, "Anna", "Ilse")

    anna.visit.link("Ondertekenen", exact=True).click()
    reads_all_pages(anna.visit, PAGES)
    signs_with_key(anna.visit)
    opens_signature(ilse.visit)
    ilse.visit.link("Ondertekenen", exact=True).click()
    reads_all_pages(ilse.visit, PAGES)
    signs_with_app(ilse)

    evidence = downloads_evidence(ilse.visit)
    by_name = {signer["name"]: signer for signer in signers_in(evidence)}
    assert {name: one["method"] for name, one in by_name.items()} == {"Anna": "security_key", "Ilse": "authenticator"}
    assert {one["device"] for one in by_name.values()} == {"Chrome/Linux"}
    assert len({one["session"] for one in by_name.values()}) == 2
    assert {one["number_masked"] for one in by_name.values()} == {""}
    for words in ("een beveiligingssleutel, na inloggen", "een authenticator-app, na inloggen", "Chrome op Linux"):
        assert words in words_of(evidence)


def signs_with_key(visit: Visit) -> None:
    """Agree, with the key that was put in; first without the box, which is told."""
    visit.link("Met een sleutel of passkey").click()
    visit.is_on(HEADING)
    with visit.refused_with(422):
        visit.button("GEBRUIK SLEUTEL OF PASSKEY").click()
        visit.shows("Vink aan dat u akkoord gaat, of kies Weigeren.")
    visit.inspect()
    visit.page.get_by_label("Ik ga akkoord").check()
    visit.button("GEBRUIK SLEUTEL OF PASSKEY").click()
    visit.shows("Ondertekend. Uw handtekening staat in het document.")
    visit.inspect()


def signs_with_app(person: VaultUser) -> None:
    """Agree, with the code that the app shows; first with a wrong one."""
    assert person.app is not None
    person.visit.link("Met een authenticator-app").click()
    person.visit.is_on(HEADING)
    for code in ("000000", person.app.code()):
        person.visit.page.get_by_label("Ik ga akkoord").check()
        person.visit.fill("Code uit uw app", code)
        with person.visit.refused_with(422):
            person.visit.button("Ondertekenen", exact=True).click()
            person.reads("Deze code klopt niet" if code == "000000" else "Iedereen heeft ondertekend.")
        person.visit.inspect()


def downloads_evidence(visit: Visit) -> bytes:
    """Take the evidence along, from the page where the signatures stand."""
    with visit.page.expect_download() as download:
        visit.link("Ondertekenbewijs").click()
    return Path(download.value.path()).read_bytes()


def signers_in(evidence: bytes) -> list[SignerPart]:
    """Who signed, by the data that are attached to the evidence."""
    with pikepdf.open(io.BytesIO(evidence)) as pdf:
        return decode_record(pdf.attachments[RECORD_FILE].get_file().read_bytes())["signers"]


def words_of(pdf: bytes) -> str:
    """What the pages of a PDF say."""
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)
