"""Announcements on the start page: an arbo service writes for its own people, its employers', or both (T-06)."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, and_, or_, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action, Detail
from audit.recording import record
from database.session import Session
from organisation.calendar import today
from organisation.employer_models import EmployerPlacement
from organisation.errors import AnnouncementIncomplete, NotFound
from organisation.models import Announcement, OrganisationKind, ServiceAgreement
from organisation.service_agreements import is_running

LONGEST_TITLE = 120
LONGEST_TEXT = 2000


class Audience(StrEnum):
    """Whom an announcement is for."""

    OWN = "own"
    EMPLOYERS = "employers"
    BOTH = "both"


@dataclass(frozen=True)
class AnnouncementData:
    """What one writes: plain text, for whom, and on which days it shows, both included; without an end for good."""

    title: str
    text: str
    audience: Audience
    starts_on: date
    ends_on: date | None = None


def announcements_for(session: Session, actor: Actor) -> list[Announcement]:
    """What shows on the actor's start page today, the newest first."""
    day = today(session)
    statement = select(Announcement).where(
        Announcement.starts_on <= day,
        or_(Announcement.ends_on.is_(None), Announcement.ends_on >= day),
        or_(
            and_(
                Announcement.organisation_id == actor.organisation_id,
                Announcement.audience.in_([Audience.OWN.value, Audience.BOTH.value]),
            ),
            and_(
                Announcement.organisation_id.in_(_services_of(actor, day)),
                Announcement.audience.in_([Audience.EMPLOYERS.value, Audience.BOTH.value]),
            ),
        ),
    )
    return list(session.scalars(statement.order_by(Announcement.starts_on.desc(), Announcement.id)))


def list_announcements(session: Session, actor: Actor) -> list[Announcement]:
    """All announcements of the actor's own organisation, the newest first. Raises `PermissionDenied`, `NotFound`."""
    _require(actor)
    statement = select(Announcement).where(Announcement.organisation_id == actor.organisation_id)
    return list(session.scalars(statement.order_by(Announcement.starts_on.desc(), Announcement.id)))


def find_announcement(session: Session, announcement_id: uuid.UUID, actor: Actor) -> Announcement:
    """One of those. Raises `PermissionDenied`, `NotFound`."""
    _require(actor)
    statement = select(Announcement).where(
        Announcement.id == announcement_id, Announcement.organisation_id == actor.organisation_id
    )
    announcement = session.scalars(statement).first()
    if announcement is None:
        raise NotFound
    return announcement


def write_announcement(session: Session, data: AnnouncementData, actor: Actor) -> Announcement:
    """Put an announcement on the start pages. Raises `PermissionDenied`, `NotFound`, `AnnouncementIncomplete`."""
    _require(actor)
    clean = _checked(data)
    announcement_id = session.source.new_id()
    _record(session, Action.ANNOUNCEMENT_CREATE, announcement_id, actor, {"audience": clean.audience.value})
    announcement = Announcement(
        id=announcement_id,
        organisation_id=actor.organisation_id,
        created_at=session.source.now(),
        **{**asdict(clean), "audience": clean.audience.value},
    )
    session.add(announcement)
    session.flush()
    return announcement


def change_announcement(
    session: Session, announcement_id: uuid.UUID, data: AnnouncementData, actor: Actor
) -> Announcement:
    """Change an announcement; what stays the same is not logged. Raises as `write_announcement`."""
    announcement = find_announcement(session, announcement_id, actor)
    wanted = {**asdict(_checked(data)), "audience": data.audience.value}
    changed = {name: value for name, value in wanted.items() if getattr(announcement, name) != value}
    if changed:
        details: dict[str, Detail] = {
            "fields": " ".join(sorted(changed)),
            "old": announcement.audience,
            "new": data.audience.value,
        }
        _record(session, Action.ANNOUNCEMENT_UPDATE, announcement_id, actor, details)
    for name, value in changed.items():
        setattr(announcement, name, value)
    session.flush()
    return announcement


def remove_announcement(session: Session, announcement_id: uuid.UUID, actor: Actor) -> None:
    """Take an announcement off the start pages for good. Raises `PermissionDenied`, `NotFound`."""
    announcement = find_announcement(session, announcement_id, actor)
    _record(session, Action.ANNOUNCEMENT_REMOVE, announcement_id, actor, {"audience": announcement.audience})
    session.delete(announcement)
    session.flush()


def _require(actor: Actor) -> None:
    actor.require(Permission.ANNOUNCEMENT_ADMINISTER)
    if actor.audience != OrganisationKind.SERVICE:
        raise NotFound


def _checked(data: AnnouncementData) -> AnnouncementData:
    title, text = " ".join(data.title.split()), data.text.replace("\r\n", "\n").strip()
    if not 1 <= len(title) <= LONGEST_TITLE or not 1 <= len(text) <= LONGEST_TEXT:
        raise AnnouncementIncomplete
    if data.ends_on is not None and data.ends_on < data.starts_on:
        raise AnnouncementIncomplete
    return AnnouncementData(title, text, data.audience, data.starts_on, data.ends_on)


def _services_of(actor: Actor, on: date) -> Select[uuid.UUID]:
    """The arbo services that serve the actor's employer on that day, and have published it (O-23)."""
    return (
        select(ServiceAgreement.service_id)
        .join(
            EmployerPlacement,
            and_(
                EmployerPlacement.service_id == ServiceAgreement.service_id,
                EmployerPlacement.employer_id == ServiceAgreement.employer_id,
            ),
        )
        .where(
            ServiceAgreement.employer_id == actor.organisation_id,
            is_running(on),
            EmployerPlacement.published_at.is_not(None),
        )
    )


def _record(
    session: Session, action: Action, announcement_id: uuid.UUID, actor: Actor, details: dict[str, Detail]
) -> None:
    record(session, action, by=actor.who, object_type="announcement", object_id=announcement_id, details=details)
