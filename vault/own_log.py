"""*Wie heeft mijn gegevens gezien*: the logs of the employer and the arbo services about the own records (LOG10).

Nothing is left out, also not what stands in the log of the service alone, which no employer ever sees (design 2.6). The
same act by the same role on one day is one line; an act that stands in both logs counts once. Nobody is named: who
looked is an organisation and a role.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select

from accounts.actor import Actor
from audit import PLATFORM_ID
from audit.actions import Action, Detail
from audit.models import AuditEntry
from audit.reading import entries_about
from audit.recording import record
from database.session import Session
from organisation.calendar import day_of
from organisation.models import EMPLOYEES_ID, Organisation, OrganisationKind
from vault.models import Share
from vault.own_records import OwnLink, own_links


class Basis(StrEnum):
    """On what ground somebody saw or did something."""

    OWN = "own"
    EMPLOYER = "employer"
    SHARE = "share"
    CONFIDENTIAL = "confidential"
    PARTICIPANT = "participant"
    WITHOUT_NAME = "without_name"
    SYSTEM = "system"


@dataclass(frozen=True)
class OwnLogLine:
    """What one role of one organisation did on one day, how often, and at which times first and last.

    `organisation` is None for the system itself, for the employee (`is_own`) and for others with such an account.
    `shared_on` is when the share was made that is the ground.
    """

    employee_id: uuid.UUID
    employer: str
    day: date
    first_at: datetime
    last_at: datetime
    times: int
    organisation: str | None
    is_own: bool
    roles: tuple[str, ...]
    is_substitute: bool
    action: Action
    outcome: str
    basis: Basis
    shared_on: datetime | None


@dataclass(frozen=True)
class OwnLog:
    """All lines of a period, the newest first, and the employers whose records they are about."""

    lines: tuple[OwnLogLine, ...]
    employers: tuple[str, ...]

    def page(self, number: int, size: int) -> Sequence[OwnLogLine]:
        """The lines of a page, which counts from 1."""
        return self.lines[(number - 1) * size : number * size]


def read_own_log(
    session: Session,
    actor: Actor,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    page: int | None = None,
    for_format: str | None = None,
) -> OwnLog:
    """Who saw or did what with the own records in a period; the look itself is in the actor's own log (LOG2).

    It is in no employer's: what of it the employee sees there would tell how much the service's log has. Raises
    `PermissionDenied`.
    """
    links = own_links(session, actor)
    lines = _lines(session, links, actor, since, until) if links else ()
    details: dict[str, Detail] = {"count": len(lines)}
    details |= {"page": page} if page is not None else {}
    details |= {"format": for_format} if for_format else {}
    if since or until:
        details["filter"] = " ".join(name for name, value in (("since", since), ("until", until)) if value)
    record(
        session,
        Action.OWN_DATA_LOG,
        by=actor.who,
        subjects=[found.employee.id for found in links],
        details=details,
    )
    return OwnLog(lines, tuple(dict.fromkeys(found.employer.name for found in links)))


@dataclass(frozen=True)
class _Group:
    """What makes two entries the same line."""

    employee_id: uuid.UUID
    day: date
    organisation_id: uuid.UUID | None
    is_own: bool
    roles: str
    is_substitute: bool
    action: str
    outcome: str
    basis: Basis
    shared_on: datetime | None


class _Gathered:
    """Entries of one line: when, and how many in which log."""

    def __init__(self, moment: datetime) -> None:
        self.first_at = self.last_at = moment
        self.in_log: Counter[uuid.UUID] = Counter()

    def add(self, entry: AuditEntry) -> None:
        self.first_at = min(self.first_at, entry.moment)
        self.last_at = max(self.last_at, entry.moment)
        self.in_log[entry.organisation_id] += 1


def _lines(
    session: Session, links: Sequence[OwnLink], actor: Actor, since: datetime | None, until: datetime | None
) -> tuple[OwnLogLine, ...]:
    ids = [found.employee.id for found in links]
    services = select(Organisation.id).where(Organisation.kind == OrganisationKind.SERVICE.value)
    logs = [*{found.employer.id for found in links}, *session.scalars(services)]
    grounds = _Grounds(session, ids, actor)
    gathered: dict[_Group, _Gathered] = {}
    for entry, employee_id, ground in entries_about(session, logs, ids, since=since, until=until):
        group = grounds.group_of(entry, employee_id, ground)
        gathered.setdefault(group, _Gathered(entry.moment)).add(entry)
    employers = {found.employee.id: found.employer.name for found in links}
    names = _names(session, [group.organisation_id for group in gathered])
    found = [_line(group, some, employers, names) for group, some in gathered.items()]
    return tuple(sorted(found, key=lambda line: line.last_at, reverse=True))


class _Grounds:
    """Tells on what ground entries were allowed, from the shares of the employee."""

    def __init__(self, session: Session, employee_ids: Iterable[uuid.UUID], actor: Actor) -> None:
        self._actor = actor
        self._shares = list(session.scalars(select(Share).where(Share.employee_id.in_(list(employee_ids)))))
        self._by_id = {str(share.id): share for share in self._shares}
        kinds = select(Organisation.id, Organisation.kind)
        self._kinds: dict[uuid.UUID, str] = dict(session.execute(kinds).all())

    def group_of(self, entry: AuditEntry, employee_id: uuid.UUID, ground: str | None) -> _Group:
        is_own = entry.actor_id == self._actor.person_id
        share = self._share(entry, employee_id, ground)
        return _Group(
            employee_id=employee_id,
            day=day_of(entry.moment),
            organisation_id=entry.actor_organisation_id,
            is_own=is_own,
            roles=entry.actor_roles,
            is_substitute=entry.responsible_id is not None,
            action=entry.action,
            outcome=entry.outcome,
            basis=Basis.OWN if is_own else self._basis(entry, ground, share),
            shared_on=share.shared_at if share and not is_own else None,
        )

    def _share(self, entry: AuditEntry, employee_id: uuid.UUID, ground: str | None) -> Share | None:
        """The share that is named as the ground, else for the service the one that ran at that moment."""
        if ground is not None:
            return self._by_id.get(ground)
        return next((share for share in self._shares if _ran_for(share, entry, employee_id)), None)

    def _basis(self, entry: AuditEntry, ground: str | None, share: Share | None) -> Basis:
        if entry.actor_organisation_id in (None, PLATFORM_ID):
            return Basis.SYSTEM
        if entry.actor_organisation_id == EMPLOYEES_ID:
            return Basis.PARTICIPANT
        if share is not None:
            return Basis.SHARE
        if ground is not None:
            return Basis.CONFIDENTIAL
        kind = self._kinds.get(entry.actor_organisation_id)
        return Basis.WITHOUT_NAME if kind == OrganisationKind.SERVICE else Basis.EMPLOYER


def _ran_for(share: Share, entry: AuditEntry, employee_id: uuid.UUID) -> bool:
    ended = share.ended_at is not None and share.ended_at < entry.moment
    began = share.shared_at <= entry.moment
    return share.employee_id == employee_id and share.service_id == entry.actor_organisation_id and began and not ended


def _names(session: Session, organisation_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    wanted = {found for found in organisation_ids if found not in (None, PLATFORM_ID, EMPLOYEES_ID)}
    statement = select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))
    return dict(session.execute(statement).all())


def _line(group: _Group, some: _Gathered, employers: dict[uuid.UUID, str], names: dict[uuid.UUID, str]) -> OwnLogLine:
    return OwnLogLine(
        employee_id=group.employee_id,
        employer=employers[group.employee_id],
        day=group.day,
        first_at=some.first_at,
        last_at=some.last_at,
        times=max(some.in_log.values()),
        organisation=names.get(group.organisation_id) if group.organisation_id else None,
        is_own=group.is_own,
        roles=tuple(group.roles.split()),
        is_substitute=group.is_substitute,
        action=Action(group.action),
        outcome=group.outcome,
        basis=group.basis,
        shared_on=group.shared_on,
    )
