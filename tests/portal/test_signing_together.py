"""*Digitaal ondertekenen* through the real pages: two on one screen (G-01, G-02; signing.md 7.6)."""

from __future__ import annotations

import base64
import io
from typing import Any
from uuid import UUID

import pikepdf
import pytest

from documents.models import Document, DocumentState
from signing.models import SignerState
from signing.pades import revisions
from signing.record_schema import RECORD_FILE, decode_record
from tests.pages import Page, Visitor
from tests.portal.company import Company
from tests.portal.signatures import TITLE, Signatures, make_signatures
from tests.signing.test_drawings import png

NUMBER = "+31600000001"
DRAWING = "data:image/png;base64," + base64.b64encode(png()).decode()


@pytest.fixture
def signatures(company: Company) -> Signatures:
    return make_signatures(company)


def begin_url(signatures: Signatures) -> str:
    return f"/documenten/{signatures.document_id}/digitaal-ondertekenen"


def begin(signatures: Signatures, by: str = "Anna", status: int = 200, **typed: str) -> Visitor:
    """Let somebody fill in who sits here, and see the first page of the document."""
    visitor = signatures.company.visitor(by, begin_url(signatures))
    values = {"who": "employee", "name": "Eva Yılmaz", "beside_capacity": "zichzelf", **typed}
    visitor.submit(values, action=begin_url(signatures), status=status)
    return visitor


def sitting_url(signatures: Signatures, rest: str = "") -> str:
    return signatures.request_url(f"/samen{rest}")


def read(signatures: Signatures, visitor: Visitor, pages: int = 3) -> Page:
    """See every page, and go on."""
    for number in range(1, pages + 1):
        visitor.get(sitting_url(signatures, f"?pagina={number}"))
    return visitor.submit({}, action=sitting_url(signatures, "/gelezen"))


def agree(signatures: Signatures, visitor: Visitor, position: int, status: int = 200, **typed: str) -> Page:
    """Let one of the two agree."""
    names = {1: "Anna", 2: "Eva Yılmaz"}
    url = sitting_url(signatures, f"/{signatures.signer(position).id}/akkoord")
    return visitor.submit({"agreed": "y", "name": names[position], **typed}, action=url, status=status)


def test_two_on_one_screen_read_agree_and_sign(signatures: Signatures) -> None:
    page = signatures.company.visitor("Anna", f"/documenten/{signatures.document_id}").page
    assert page is not None
    assert begin_url(signatures) in page.links()
    anna = begin(signatures)
    assert anna.page is not None
    assert "Pagina 1 van 3" in anna.page.text
    assert "Wij hebben alles gelezen" not in anna.page.text

    page = read(signatures, anna)
    assert "Nu is Anna aan de beurt" in page.text
    page = agree(signatures, anna, 1)
    assert "Nu is Eva Yılmaz aan de beurt" in page.text
    page = agree(signatures, anna, 2, drawing=DRAWING)
    assert "Er is nog niets ondertekend" in page.text
    page = anna.submit({"stated": "y"}, action=sitting_url(signatures, "/ondertekenen"))
    assert page.heading == f"Ondertekening - {TITLE}"
    assert "Iedereen heeft ondertekend. Het document en het ondertekenbewijs staan in het dossier." in page.text
    assert "Ondertekenen kan tot" not in page.text
    assert f"/documenten/{signatures.document_id}" in page.links()

    signed = downloaded(anna, signatures.request_url("/ondertekend"))
    assert [one.field for one in revisions(signed)][1:3] == ["Handtekening1", "Handtekening2"]
    record = record_in(downloaded(anna, signatures.request_url("/bewijs")))
    assert [one["method"] for one in record["signers"]] == ["together", "together"]
    assert record["signers"][1]["drawing_sha256"]
    with signatures.company.portal.session() as session:
        assert session.get_one(Document, signatures.document_id).state == DocumentState.SIGNED
    told = anna.get(f"/documenten/{signatures.document_id}").text
    assert "Definitief - Ondertekend" in told


def downloaded(visitor: Visitor, url: str) -> bytes:
    """The file that a visitor takes along."""
    response = visitor.client.get(url, environ_overrides=visitor.environment, base_url=visitor.base_url)
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    return bytes(response.data)


def record_in(evidence: bytes) -> Any:
    """The record that is attached to the evidence."""
    with pikepdf.open(io.BytesIO(evidence)) as pdf:
        return decode_record(bytes(pdf.attachments[RECORD_FILE].get_file().read_bytes()))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"capacity": ""}, "Vul in namens wie u ondertekent."),
        ({"name": ""}, "Vul de naam in van wie naast u zit."),
        ({"beside_capacity": "x" * 81}, "Gebruik ten hoogste 80 tekens."),
        ({"who": ""}, "Kies wie er naast u zit."),
    ],
)
def test_what_is_missing_is_told_beside_the_field_and_typed_values_stay(
    signatures: Signatures, typed: dict[str, str], told: str
) -> None:
    page = begin(signatures, status=422, **typed).page
    assert page is not None
    assert told in page.text
    if "name" not in typed:
        assert page.form(begin_url(signatures)).values["name"] == "Eva Yılmaz"


