"""Plaatsvervanging: registering who does somebody's work for some days, and ending it (M-05, M-06; D-rule 48).

The key of the arbo service goes along to a substitute who has none: handed over when the substitution is registered by
somebody who has it, held back by the server until its first day, destroyed after its last day or when it is ended. No
other key ever does.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.orm import aliased

from accounts.actor import Actor
from accounts.models import AccountState, Person
from accounts.permissions import Permission
from audit.actions import Action
from audit.recording import Who, record
from database.session import Session
from delivery.outbox import MailKind
from keys.due_work import NEXT_GENERATION, add_due_work, claim, due_work, finish
from keys.grants import (
    Period,
    destroy_substitution,
    hand_over_current,
    overdue_substitutions,
    periods_of,
    recipients_with_present_key,
)
from keys.holders import current_generation, has_key, lock_holder, public_key
from organisation.calendar import midnight, today
from organisation.effective_roles import people_with_permission
from organisation.errors import NotFound, SubstitutionFault, SubstitutionRefused
from organisation.models import Organisation, Substitution
from organisation.notices import notify_person
from organisation.visible_people import people_in_view

LONGEST = timedelta(days=366)
SUBSTITUTE_KEY = "substitute_key"
WORKER = Who.system("worker")
_BATCH_SIZE = 20


@dataclass(frozen=True)
class SubstitutionLine:
    """A substitution that runs or is to come, with the names of both; both days are part of it."""

    id: uuid.UUID
    absent_id: uuid.UUID
    absent: str
    substitute_id: uuid.UUID
    substitute: str
    starts_on: date
    ends_on: date


def register_substitution(
    session: Session, *, absent_id: uuid.UUID, substitute_id: uuid.UUID, starts_on: date, ends_on: date, actor: Actor
) -> Substitution:
    """Let `substitute_id` do the work of `absent_id` from the first day to the last, both included; both are told.

    Raises `PermissionDenied`, `NotFound` for whom the actor may not give work to (U-16), and `SubstitutionRefused`.
    """
    actor.require(Permission.SUBSTITUTION_REGISTER)
    _require_in_view(session, actor, absent_id, substitute_id)
    check_substitution(
        session, absent_id=absent_id, substitute_id=substitute_id, starts_on=starts_on, ends_on=ends_on, actor=actor
    )
    substitution = Substitution(
        id=session.source.new_id(),
        organisation_id=actor.organisation_id,
        absent_id=absent_id,
        substitute_id=substitute_id,
        starts_on=starts_on,
        ends_on=ends_on,
        registered_by=actor.person_id,
        registered_at=session.source.now(),
    )
    _record(session, Action.SUBSTITUTION_REGISTER, substitution, actor.who)
    session.add(substitution)
    session.flush()
    _hand_key_over(session, substitution, actor)
    _tell_both(session, substitution, MailKind.SUBSTITUTION_REGISTERED)
    return substitution


def check_substitution(
    session: Session, *, absent_id: uuid.UUID, substitute_id: uuid.UUID, starts_on: date, ends_on: date, actor: Actor
) -> None:
    """Raise `SubstitutionRefused` with the first thing that stands in the way of a substitution.

    Of two that are registered at once for the same people the later waits for the earlier.
    """
    people = select(Person.id).where(Person.id.in_([absent_id, substitute_id])).order_by(Person.id)
    session.execute(people.with_for_update())
    _refuse(absent_id == substitute_id, SubstitutionFault.SAME_PERSON)
    # Who could would give himself the rights of another.
    _refuse(substitute_id == actor.person_id, SubstitutionFault.OWN_SUBSTITUTE)
    _refuse(starts_on < today(session), SubstitutionFault.PAST)
    _refuse(ends_on < starts_on, SubstitutionFault.BACKWARDS)
    _refuse(ends_on - starts_on >= LONGEST, SubstitutionFault.TOO_LONG)
    overlapping = select(Substitution.id).where(
        Substitution.ended_at.is_(None), Substitution.starts_on <= ends_on, Substitution.ends_on >= starts_on
    )
    taken = (
        (Substitution.absent_id == absent_id, SubstitutionFault.ABSENT_TAKEN),
        (Substitution.substitute_id == substitute_id, SubstitutionFault.SUBSTITUTE_TAKEN),
        (Substitution.absent_id == substitute_id, SubstitutionFault.SUBSTITUTE_ABSENT),
    )
    for condition, fault in taken:
        _refuse(session.scalar(overlapping.where(condition).limit(1)) is not None, fault)


def end_substitution(session: Session, substitution_id: uuid.UUID, actor: Actor) -> None:
    """End a substitution today; rights and key are gone at once, also in sessions that run. Both are told.

    Raises `PermissionDenied`, and `NotFound` for one that is not the actor's to end or that has ended.
    """
    line = read_substitution(session, substitution_id, actor)
    ending = update(Substitution).where(Substitution.id == line.id, Substitution.ended_at.is_(None))
    substitution = session.get_one(Substitution, line.id)
    _record(session, Action.SUBSTITUTION_END, substitution, actor.who)
    ended = ending.values(ended_at=session.source.now()).execution_options(synchronize_session=False)
    if session.scalar(ended.returning(Substitution.id)) is None:
        raise NotFound
    session.expire(substitution)
    _take_key_back(session, substitution)
    _tell_both(session, substitution, MailKind.SUBSTITUTION_ENDED)


def read_substitution(session: Session, substitution_id: uuid.UUID, actor: Actor) -> SubstitutionLine:
    """One of `list_substitutions`. Raises `PermissionDenied`, `NotFound`."""
    for line in list_substitutions(session, actor):
        if line.id == substitution_id:
            return line
    raise NotFound


def list_substitutions(session: Session, actor: Actor) -> list[SubstitutionLine]:
    """The substitutions that run or are to come: for the actor, by the actor, and those that the actor registered.

    Raises `PermissionDenied`.
    """
    actor.require(Permission.SUBSTITUTION_REGISTER)
    own = or_(*(column == actor.person_id for column in _OWN))
    return _lines(session, actor, own)


def substitutions_today(session: Session, actor: Actor) -> list[SubstitutionLine]:
    """Those that run today for the actor or by the actor, for the start page."""
    own = or_(Substitution.absent_id == actor.person_id, Substitution.substitute_id == actor.person_id)
    return _lines(session, actor, and_(own, Substitution.starts_on <= today(session)))


def hand_out_keys(session: Session, actor: Actor) -> int:
    """Hand the service's key to substitutes who wait for it, where the actor can; return to how many (design 2.7).

    Whoever registered the substitution may not have had the key by then, or the substitute another one for days before.
    """
    holder_id = _service_holder(session, actor.organisation_id)
    if holder_id is None or not actor.keys.can_open(session, holder_id):
        return 0
    waiting = due_work(session, holder_id, SUBSTITUTE_KEY, _BATCH_SIZE)
    if not waiting:
        return 0
    lock_holder(session, holder_id)
    claimed = claim(session, waiting)
    rows = select(Substitution).where(Substitution.id.in_([piece.object_id for piece in claimed]))
    substitutions = {row.id: row for row in session.scalars(rows)}
    needs = _Keyed.of(session, holder_id, actor.organisation_id)
    handed, done = 0, []
    for piece in claimed:
        substitution = substitutions.get(piece.object_id)
        if substitution is None or not needs.may_get_key(session, substitution):
            done.append(piece)
        elif needs.can_get_it_now(session, substitution):
            _hand_over(session, holder_id, substitution, actor)
            handed, needs = handed + 1, needs.with_period_for(substitution.substitute_id)
            done.append(piece)
    finish(session, done)
    return handed


def end_overdue(session: Session) -> int:
    """Destroy the keys of substitutions that are over, and end those of people who left; return how many (D-rule 48).

    The server does so by itself; the next generation is left as due work.
    """
    ids = {*overdue_substitutions(session), *session.scalars(_of_people_who_left(session))}
    for substitution in session.scalars(select(Substitution).where(Substitution.id.in_(ids)).with_for_update()):
        _record(session, Action.SUBSTITUTION_LAPSE, substitution, WORKER)
        if substitution.ends_on >= today(session):
            substitution.ended_at = session.source.now()
        _take_key_back(session, substitution)
    return len(ids)


@dataclass(frozen=True)
class _Keyed:
    """Who holds the service's key now: for good, and for a period only; and who may read dossiers by a role."""

    for_good: frozenset[uuid.UUID]
    for_a_while: frozenset[uuid.UUID]
    readers: frozenset[uuid.UUID]

    @classmethod
    def of(cls, session: Session, holder_id: uuid.UUID, organisation_id: uuid.UUID) -> _Keyed:
        generation = current_generation(session, holder_id)
        present = frozenset(recipients_with_present_key(session, holder_id, generation))
        periods = frozenset(periods_of(session, holder_id, generation))
        readers = people_with_permission(Permission.DOSSIER_READ)
        own = select(Person.id).where(Person.organisation_id == organisation_id, Person.id.in_(readers))
        return cls(present - periods, present & periods, frozenset(session.scalars(own)))

    def with_period_for(self, person_id: uuid.UUID) -> _Keyed:
        """The same after one more was handed the key for a period."""
        return replace(self, for_a_while=self.for_a_while | {person_id})

    def may_get_key(self, session: Session, substitution: Substitution) -> bool:
        """Whether there is a key to hand over: the absent person's, to somebody without."""
        is_over = substitution.ended_at is not None or substitution.ends_on < today(session)
        absent_has_it = substitution.absent_id in self.for_good & self.readers
        return absent_has_it and not is_over and substitution.substitute_id not in self.for_good

    def can_get_it_now(self, session: Session, substitution: Substitution) -> bool:
        """Whether whoever registered it has the key, and the substitute a first one of his own and not this for now.

        Who was not let in lets nobody in by a substitution, and a renewed key is never granted by itself: its owner is
        admitted with the check words (design 2.3).
        """
        substitute_id = substitution.substitute_id
        if substitution.registered_by not in self.for_good:
            return False
        if substitute_id in self.for_a_while or not has_key(session, substitute_id):
            return False
        return public_key(session, substitute_id).generation == 1


