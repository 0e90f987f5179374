"""Admitting members of an arbo service to its keys (*Toelatingen*; design 2.1).

The first member makes the key at the first login. Everybody else waits, from the first login on, until a member who
holds the key admits; until then the service's tree shows *Anoniem* to him or her. With the key of the medical circle it
goes the same way, among those with medical rights (U-10).
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from audit.recording import record
from database.session import Session
from delivery.outbox import MailKind
from keys.admissions import decide, request_admission
from keys.check_words import RenewedKey, renewed_keys
from keys.errors import NotFound as NoSuchKey
from keys.grants import hand_over, hand_over_current
from keys.holders import has_key, lock_holder, make_first_generation
from keys.models import Admission, AdmissionState
from organisation.errors import NotFound, NotFoundedYet
from organisation.memberships import members_with_permission
from organisation.notices import notify_key_holders, notify_person
from organisation.service_keys import ServiceKey, medical_key, service_key


class Admittance(StrEnum):
    """How an actor stands to the key of the own arbo service."""

    OPEN = "open"
    WAITING = "waiting"
    NOT_ASKED = "not_asked"
    NOT_FOUNDED = "not_founded"


@dataclass(frozen=True)
class AdmissionLine:
    """A member who waits to be admitted; `renewed` is the key of one who had another before (design 2.3)."""

    admission_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    requested_at: datetime
    renewed: RenewedKey | None = None


def service_holder(session: Session, actor: Actor) -> uuid.UUID:
    """The holder of the actor's arbo service. Raises `NotFound` for an actor of another kind of organisation."""
    return service_key(session, actor).holder_id


def enter_service(session: Session, actor: Actor) -> Admittance:
    """Do at a login what the key of the service needs: make it, or ask once to be admitted.

    The request is made by itself only the first time; who was refused asks again with `ask_admission`. Raises
    `NotFound` outside an arbo service, `PermissionDenied` for a member who reads no dossiers.
    """
    actor.require(Permission.DOSSIER_READ)
    return enter(session, actor, service_key(session, actor))


def enter(session: Session, actor: Actor, key: ServiceKey) -> Admittance:
    """The same for any key of the service. Raises `PermissionDenied` for a member who may not have it."""
    actor.require(key.needed)
    if not has_key(session, key.holder_id):
        return _found(session, actor, key)
    if not actor.keys.can_open(session, key.holder_id) and not ever_asked(session, key.holder_id, actor.person_id):
        _ask(session, actor, key)
    return stands_to(session, actor, key)


def ask_admission(session: Session, actor: Actor) -> Admittance:
    """Ask, once more, to be admitted to the key of the service. Raises as `enter_service`, and `NotFoundedYet`."""
    actor.require(Permission.DOSSIER_READ)
    return ask(session, actor, service_key(session, actor))


def ask(session: Session, actor: Actor, key: ServiceKey) -> Admittance:
    """The same for any key of the service. Raises `PermissionDenied`, `NotFoundedYet`."""
    actor.require(key.needed)
    if not has_key(session, key.holder_id):
        raise NotFoundedYet
    if stands_to(session, actor, key) == Admittance.NOT_ASKED:
        _ask(session, actor, key)
    return stands_to(session, actor, key)


def admittance(session: Session, actor: Actor) -> Admittance:
    """How the actor stands to the key of the own service; it opens nothing. Raises `NotFound` outside a service."""
    return stands_to(session, actor, service_key(session, actor))


def stands_to(session: Session, actor: Actor, key: ServiceKey) -> Admittance:
    """The same for any key of the service."""
    if actor.keys.can_open(session, key.holder_id):
        return Admittance.OPEN
    if not has_key(session, key.holder_id):
        return Admittance.NOT_FOUNDED
    waiting = select(Admission.id).where(
        Admission.holder_id == key.holder_id,
        Admission.recipient_id == actor.person_id,
        Admission.state == AdmissionState.WAITING,
    )
    return Admittance.NOT_ASKED if session.scalar(waiting) is None else Admittance.WAITING


def waiting_members(session: Session, actor: Actor) -> list[AdmissionLine]:
    """The members who wait to be admitted to the service, the longest waiting first.

    Raises `PermissionDenied`, `NotFound`.
    """
    actor.require(Permission.ADMISSION_DECIDE)
    return waiting_for(session, actor, service_key(session, actor))


