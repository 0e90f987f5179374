"""The evidence: all that a stranger needs, nothing that is nobody's business, and steps that work (signing.md 9.4)."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from crypto.root_key import PackageKey
from crypto.source import SeededSource
from database.engine import make_engine
from database.session import SessionFactory
from delivery.outbox import MessageState
from delivery.receipts import Receipt
from dev import ROOT
from dialogs.models import PhoneSource
from signing.checking import check_signed
from signing.errors import CannotSign
from signing.events import EventKind
from signing.evidence import WholeRecord, build_record, software_version, with_document
from signing.evidence_page import draw_evidence
from signing.models import SigningMethod
from signing.pades import revisions
from signing.record_schema import RECORD_FILE, canonical_json, decode_record, encode_record, is_chain
from signing.request_keys import open_request
from signing.statements import CURRENT, STATEMENTS, statement_sha256
from signing.verifying import verify
from tests.documents.cabinet import make_cabinet
from tests.prepared_world import PreparedWorlds
from tests.signing.signed_documents import authority, plain_document
from tests.signing.sitting import DEVICE, NAME, Sitting, sit_down
from tests.signing.test_appearances import HOSTILE


@pytest.fixture(scope="module")
def sitting(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    prepared_worlds: PreparedWorlds,
    package_keys: Mapping[str, PackageKey],
) -> Iterator[Sitting]:
    """Hans of Bakkerij Mulder, with somebody beside him who signs as well; nothing here depends on the database."""
    folder = tmp_path_factory.mktemp("evidence")
    shutil.copyfile(sqlite_template, folder / "datakluis.sqlite3")
    engine = make_engine(f"sqlite:///{folder / 'datakluis.sqlite3'}")
    source = SeededSource("tests", datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    with SessionFactory(engine, source, package_keys)() as session:
        yield sit_down(make_cabinet(prepared_worlds.put_into(session), folder))
    engine.dispose()


@pytest.fixture(scope="module")
def made(sitting: Sitting) -> tuple[bytes, bytes, bytes]:
    """A document that two signed, its evidence, and the record that is attached to that."""
    document = sitting.document()
    request = sitting.request(document)
    sitting.go_on(request)
    for position in (1, 2):
        sitting.agree(request, position)
    sitting.go_on(request)
    evidence = sitting.cabinet.read("Hans", sitting.evidence(request))
    return sitting.cabinet.read("Hans", document), evidence, sitting.record(request)


@pytest.fixture
def signed(made: tuple[bytes, bytes, bytes]) -> tuple[bytes, bytes, WholeRecord]:
    """The same, with the record to look into and to change."""
    record: Any = decode_record(made[2])
    return made[0], made[1], record


def words_of(pdf: bytes) -> str:
    """What the pages of a PDF say."""
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_the_record_tells_what_the_document_is(signed: tuple[bytes, bytes, WholeRecord]) -> None:
    document, _evidence, record = signed
    part = record["document"]
    assert part["final_sha256"] == hashlib.sha256(document).hexdigest()
    assert part["bytes"] == len(document)
    found = revisions(document)
    assert [(one["field"], one["end"], one["sha256"]) for one in part["revisions"]] == [
        (one.field, one.end, one.sha256) for one in found
    ]
    assert record["expected_signatures"] == [one.field for one in found]
    assert hashlib.sha256(document[: found[0].end]).hexdigest() == part["base_sha256"]
    assert record["software"] == f"datakluis {software_version()}"
    assert re.fullmatch(r"\d+\.\d+\.\d+", software_version())


def test_the_record_tells_who_agreed_with_what(signed: tuple[bytes, bytes, WholeRecord]) -> None:
    document, _evidence, record = signed
    assert [(one["name"], one["capacity"]) for one in record["signers"]] == [
        ("Hans", "Bakkerij Mulder"),
        ("Eva Yılmaz", "zichzelf"),
    ]
    people = revisions(document)[1:3]
    for one, revision in zip(record["signers"], people, strict=True):
        assert one["agreed_sha256"] == record["document"]["base_sha256"]
        assert one["statement_sha256"] == statement_sha256(CURRENT).hex()
        assert one["certificate_sha256"] == revision.certificate_sha256
        assert (one["field"], one["method"]) == (revision.field, SigningMethod.TOGETHER)
        assert (one["pages_seen"], one["seconds_seen"], one["access_point"]) == (3, 42, "192.0.2.1")
        assert (one["device"], one["session"]) == (DEVICE, "")
    assert record["statement_text"] == STATEMENTS[CURRENT]
    assert is_chain(record)


def test_the_evidence_is_for_people_and_has_the_record_attached(signed: tuple[bytes, bytes, WholeRecord]) -> None:
    _document, evidence, record = signed
    said = words_of(evidence)
    known = ("Ondertekenbewijs", "Eva Yılmaz", "ingebouwde tijdstempeldienst", "Firefox op Linux")
    for words in (*known, NAME, record["reference"]):
        assert words in said
    with pikepdf.open(io.BytesIO(evidence)) as pdf:
        assert bytes(pdf.attachments[RECORD_FILE].get_file().read_bytes()) == encode_record(record)
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "nl"
    assert [one.field for one in revisions(evidence)] == ["Bewijszegel", "Archieftijdstempel"]


def test_the_evidence_says_which_timestamp_service_it_was(signed: tuple[bytes, bytes, WholeRecord]) -> None:
    record = signed[2]
    record["certificates"]["timestamps"] = "tijd.example"
    said = words_of(draw_evidence(record))
    assert "tijd.example" in said
    assert "ingebouwde" not in said


@pytest.mark.parametrize("change", ["a byte", "a signature less", "more behind it"])
def test_nothing_is_stated_about_another_document(signed: tuple[bytes, bytes, WholeRecord], change: str) -> None:
    document, _evidence, record = signed
    changed = {
        "a byte": document.replace(b"Eva", b"Eve", 1) if b"Eva" in document else document[:-9] + b"x" + document[-8:],
        "a signature less": document[: revisions(document)[1].end],
        "more behind it": document + b"\n",
    }[change]
    assert with_document(record, document)["document"] == record["document"]
    with pytest.raises(CannotSign):
        with_document(record, changed)


def test_what_checks_signed_documents_finds_nothing_wrong(signed: tuple[bytes, bytes, WholeRecord]) -> None:
    document, evidence, record = signed
    findings = check_signed(document, evidence, [authority().root])
    assert findings.problems == ()
    assert [one.name for one in findings.signatures][1:3] == [one["name"] for one in record["signers"]]


def test_the_whole_signing_takes_names_capacities_and_titles_as_text(sitting: Sitting) -> None:
    """All that somebody can type comes by the page for signatures, the certificates, the record and the evidence."""
    cabinet = sitting.cabinet
    document = cabinet.add("Hans", cabinet.shared, name="#sys.inputs $x$ #panic().pdf", data=plain_document())
    request = sitting.request(document, "Hans", HOSTILE[0], HOSTILE[3], HOSTILE[4], capacity=HOSTILE[2])
    sitting.go_on(request)
    for position in range(1, 5):
        sitting.agree(request, position)
    sitting.go_on(request)
    signed, evidence = cabinet.read("Hans", document), cabinet.read("Hans", sitting.evidence(request))

    assert verify(signed, evidence, [authority().root.public_bytes(Encoding.DER)]).problems == ()
    for pdf in (signed, evidence):
        told = "".join(words_of(pdf).replace("\ufffe", "").split())
        for hostile in (HOSTILE[0], HOSTILE[2], HOSTILE[3], HOSTILE[4]):
            assert "".join(hostile.split())[:12] in told
        assert "root:" not in told
        assert not any(name in pdf for name in (b"/JavaScript", b"/Launch", b"/URI"))
    assert "#sys.inputs$x$#panic().pdf" in "".join(words_of(evidence).split())
    with pikepdf.open(io.BytesIO(signed)) as opened:
        assert not opened.attachments
    with pikepdf.open(io.BytesIO(evidence)) as opened:
        assert list(opened.attachments) == [RECORD_FILE]


def test_names_are_only_ever_text(signed: tuple[bytes, bytes, WholeRecord]) -> None:
    record = signed[2]
    odd = '#read("/etc/passwd") <b>Eva</b> $x$ *y* \\ 漢 ' + chr(0x200B)
    record["signers"][0]["name"] = record["document_name"] = odd
    drawn = draw_evidence(record)
    said = words_of(drawn)
    assert '#read("/etc/passwd") <b>Eva</b> $x$ *y*' in " ".join(said.split())
    assert "root:" not in said
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        kept = json.loads(pdf.attachments[RECORD_FILE].get_file().read_bytes())
    assert kept["signers"][0]["name"] == odd


def test_a_round_that_ended_without_signatures_is_told_as_such(sitting: Sitting) -> None:
    request = sitting.request(sitting.document())
    sitting.go_on(request)
    request.state = "declined"
    sitting.signers(request)[1].state = "declined"
    secret = open_request(sitting.session, request, sitting.world.actor("Hans"))
    record = build_record(sitting.session, request, secret, sitting.workshop, NAME)
    assert (record["signers"], record["expected_signatures"]) == ([], [])
    said = words_of(draw_evidence(record))
    for words in ("iemand heeft geweigerd", "Er is geen ondertekend document", "Eva Yılmaz", "Geweigerd"):
        assert words in said


def test_the_same_record_is_the_same_pdf(signed: tuple[bytes, bytes, WholeRecord]) -> None:
    assert draw_evidence(signed[2]) == draw_evidence(signed[2])


def test_the_steps_that_are_printed_work(signed: tuple[bytes, bytes, WholeRecord], tmp_path: Path) -> None:
    document, evidence, record = signed
    (tmp_path / "document.pdf").write_bytes(document)
    (tmp_path / "ondertekenbewijs.pdf").write_bytes(evidence)
    (tmp_path / "hoofdcertificaat.pem").write_bytes(authority().root.public_bytes(Encoding.PEM))
    told = run("pdfsig document.pdf", tmp_path)
    assert told.count("Signature is Valid") == 4
    first, second, third = signed_ranges(told)[0]
    steps = printed_commands(words_of(evidence))
    content = next(step for step in steps if step.startswith("(head"))
    run(content.replace("B+1", f"{second}+1").replace(" A ", f" {first} ").replace(" C ", f" {third} "), tmp_path)
    run("pdfsig -dump document.pdf", tmp_path)
    run(next(step for step in steps if step.startswith("openssl cms")), tmp_path)
    assert record["document"]["final_sha256"] in run("openssl dgst -sha256 document.pdf", tmp_path)
    run("pdfdetach -save 1 -o bewijs.json ondertekenbewijs.pdf", tmp_path)
    assert (tmp_path / "bewijs.json").read_bytes() == canonical_json(record)
    assert {"pdfsig document.pdf", "openssl dgst -sha256 document.pdf"} <= set(steps)


def run(command: str, folder: Path) -> str:
    """Do a step as a reader would."""
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def signed_ranges(told: str) -> list[tuple[int, int, int]]:
    """The bytes of each signature, as pdfsig prints them."""
    found = re.findall(r"Signed Ranges: \[0 - (\d+)\], \[(\d+) - (\d+)\]", told)
    return [(int(first), int(second), int(third)) for first, second, third in found]


def printed_commands(said: str) -> list[str]:
    """The commands on the page, as somebody copies them."""
    lines = [line.strip() for line in said.replace("\\\r\n", "").replace("\r", "").splitlines()]
    return [" ".join(line.split()) for line in lines if line.startswith(("(head", "openssl", "pdf", "python"))]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("sources", {*PhoneSource, "account", "host"}),
        ("methods", {*SigningMethod}),
        ("happenings", {*EventKind}),
        ("deliveries", {*MessageState, *Receipt}),
    ],
)
def test_the_evidence_has_dutch_words_for_whatever_the_record_can_say(words: str, keys: set[str]) -> None:
    """A word that is missing would be shown as the program calls it."""
    page = (ROOT / "templates" / "signing" / "evidence.typ").read_text(encoding="utf-8")
    said = re.search(rf"#let {words} = \((.*?)\n\)", page, re.DOTALL)
    assert said is not None
    assert set(re.findall(r'^  "?(\w+)"?: "', said[1], re.MULTILINE)) == keys
