"""Writing the log: an entry is in the database before what it tells about is shown or done (design 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from audit.actions import Action, Detail, check_details
from audit.encoding import encode_entry
from audit.errors import EventFieldError, LogUnavailable
from audit.models import AuditEntry, AuditPending, AuditSubject
from database.session import Session

# The organisation of the operator's commands and of logins under names that nobody has.
PLATFORM_ID = UUID(int=0)

_LONGEST = {"actor_roles": 400, "access_point": 60, "ground": 80, "object_type": 40}


class Outcome(StrEnum):
    """How it ended (NEN 7513, EventOutcomeIndicator)."""

    SUCCESS = "success"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Who:
    """Who acts: the user fields of NEN 7513 7.3 (security.md LOG4).

    `access_point` is the network address, or the name of the command; `responsible_id` the person on whose behalf.
    """

    person_id: UUID | None
    organisation_id: UUID
    roles: tuple[str, ...]
    access_point: str
    responsible_id: UUID | None = None

    @classmethod
    def system(cls, command: str) -> Who:
        """The operator, through a command on the server."""
        return cls(None, PLATFORM_ID, ("operator",), f"command {command}")


def record(
    session: Session,
    action: Action,
    *,
    by: Who,
    organisation_id: UUID | None = None,
    subjects: Iterable[UUID] | Mapping[UUID, str | None] = (),
    ground: str | None = None,
    object_type: str | None = None,
    object_id: UUID | None = None,
    details: Mapping[str, Detail] | None = None,
    outcome: Outcome = Outcome.SUCCESS,
) -> AuditEntry:
    """Write an entry in the log of `organisation_id` (of the actor's own by default) and return it.

    It is in the database when this returns, in the session's transaction: what the entry tells about may follow, never
    go before. `subjects` are the employees whose data it concerns, each once; `ground` the rule or share that allowed
    it (LOG6), which `subjects` tell of each employee where they are a mapping. Raises `EventFieldError` for details
    that the action does not have, `LogUnavailable` when the database does not take the entry; an error of other changes
    that were waiting in the session is raised as itself.
    """
    check_details(action, details or {})
    entry = AuditEntry(
        id=session.source.new_id(),
        organisation_id=by.organisation_id if organisation_id is None else organisation_id,
        moment=session.source.now(),
        action=action.value,
        outcome=outcome.value,
        actor_id=by.person_id,
        actor_organisation_id=by.organisation_id,
        actor_roles=" ".join(by.roles),
        responsible_id=by.responsible_id,
        access_point=by.access_point,
        ground=ground,
        object_type=object_type,
        object_id=object_id,
        details=dict(details or {}),
    )
    _write(session, entry, subjects if isinstance(subjects, Mapping) else dict.fromkeys(subjects))
    return entry


def _write(session: Session, entry: AuditEntry, subjects: Mapping[UUID, str | None]) -> None:
    values = {column.name: getattr(entry, column.name) for column in AuditEntry.__table__.columns}
    _check_lengths(values)
    for ground in subjects.values():
        _check_length("ground", ground)
    entry.mac = values["mac"] = session.package_key("audit").mac(encode_entry(values, subjects))
    # First what waited already: a personnel number that is taken, say, must not look like a log that is out of order.
    session.flush()
    place = {"entry_id": entry.id, "organisation_id": entry.organisation_id}
    try:
        connection = session.connection()
        connection.execute(insert(AuditEntry), values)
        if subjects:
            rows = [{**place, "subject_id": subject, "ground": subjects[subject]} for subject in sorted(subjects)]
            connection.execute(insert(AuditSubject), rows)
        connection.execute(insert(AuditPending), {**place, "moment": entry.moment})
    except SQLAlchemyError as error:
        raise LogUnavailable from error


def _check_lengths(values: Mapping[str, object]) -> None:
    for name in _LONGEST:
        _check_length(name, values[name])


def _check_length(name: str, value: object) -> None:
    if isinstance(value, str) and (len(value) > _LONGEST[name] or "\0" in value):
        raise EventFieldError(f"{name} does not fit")
