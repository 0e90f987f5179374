"""Reading the document that is to be signed, page by page, and how far somebody has got (G-07; signing.md 9.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from accounts.actor import Actor
from audit.actions import Action
from crypto.sealing import unseal
from crypto.secret import Secret
from database.session import Session
from documents.errors import FileGone
from documents.models import StoredFile
from documents.storing import About, read_about
from signing.events import EventKind, add_event
from signing.finding import OPEN, find_request, find_to_sign
from signing.models import SignerState
from signing.places import place_in_request
from signing.recording import record_act
from signing.request_keys import open_request

LONGEST_LOOK = 300
"""In seconds: who stays longer on one page was away from it, as far as anybody can tell."""


@dataclass(frozen=True)
class ShownFile:
    """The document to look at: its row, its key, and what is known of it."""

    row: StoredFile
    key: Secret = field(repr=False)
    about: About = field(repr=False)


def begin_reading(session: Session, request_id: UUID, actor: Actor) -> None:
    """Note that a signer has the document before him or her (*Gelezen*); again it changes nothing.

    Raises as `find_to_sign`.
    """
    place, signer = find_to_sign(session, request_id, actor, SignerState.ASKED, SignerState.READ)
    signer.person_id = actor.person_id
    if signer.state == SignerState.ASKED:
        signer.state, signer.read_at = SignerState.READ.value, session.source.now()
        add_event(session, place.request, EventKind.READ, signer=signer, actor=actor)
    session.flush()


def note_page(session: Session, request_id: UUID, actor: Actor, page: int, *, seconds: int) -> None:
    """Count that a signer has seen a page, and `seconds` on the one before; at most five minutes a page.

    A page counts once all before it were seen, so that the number says up to where somebody has read on. It proves no
    more than that: a page that was shown may not have been read. Raises as `find_to_sign`.
    """
    _place, signer = find_to_sign(session, request_id, actor, SignerState.ASKED, SignerState.READ)
    if page == signer.pages_seen + 1:
        signer.pages_seen = page
    signer.seconds_seen += max(0, min(seconds, LONGEST_LOOK))
    session.flush()


def has_signed(session: Session, request_id: UUID, actor: Actor) -> bool:
    """Tell whether the actor's own signature is in the document. Raises as `find_request`."""
    signer = find_request(session, request_id, actor).signer
    return signer is not None and signer.state == SignerState.SIGNED


def show_document(session: Session, request_id: UUID, actor: Actor, *, page: int | None = None) -> ShownFile:
    """The document, or a page of it; the log is told first.

    Who is to sign sees what was offered, to which the signature is bound; others see the signatures so far as well.
    Raises as `read_request`, and `documents.errors.FileGone` once it lies in the dossier.
    """
    place = find_request(session, request_id, actor)
    details = {"format": "pdf"} if page is None else {"page": page}
    record_act(session, Action.SIGNING_READ, place.request, actor, details)
    secret = open_request(session, place.request, actor)
    is_to_sign = place.signer is not None and place.signer.state in OPEN
    column = "base" if is_to_sign or place.request.latest_file_id is None else "latest"
    file_id, sealed = (getattr(place.request, f"{column}_{part}") for part in ("file_id", "key_sealed"))
    row = session.get(StoredFile, file_id) if file_id else None
    if row is None or sealed is None:
        raise FileGone
    key = Secret(unseal(secret, sealed, place_in_request(place.request, f"{column}_key_sealed")))
    return ShownFile(row, key, read_about(row, key))
