"""Checking signed documents with nothing but the files and the roots to trust: no database, no network, no portal.

That pyHanko calls a signature good is one of several things that must hold. What else is checked, because it would not
see it (signing.md 8.1): that every signature is there which the sealed evidence names, so that a document that was cut
back to an earlier moment is found; that nothing at all stands behind the last timestamp; and that the document which
was signed had no way to show something else later.

Run by `signing.checking` in a process of its own and by `tools/check_signing.py`. Raises whatever a damaged file makes
pyHanko raise: the caller takes any exception for *not valid*.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel
from pyhanko.sign.validation.ades import ades_lta_validation

from signing.coroutines import run_to_end
from signing.objections import objection_to
from signing.record_schema import (
    ARCHIVE_FIELD,
    CERTIFICATION_FIELD,
    CLOSING_FIELD,
    RECORD_FIELD,
    RECORD_FILE,
    EvidenceRecord,
    RecordMalformed,
    RevisionPart,
    SignerPart,
    decode_record,
    in_certificate,
    is_chain,
    moment_of,
    moment_text,
)
from signing.trusted_roots import TrustedRoots

DOCUMENT, EVIDENCE = "document", "evidence"
LARGEST_RECORD = 4 * 1024 * 1024
_CLOCKS = timedelta(minutes=5)
"""The clock of a timestamp service may be another one than that of the portal."""
_PERSON, _SEAL, _TIMESTAMP = "person", "seal", "timestamp"
_NOT_AFTER = frozenset({ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING})
_WHOLE = frozenset({SignatureCoverageLevel.ENTIRE_REVISION, SignatureCoverageLevel.ENTIRE_FILE})


@dataclass(frozen=True)
class Problem:
    """Why a file is not valid: a word of `PROBLEMS`, in which file, and the field, person or place it is about."""

    code: str
    file: str = DOCUMENT
    about: str = ""


PROBLEMS = frozenset(
    {
        "unreadable",
        "no_signatures",
        "not_certified",
        "not_closed",
        "bytes_behind",
        "broken",
        "changed_after",
        "not_trusted",
        "not_proved",
        "no_timestamp",
        "outside_validity",
        "can_change",
        "no_record",
        "record_malformed",
        "events_broken",
        "other_document",
        "original_differs",
        "signature_missing",
        "signature_unexpected",
        "revision_differs",
        "signer_differs",
        "agreed_to_other",
        "other_authority",
    }
)


@dataclass(frozen=True)
class FoundSignature:
    """A signature, seal or timestamp that is in a file, and what its certificate says of who set it."""

    field: str
    kind: str
    name: str
    capacity: str
    signature_id: str
    certificate_sha256: str
    signed_at: str
    end: int
    sha256: str


@dataclass(frozen=True)
class Findings:
    """What was found. There is no problem in files that are valid; `record` is there when the evidence was given."""

    problems: tuple[Problem, ...]
    signatures: tuple[FoundSignature, ...] = ()
    record: EvidenceRecord | None = field(default=None, repr=False)

    @property
    def is_valid(self) -> bool:
        """Whether nothing is wrong. Without evidence that leaves open whether a signature is missing."""
        return not self.problems


def verify(
    document: bytes, evidence: bytes | None, roots: Sequence[bytes], timestamp_roots: Sequence[bytes] = ()
) -> Findings:
    """Return what is found in a signed document and its evidence; `roots` are the certificates to trust (DER).

    What leads to one of `timestamp_roots` is believed about the moment and about nothing else: whoever stamps for
    everybody certifies others as well.
    """
    trusted = TrustedRoots.load(roots, timestamp_roots)
    problems, found = _verify_file(document, trusted, DOCUMENT)
    if evidence is None:
        return Findings(tuple(problems), tuple(found))
    more, sealed = _verify_file(evidence, trusted, EVIDENCE)
    record = None if more else _record_in(evidence)
    if isinstance(record, Problem):
        more.append(record)
        record = None
    if record is not None:
        more += compare_with_record(record, document, found, sealed, trusted.roots)
    return Findings((*problems, *more), tuple(found), record)


def verify_file(
    pdf: bytes, roots: Sequence[bytes], timestamp_roots: Sequence[bytes] = (), *, is_evidence: bool = False
) -> Findings:
    """Return what is found in one file alone."""
    trusted = TrustedRoots.load(roots, timestamp_roots)
    problems, found = _verify_file(pdf, trusted, EVIDENCE if is_evidence else DOCUMENT)
    return Findings(tuple(problems), tuple(found))


def _verify_file(pdf: bytes, trusted: TrustedRoots, file: str) -> tuple[list[Problem], list[FoundSignature]]:
    reader = PdfFileReader(io.BytesIO(pdf))
    signatures = list(reader.embedded_signatures)
    if not signatures:
        return [Problem("no_signatures", file)], []
    problems = [Problem(code, file) for code in _wrong_with_build_up(pdf, signatures, file)]
    found = []
    for signature in signatures:
        codes, moment = run_to_end(_wrong_with(signature, trusted))
        if not _fills_its_room(pdf, signature):
            codes.append("broken")
        problems += [Problem(code, file, str(signature.field_name)) for code in codes]
        found.append(_found(pdf, signature, moment))
    return problems, found


def _wrong_with_build_up(pdf: bytes, signatures: Sequence[EmbeddedPdfSignature], file: str) -> Iterable[str]:
    if file == DOCUMENT:
        first_field, next_to_last, level = CERTIFICATION_FIELD, CLOSING_FIELD, MDPPerm.FILL_FORMS
    else:
        first_field, next_to_last, level = RECORD_FIELD, RECORD_FIELD, MDPPerm.NO_CHANGES
    first, last = signatures[0], signatures[-1]
    names, kinds = [str(one.field_name) for one in signatures], [_kind_of(one) for one in signatures]
    if names[0] != first_field or first.docmdp_level != level or kinds[0] != _SEAL:
        yield "not_certified"
    if names[-2:] != [next_to_last, ARCHIVE_FIELD] or _TIMESTAMP in kinds[:-1] or kinds[-1] != _TIMESTAMP:
        yield "not_closed"
    if _end_of(last) != len(pdf) or last.evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE:
        yield "bytes_behind"


async def _wrong_with(signature: EmbeddedPdfSignature, trusted: TrustedRoots) -> tuple[list[str], datetime | None]:
    """The problems of one signature, and the moment that its timestamp says."""
    if _kind_of(signature) == _TIMESTAMP:
        # Whether it holds is found with every signature before it, which it must vouch for.
        return [], _moment_of_token(signature.signed_data)
    result = await ades_lta_validation(signature, trusted.policy())
    status, stamped = result.api_status, _stamped_at(signature)
    wrong = []
    if status is None:
        return ["broken"], stamped
    if not (status.intact and status.valid) or status.coverage not in _WHOLE:
        wrong.append("broken")
    if not status.docmdp_ok or status.modification_level not in _NOT_AFTER:
        wrong.append("changed_after")
    if result.ades_subindic != AdESPassed.OK:
        wrong.append("not_trusted" if status.validation_path is None else "not_proved")
    archived = result.oldest_evidence_record_timestamp
    if stamped is None or archived is None or result.best_signature_time != stamped or stamped > archived:
        wrong.append("no_timestamp")
    elif not signature.signer_cert.not_valid_before <= stamped <= signature.signer_cert.not_valid_after:
        wrong.append("outside_validity")
    return wrong, stamped


def _fills_its_room(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the room of a signature, which it can't cover itself, holds it as it was written, and nothing else."""
    _first, begins, ends, _length = (int(number) for number in signature.byte_range)
    room = pdf[begins:ends]
    content = bytes.fromhex(room[1:-1].decode("ascii"))
    written = cms.ContentInfo.load(content).dump()
    return bool(room == b"<" + written.ljust(len(content), b"\0").hex().upper().encode() + b">")


