"""The evidence record of a request: who signed what, how that was shown, and all that happened (signing.md 9.4).

What `signing.record_schema` asks for is what anybody needs to check a signature with; the rest is there for people.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypedDict, cast

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate
from sqlalchemy import select

from accounts.models import Person
from crypto.sealing import unseal
from crypto.secret import Secret
from database.session import Session
from delivery.models import OutgoingMessage
from signing.entries import open_entry
from signing.errors import CannotSign
from signing.events import EventKind, events_of, values_of_event
from signing.finding import signers_of
from signing.models import RequestState, Signer, SignerState, SigningCode, SigningEvent, SigningRequest
from signing.numbers import masked_number
from signing.pades import revisions
from signing.places import place_in_signer
from signing.record_schema import (
    ARCHIVE_FIELD,
    CERTIFICATION_FIELD,
    CLOSING_FIELD,
    SCHEMA,
    DocumentPart,
    EventPart,
    EvidenceRecord,
    RevisionPart,
    SignerPart,
    moment_text,
)
from signing.statements import STATEMENTS
from signing.working_files import Workshop

_PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


class OtherPart(TypedDict):
    """Somebody who was to sign and did not; `state` says why (`signing.models.SignerState`)."""

    id: str
    name: str
    capacity: str
    state: str


class CodePart(TypedDict):
    """A code that was sent by SMS; `delivery` is what is known of its way, `used_at` when it was filled in right."""

    signer: str
    sent_at: str
    used_at: str
    tries: int
    delivery: str


class TermsPart(TypedDict):
    """The terms of use that a signer with an account had accepted."""

    signer: str
    version: str
    accepted_at: str


class HostPart(TypedDict):
    """At whose screen people signed together, and when that person stated who was present; empty where nobody did."""

    person: str
    stated_at: str


class WholeRecord(EvidenceRecord):
    """The record with what people want to know besides."""

    outcome: str
    document_name: str
    document_version: int
    requested_at: str
    ended_at: str
    statement_text: str
    others: list[OtherPart]
    codes: list[CodePart]
    terms: list[TermsPart]
    host: HostPart


def build_record(
    session: Session, request: SigningRequest, secret: Secret, workshop: Workshop, document_name: str
) -> WholeRecord:
    """Return the record of a request, but for what only the signed document tells (`with_document`).

    A request that ended without all signatures has a record without a signed document.
    """
    people, events = signers_of(session, request), events_of(session, request.id)
    signed = sorted((one for one in people if one.signed_at), key=lambda one: cast(datetime, one.signed_at))
    certificates = workshop.authority
    return WholeRecord(
        schema=SCHEMA,
        id=str(request.id),
        organisation=str(request.organisation_id),
        reference=request.reference,
        kind=request.kind,
        made_at=moment_text(session.source.now()),
        software=f"datakluis {software_version()}",
        document=_document_part(request, events),
        expected_signatures=_expected(request, signed),
        signers=[_signer_part(session, request, signer, secret, events) for signer in signed],
        events=[cast(EventPart, values_of_event(event)) for event in events],
        events_head=events[-1].hash.hex() if events else "",
        certificates={
            "root_sha256": _fingerprint(certificates.root),
            "issuing_sha256": _fingerprint(certificates.issuing.certificate),
            "seal_sha256": _fingerprint(certificates.seal.certificate),
            "timestamps": workshop.timestamper.name,
            "timestamps_sha256": [
                _fingerprint(one)
                for one in workshop.timestamper.roots or (workshop.authority.timestamping.certificate,)
            ],
        },
        outcome=RequestState.DONE.value if _is_signed(request) else request.state,
        document_name=document_name,
        document_version=request.version_number,
        requested_at=moment_text(request.requested_at),
        ended_at=moment_text(request.ended_at or session.source.now()),
        statement_text=STATEMENTS[request.statement_version],
        others=[_other_part(signer, secret) for signer in people if signer.state != SignerState.SIGNED],
        codes=_code_parts(session, people),
        terms=_terms_parts(session, people),
        host=_host_part(events),
    )


def with_document(record: WholeRecord, closed: bytes) -> WholeRecord:
    """Return the record with what the closed document tells. Raises `CannotSign` when it is not the one that was made.

    Nothing is stated about a document that has other signatures than those that were set, or other bytes.
    """
    found = revisions(closed)
    digest = hashlib.sha256(closed).hexdigest()
    part = record["document"]
    is_whole = [one.field for one in found] == record["expected_signatures"]
    if not is_whole or (digest, len(closed)) != (part["final_sha256"], part["bytes"]):
        raise CannotSign
    parts = [
        RevisionPart(
            field=one.field,
            end=one.end,
            sha256=one.sha256,
            certificate_sha256=one.certificate_sha256,
            common_name=one.common_name,
            signed_at=moment_text(one.signed_at) if one.signed_at else "",
        )
        for one in found
    ]
    return {**record, "document": {**part, "revisions": parts}}


@cache
def software_version() -> str:
    """The version of this software, as it stands in its own project file."""
    return str(tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])


def _is_signed(request: SigningRequest) -> bool:
    return request.state in {RequestState.CLOSING.value, RequestState.DONE.value}


def _expected(request: SigningRequest, signed: Sequence[Signer]) -> list[str]:
    """The fields in the order in which they were signed; none where there is no signed document."""
    if not _is_signed(request):
        return []
    return [CERTIFICATION_FIELD, *(signer.field_name for signer in signed), CLOSING_FIELD, ARCHIVE_FIELD]


def _document_part(request: SigningRequest, events: Sequence[SigningEvent]) -> DocumentPart:
    certified, sealed = (_details_of(events, kind) for kind in (EventKind.CERTIFIED, EventKind.SEALED))
    return DocumentPart(
        original_sha256=str(certified.get("original_sha256", "")),
        original_bytes=int(str(certified.get("original_bytes", 0))),
        base_sha256=request.base_sha256.hex() if request.base_sha256 else "",
        final_sha256=str(sealed.get("sha256", "")),
        bytes=int(str(sealed.get("bytes", 0))),
        revisions=[],
    )


def _signer_part(
    session: Session, request: SigningRequest, signer: Signer, secret: Secret, events: Sequence[SigningEvent]
) -> SignerPart:
    entry = open_entry(signer, secret)
    agreed = [event for event in events if event.signer_id == signer.id and event.kind == EventKind.AGREED]
    told = _details_of(agreed, EventKind.AGREED)
    return SignerPart(
        id=str(signer.id),
        field=signer.field_name,
        name=entry.name,
        capacity=entry.capacity,
        method=signer.method or "",
        agreed_at=_moment(signer.agreed_at),
        signed_at=_moment(signer.signed_at),
        agreed_sha256=_hexadecimal(signer.agreed_sha256),
        statement_version=request.statement_version,
        statement_sha256=_hexadecimal(signer.statement_sha256),
        certificate_sha256=_hexadecimal(signer.certificate_sha256),
        number_masked=masked_number(session, signer),
        number_digest=_hexadecimal(signer.number_digest),
        number_source=signer.phone_source or "",
        proof=str(signer.proof_id or ""),
        drawing_sha256=_digest_of_drawing(signer, secret),
        access_point=(agreed[-1].access_point or "") if agreed else "",
        device=str(told.get("device", "")),
        session=str(told.get("session", "")),
        pages_seen=signer.pages_seen,
        seconds_seen=signer.seconds_seen,
    )


def _other_part(signer: Signer, secret: Secret) -> OtherPart:
    entry = open_entry(signer, secret)
    return OtherPart(id=str(signer.id), name=entry.name, capacity=entry.capacity, state=signer.state)


def _code_parts(session: Session, people: Sequence[Signer]) -> list[CodePart]:
    statement = (
        select(SigningCode, OutgoingMessage.state, OutgoingMessage.receipt)
        .outerjoin(OutgoingMessage, OutgoingMessage.id == SigningCode.message_id)
        .where(SigningCode.signer_id.in_([signer.id for signer in people]))
        .order_by(SigningCode.created_at, SigningCode.id)
    )
    return [
        CodePart(
            signer=str(code.signer_id),
            sent_at=moment_text(code.created_at),
            used_at=_moment(code.used_at),
            tries=code.tries,
            delivery=receipt or state or "",
        )
        for code, state, receipt in session.execute(statement)
    ]


def _terms_parts(session: Session, people: Sequence[Signer]) -> list[TermsPart]:
    ids = [signer.person_id for signer in people if signer.person_id]
    accounts = {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(ids)))}
    with_terms = [(signer, accounts[signer.person_id]) for signer in people if signer.person_id in accounts]
    return [
        TermsPart(signer=str(signer.id), version=person.terms_version, accepted_at=_moment(person.terms_accepted_at))
        for signer, person in with_terms
        if person.terms_version
    ]


def _host_part(events: Sequence[SigningEvent]) -> HostPart:
    stated = [event for event in events if event.kind == EventKind.PRESENCE_STATED]
    if not stated:
        return HostPart(person="", stated_at="")
    return HostPart(person=str(stated[-1].person_id or ""), stated_at=moment_text(stated[-1].happened_at))


def _details_of(events: Sequence[SigningEvent], kind: EventKind) -> dict[str, object]:
    found = [values_of_event(event)["details"] for event in events if event.kind == kind]
    return cast(dict[str, object], found[-1]) if found else {}


def _digest_of_drawing(signer: Signer, secret: Secret) -> str:
    if signer.drawing_sealed is None:
        return ""
    return hashlib.sha256(unseal(secret, signer.drawing_sealed, place_in_signer(signer, "drawing_sealed"))).hexdigest()


def _fingerprint(certificate: Certificate) -> str:
    return certificate.fingerprint(SHA256()).hex()


def _hexadecimal(digest: bytes | None) -> str:
    return digest.hex() if digest else ""


def _moment(moment: datetime | None) -> str:
    return moment_text(moment) if moment else ""