_OWN = (Substitution.absent_id, Substitution.substitute_id, Substitution.registered_by)


def _hand_key_over(session: Session, substitution: Substitution, actor: Actor) -> None:
    holder_id = _service_holder(session, actor.organisation_id)
    if holder_id is None or not has_key(session, holder_id):
        return
    add_due_work(
        session,
        organisation_id=actor.organisation_id,
        holder_id=holder_id,
        kind=SUBSTITUTE_KEY,
        object_ids=[substitution.id],
    )
    hand_out_keys(session, actor)


def _hand_over(session: Session, holder_id: uuid.UUID, substitution: Substitution, actor: Actor) -> None:
    _record(session, Action.SUBSTITUTION_KEY_HAND, substitution, actor.who)
    period = Period(
        substitution.id,
        not_before=midnight(substitution.starts_on),
        not_after=midnight(substitution.ends_on + timedelta(days=1)),
    )
    hand_over_current(session, holder_id, to=substitution.substitute_id, keys=actor.keys, by=actor.who, period=period)


def _take_key_back(session: Session, substitution: Substitution) -> None:
    holders = destroy_substitution(session, substitution.id)
    for holder_id in sorted(holders):
        add_due_work(
            session,
            organisation_id=substitution.organisation_id,
            holder_id=holder_id,
            kind=NEXT_GENERATION,
            object_ids=[holder_id],
        )


