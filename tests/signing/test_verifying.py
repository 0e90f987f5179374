"""What is found in signed documents: nothing in a good one, and in every other what is wrong (signing.md 8.1, 9.4)."""

from __future__ import annotations

import copy
import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import simulate_future_ades_lta_validation

from crypto.source import SeededSource, SystemSource
from signing import pades
from signing.authority import make_authority, make_root
from signing.checking import check_signed
from signing.coroutines import run_to_end
from signing.record_schema import encode_record
from signing.timestamping import BuiltInTimestamper
from signing.trusted_roots import TrustedRoots
from signing.verifying import (
    PROBLEMS,
    Findings,
    FoundSignature,
    compare_with_record,
    verify,
    verify_file,
)
from tests.signing.judges import require_judges
from tests.signing.records import evidence_of, record_of
from tests.signing.signed_documents import (
    FIELDS,
    appearance_for,
    authority,
    evidence_from,
    leaf_for,
    plain_document,
    sign_all,
    signed_document,
    timestamper,
)
from tests.signing.tampering import TAMPERED, random_changes

TOLD_BY_EVIDENCE = {"other_document", "original_differs", "signature_missing", "signature_unexpected", "signer_differs"}
TOLD_BY_EVIDENCE |= {"revision_differs", "agreed_to_other", "other_authority", "record_malformed"}
ROOTS = [authority().root.public_bytes(Encoding.DER)]
ODD_FILES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "pdf"


@pytest.fixture(scope="module")
def evidence() -> bytes:
    return evidence_of(signed_document(), authority(), timestamper())


def checked(document: bytes, evidence: bytes | None) -> Findings | None:
    """What is found; None where it can't be read, which is for all who ask the same as not valid."""
    try:
        return verify(document, evidence, ROOTS)
    except Exception:
        return None


def codes(findings: Findings | None) -> set[str]:
    return {"unreadable"} if findings is None else {problem.code for problem in findings.problems}


def test_a_good_document_has_no_problem_and_tells_who_signed_when(evidence: bytes) -> None:
    found = verify(signed_document().closed, evidence, ROOTS)

    assert found.problems == ()
    assert [(one.name, one.capacity) for one in found.signatures if one.kind == "person"] == [
        ("Ünal Çelik", "werknemer"),
        ("Đặng Żółć", "werkgever"),
    ]
    assert found.record is not None
    assert found.record["reference"] == "AB12"


def test_without_evidence_the_signatures_alone_are_good() -> None:
    found = verify(signed_document().closed, None, ROOTS)

    assert (found.problems, found.record) == ((), None)


@pytest.mark.parametrize("name", TAMPERED)
def test_whatever_was_done_to_a_document_is_found(name: str, evidence: bytes) -> None:
    if "qpdf" in name:
        require_judges()
    found = codes(checked(TAMPERED[name](signed_document()), evidence))

    assert found & {"other_document", "unreadable", "no_signatures"}
    assert found <= PROBLEMS
    # Without the evidence it is found too, in each case but one.
    assert found - TOLD_BY_EVIDENCE or name == "closed with one missing"


def test_only_the_evidence_tells_that_a_signature_is_missing(evidence: bytes) -> None:
    cut = TAMPERED["closed with one missing"](signed_document())
    found = verify(cut, evidence, ROOTS)

    assert verify(cut, None, ROOTS).is_valid
    assert ("signature_missing", "Đặng Żółć") in {(problem.code, problem.about) for problem in found.problems}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("cut back to one signature", "not_proved"),
        ("cut back to the last seal", "not_proved"),
        ("under another root", "not_trusted"),
    ],
)
def test_what_lacks_proof_is_told_apart_from_what_is_not_ours(name: str, code: str) -> None:
    found = verify(TAMPERED[name](signed_document()), None, ROOTS)

    assert codes(found) & {"not_proved", "not_trusted"} == {code}


def test_a_changed_byte_is_found_wherever_it_is() -> None:
    """Twenty of the thousand that tests/drills tries, without the evidence, whose digest tells of each by itself."""
    for place, changed in random_changes(signed_document().closed, 20):
        assert codes(checked(changed, None)), place


def test_a_changed_byte_of_the_evidence_is_found(evidence: bytes) -> None:
    for place, changed in random_changes(evidence, 10):
        try:
            found = verify_file(changed, ROOTS, is_evidence=True)
        except Exception:
            found = None
        assert codes(found), place


CHANGES: dict[str, tuple[str, Any]] = {
    "another document": ("other_document", lambda record: record["document"].update(final_sha256="0" * 64)),
    "another length": ("other_document", lambda record: record["document"].update(bytes=7)),
    "another original": ("original_differs", lambda record: record["document"].update(original_sha256="0" * 64)),
    "a signature that is not there": (
        "signature_missing",
        lambda record: record["expected_signatures"].insert(2, "Ondertekenaar3"),
    ),
    "a signature too many": ("signature_unexpected", lambda record: record["expected_signatures"].remove("Slotzegel")),
    "a person that nobody asked": ("signature_unexpected", lambda record: record["signers"].pop()),
    "another revision": ("revision_differs", lambda record: record["document"]["revisions"][1].update(end=9)),
    "another certificate": (
        "revision_differs",
        lambda record: record["document"]["revisions"][2].update(certificate_sha256="0" * 64),
    ),
    "another name": ("signer_differs", lambda record: record["signers"][0].update(name="Jan Jansen")),
    "another capacity": ("signer_differs", lambda record: record["signers"][0].update(capacity="werkgever")),
    "another signature": ("signer_differs", lambda record: record["signers"][0].update(id="7")),
    "agreed later than signed": (
        "signer_differs",
        lambda record: record["signers"][0].update(agreed_at="2099-01-01T00:00:00.000000Z"),
    ),
    "agreed to another document": (
        "agreed_to_other",
        lambda record: record["signers"][1].update(agreed_sha256="0" * 64),
    ),
    "another base": ("agreed_to_other", lambda record: record["document"].update(base_sha256="0" * 64)),
    "an event left out": ("events_broken", lambda record: record["events"].pop(1)),
    "another root": ("other_authority", lambda record: record["certificates"].update(root_sha256="0" * 64)),
    "another seal": ("other_authority", lambda record: record["certificates"].update(seal_sha256="0" * 64)),
}


