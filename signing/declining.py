"""Declining to sign, for a reason: it ends the round for everybody (signing.md 7.5)."""

from __future__ import annotations

from uuid import UUID

from accounts.actor import Actor
from audit.actions import Action
from crypto.sealing import seal
from database.session import Session
from signing.ending import end_request
from signing.events import EventKind, add_event
from signing.finding import find_to_sign
from signing.models import RequestState, SignerState, SigningRequest
from signing.places import place_in_signer
from signing.reasons import check_reason
from signing.recording import record_act
from signing.request_keys import open_to_write
from signing.telling import tell_dialogue


def decline(session: Session, request_id: UUID, reason: str, actor: Actor, *, base_url: str) -> SigningRequest:
    """Decline to sign. The others read the reason; whoever agreed by then has not signed either.

    Raises as `find_to_sign`, `LockedOut`, `InvalidRequest` for a reason that is missing or too long.
    """
    place, signer = find_to_sign(session, request_id, actor, SignerState.ASKED, SignerState.READ)
    clean = check_reason(reason)
    record_act(session, Action.SIGNING_DECLINE, place.request, actor, signer_id=signer.id)
    secret = open_to_write(session, place.request, actor)
    end_request(session, place.request, RequestState.DECLINED, actor.person_id)
    signer.state, signer.ended_at = SignerState.DECLINED.value, session.source.now()
    signer.person_id = actor.person_id
    signer.refusal_sealed = seal(secret, clean.encode(), place_in_signer(signer, "refusal_sealed"))
    add_event(session, place.request, EventKind.DECLINED, signer=signer, actor=actor)
    tell_dialogue(session, place.request, "signing_declined", actor, base_url=base_url, reason=clean)
    return place.request
