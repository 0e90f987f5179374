"""The medical circle of an arbo service: medical rights are a key, given only by somebody who has it (U-10, D-rule 34).

The operator names the first member, who makes the key at the first login after that. Everybody else with the right asks
at login and is admitted from inside (`admission`), or gets right and key in one act. Taking the right destroys the key
of whoever had it and moves the circle on.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from accounts.actor import Actor
from accounts.permissions import Permission
from accounts.sessions import end_sessions_of
from audit.actions import Action
from audit.recording import Who, record
from database.session import Session
from keys.admissions import close_waiting
from keys.grants import destroy_grants, hand_over_current, recipients, recipients_with_present_key
from keys.holders import create_holder, current_generation, has_key, lock_holder, make_next_generation
from keys.models import AdmissionState, HolderKind
from keys.public_keys import with_key
from organisation.admission import AdmissionLine, Admittance, ask, enter, stands_to, waiting_for
from organisation.effective_roles import permissions_in_effect
from organisation.errors import CircleNeedsGiver, NotFound, NotFoundedYet, OwnRights
from organisation.memberships import active_members, give_role, members_with_permission, take_role
from organisation.models import Circle, Organisation, OrganisationKind
from organisation.presets import MEDICAL
from organisation.service_keys import ServiceKey, medical_key


@dataclass(frozen=True)
class CirclePage:
    """How the actor stands to the medical circle, who waits for it, and whether two people can open it."""

    holder_id: uuid.UUID
    standing: Admittance
    waiting: tuple[AdmissionLine, ...]
    openers: int

    @property
    def is_open(self) -> bool:
        """Whether the actor has the key."""
        return self.standing is Admittance.OPEN


def name_first_member(session: Session, organisation: Organisation, person_id: uuid.UUID, by: Who) -> None:
    """Let a member of an arbo service make the key of the medical circle at the next login, if nobody was named yet.

    Raises `CircleNeedsGiver` for a member who may not let others in, since then nobody ever could.
    """
    circle = session.get(Circle, (organisation.id, HolderKind.MEDICAL.value))
    if organisation.kind != OrganisationKind.SERVICE or (circle and circle.first_member_id):
        return
    if not permissions_in_effect(session, person_id) >= _NEEDED_TO_GIVE:
        raise CircleNeedsGiver
    record(
        session,
        Action.CIRCLE_CREATE,
        by=by,
        organisation_id=organisation.id,
        object_type="person",
        object_id=person_id,
    )
    if circle is None:
        holder = create_holder(session, HolderKind.MEDICAL, organisation.id)
        circle = Circle(organisation_id=organisation.id, kind=HolderKind.MEDICAL.value, holder_id=holder.id)
        session.add(circle)
    circle.first_member_id = person_id
    session.flush()


def enter_circle(session: Session, actor: Actor) -> Admittance:
    """Do at a login what the circle's key needs: make it, or ask once to be admitted.

    Raises `PermissionDenied` for whoever has no medical rights, `NotFound` outside an arbo service.
    """
    actor.require(Permission.MEDICAL_READ)
    try:
        return enter(session, actor, medical_key(session, actor))
    except NotFoundedYet:
        return Admittance.NOT_FOUNDED


def ask_circle(session: Session, actor: Actor) -> Admittance:
    """Ask, once more, to be admitted to the circle. Raises as `enter_circle`, and `NotFoundedYet`."""
    actor.require(Permission.MEDICAL_READ)
    return ask(session, actor, medical_key(session, actor))


def read_circle(session: Session, actor: Actor) -> CirclePage | None:
    """The circle as somebody with medical rights, or who may give them, sees it; None before anybody was named.

    Who waits is for those who may let them in. Raises `PermissionDenied`, `NotFound` outside an arbo service.
    """
    if Permission.MEDICAL_READ not in actor.permissions:
        actor.require(Permission.MEDICAL_GRANT)
    try:
        key = medical_key(session, actor)
    except NotFoundedYet:
        return None
    may_decide = Permission.MEDICAL_GRANT in actor.permissions
    waiting = tuple(waiting_for(session, actor, key)) if may_decide else ()
    return CirclePage(key.holder_id, stands_to(session, actor, key), waiting, len(_openers(session, actor, key)))


def may_give_medical(session: Session, actor: Actor) -> bool:
    """Whether the actor has the right and the key to give medical rights: to choose what a page offers."""
    if actor.audience != OrganisationKind.SERVICE or not actor.permissions >= _NEEDED_TO_GIVE:
        return False
    circle = read_circle(session, actor)
    return circle is not None and circle.is_open


def give_medical(session: Session, person_id: uuid.UUID, actor: Actor, *, compared: int | None = None) -> None:
    """Give a colleague medical rights and, where he or she has a key of the own, the circle's key in the same act.

    Who has none yet asks at the first login. `compared` is the generation of a renewed key whose check words the actor
    has compared. Raises `PermissionDenied`, `NotFoundedYet`, `NotFound` for whoever is not an active colleague,
    `OwnRights`, `keys.errors.CheckWordsNotCompared`, and `keys.errors.NoKey` for whoever has not got that key: nobody
    else can hand it over.
    """
    key = _lock(session, person_id, actor)
    actor.keys.secret(session, key.holder_id)
    give_role(session, person_id, MEDICAL, actor.who)
    holds = {grant.recipient_id for grant in recipients(session, key.holder_id)}
    if person_id in holds or not with_key(session, [person_id]):
        return
    record(session, Action.CIRCLE_ADMIT, by=actor.who, object_type="person", object_id=person_id)
    close_waiting(session, key.holder_id, person_id, state=AdmissionState.ADMITTED, by=actor.who)
    hand_over_current(session, key.holder_id, to=person_id, keys=actor.keys, by=actor.who, compared=compared)


def take_medical(session: Session, person_id: uuid.UUID, actor: Actor) -> None:
    """Take a colleague's medical rights: destroy the key, move the circle on, end the sessions.

    Since nobody takes the own right, whoever takes it remains: the circle never loses its last one. Raises as
    `give_medical`.
    """
    key = _lock(session, person_id, actor)
    actor.keys.secret(session, key.holder_id)
    record(session, Action.CIRCLE_WITHDRAW, by=actor.who, object_type="person", object_id=person_id)
    take_role(session, person_id, MEDICAL, actor.who)
    close_waiting(session, key.holder_id, person_id, state=AdmissionState.CANCELLED, by=actor.who)
    if destroy_grants(session, key.holder_id, recipient_id=person_id):
        make_next_generation(session, key.holder_id, actor.keys, by=actor.who)
    end_sessions_of(session, person_id)


_NEEDED_TO_GIVE = frozenset({Permission.MEDICAL_GRANT, Permission.MEDICAL_READ})


def _lock(session: Session, person_id: uuid.UUID, actor: Actor) -> ServiceKey:
    """Let other acts on the circle wait, and look whether the actor may act on this colleague."""
    for permission in sorted(_NEEDED_TO_GIVE):
        actor.require(permission)
    key = medical_key(session, actor)
    if person_id == actor.person_id:
        raise OwnRights
    if person_id not in {member.person_id for member in active_members(session, actor.organisation_id)}:
        raise NotFound
    if not has_key(session, key.holder_id):
        raise NotFoundedYet
    lock_holder(session, key.holder_id)
    return key


def _openers(session: Session, actor: Actor, key: ServiceKey) -> set[uuid.UUID]:
    """The active members with medical rights who can open the circle now."""
    if not has_key(session, key.holder_id):
        return set()
    generation = current_generation(session, key.holder_id)
    able = members_with_permission(session, actor.organisation_id, Permission.MEDICAL_READ)
    holding = recipients_with_present_key(session, key.holder_id, generation)
    return {member.person_id for member in able}.intersection(holding)
