"""Evidence records for tests of checking, about the documents of `tests.signing.signed_documents`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from signing import pades
from signing.authority import Authority
from signing.record_schema import (
    SCHEMA,
    EventPart,
    EvidenceRecord,
    RevisionPart,
    SignerPart,
    beginning_of,
    encode_record,
    event_digest,
    moment_text,
)
from signing.timestamping import Timestamper
from tests.signing.signed_documents import NAMES, SignedDocument, evidence_from

REQUEST_ID = UUID(int=7)
NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


def record_of(
    made: SignedDocument, authority: Authority, *, names: Sequence[tuple[str, str, str]] = NAMES
) -> EvidenceRecord:
    """The record of a document that was signed by `names`."""
    found = pades.revisions(made.closed)
    base = hashlib.sha256(made.certified).hexdigest()
    events = chained(
        [("certified", ""), *(("signed", str(UUID(int=n + 1))) for n in range(len(names))), ("sealed", "")]
    )
    return EvidenceRecord(
        schema=SCHEMA,
        id=str(REQUEST_ID),
        organisation=str(UUID(int=8)),
        reference="AB12",
        kind="sms",
        made_at=moment_text(datetime.now(UTC)),
        software="datakluis 0.1.0",
        document={
            "original_sha256": hashlib.sha256(made.original).hexdigest(),
            "original_bytes": len(made.original),
            "base_sha256": base,
            "final_sha256": hashlib.sha256(made.closed).hexdigest(),
            "bytes": len(made.closed),
            "revisions": [_revision(one) for one in found],
        },
        expected_signatures=[one.field for one in found],
        signers=[_signer(number, made, base, found[number + 1]) for number in range(len(NAMES))],
        events=events,
        events_head=event_digest(events[-1]).hex(),
        certificates={
            "root_sha256": fingerprint(authority.root),
            "issuing_sha256": fingerprint(authority.issuing.certificate),
            "seal_sha256": fingerprint(authority.seal.certificate),
            "timestamps": "built-in",
            "timestamps_sha256": [fingerprint(authority.timestamping.certificate)],
        },
    )


def chained(kinds: Sequence[tuple[str, str]]) -> list[EventPart]:
    """Events of these kinds, each with the digest of the one before."""
    events: list[EventPart] = []
    previous = beginning_of(REQUEST_ID)
    for number, (kind, signer) in enumerate(kinds, start=1):
        event = EventPart(
            number=number,
            kind=kind,
            signer=signer,
            person="",
            happened_at=moment_text(NO_MOMENT),
            access_point="",
            details={},
            previous=previous.hex(),
        )
        events.append(event)
        previous = event_digest(event)
    return events


def fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 digest of a certificate."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def _revision(found: pades.Revision) -> RevisionPart:
    return RevisionPart(
        field=found.field,
        end=found.end,
        sha256=found.sha256,
        certificate_sha256=found.certificate_sha256,
        common_name=found.common_name,
        signed_at=moment_text(found.signed_at or NO_MOMENT),
    )


def _signer(number: int, made: SignedDocument, base: str, revision: pades.Revision) -> SignerPart:
    field, name, capacity = NAMES[number]
    return SignerPart(
        id=str(UUID(int=number + 1)),
        field=field,
        name=name,
        capacity=capacity,
        method="sms",
        agreed_at=moment_text(revision.signed_at or NO_MOMENT),
        signed_at=moment_text(revision.signed_at or NO_MOMENT),
        agreed_sha256=base,
        statement_version="2026-11",
        statement_sha256="0" * 64,
        certificate_sha256=fingerprint(made.leaves[number]),
        number_masked="06-****0001",
        number_digest="0" * 64,
        number_source="sender",
        proof=str(UUID(int=9)),
        drawing_sha256="",
        access_point="",
        device="Firefox/Linux",
        session="0" * 64,
        pages_seen=2,
        seconds_seen=30,
    )


def evidence_of(made: SignedDocument, authority: Authority, stamper: Timestamper) -> bytes:
    """The sealed evidence of a document that was signed by everybody of `NAMES`."""
    return evidence_from(encode_record(record_of(made, authority)), authority, stamper)
