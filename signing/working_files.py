"""The document while it is being signed: where it lies, and how the next of its states takes the place of the last.

No lock is held and no transaction is open while a PDF is worked on, which takes part of a second and with a timestamp
service that does not answer much longer. What was made then is kept only if the request is still as it was seen before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import update

from accounts.actor import Actor
from crypto.sealing import seal, unseal
from crypto.secret import Secret
from database.session import Session
from documents.errors import FileGone
from documents.models import Document, StoredFile
from documents.storing import About, Intake, Upload, keep_file, read_about, read_content
from documents.sweeping import destroy_files
from signing.authority import Authority
from signing.models import RequestState, SigningRequest
from signing.places import place_in_request
from signing.request_keys import is_settled
from signing.timestamping import Timestamper

UNDER_WAY = frozenset({RequestState.PREPARING.value, RequestState.RUNNING.value, RequestState.CLOSING.value})
"""The states in which signatures are being made."""
ROOM_MIB = 8
"""How much larger than any file that comes in a document may become by what is added to sign it."""


@dataclass(frozen=True)
class Workshop:
    """With what signatures are made: where files go, the certificates, and who stamps the moment."""

    intake: Intake
    authority: Authority = field(repr=False)
    timestamper: Timestamper


@dataclass(frozen=True)
class Visit:
    """Somebody's visit, at which goes on what waited.

    `release` ends the transaction, so that nobody waits while a PDF is worked on; `base_url` is for what is sent.
    """

    session: Session
    actor: Actor
    workshop: Workshop
    release: Callable[[], None]
    base_url: str


@dataclass(frozen=True)
class Seen:
    """A request as it was when the work on it began."""

    id: UUID
    state: str
    revision: int
    key_number: int
    document_id: UUID
    version_number: int

    @classmethod
    def of(cls, request: SigningRequest) -> Seen:
        """The request as it is now."""
        version = request.document_id, request.version_number
        return cls(request.id, request.state, request.revision, request.key_number, *version)


class Overtaken(Exception):
    """Somebody else went on with the request meanwhile: what was made is of no use, and the work begins anew."""


@dataclass(frozen=True)
class WorkingFile:
    """The document in one of its states, with its key and what is known of it."""

    row: StoredFile
    key: Secret = field(repr=False)
    about: About = field(repr=False)

    def read(self, visit: Visit) -> bytes:
        """All of it; no transaction should be open. Raises `FileGone`, `UnsealError`."""
        return read_content(visit.workshop.intake.store, self.row, self.key).read()


def open_base(session: Session, request: SigningRequest, secret: Secret) -> WorkingFile:
    """The document as it was offered or, while it is not sealed yet, as it was chosen. Raises `FileGone`."""
    return _open(session, request, secret, "base", request.base_file_id, request.base_key_sealed)


def open_latest(session: Session, request: SigningRequest, secret: Secret) -> WorkingFile:
    """The document with the signatures so far. Raises `FileGone`."""
    return _open(session, request, secret, "latest", request.latest_file_id, request.latest_key_sealed)


def receive(visit: Visit, organisation_id: UUID, data: bytes) -> Upload:
    """Put what was made on disk, sealed, while no transaction is open; `write_step` keeps it or throws it away.

    Nobody looks for viruses again: what came in was looked at, and the rest was made here. Raises `FileRefused`,
    `StoreUnavailable`.
    """
    intake = visit.workshop.intake
    roomy = replace(intake, limit_mib=intake.limit_mib + ROOM_MIB, scanner=None)
    upload = Upload(roomy, visit.session.source, organisation_id)
    upload.write(data)
    upload.check()
    return upload


def keep(visit: Visit, upload: Upload, name: str) -> StoredFile:
    """Write the row of what was made. Raises `StoreUnavailable`."""
    return keep_file(visit.session, upload, name, upload.check(), by=visit.actor.person_id)


@contextmanager
def write_step(visit: Visit, *uploads: Upload) -> Iterator[None]:
    """Let a block write down one step; when it fails nothing of it is kept, nor of `uploads`."""
    try:
        with visit.session.begin_nested():
            yield
    except BaseException:
        for upload in uploads:
            upload.discard()
        raise


def go_on(session: Session, seen: Seen, **values: Any) -> SigningRequest:
    """Write the next step of a request, if it is still as it was seen, and return it. Raises `Overtaken`.

    It is not as it was seen either once somebody who opens its key is to hear nothing more, the document is gone, or
    has another version before everybody has signed (D-rule 33).
    """
    # As whoever gives the document another version, or asks for signatures: it before its employee and its request.
    document = session.get_one(Document, seen.document_id, with_for_update=True, populate_existing=True)
    is_other = document.version != seen.version_number and seen.state != RequestState.CLOSING
    if seen.state in UNDER_WAY and (document.removed_at is not None or is_other):
        raise Overtaken
    statement = (
        update(SigningRequest)
        .where(
            SigningRequest.id == seen.id,
            SigningRequest.state == seen.state,
            SigningRequest.revision == seen.revision,
            SigningRequest.key_number == seen.key_number,
        )
        .values(revision=seen.revision + 1, **values)
        .returning(SigningRequest.id)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    if session.scalar(statement) is None:
        raise Overtaken
    request = session.get_one(SigningRequest, seen.id, populate_existing=True)
    if not is_settled(session, request):
        raise Overtaken
    return request


def seal_file_key(request: SigningRequest, secret: Secret, column: str, key: Secret) -> bytes:
    """The key of a file as it lies in `column` of a request."""
    return seal(secret, key.reveal(), place_in_request(request, column))


def replace_latest(visit: Visit, request: SigningRequest, secret: Secret, upload: Upload, latest: WorkingFile) -> None:
    """Let what was made be the document from now on; the one before is destroyed, but not what was offered."""
    file = keep(visit, upload, latest.about.name)
    request.latest_file_id = file.id
    request.latest_key_sealed = seal_file_key(request, secret, "latest_key_sealed", upload.key)
    if latest.row.id != request.base_file_id:
        destroy_files(visit.session, [latest.row.id])


def _open(
    session: Session, request: SigningRequest, secret: Secret, which: str, file_id: UUID | None, sealed: bytes | None
) -> WorkingFile:
    row = session.get(StoredFile, file_id) if file_id else None
    if row is None or sealed is None:
        raise FileGone
    key = Secret(unseal(secret, sealed, place_in_request(request, f"{which}_key_sealed")))
    return WorkingFile(row, key, read_about(row, key))
