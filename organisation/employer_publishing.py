"""Publishing an employer under a folder, moving it to another, and who supervises its cases (O-21, O-23..O-25)."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import exists, select

from accounts.actor import Actor
from accounts.permissions import Permission
from audit.actions import Action
from database.session import Session
from organisation.employer_access import find_administered, record_for_both
from organisation.employer_folders import find_folder
from organisation.employer_profiles import stored_profile
from organisation.errors import AlreadyPublished, NotFound, NotReadyToPublish
from organisation.memberships import Member, active_members
from organisation.models import Department, Organisation

NONE = "none"
"""What the log says for no folder and no supervisor."""


class Missing(StrEnum):
    """What must be there before an employer is published."""

    PROFILE = "profile"
    DEPARTMENT = "department"


def missing_for_publishing(session: Session, employer_id: uuid.UUID, actor: Actor) -> tuple[Missing, ...]:
    """What is missing (O-25, O-26). Raises `PermissionDenied`, `NotFound`."""
    return _missing(session, find_administered(session, actor, employer_id).employer)


def publish(session: Session, employer_id: uuid.UUID, folder_id: uuid.UUID, actor: Actor) -> None:
    """Make an employer visible in the tree of the service, under a folder (O-23, O-24).

    Raises `PermissionDenied`, `NotFound`, `AlreadyPublished`, `NotReadyToPublish`.
    """
    placed = find_administered(session, actor, employer_id, lock=True)
    folder = find_folder(session, folder_id, actor)
    if placed.placement.published_at is not None:
        raise AlreadyPublished
    if _missing(session, placed.employer):
        raise NotReadyToPublish
    record_for_both(
        session,
        Action.EMPLOYER_PUBLISH,
        actor,
        employer_id,
        object_type="organisation",
        object_id=employer_id,
        details={"folder": str(folder.id)},
    )
    placed.placement.folder_id = folder.id
    placed.placement.published_at = session.source.now()
    session.flush()


def move_employer(session: Session, employer_id: uuid.UUID, folder_id: uuid.UUID, actor: Actor) -> None:
    """Move a published employer to another folder, an ended one too (*3. Ex-klanten*): who sees it changes at once.

    Raises `PermissionDenied`, `NotFound`.
    """
    placed = find_administered(session, actor, employer_id, served=False, lock=True)
    folder = find_folder(session, folder_id, actor)
    before = placed.placement.folder_id
    if placed.placement.published_at is None:
        raise NotFound
    if before == folder.id:
        return
    record_for_both(
        session,
        Action.EMPLOYER_MOVE,
        actor,
        employer_id,
        object_type="organisation",
        object_id=employer_id,
        details={"before": str(before or NONE), "after": str(folder.id)},
    )
    placed.placement.folder_id = folder.id
    session.flush()


def possible_case_managers(session: Session, actor: Actor) -> list[Member]:
    """Who may be made the fixed supervisor: the active users of the actor's service. Raises `PermissionDenied`."""
    actor.require(Permission.CASE_MANAGER_ASSIGN)
    return active_members(session, actor.organisation_id)


def case_manager_of(people: Collection[Member], person_id: uuid.UUID | None) -> Member | None:
    """The fixed supervisor while active; None is *..... volgt* (O-21)."""
    return next((member for member in people if member.person_id == person_id), None)


def assign_case_manager(session: Session, employer_id: uuid.UUID, person_id: uuid.UUID | None, actor: Actor) -> None:
    """Say who supervises the cases of an employer; None is *..... volgt* (O-21).

    Raises `PermissionDenied`, and `NotFound`, also for somebody who is not an active user of the service.
    """
    placed = find_administered(session, actor, employer_id, Permission.CASE_MANAGER_ASSIGN, lock=True)
    before = placed.placement.case_manager_id
    if person_id == before:
        return
    if person_id is not None and case_manager_of(possible_case_managers(session, actor), person_id) is None:
        raise NotFound
    record_for_both(
        session,
        Action.CASE_MANAGER_ASSIGN,
        actor,
        employer_id,
        object_type="organisation",
        object_id=employer_id,
        details={"before": str(before or NONE), "after": str(person_id or NONE)},
    )
    placed.placement.case_manager_id = person_id
    session.flush()


def _missing(session: Session, employer: Organisation) -> tuple[Missing, ...]:
    has_department = session.scalar(select(exists().where(Department.organisation_id == employer.id)))
    missing = []
    if stored_profile(session, employer).missing:
        missing.append(Missing.PROFILE)
    if not has_department:
        missing.append(Missing.DEPARTMENT)
    return tuple(missing)
