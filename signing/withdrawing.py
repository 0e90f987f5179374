"""Withdrawing a request, by who made it and for a reason (signing.md 7.5)."""

from __future__ import annotations

from uuid import UUID

from accounts.actor import Actor
from audit.actions import Action
from crypto.sealing import seal
from database.session import Session
from signing.ending import end_request
from signing.errors import NotTheRequester
from signing.events import EventKind, add_event
from signing.finding import find_request, require_running
from signing.models import RequestState, SigningRequest
from signing.places import place_in_request
from signing.reasons import check_reason
from signing.recording import record_act
from signing.request_keys import open_to_write
from signing.telling import tell_dialogue


def withdraw(session: Session, request_id: UUID, reason: str, actor: Actor, *, base_url: str) -> SigningRequest:
    """Withdraw a request: nobody can sign any more, and a code that was sent is worth nothing.

    Raises as `find_request`, `NotTheRequester`, `RequestEnded`, `LockedOut`, and `InvalidRequest` for a reason that is
    missing or too long.
    """
    place = find_request(session, request_id, actor, lock=True)
    if place.request.requested_by != actor.person_id:
        raise NotTheRequester
    require_running(session, place, RequestState.PREPARING)
    clean = check_reason(reason)
    record_act(session, Action.SIGNING_WITHDRAW, place.request, actor)
    secret = open_to_write(session, place.request, actor)
    end_request(session, place.request, RequestState.WITHDRAWN, actor.person_id)
    place.request.reason_sealed = seal(secret, clean.encode(), place_in_request(place.request, "reason_sealed"))
    add_event(session, place.request, EventKind.WITHDRAWN, actor=actor)
    tell_dialogue(session, place.request, "signing_withdrawn", actor, base_url=base_url, reason=clean)
    return place.request
