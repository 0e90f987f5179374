"""Keeping the blind indexes of a service up to date with what the employer changes (design 2.2, 2.5, 2.7)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from database.session import Session
from keys.due_work import add_due_work
from organisation.models import Organisation
from vault.models import Share

INDEX = "index"


def leave_indexing(session: Session, employee_ids: Iterable[uuid.UUID]) -> None:
    """Leave to the services with which these employees are shared to index what was just changed of them."""
    statement = select(Organisation.id, Organisation.holder_id, Share.employee_id).join(
        Share, Share.service_id == Organisation.id
    )
    statement = statement.where(Share.employee_id.in_(list(employee_ids)), Share.ended_at.is_(None))
    by_service: dict[tuple[uuid.UUID, uuid.UUID], list[uuid.UUID]] = {}
    for service_id, holder_id, employee_id in session.execute(statement):
        if holder_id is not None:
            by_service.setdefault((service_id, holder_id), []).append(employee_id)
    for (service_id, holder_id), changed in by_service.items():
        add_due_work(session, organisation_id=service_id, holder_id=holder_id, kind=INDEX, object_ids=changed)
