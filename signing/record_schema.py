"""The evidence record of a signing request: what `bewijs.json` holds, and how its digests are made (signing.md 9.4).

Pure: who makes a record (`signing.evidence`) and who checks one (`signing.verifying`, also without the portal) both go
by this module and by nothing else. In a record are texts, whole numbers, lists and objects; what is missing is an empty
text or a zero. Digests are SHA-256, hexadecimal; moments are UTC. Never in it: a code, a whole phone number, health.
"""

from __future__ import annotations

import hashlib
import json
import typing
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypedDict, cast
from uuid import UUID

SCHEMA = "datakluis/ondertekenbewijs/1"
RECORD_FILE = "bewijs.json"
"""The name under which the record is attached to the evidence."""
CERTIFICATION_FIELD = "Portaalzegel"
CLOSING_FIELD = "Slotzegel"
ARCHIVE_FIELD = "Archieftijdstempel"
RECORD_FIELD = "Bewijszegel"
LONGEST_IN_A_CERTIFICATE = 64
"""In characters: a certificate has the beginning of a name or a capacity (RFC 5280, ub-common-name)."""


class RevisionPart(TypedDict):
    """A signature, seal or timestamp in the document, and the bytes before `end`, which it vouches for."""

    field: str
    end: int
    sha256: str
    certificate_sha256: str
    common_name: str
    signed_at: str


class DocumentPart(TypedDict):
    """The signed document: `original` as it was before, `base` as it was offered, `final` as it is now.

    Each begins with the one before it; of the original are the first `original_bytes`.
    """

    original_sha256: str
    original_bytes: int
    base_sha256: str
    final_sha256: str
    bytes: int
    revisions: list[RevisionPart]


class SignerPart(TypedDict):
    """Somebody who signed: who, as what, in which field, agreed with what, and what proved that it was that person.

    `id` is that of the signature, which is in its certificate too. `agreed_sha256` is the digest of the document that
    was agreed with (`base_sha256`); `number_source` tells who gave the mobile number; `proof` is the id of the code or
    the factor; `device` is browser and system, ``Chrome/Windows``; who agreed twice with one `session` was logged in
    once, at one device.
    """

    id: str
    field: str
    name: str
    capacity: str
    method: str
    agreed_at: str
    signed_at: str
    agreed_sha256: str
    statement_version: str
    statement_sha256: str
    certificate_sha256: str
    number_masked: str
    number_digest: str
    number_source: str
    proof: str
    drawing_sha256: str
    access_point: str
    device: str
    session: str
    pages_seen: int
    seconds_seen: int


class EventPart(TypedDict):
    """Something that happened, as `signing.events.values_of_event` gives it."""

    number: int
    kind: str
    signer: str
    person: str
    happened_at: str
    access_point: str
    details: dict[str, Any]
    previous: str


class CertificatePart(TypedDict):
    """The certificates of the installation. `timestamps` is `built-in` or the host of the service that stamped.

    `timestamps_sha256` are the digests of the certificate of the built-in service, or of those another is trusted by.
    """

    root_sha256: str
    issuing_sha256: str
    seal_sha256: str
    timestamps: str
    timestamps_sha256: list[str]


class EvidenceRecord(TypedDict):
    """The whole record. `expected_signatures` are the fields in the order in which they were signed."""

    schema: str
    id: str
    organisation: str
    reference: str
    kind: str
    made_at: str
    software: str
    document: DocumentPart
    expected_signatures: list[str]
    signers: list[SignerPart]
    events: list[EventPart]
    events_head: str
    certificates: CertificatePart


class RecordMalformed(Exception):
    """A record is none, or not of this schema; the message names the place."""


def encode_record(record: EvidenceRecord) -> bytes:
    """Return a record as the bytes that are attached. Raises `RecordMalformed` where it is not of this schema."""
    return canonical_json(_checked(record))


def decode_record(data: bytes) -> EvidenceRecord:
    """Return the record in `data`. Raises `RecordMalformed`, also when it is not in its one canonical form."""
    try:
        value = json.loads(data)
        is_canonical = canonical_json(value) == data
    except (ValueError, RecursionError, UnicodeError):
        raise RecordMalformed("json") from None
    record = _checked(value)
    if not is_canonical:
        raise RecordMalformed("form")
    return record


def canonical_json(value: object) -> bytes:
    """Return values as JSON of which there is one form only: keys in order, no spaces, UTF-8; texts and whole numbers.

    Raises `ValueError` for anything else.
    """
    _refuse_other_values(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def event_digest(values: Mapping[str, object]) -> bytes:
    """The digest of an event, from its values without that digest."""
    return hashlib.sha256(canonical_json(values)).digest()


def beginning_of(request_id: UUID | str) -> bytes:
    """What stands in the first event of a request for the digest of one before it."""
    return hashlib.sha256(f"signing request {request_id}".encode()).digest()


def is_chain(record: EvidenceRecord) -> bool:
    """Tell whether the events of a record are a chain without a gap from the first to the head."""
    previous = beginning_of(record["id"])
    for number, event in enumerate(record["events"], start=1):
        if event["number"] != number or event["previous"] != previous.hex():
            return False
        previous = event_digest(event)
    return record["events_head"] == previous.hex()


def moment_text(moment: datetime) -> str:
    """A moment as it stands in events and in a record: UTC with microseconds, as in 2026-11-27T09:30:00.000000Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(text: str) -> datetime:
    """The moment that `moment_text` wrote. Raises `ValueError`."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def in_certificate(text: str) -> str:
    """A name or a capacity as a certificate has it: on one line, cut off where it is too long."""
    return " ".join(text.split())[:LONGEST_IN_A_CERTIFICATE]


def _refuse_other_values(value: object) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            if not isinstance(name, str):
                raise ValueError("the names in a record are texts")
            _refuse_other_values(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_other_values(part)
    elif not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError("a record has texts and whole numbers only")


def _checked(value: object) -> EvidenceRecord:
    _check(value, EvidenceRecord, "record")
    record = cast(EvidenceRecord, value)
    if record["schema"] != SCHEMA:
        raise RecordMalformed("schema")
    return record


def _check(value: object, wanted: Any, place: str) -> None:
    """Raise `RecordMalformed` unless `value` is of the type `wanted`; an object may have more than is asked for."""
    origin = typing.get_origin(wanted)
    if typing.is_typeddict(wanted):
        if not isinstance(value, dict):
            raise RecordMalformed(place)
        for name, part in typing.get_type_hints(wanted).items():
            if name not in value:
                raise RecordMalformed(f"{place}.{name}")
            _check(value[name], part, f"{place}.{name}")
    elif origin is list:
        if not isinstance(value, list):
            raise RecordMalformed(place)
        for number, part in enumerate(value):
            _check(part, typing.get_args(wanted)[0], f"{place}[{number}]")
    elif not isinstance(value, origin or wanted) or isinstance(value, bool):
        raise RecordMalformed(place)
