"""An act in a dialogue, in the log: never with a word of what is said or what somebody is called (design 3)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from accounts.actor import Actor
from audit.actions import Action, Detail
from audit.recording import record
from database.session import Session
from dialogs.models import Dialogue
from organisation.models import OrganisationKind

OBJECT = "dialogue"


def record_act(
    session: Session,
    action: Action,
    dialogue: Dialogue,
    actor: Actor,
    details: Mapping[str, Detail] | None = None,
    *,
    participant_id: UUID | None = None,
) -> None:
    """Write an act in the log of the actor's organisation, and of an employee also in that of the dialogue's.

    The employee whom the dialogue is about is the subject. Raises `audit.errors.LogUnavailable`.
    """
    logs = {actor.organisation_id: None}
    if actor.audience == OrganisationKind.EMPLOYEES:
        logs[dialogue.organisation_id] = None
    for organisation_id in logs:
        record(
            session,
            action,
            by=actor.who,
            organisation_id=organisation_id,
            subjects=[dialogue.employee_id] if dialogue.employee_id else [],
            object_type=OBJECT if participant_id is None else "participant",
            object_id=dialogue.id if participant_id is None else participant_id,
            details=details,
        )
