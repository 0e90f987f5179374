"""What became of an import that was finished (X-22)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.actor import Actor
from database.session import Session
from organisation.errors import NotFound
from organisation.models import Batch
from vault.importing.jobs import require_import
from vault.models import EmployeeImport, ImportState


@dataclass(frozen=True)
class ImportResult:
    """What an import brought, and since when it can be seen.

    Attributes:
        added: how many people are new.
        changed: of how many people something changed.
        unchanged: how many rows changed nothing.
    """

    added: int
    changed: int
    unchanged: int
    visible_at: datetime


def import_result(session: Session, import_id: uuid.UUID, actor: Actor) -> ImportResult:
    """The result of a finished import of the actor's employer; it opens nothing.

    Raises `organisation.errors.NotFound` for an unknown, foreign or unfinished import, and as `jobs.require_import`.
    """
    require_import(session, actor)
    statement = (
        select(EmployeeImport, Batch.visible_at)
        .join(Batch, Batch.id == EmployeeImport.id)
        .where(
            EmployeeImport.id == import_id,
            EmployeeImport.organisation_id == actor.organisation_id,
            EmployeeImport.state == ImportState.DONE.value,
        )
    )
    done, visible_at = session.execute(statement).first() or (None, None)
    if done is None or visible_at is None:
        raise NotFound
    return ImportResult(done.added or 0, done.changed or 0, done.unchanged or 0, visible_at)
