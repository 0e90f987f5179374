"""The employees' own accounts that may open a record (*Mijn gegevens*; design 2.2), as the tables have them.

A link counts as long as nobody ended it, the account has not ended, and its key is still the one that the record key
was handed to: a renewed key is never granted anything by itself (design 2.3).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, exists, select

from accounts.models import AccountState, Person
from database.planning import Unindexed
from database.session import Session
from keys.present_keys import newest_generation_of
from vault.models import OwnDataLink, RecordKey


def link_counts() -> ColumnElement[bool]:
    """The condition that a link counts now."""
    is_open = exists().where(Person.id == OwnDataLink.person_id, Person.state != AccountState.INACTIVE.value)
    same_key = exists().where(
        RecordKey.employee_id == OwnDataLink.employee_id,
        Unindexed(RecordKey.holder_id) == OwnDataLink.person_id,
        RecordKey.generation == newest_generation_of(RecordKey.holder_id),
    )
    return and_(OwnDataLink.ended_at.is_(None), is_open, same_key)


def linked_holders(session: Session, employee_id: uuid.UUID) -> list[uuid.UUID]:
    """The holders of the accounts that may open the record of an employee: one at most."""
    statement = select(OwnDataLink.person_id).where(OwnDataLink.employee_id == employee_id, link_counts())
    return list(session.scalars(statement))


def linked_accounts(employee_ids: Collection[uuid.UUID]) -> Select[uuid.UUID, uuid.UUID]:
    """Of those employees who is linked, with the holder of the account."""
    wanted = (OwnDataLink.employee_id.in_(employee_ids), link_counts())
    return select(OwnDataLink.employee_id, OwnDataLink.person_id).where(*wanted).order_by(OwnDataLink.employee_id)


def running_link(session: Session, employee_id: uuid.UUID) -> OwnDataLink | None:
    """The link of an employee that nobody ended yet, whether it counts or not."""
    statement = select(OwnDataLink).where(OwnDataLink.employee_id == employee_id, OwnDataLink.ended_at.is_(None))
    return session.scalars(statement.execution_options(populate_existing=True)).first()