def _require_in_view(session: Session, actor: Actor, *person_ids: uuid.UUID) -> None:
    in_view = {member.person_id for member in people_in_view(session, actor)}
    if not in_view.issuperset(person_ids):
        raise NotFound


def _of_people_who_left(session: Session) -> Select[uuid.UUID]:
    left = select(Person.id).where(Person.state == AccountState.INACTIVE.value)
    of_them = or_(Substitution.absent_id.in_(left), Substitution.substitute_id.in_(left))
    return select(Substitution.id).where(
        Substitution.ended_at.is_(None), Substitution.ends_on >= today(session), of_them
    )


def _lines(session: Session, actor: Actor, which: ColumnElement[bool]) -> list[SubstitutionLine]:
    absent, substitute = aliased(Person), aliased(Person)
    statement = (
        select(
            Substitution.id,
            absent.id,
            absent.display_name,
            substitute.id,
            substitute.display_name,
            Substitution.starts_on,
            Substitution.ends_on,
        )
        .join(absent, absent.id == Substitution.absent_id)
        .join(substitute, substitute.id == Substitution.substitute_id)
        .where(
            Substitution.organisation_id == actor.organisation_id,
            Substitution.ended_at.is_(None),
            Substitution.ends_on >= today(session),
            which,
        )
        .order_by(Substitution.starts_on, Substitution.id)
    )
    return [SubstitutionLine(*row) for row in session.execute(statement)]


def _tell_both(session: Session, substitution: Substitution, kind: MailKind) -> None:
    for person_id in (substitution.absent_id, substitution.substitute_id):
        notify_person(session, person_id, kind)


def _record(session: Session, action: Action, substitution: Substitution, by: Who) -> None:
    record(
        session,
        action,
        by=by,
        organisation_id=substitution.organisation_id,
        object_type="person",
        object_id=substitution.substitute_id,
        details={
            "absent": str(substitution.absent_id),
            "first_day": substitution.starts_on.isoformat(),
            "last_day": substitution.ends_on.isoformat(),
        },
    )


def _service_holder(session: Session, organisation_id: uuid.UUID) -> uuid.UUID | None:
    return session.scalar(select(Organisation.holder_id).where(Organisation.id == organisation_id))


def _refuse(is_so: bool, fault: SubstitutionFault) -> None:
    if is_so:
        raise SubstitutionRefused(fault)
