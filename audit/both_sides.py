"""An entry about another organisation stands in the log of both: that one, and the actor's own (design 3)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from audit import PLATFORM_ID
from audit.actions import Action, Detail
from audit.recording import Who, record
from database.session import Session


def record_on_both_sides(
    session: Session,
    action: Action,
    *,
    by: Who,
    organisation_id: UUID,
    object_type: str,
    object_id: UUID,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Write an entry in the log of an organisation and, where the actor is of another, in that one's log too.

    What the operator does on the server stands in the platform's log by its command. Raises as `record` does.
    """
    for log in {organisation_id: None, by.organisation_id: None}:
        if log == organisation_id or log != PLATFORM_ID:
            record(
                session,
                action,
                by=by,
                organisation_id=log,
                object_type=object_type,
                object_id=object_id,
                details=details,
            )
