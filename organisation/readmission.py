"""What closes when somebody gets a new key, and asking to be let in again (design 2.3).

A renewed key is never granted by itself: those concerned see *nieuwe sleutel* with four check words, and admit the
person again, for each vault, service and circle that the lost key could open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from accounts.models import AccountState, Person
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import Who, record
from database.session import Session
from delivery.outbox import MailKind
from keys.admissions import request_admission
from keys.grants import holders_opened_by, recipients_with_present_key
from keys.models import Holder, HolderKind
from keys.public_keys import current_generation
from organisation.models import Organisation
from organisation.notices import notify_key_holders


@dataclass(frozen=True)
class ClosingHolder:
    """A vault, service or circle that somebody's key can open now, and that a new key would not.

    `others` have its key too, and an account that is active: they can admit. Without any the data can be opened only
    with a recovery sheet that names somebody else.
    """

    holder_id: UUID
    kind: HolderKind
    organisation: str
    others: int


@dataclass(frozen=True)
class _Request:
    """How admission to one kind of holder is asked for: what the log says, and who can decide."""

    action: Action
    decides: Permission


_REQUESTS: Mapping[HolderKind, _Request] = {
    HolderKind.VAULT: _Request(Action.ACCESS_REQUEST, Permission.ACCESS_ADMINISTER),
    HolderKind.SERVICE: _Request(Action.ADMISSION_REQUEST, Permission.ADMISSION_DECIDE),
    HolderKind.MEDICAL: _Request(Action.CIRCLE_REQUEST, Permission.MEDICAL_GRANT),
}


def what_closes(session: Session, person_id: UUID) -> list[ClosingHolder]:
    """Return what a new key of this person would not open any more, by organisation and kind."""
    rows = _holders(session, holders_opened_by(session, person_id))
    closing = [
        ClosingHolder(holder.id, HolderKind(holder.kind), name, _others(session, holder.id, person_id))
        for holder, name in rows
    ]
    return sorted(closing, key=lambda holder: (holder.organisation, list(HolderKind).index(holder.kind)))


def ask_again(session: Session, person_id: UUID, holder_ids: Iterable[UUID], *, by: Who) -> None:
    """Log and make a request of a person for each of the holders, and tell by mail who can admit."""
    for holder, _name in _holders(session, holder_ids):
        request = _REQUESTS[HolderKind(holder.kind)]
        record(
            session,
            request.action,
            by=by,
            organisation_id=holder.organisation_id,
            object_type="person",
            object_id=person_id,
            details={"reason": "new key"},
        )
        request_admission(session, holder_id=holder.id, organisation_id=holder.organisation_id, recipient_id=person_id)
        notify_key_holders(session, holder.id, holder.organisation_id, request.decides, MailKind.READMISSION_REQUEST)


def _holders(session: Session, holder_ids: Iterable[UUID]) -> list[tuple[Holder, str]]:
    """Return the holders that can be asked for, each with the name of its organisation, in id order."""
    statement = (
        select(Holder, Organisation.name)
        .join(Organisation, Organisation.id == Holder.organisation_id)
        .where(Holder.id.in_(set(holder_ids)), Holder.kind.in_(list(_REQUESTS)))
        .order_by(Holder.id)
    )
    return [(holder, name) for holder, name in session.execute(statement)]


def _others(session: Session, holder_id: UUID, person_id: UUID) -> int:
    able = recipients_with_present_key(session, holder_id, current_generation(session, holder_id))
    active = select(Person.id).where(Person.id.in_(set(able) - {person_id}), Person.state == AccountState.ACTIVE)
    return len(session.scalars(active).all())
