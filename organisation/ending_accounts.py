"""The end of an account: by hand, by its last day, or for good (U-09, U-22, L-37; design 2.7).

The sessions end at once, whatever the person's key could open is destroyed, and the next generation of each of those
holders is left as due work of whoever opens it next. What nobody else could open any more is never destroyed: by hand
the end is refused until somebody else can, by itself the account closes and the sealed key stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select, update

from accounts.actor import Actor
from accounts.models import AccountState, LoginSession, Person
from accounts.permissions import Permission
from accounts.standing import Reason, may_log_in
from accounts.states import close
from audit.actions import Action, Detail
from audit.both_sides import record_on_both_sides
from audit.recording import Who, record
from database.session import Session
from keys.due_work import NEXT_GENERATION, add_due_work
from keys.grants import destroy_grants, destroy_grants_of_kind, holders_handed_to, lasting_recipients
from keys.models import Admission, AdmissionState, Holder, HolderKind
from keys.public_keys import lock_holders
from keys.recovery_sheets import SheetView, sheets_naming, void_sheet
from organisation.calendar import today
from organisation.effective_roles import people_with_permission
from organisation.employer_models import EmployerPlacement
from organisation.errors import LastWayIn
from organisation.models import Department, Membership, Organisation, Substitution
from organisation.users import require_changeable

BATCH_SIZE = 20
WORKER = Who.system("worker")
_DECIDES = {
    HolderKind.VAULT.value: Permission.ACCESS_ADMINISTER,
    HolderKind.SERVICE.value: Permission.ADMISSION_DECIDE,
    HolderKind.MEDICAL.value: Permission.MEDICAL_GRANT,
}


@dataclass(frozen=True)
class KeyHeld:
    """Something that a person's key can open: of which kind, of which organisation, and whether nobody else could.

    Nobody else also when others have the key but none of them may let anybody in (D-rule 18).
    """

    holder_id: uuid.UUID
    kind: str
    organisation_id: uuid.UUID
    organisation: str
    is_last: bool


@dataclass(frozen=True)
class WhatEnds:
    """What goes with an account, to tell before it ends."""

    sessions: int
    keys: tuple[KeyHeld, ...]
    requests: int
    sheets: tuple[SheetView, ...]
    substitutions: int
    departments: tuple[str, ...]
    employers: tuple[str, ...]

    @property
    def last_ways(self) -> tuple[KeyHeld, ...]:
        """What nobody could open any more, or let others into."""
        return tuple(key for key in self.keys if key.is_last)


def what_ends(session: Session, person_id: uuid.UUID) -> WhatEnds:
    """What goes when an account ends, of somebody whom the caller has found to be administered."""
    return WhatEnds(
        sessions=_count(session, LoginSession.person_id == person_id),
        keys=tuple(_keys_held(session, person_id)),
        requests=_count(session, Admission.recipient_id == person_id, Admission.state == AdmissionState.WAITING.value),
        sheets=tuple(sheet for sheet in sheets_naming(session, person_id) if sheet.has_effect),
        substitutions=_count(session, *_running_substitutions(session, person_id)),
        departments=tuple(session.scalars(_departments_led(person_id))),
        employers=tuple(session.scalars(_employers_guided(person_id))),
    )


def deactivate(session: Session, person_id: uuid.UUID, actor: Actor) -> None:
    """*Meteen deactiveren*: end an account now; it can be opened again, but not what it could open (U-09, L-37).

    An account that has ended already stays as it is. Raises as `users.require_changeable`, and `LastWayIn`.
    """
    user = require_changeable(session, person_id, actor)
    if user.person.state != AccountState.INACTIVE:
        end_account(session, user.person, Reason.DEACTIVATED, by=actor.who)


def end_account(session: Session, person: Person, reason: Reason, *, by: Who) -> None:
    """End an account with all that goes with it. Raises `LastWayIn` before anything is changed."""
    _lock_keys(session, person.id)
    ends = what_ends(session, person.id)
    if ends.last_ways:
        raise LastWayIn(key.holder_id for key in ends.last_ways)
    _end(session, person, reason, ends, by)


def end_expired(session: Session) -> int:
    """End at most 20 accounts whose last day has passed (U-09); return how many. It needs no key."""
    passed = Person.valid_until < today(session)
    statement = (
        select(Person)
        .where(passed, Person.state != AccountState.INACTIVE.value)
        .order_by(Person.id)
        .limit(BATCH_SIZE)
        .with_for_update(skip_locked=True)
    )
    expired = list(session.scalars(statement.execution_options(populate_existing=True)))
    for person in expired:
        _lock_keys(session, person.id)
        _end(session, person, Reason.EXPIRED, what_ends(session, person.id), WORKER)
    return len(expired)


def _end(session: Session, person: Person, reason: Reason, ends: WhatEnds, by: Who) -> None:
    going = [key for key in ends.keys if not key.is_last]
    _record(session, person, reason, ends, by)
    for key in going:
        destroy_grants(session, key.holder_id, recipient_id=person.id)
    destroy_grants_of_kind(session, HolderKind.EPOCH, recipient_id=person.id)
    for sheet in ends.sheets:
        _void(session, sheet, by)
    _leave_next_generation(
        session, [*(key.holder_id for key in going), *(sheet.for_holder_id for sheet in ends.sheets)]
    )
    waiting = update(Admission).where(
        Admission.recipient_id == person.id, Admission.state == AdmissionState.WAITING.value
    )
    session.execute(
        waiting.values(
            state=AdmissionState.CANCELLED.value, decided_at=session.source.now(), decided_by=by.person_id
        ).execution_options(synchronize_session=False)
    )
    _take_posts(session, person.id)
    close(session, person, reason)


def _lock_keys(session: Session, person_id: uuid.UUID) -> None:
    """Let other acts on what the person can open wait: of two ends at once neither may count on the other's key."""
    lock_holders(session, [holder.id for holder in holders_handed_to(session, person_id)])


