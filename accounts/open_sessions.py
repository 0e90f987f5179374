"""A person's sessions on all devices: the list, and ending them from elsewhere (L-28; ASVS 7.5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, select
from sqlalchemy.orm import aliased

from accounts.actor import Actor
from accounts.models import LoginSession, SessionStage
from accounts.sessions import OpenSession, end_sessions_of
from audit.actions import Action
from audit.recording import record
from database.session import Session
from keys.errors import NotFound


@dataclass(frozen=True)
class SessionLine:
    """One session, as its owner sees it. `device_name` is as it was kept, empty where it is not known."""

    reference: UUID
    device_name: str
    access_point: str
    began_at: datetime
    active_at: datetime
    is_current: bool


def open_sessions(session: Session, current: OpenSession) -> list[SessionLine]:
    """The sessions in which the person of this one has logged in, this one first, then by last activity."""
    statement = (
        select(LoginSession)
        .where(*_complete_of(current.person_id), LoginSession.expires_at > session.source.now())
        .order_by(LoginSession.active_at.desc(), LoginSession.reference)
    )
    lines = [_line(row, current) for row in session.scalars(statement)]
    return sorted(lines, key=lambda line: not line.is_current)


def end_other(session: Session, reference: UUID, current: OpenSession, actor: Actor) -> None:
    """*Afmelden*: end another session of the actor. Raises `NotFound`, also for somebody else's and for this one."""
    wanted = *_complete_of(actor.person_id), LoginSession.reference == reference
    others = (*wanted, LoginSession.id_hash != current.id_hash)
    if session.scalar(select(LoginSession.reference).where(*others)) is None:
        raise NotFound
    record(session, Action.SESSION_END, by=actor.who, object_type="session", object_id=reference, details={"count": 1})
    session.execute(delete(LoginSession).where(*others).execution_options(synchronize_session=False))


def end_all_others(session: Session, current: OpenSession, actor: Actor) -> int:
    """*Overal elders afmelden*: end all sessions of the actor but this one; return in how many there was a login."""
    count = len(open_sessions(session, current)) - 1
    record(session, Action.SESSION_END, by=actor.who, details={"count": count})
    end_sessions_of(session, actor.person_id, sparing=current)
    return count


def bound_sessions(session: Session, people: Select[UUID], inactivity: timedelta, lifetime: timedelta) -> None:
    """Let the sessions that these people have open end at these limits, where they would last longer (L-31)."""
    seconds = int(inactivity.total_seconds())
    open_now = select(LoginSession).where(
        LoginSession.person_id.in_(people), LoginSession.stage == SessionStage.COMPLETE
    )
    for row in session.scalars(open_now.with_for_update().execution_options(populate_existing=True)):
        ends_at = row.created_at + lifetime
        row.ends_at = min(ends_at, row.ends_at or ends_at)
        row.inactivity_seconds = min(seconds, row.inactivity_seconds or seconds)
    session.flush()


def keep_newest_sessions(session: Session, people: Select[UUID]) -> None:
    """Of the sessions that each of these people has open, end all but the one begun last (L-29)."""
    newer = aliased(LoginSession)
    is_followed = exists().where(
        newer.person_id == LoginSession.person_id,
        newer.stage == SessionStage.COMPLETE,
        newer.created_at > LoginSession.created_at,
    )
    older = delete(LoginSession).where(LoginSession.person_id.in_(people), is_followed)
    session.execute(older.execution_options(synchronize_session=False))


def _complete_of(person_id: UUID | None) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return LoginSession.person_id == person_id, LoginSession.stage == SessionStage.COMPLETE


def _line(row: LoginSession, current: OpenSession) -> SessionLine:
    return SessionLine(
        reference=row.reference or UUID(int=0),
        device_name=row.device_name or "",
        access_point=row.access_point or "",
        began_at=row.created_at,
        active_at=row.active_at,
        is_current=row.id_hash == current.id_hash,
    )