def compare_with_record(
    record: EvidenceRecord,
    document: bytes,
    found: Sequence[FoundSignature],
    sealed: Sequence[FoundSignature],
    roots: list[Any],
) -> Iterable[Problem]:
    """What the sealed evidence says otherwise than the document that lies beside it, in which `found` is.

    `sealed` is what is in the evidence itself.
    """
    part = record["document"]
    if part["final_sha256"] != hashlib.sha256(document).hexdigest() or part["bytes"] != len(document):
        yield Problem("other_document")
    original = document[: part["original_bytes"]]
    if part["original_sha256"] != hashlib.sha256(original).hexdigest():
        yield Problem("original_differs")
    elif objection_to(original):
        yield Problem("can_change")
    yield from _compare_revisions(record, found)
    for signer in record["signers"]:
        yield from _compare_signer(record, signer, found)
    if not is_chain(record):
        yield Problem("events_broken", EVIDENCE)
    certificates = record["certificates"]
    is_known = certificates["root_sha256"] in {root.sha256.hex() for root in roots}
    seals = {one.certificate_sha256 for one in (*found, *sealed) if one.kind == _SEAL}
    if not is_known or seals != {certificates["seal_sha256"]}:
        yield Problem("other_authority")


def _compare_revisions(record: EvidenceRecord, found: Sequence[FoundSignature]) -> Iterable[Problem]:
    names = {signer["field"]: signer["name"] for signer in record["signers"]}
    expected, there = record["expected_signatures"], {one.field: one for one in found}
    for missing in (name for name in expected if name not in there):
        yield Problem("signature_missing", about=names.get(missing, missing))
    for unexpected in (one.field for one in found if one.field not in expected):
        yield Problem("signature_unexpected", about=unexpected)
    persons = {one.field for one in found if one.kind == _PERSON}
    for unexpected in persons - set(names):
        yield Problem("signature_unexpected", about=unexpected)
    revisions = record["document"]["revisions"]
    if [one["field"] for one in revisions] != expected:
        yield Problem("record_malformed", EVIDENCE, "revisions")
    for revision in revisions:
        if revision["field"] in there and _as_revision(there[revision["field"]]) != revision:
            yield Problem("revision_differs", about=revision["field"])


