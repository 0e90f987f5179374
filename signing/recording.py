"""An act around a signature, in the logs: never with a name, a title or a reason (design 3)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from accounts.actor import Actor
from audit.actions import Action, Detail
from audit.recording import Outcome, Who, record
from database.session import Session
from signing.models import SigningRequest

OBJECT = "signing_request"
SIGNER = "signer"


def record_act(
    session: Session,
    action: Action,
    request: SigningRequest,
    actor: Actor,
    details: Mapping[str, Detail] | None = None,
    *,
    signer_id: UUID | None = None,
    outcome: Outcome = Outcome.SUCCESS,
) -> None:
    """Write an act in the log of the actor's organisation, and of another also in that of the request's.

    The employee whom the document is about is the subject. Raises `audit.errors.LogUnavailable`.
    """
    record_by(session, action, request, actor.who, details, signer_id=signer_id, outcome=outcome)


def record_by(
    session: Session,
    action: Action,
    request: SigningRequest,
    by: Who,
    details: Mapping[str, Detail] | None = None,
    *,
    signer_id: UUID | None = None,
    outcome: Outcome = Outcome.SUCCESS,
) -> None:
    """The same of whoever acts, for what the worker does."""
    # Each once, in this order.
    for organisation_id in dict.fromkeys((by.organisation_id, request.organisation_id)):
        record(
            session,
            action,
            by=by,
            organisation_id=organisation_id,
            subjects=[request.employee_id] if request.employee_id else [],
            object_type=OBJECT if signer_id is None else SIGNER,
            object_id=request.id if signer_id is None else signer_id,
            details=details,
            outcome=outcome,
        )