def waiting_for(session: Session, actor: Actor, key: ServiceKey) -> list[AdmissionLine]:
    """The same for any key of the service. Raises `PermissionDenied`."""
    actor.require(key.decides)
    statement = (
        select(Admission.id, Person.id, Person.display_name, Admission.requested_at)
        .join(Person, Person.id == Admission.recipient_id)
        .where(
            Admission.holder_id == key.holder_id,
            Admission.organisation_id == actor.organisation_id,
            Admission.state == AdmissionState.WAITING,
            Person.id.in_(_who_may_have(session, actor, key)),
        )
        .order_by(Admission.requested_at, Admission.id)
    )
    rows = session.execute(statement).all()
    renewed = renewed_keys(session, [row[1] for row in rows])
    return [AdmissionLine(*row, renewed.get(row[1])) for row in rows]


def admit(session: Session, admission_id: uuid.UUID, actor: Actor, *, compared: int | None = None) -> None:
    """Hand the key of the service, or of its medical circle, to a member who waits for it.

    `compared` is the generation of a renewed key whose check words the actor has compared. Raises `PermissionDenied`,
    `NotFound`, `keys.errors.AlreadyDecided`, `keys.errors.CheckWordsNotCompared`, and `keys.errors.NoKey` for an actor
    who has not been admitted.
    """
    key, recipient_id = _find_waiting(session, admission_id, actor)
    _decide(session, admission_id, key.holder_id, AdmissionState.ADMITTED, actor)
    record(session, key.granted, by=actor.who, object_type="person", object_id=recipient_id)
    hand_over_current(session, key.holder_id, to=recipient_id, keys=actor.keys, by=actor.who, compared=compared)
    notify_person(session, recipient_id, MailKind.ADMISSION_GRANTED)


def refuse(session: Session, admission_id: uuid.UUID, actor: Actor) -> None:
    """Refuse a member who waits for the key of the service or its medical circle. Raises as `admit`."""
    key, recipient_id = _find_waiting(session, admission_id, actor)
    record(session, key.refused, by=actor.who, object_type="person", object_id=recipient_id)
    actor.keys.secret(session, key.holder_id)
    _decide(session, admission_id, key.holder_id, AdmissionState.REFUSED, actor)


def ever_asked(session: Session, holder_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Tell whether a person ever asked for a holder's key; only the first request makes itself (K-11)."""
    asked = select(Admission.id).where(Admission.holder_id == holder_id, Admission.recipient_id == person_id).limit(1)
    return session.scalar(asked) is not None


def _found(session: Session, actor: Actor, key: ServiceKey) -> Admittance:
    lock_holder(session, key.holder_id)
    if key.first_member_id != actor.person_id or has_key(session, key.holder_id):
        return stands_to(session, actor, key)
    secret = make_first_generation(session, key.holder_id, by=actor.who)
    hand_over(session, key.holder_id, to=actor.person_id, secret=secret, generation=1, by=actor.who)
    return Admittance.OPEN


def _ask(session: Session, actor: Actor, key: ServiceKey) -> None:
    record(session, key.requested, by=actor.who, object_type="person", object_id=actor.person_id)
    request_admission(
        session, holder_id=key.holder_id, organisation_id=actor.organisation_id, recipient_id=actor.person_id
    )
    notify_key_holders(session, key.holder_id, actor.organisation_id, key.decides, MailKind.ADMISSION_REQUEST)


def _find_waiting(session: Session, admission_id: uuid.UUID, actor: Actor) -> tuple[ServiceKey, uuid.UUID]:
    for key in _keys_to_hand_out(session, actor):
        statement = select(Admission.recipient_id).where(
            Admission.id == admission_id,
            Admission.holder_id == key.holder_id,
            Admission.organisation_id == actor.organisation_id,
            Admission.recipient_id.in_(_who_may_have(session, actor, key)),
        )
        recipient_id = session.scalar(statement)
        if recipient_id is not None:
            return key, recipient_id
    raise NotFound


def _keys_to_hand_out(session: Session, actor: Actor) -> list[ServiceKey]:
    if Permission.MEDICAL_GRANT not in actor.permissions:
        actor.require(Permission.ADMISSION_DECIDE)
    keys = [service_key(session, actor)]
    with suppress(NotFoundedYet):
        keys.append(medical_key(session, actor))
    return [key for key in keys if key.decides in actor.permissions]


def _who_may_have(session: Session, actor: Actor, key: ServiceKey) -> set[uuid.UUID]:
    """The active members of the service whose roles let them have the key now: nobody else is handed it."""
    return {member.person_id for member in members_with_permission(session, actor.organisation_id, key.needed)}


def _decide(
    session: Session, admission_id: uuid.UUID, holder_id: uuid.UUID, state: AdmissionState, actor: Actor
) -> None:
    try:
        decide(session, admission_id, holder_id, state=state, by=actor.who)
    except NoSuchKey:
        raise NotFound from None