def _compare_signer(record: EvidenceRecord, signer: SignerPart, found: Sequence[FoundSignature]) -> Iterable[Problem]:
    certified = record["document"]["revisions"][0] if record["document"]["revisions"] else None
    base = record["document"]["base_sha256"]
    if signer["agreed_sha256"] != base or certified is None or certified["sha256"] != base:
        yield Problem("agreed_to_other", EVIDENCE, signer["name"])
    one = next((one for one in found if one.field == signer["field"]), None)
    if one is None:
        # That it is missing is told already.
        return
    said = (signer["id"], in_certificate(signer["name"]), in_certificate(signer["capacity"]) or "-")
    is_same = one.kind == _PERSON and (one.signature_id, one.name, one.capacity) == said
    is_later = moment_of(signer["agreed_at"]) <= moment_of(one.signed_at) + _CLOCKS
    if not (is_same and is_later and one.certificate_sha256 == signer["certificate_sha256"]):
        yield Problem("signer_differs", about=signer["name"])


def _record_in(pdf: bytes) -> EvidenceRecord | Problem:
    data = _attached(PdfFileReader(io.BytesIO(pdf)), RECORD_FILE)
    if data is None:
        return Problem("no_record", EVIDENCE)
    try:
        return decode_record(data)
    except RecordMalformed as fault:
        return Problem("record_malformed", EVIDENCE, str(fault))


def _attached(reader: PdfFileReader, name: str) -> bytes | None:
    root = reader.root
    if "/Names" not in root or "/EmbeddedFiles" not in root["/Names"]:
        return None
    for description in _leaves_of(root["/Names"]["/EmbeddedFiles"]):
        if str(description["/UF" if "/UF" in description else "/F"]) == name:
            return bytes(description["/EF"]["/F"].data[:LARGEST_RECORD])
    return None


def _leaves_of(tree: generic.DictionaryObject) -> Iterable[generic.DictionaryObject]:
    if "/Names" in tree:
        pairs = tree["/Names"]
        yield from (pairs[number] for number in range(1, len(pairs), 2))
    elif "/Kids" in tree:
        for number in range(len(tree["/Kids"])):
            yield from _leaves_of(tree["/Kids"][number])


def _found(pdf: bytes, signature: EmbeddedPdfSignature, moment: datetime | None) -> FoundSignature:
    subject, end = signature.signer_cert.subject.native, _end_of(signature)
    return FoundSignature(
        field=str(signature.field_name),
        kind=_kind_of(signature),
        name=_text(subject.get("common_name")),
        capacity=_text(subject.get("organization_name")),
        signature_id=_text(subject.get("serial_number")),
        certificate_sha256=signature.signer_cert.sha256.hex(),
        signed_at="" if moment is None else moment_text(moment),
        end=end,
        sha256=hashlib.sha256(pdf[:end]).hexdigest(),
    )


def _as_revision(found: FoundSignature) -> RevisionPart:
    return RevisionPart(
        field=found.field,
        end=found.end,
        sha256=found.sha256,
        certificate_sha256=found.certificate_sha256,
        common_name=found.name,
        signed_at=found.signed_at,
    )


def _kind_of(signature: EmbeddedPdfSignature) -> str:
    if signature.sig_object_type == "/DocTimeStamp":
        return _TIMESTAMP
    # Only the certificate of a person's signature has the number of that signature in its name.
    return _PERSON if "serial_number" in signature.signer_cert.subject.native else _SEAL


def _end_of(signature: EmbeddedPdfSignature) -> int:
    _first, _before, start, length = (int(number) for number in signature.byte_range)
    return start + length


def _stamped_at(signature: EmbeddedPdfSignature) -> datetime | None:
    unsigned = signature.signer_info["unsigned_attrs"]
    tokens = list(find_cms_attribute_iter(unsigned, "signature_time_stamp_token"))
    return _moment_of_token(tokens[0]["content"]) if len(tokens) == 1 else None


def _moment_of_token(signed_data: Any) -> datetime:
    moment: datetime = signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    return moment


def _text(value: Any) -> str:
    # Of several of a kind there is a list.
    return value if isinstance(value, str) else ""
