"""What a signature takes beside consent: sealing the document, signing it, closing it, each at somebody's visit.

A step begins where the one before was written down, so that whoever is the next to come finishes what was left: after
a timestamp service that did not answer, a full disk, or a process that was killed (design 2.7: nothing does it without
a person, for the document is open to its parties only). No state is skipped, and nothing is signed without a timestamp.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import select

from accounts.actor import Actor
from audit.actions import Action, Detail
from crypto.sealing import unseal
from crypto.secret import Secret
from database.session import Session
from documents.errors import FileGone, FileRefused, StoreUnavailable
from signing.appearances import Appearance, SignatureField
from signing.authority import issue_leaf
from signing.ending import write_what_ran_out
from signing.entries import SignerEntry, open_entry
from signing.errors import CannotSign, NotSignable, TimestampUnavailable
from signing.events import EventKind, add_event
from signing.finding import Place, find_request, present, signers_of
from signing.finishing import finish, has_seal, needs_evidence, set_last_seal
from signing.models import RequestState, Signer, SignerState, SigningMethod, SigningRequest
from signing.numbers import masked_number
from signing.pades import certify, sign_field
from signing.places import place_in_signer
from signing.recording import record_act
from signing.request_keys import open_to_write
from signing.signed_words import frame_lines, signature_lines
from signing.turns import begin_turns
from signing.working_files import (
    Overtaken,
    Seen,
    Visit,
    WorkingFile,
    Workshop,
    go_on,
    keep,
    open_base,
    open_latest,
    receive,
    replace_latest,
    seal_file_key,
    write_step,
)

__all__ = ["Workshop", "continue_signing", "prepare"]

MOST_STEPS = 60
"""More than any request has; somebody who is overtaken each time comes back at the next visit."""

_FAILURES = (TimestampUnavailable, StoreUnavailable, FileGone, FileRefused, CannotSign, NotSignable)

Step = Callable[[Visit, SigningRequest, Secret], None]


def prepare(
    session: Session,
    request_id: UUID,
    actor: Actor,
    workshop: Workshop,
    *,
    release: Callable[[], None],
    base_url: str,
) -> None:
    """Seal the document of a new request and ask who is to sign first, as far as that can be done now.

    It is the beginning of what `continue_signing` does. Raises as that does.
    """
    continue_signing(session, request_id, actor, workshop, release=release, base_url=base_url)


def continue_signing(
    session: Session,
    request_id: UUID,
    actor: Actor,
    workshop: Workshop,
    *,
    release: Callable[[], None],
    base_url: str,
) -> None:
    """Do all of a request that waits and can be done now; what can't be done stays, for the next visit of any party.

    `release` commits what the actor did so far, and is called before each piece of work on the PDF. Raises
    `PermissionDenied`, `signing.errors.NotFound` for who takes no part, `LockedOut` for who can't open the request.
    """
    visit = Visit(session, actor, workshop, release, base_url)
    for steps in range(MOST_STEPS):
        if steps and _next_step(session, session.get_one(SigningRequest, request_id, populate_existing=True)) is None:
            # Each step has asked whose turn came by it.
            return
        place = find_request(session, request_id, actor, lock=True)
        secret = open_to_write(session, place.request, actor)
        _write_what_passed(visit, place)
        step = _next_step(session, place.request)
        if step is None:
            begin_turns(session, place.request, actor, base_url=base_url)
            return
        try:
            with suppress(Overtaken):
                step(visit, place.request, secret)
        except _FAILURES as error:
            _note_waiting(visit, request_id, _what_fails(error))
            return
        release()


def _write_what_passed(visit: Visit, place: Place) -> None:
    """Write down that a request ran out or that its document has another version (D-rule 33), or is gone."""
    session, request = visit.session, place.request
    if request.state == RequestState.CLOSING and place.document.removed_at is not None:
        record_act(session, Action.SIGNING_VOID, request, visit.actor, {"version": place.document.version})
        add_event(session, request, EventKind.VOIDED, actor=visit.actor, details={"version": place.document.version})
        request.state, request.ended_at = RequestState.VOIDED.value, session.source.now()
    else:
        write_what_ran_out(session, request, place.document, visit.actor.who)


def _next_step(session: Session, request: SigningRequest) -> Step | None:
    if request.state == RequestState.PREPARING:
        return _certify
    if request.state == RequestState.RUNNING:
        return _sign if _first_agreed(session, request.id) else None
    if request.state == RequestState.CLOSING:
        return finish if has_seal(session, request.id) else set_last_seal
    return finish if needs_evidence(request) else None


def _first_agreed(session: Session, request_id: UUID) -> Signer | None:
    statement = select(Signer).where(Signer.request_id == request_id, Signer.state == SignerState.AGREED.value)
    ordered = statement.order_by(Signer.agreed_at, Signer.position).limit(1)
    return session.scalars(ordered.execution_options(populate_existing=True)).first()


def _certify(visit: Visit, request: SigningRequest, secret: Secret) -> None:
    """Put the page for signatures behind the document, seal it, and ask who is to sign first."""
    session, seen, chosen = visit.session, Seen.of(request), open_base(visit.session, request, secret)
    people = present(signers_of(session, request))
    fields = [SignatureField(signer.field_name, frame_lines(open_entry(signer, secret))) for signer in people]
    visit.release()
    workshop = visit.workshop
    original = chosen.read(visit)
    offered = certify(original, fields, workshop.authority, workshop.timestamper)
    upload = receive(visit, request.organisation_id, offered)
    with write_step(visit, upload):
        request = go_on(session, seen, state=RequestState.RUNNING.value)
        file = keep(visit, upload, chosen.about.name)
        request.base_file_id = request.latest_file_id = file.id
        request.base_key_sealed = seal_file_key(request, secret, "base_key_sealed", upload.key)
        request.latest_key_sealed = seal_file_key(request, secret, "latest_key_sealed", upload.key)
        request.base_sha256 = sha256(offered).digest()
        noted: dict[str, str | int] = {
            "sha256": request.base_sha256.hex(),
            "original_sha256": sha256(original).hexdigest(),
            "original_bytes": len(original),
        }
        add_event(session, request, EventKind.CERTIFIED, actor=visit.actor, details=noted)
        begin_turns(session, request, visit.actor, base_url=visit.base_url)


@dataclass(frozen=True)
class _Consent:
    """One signer who agreed, as he or she stands in the document."""

    signer: Signer
    method: SigningMethod
    entry: SignerEntry = field(repr=False)
    appearance: Appearance = field(repr=False)


def _sign(visit: Visit, request: SigningRequest, secret: Secret) -> None:
    """Set the signature of whoever agreed first and is not in the document yet."""
    session, seen, latest = visit.session, Seen.of(request), open_latest(visit.session, request, secret)
    signer = _first_agreed(session, request.id)
    if signer is None:
        raise Overtaken
    consent = _consent_of(visit, request, signer, secret)
    visit.release()
    signed, certificate_sha256 = _signed(visit, latest, consent)
    upload = receive(visit, request.organisation_id, signed)
    with write_step(visit, upload):
        details: dict[str, Detail] = {"method": consent.method.value, "revision": seen.revision + 1}
        record_act(session, Action.SIGNING_SIGN, request, visit.actor, details, signer_id=signer.id)
        request = go_on(session, seen)
        replace_latest(visit, request, secret, upload, latest)
        signer.state, signer.signed_at = SignerState.SIGNED.value, session.source.now()
        signer.certificate_sha256 = certificate_sha256
        noted: dict[str, str | int] = {
            "certificate_sha256": certificate_sha256.hex(),
            "revision": request.revision,
        }
        add_event(session, request, EventKind.SIGNED, signer=signer, actor=visit.actor, details=noted)
        if all(one.state == SignerState.SIGNED for one in present(signers_of(session, request))):
            request.state = RequestState.CLOSING.value
        begin_turns(session, request, visit.actor, base_url=visit.base_url)


def _consent_of(visit: Visit, request: SigningRequest, signer: Signer, secret: Secret) -> _Consent:
    entry, method = open_entry(signer, secret), SigningMethod(str(signer.method))
    drawing = None
    if signer.drawing_sealed is not None:
        drawing = unseal(secret, signer.drawing_sealed, place_in_signer(signer, "drawing_sealed"))
    number = masked_number(visit.session, signer)
    lines = signature_lines(entry, method, visit.workshop.timestamper.source.now(), number, request.reference)
    return _Consent(signer, method, entry, Appearance(lines, drawing))


def _signed(visit: Visit, latest: WorkingFile, consent: _Consent) -> tuple[bytes, bytes]:
    """The document with one signature more, and the digest of the certificate that was made for it."""
    workshop, signer = visit.workshop, consent.signer
    leaf = issue_leaf(
        workshop.authority,
        name=consent.entry.name,
        signature_id=signer.id,
        capacity=consent.entry.capacity,
        method=consent.method,
        moment=workshop.timestamper.source.now(),
    )
    pdf = sign_field(latest.read(visit), signer.field_name, leaf, consent.appearance, workshop.timestamper)
    return pdf, leaf.certificate.fingerprint(SHA256())


def _what_fails(error: Exception) -> str:
    """The word for it in the chain of events."""
    if isinstance(error, TimestampUnavailable):
        return "timestamp"
    return "storage" if isinstance(error, StoreUnavailable | FileGone) else "document"


def _note_waiting(visit: Visit, request_id: UUID, what: str) -> None:
    """Write down what a request waits for, so that visits don't try it again and again (`signing.due_work`)."""
    request = visit.session.get_one(SigningRequest, request_id)
    add_event(visit.session, request, EventKind.WAITING, actor=visit.actor, details={"for": what})
