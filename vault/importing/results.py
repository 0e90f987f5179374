"""What became of an import that was finished (X-22)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from accounts.actor import Actor
from database.session import Session
from organisation.errors import NotFound
from organisation.models import Batch, Employee
from vault.importing.jobs import require_import


@dataclass(frozen=True)
class ImportResult:
    """How many employees an import brought, and since when they can be seen."""

    count: int
    visible_at: datetime


def import_result(session: Session, import_id: uuid.UUID, actor: Actor) -> ImportResult:
    """The result of a finished import of the actor's employer; it opens nothing.

    Raises `organisation.errors.NotFound` for an unknown, foreign or unfinished import, and as `jobs.require_import`.
    """
    require_import(session, actor)
    finished = select(Batch.visible_at).where(
        Batch.id == import_id, Batch.organisation_id == actor.organisation_id, Batch.visible_at.is_not(None)
    )
    visible_at = session.scalar(finished)
    if visible_at is None:
        raise NotFound
    count = session.scalar(select(func.count()).select_from(Employee).where(Employee.batch_id == import_id))
    return ImportResult(count or 0, visible_at)