def _keys_held(session: Session, person_id: uuid.UUID) -> list[KeyHeld]:
    # A dialogue goes on without the person, or ends with the last participant: no organisation loses its data by it.
    holders = [holder for holder in holders_handed_to(session, person_id) if holder.kind in _DECIDES]
    wanted = {holder.organisation_id for holder in holders}
    names = dict(session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))).all())
    held = [
        KeyHeld(
            holder.id,
            holder.kind,
            holder.organisation_id,
            names.get(holder.organisation_id, ""),
            _is_last(session, holder, person_id),
        )
        for holder in holders
    ]
    return sorted(held, key=lambda key: (key.organisation, key.kind, key.holder_id))


def _is_last(session: Session, holder: Holder, person_id: uuid.UUID) -> bool:
    """Whether nobody else who can log in could open a holder, or let somebody into it."""
    able = lasting_recipients(session, holder.id)
    if person_id not in able:
        return False
    others = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == holder.organisation_id,
            Person.id.in_(able - {person_id}),
            may_log_in(today(session)),
        )
    )
    if session.scalar(others.limit(1)) is None:
        return True
    deciding = people_with_permission(_DECIDES[holder.kind])
    decides = session.scalar(select(Person.id).where(Person.id == person_id, Person.id.in_(deciding)))
    return decides is not None and session.scalar(others.where(Person.id.in_(deciding)).limit(1)) is None


def _void(session: Session, sheet: SheetView, by: Who) -> None:
    record(
        session,
        Action.RECOVERY_SHEET_VOID,
        by=by,
        organisation_id=sheet.organisation_id,
        object_type="person",
        object_id=sheet.named_person_id,
        details={"reason": "account ended"},
    )
    void_sheet(session, sheet, by=by)


def _leave_next_generation(session: Session, holder_ids: Iterable[uuid.UUID]) -> None:
    for holder in session.scalars(select(Holder).where(Holder.id.in_(set(holder_ids))).order_by(Holder.id)):
        add_due_work(
            session,
            organisation_id=holder.organisation_id,
            holder_id=holder.id,
            kind=NEXT_GENERATION,
            object_ids=[holder.id],
        )


def _take_posts(session: Session, person_id: uuid.UUID) -> None:
    """Let the person lead no department and guide no employer any more (O-21, O-30)."""
    leading = update(Department).where(Department.manager_id == person_id).values(manager_id=None)
    guiding = update(EmployerPlacement).where(EmployerPlacement.case_manager_id == person_id)
    for statement in (leading, guiding.values(case_manager_id=None)):
        session.execute(statement.execution_options(synchronize_session=False))


def _record(session: Session, person: Person, reason: Reason, ends: WhatEnds, by: Who) -> None:
    details: dict[str, Detail] = {
        "reason": reason.value,
        "sessions": ends.sessions,
        "keys": len(ends.keys) - len(ends.last_ways),
        "kept": len(ends.last_ways),
        "sheets": len(ends.sheets),
        "requests": ends.requests,
        "substitutions": ends.substitutions,
        "contacts": len(ends.departments) + len(ends.employers),
    }
    record_on_both_sides(
        session,
        Action.USER_DEACTIVATE,
        by=by,
        organisation_id=person.organisation_id,
        object_type="person",
        object_id=person.id,
        details=details,
    )


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0


def _running_substitutions(session: Session, person_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    concerned = or_(Substitution.absent_id == person_id, Substitution.substitute_id == person_id)
    return concerned, Substitution.ended_at.is_(None), Substitution.ends_on >= today(session)


def _departments_led(person_id: uuid.UUID) -> Select[str]:
    return select(Department.name).where(Department.manager_id == person_id).order_by(Department.name)


def _employers_guided(person_id: uuid.UUID) -> Select[str]:
    return (
        select(Organisation.name)
        .join(EmployerPlacement, EmployerPlacement.employer_id == Organisation.id)
        .where(EmployerPlacement.case_manager_id == person_id)
        .order_by(Organisation.name)
    )