@pytest.fixture(scope="module")
def found_in_document() -> tuple[FoundSignature, ...]:
    return verify(signed_document().closed, None, ROOTS).signatures


@pytest.mark.parametrize("name", CHANGES)
def test_evidence_that_says_otherwise_than_the_document_is_found(
    name: str, found_in_document: tuple[FoundSignature, ...]
) -> None:
    code, change = CHANGES[name]
    roots = TrustedRoots.load(ROOTS).roots
    record: Any = copy.deepcopy(record_of(signed_document(), authority()))
    same = list(compare_with_record(record, signed_document().closed, found_in_document, (), roots))
    change(record)
    problems = compare_with_record(record, signed_document().closed, found_in_document, (), roots)

    assert same == []
    assert code in {problem.code for problem in problems}


def test_evidence_that_says_otherwise_is_found_when_it_is_sealed_as_it_should() -> None:
    record: Any = copy.deepcopy(record_of(signed_document(), authority()))
    record["signers"][0]["name"] = "Jan Jansen"
    evidence = evidence_from(encode_record(record), authority(), timestamper())

    assert codes(verify(signed_document().closed, evidence, ROOTS)) == {"signer_differs"}


@pytest.mark.parametrize(
    ("data", "code"), [(b"{}", "record_malformed"), (b"no record", "record_malformed"), (None, "no_record")]
)
def test_evidence_without_a_record_is_found(data: bytes | None, code: str) -> None:
    evidence = sealed_without_record() if data is None else evidence_from(data, authority(), timestamper())

    assert code in codes(verify(signed_document().closed, evidence, ROOTS))


def sealed_without_record() -> bytes:
    """A sealed PDF with nothing attached."""
    return pades.seal_record(plain_document(1), authority(), timestamper())


def test_evidence_of_another_document_is_found(evidence: bytes) -> None:
    other = sign_all(plain_document(1), timestamper())

    assert "other_document" in codes(verify(other.closed, evidence, ROOTS))


def test_a_document_is_no_evidence_and_evidence_no_document(evidence: bytes) -> None:
    made = signed_document()

    assert "not_certified" in codes(verify(made.closed, made.closed, ROOTS))
    assert "not_certified" in codes(verify(evidence, evidence, ROOTS))


def test_who_is_trusted_for_timestamps_vouches_for_no_signature() -> None:
    source = SystemSource()
    other = make_authority(source, "Tijd Dienst", make_root(source, "Tijd Dienst"))
    stamper = BuiltInTimestamper(other, source)
    forged = sign_all(plain_document(), stamper, other)
    evidence, root = evidence_of(forged, other, stamper), other.root.public_bytes(Encoding.DER)

    assert verify(forged.closed, evidence, [root]).is_valid
    found = verify(forged.closed, evidence, ROOTS, [root])
    assert {problem.about for problem in found.problems if problem.code == "not_trusted"} >= {
        "Portaalzegel",
        "Ondertekenaar1",
        "Bewijszegel",
    }
    assert "not_trusted" in codes(check_signed(forged.closed, evidence, [authority().root], [other.root]))


def test_a_leaf_that_was_no_longer_valid_when_it_signed_is_found() -> None:
    source = SeededSource("late", datetime.now(UTC) - timedelta(days=30))
    stamper, by = timestamper(source), authority()
    certified = pades.certify(plain_document(1), FIELDS[:1], by, stamper)
    leaf = leaf_for(0, source.now() - timedelta(days=3))
    signed = pades.sign_field(certified, FIELDS[0].name, leaf, appearance_for(0), stamper)
    closed = pades.close(signed, by, stamper, [leaf.certificate])

    assert {"outside_validity", "not_trusted", "no_timestamp"} & codes(verify(closed, None, ROOTS))


@pytest.mark.parametrize("year", [2036, 2050])
def test_a_document_is_still_valid_later(year: int, evidence: bytes) -> None:
    """Expired certificates of persons, and at last of everything but the root, change nothing (signing.md 8.1)."""
    for pdf in (signed_document().closed, evidence):
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        for number in range(len(signatures)):
            signature = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[number]
            later = datetime(year, 1, 1, tzinfo=UTC)
            policy = TrustedRoots.load(ROOTS).policy()
            result = run_to_end(simulate_future_ades_lta_validation(signature, policy, later))
            assert result.ades_subindic == AdESPassed.OK, signature.field_name


@pytest.mark.skipif(not ODD_FILES.is_dir(), reason="the odd files of others are not here")
def test_odd_files_of_others_are_survived() -> None:
    for file in sorted(ODD_FILES.glob("*.pdf")):
        assert codes(checked(file.read_bytes(), None)), file.name


def test_the_verifier_needs_no_part_of_the_portal() -> None:
    program = "import signing.verifying, sys; print(sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    for package in ("flask", "sqlalchemy", "database", "accounts", "portal", "documents", "keys"):
        assert f"'{package}'" not in loaded