def test_no_page_can_be_skipped(signatures: Signatures) -> None:
    anna = begin(signatures)
    anna.get(sitting_url(signatures, "?pagina=3"))
    page = anna.submit({}, action=sitting_url(signatures, "/gelezen"))
    assert "Bekijk eerst alle pagina's" in page.text
    assert signatures.signer(1).state == SignerState.WAITING
    assert "Nu is Anna aan de beurt" in read(signatures, anna).text


def test_who_does_not_agree_or_types_another_name_stays_where_they_were(signatures: Signatures) -> None:
    anna = begin(signatures)
    read(signatures, anna)
    page = agree(signatures, anna, 1, status=422, agreed="")
    assert "Vink aan dat u akkoord gaat, of kies Stoppen." in page.text
    page = agree(signatures, anna, 1, status=422, name="Eva Yılmaz", drawing=DRAWING)
    assert "Typ de naam precies zoals die hierboven staat." in page.text
    url = sitting_url(signatures, f"/{signatures.signer(1).id}/akkoord")
    assert page.form(url).values["drawing"] == DRAWING
    page = agree(signatures, anna, 1, status=422, drawing="data:image/png;base64,AAAA")
    assert "Deze tekening kan niet worden gebruikt." in page.text
    assert signatures.signer(1).agreed_at is None


def test_a_code_can_be_sent_to_each(signatures: Signatures) -> None:
    anna = begin(signatures)
    read(signatures, anna)
    agree(signatures, anna, 1)
    own = sitting_url(signatures, f"/{signatures.signer(2).id}")
    page = signatures.company.post(anna, f"{own}/sms", {"number": "niets"}, status=422)
    assert "Vul een mobiel nummer in" in page.text
    page = signatures.company.post(anna, f"{own}/sms", {"number": NUMBER, "name": "Eva"})
    assert "•••• 01" in page.text
    assert "Een eerdere code werkt niet meer." not in page.text
    assert page.form(f"{own}/akkoord").values["name"] == "Eva"
    page = signatures.company.post(anna, f"{own}/sms", {"number": NUMBER, "name": "Eva"})
    assert "Een eerdere code werkt niet meer." in page.text
    page = agree(signatures, anna, 2, status=422, code="aaaaaa")
    assert "Deze code klopt niet" in page.text
    agree(signatures, anna, 2, code=signatures.code(NUMBER))
    anna.submit({"stated": "y"}, action=sitting_url(signatures, "/ondertekenen"))
    assert signatures.signer(2).method == "together_sms"
    assert signatures.signer(2).state == SignerState.SIGNED


def test_nobody_signs_before_the_host_has_stated_who_was_there(signatures: Signatures) -> None:
    anna = begin(signatures)
    read(signatures, anna)
    agree(signatures, anna, 1)
    agree(signatures, anna, 2)
    page = anna.submit({}, action=sitting_url(signatures, "/ondertekenen"), status=422)
    assert "Zonder die verklaring tekent niemand." in page.text
    assert signatures.signer(1).state == SignerState.READ


def test_stopping_signs_nothing_and_the_window_says_so(signatures: Signatures) -> None:
    anna = begin(signatures)
    read(signatures, anna)
    anna.get(signatures.request_url("/intrekken"))
    page = anna.submit({"reason": "Eva wil er nog over denken"}, action=signatures.request_url("/intrekken"))
    assert "Ingetrokken" in page.text
    assert downloaded(anna, signatures.request_url("/bewijs")).startswith(b"%PDF")
    anna.get(signatures.request_url("/ondertekend"), status=404)
    page = anna.get(sitting_url(signatures))
    assert page.heading == f"Ondertekening - {TITLE}"


def test_a_second_round_is_not_begun_while_one_runs(signatures: Signatures) -> None:
    begin(signatures)
    page = begin(signatures, by="Anna").page
    assert page is not None
    assert "loopt al een ondertekening" in page.text


def test_it_is_the_hosts_alone(signatures: Signatures) -> None:
    begin(signatures)
    request_id = signatures.request_id
    for name in ("Ilse", "Carla", "Bram"):
        visitor = signatures.company.visitor(name)
        for rest in ("/samen", "/ondertekend", "/bewijs", "/pagina/1"):
            visitor.get(f"/ondertekeningen/{request_id}{rest}", status=404)
    signatures.company.visitor("Anna").get(f"/ondertekeningen/{UUID(int=5)}/samen", status=404)
