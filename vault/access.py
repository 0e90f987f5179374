"""Access to an employer's vault: asked at the first login, granted and withdrawn by its administrators (K-07..K-16).

Access is a key: approving seals the vault's secret to the user's public key, withdrawing destroys that and moves the
vault on to a next generation in the same act (design 2).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from accounts.sessions import end_sessions_of
from audit.actions import Action
from audit.recording import record
from database.session import Session
from delivery.outbox import MailKind
from keys.admissions import close_waiting, decide, request_admission
from keys.check_words import RenewedKey, renewed_keys
from keys.grants import GrantView, destroy_grants, hand_over_current, recipients
from keys.holders import lock_holder, make_next_generation
from keys.models import Admission, AdmissionState
from organisation.admission import ever_asked
from organisation.errors import NotFound
from organisation.memberships import active_members, give_role, members_with_permission, person_names, take_role
from organisation.notices import notify_key_holders, notify_person
from organisation.presets import VAULT_ADMINISTRATOR, VAULT_USER
from vault.errors import LastAdministrator, LastKeyHolder, NotAVaultUser, NoVaultAccess, VaultClosed
from vault.recovery_sheets import void_sheet_naming
from vault.rewrapping import leave_rewrapping
from vault.sides import find_vault


class VaultStanding(StrEnum):
    """How an actor stands to the own employer's vault."""

    OPEN = "open"
    WAITING = "waiting"
    NOT_ASKED = "not_asked"
    CLOSED = "closed"


@dataclass(frozen=True)
class AccessRequest:
    """An autorisatieverzoek (K-11, K-14); `renewed` is the key of someone who had another before (design 2.3)."""

    admission_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    employer: str
    requested_at: datetime
    renewed: RenewedKey | None = None


@dataclass(frozen=True)
class AccessLine:
    """Someone who can open the vault (tab *Autorisaties*, K-16)."""

    person_id: uuid.UUID
    name: str
    since: datetime
    granted_by: str
    administrator: bool


@dataclass(frozen=True)
class _Circle:
    """Who can open the vault now, and who of them administer it; read while others wait."""

    holder_id: uuid.UUID
    users: frozenset[uuid.UUID]
    administrators: frozenset[uuid.UUID]


def standing(session: Session, actor: Actor) -> VaultStanding:
    """How the actor stands to the vault; it opens nothing. Raises `NotFound` for the arbo side."""
    try:
        holder_id = find_vault(session, actor).holder_id
    except VaultClosed:
        return VaultStanding.CLOSED
    if actor.keys.can_open(session, holder_id):
        return VaultStanding.OPEN
    waiting = select(Admission.id).where(
        Admission.holder_id == holder_id,
        Admission.recipient_id == actor.person_id,
        Admission.state == AdmissionState.WAITING,
    )
    return VaultStanding.NOT_ASKED if session.scalar(waiting) is None else VaultStanding.WAITING


def request_access(session: Session, actor: Actor) -> VaultStanding:
    """At a login: ask once, by itself, for a vault user without a key (K-11).

    Who was refused or withdrawn before asks by `ask_access`. Raises `PermissionDenied`, `NotFound` for the arbo side.
    """
    actor.require(Permission.VAULT_READ)
    present = standing(session, actor)
    if present is VaultStanding.NOT_ASKED:
        holder_id = find_vault(session, actor).holder_id
        if not ever_asked(session, holder_id, actor.person_id):
            return _ask(session, actor, holder_id)
    return present


def ask_access(session: Session, actor: Actor) -> VaultStanding:
    """Ask for access by one's own act. Raises as `request_access`."""
    actor.require(Permission.VAULT_READ)
    present = standing(session, actor)
    if present is VaultStanding.NOT_ASKED:
        return _ask(session, actor, find_vault(session, actor).holder_id)
    return present


def waiting_requests(session: Session, actor: Actor) -> list[AccessRequest]:
    """The autorisatieverzoeken of the actor's employer, the longest waiting first (K-11, K-13).

    Raises `PermissionDenied`, `NotFound` for the arbo side (D-rule 18), `VaultClosed`.
    """
    actor.require(Permission.ACCESS_ADMINISTER)
    holder_id = find_vault(session, actor).holder_id
    statement = (
        select(Admission.id, Person.id, Person.display_name, Admission.requested_at)
        .join(Person, Person.id == Admission.recipient_id)
        .where(
            Admission.holder_id == holder_id,
            Admission.state == AdmissionState.WAITING,
            Person.id.in_(_able(session, actor.organisation_id, Permission.VAULT_READ)),
        )
        .order_by(Admission.requested_at, Admission.id)
    )
    rows = session.execute(statement).all()
    renewed = renewed_keys(session, [person_id for _admission_id, person_id, _name, _requested_at in rows])
    return [
        AccessRequest(admission_id, person_id, name, actor.organisation_name, requested_at, renewed.get(person_id))
        for admission_id, person_id, name, requested_at in rows
    ]


def approve(session: Session, admission_id: uuid.UUID, actor: Actor, *, compared: int | None = None) -> None:
    """*Akkoord*: seal the vault's secret to the user's public key (K-14, K-15).

    `compared` is the generation of a renewed key whose check words the actor has compared. Raises `PermissionDenied`,
    `NotFound`, `VaultClosed`, `NoVaultAccess` for an administrator without the key, `keys.errors.AlreadyDecided`,
    `keys.errors.CheckWordsNotCompared`.
    """
    circle = _lock(session, actor)
    recipient_id = _requester(session, admission_id, circle.holder_id, actor)
    decide(session, admission_id, circle.holder_id, state=AdmissionState.ADMITTED, by=actor.who)
    record(session, Action.ACCESS_GRANT, by=actor.who, object_type="person", object_id=recipient_id)
    hand_over_current(session, circle.holder_id, to=recipient_id, keys=actor.keys, by=actor.who, compared=compared)
    notify_person(session, recipient_id, MailKind.ACCESS_GRANTED)


def refuse(session: Session, admission_id: uuid.UUID, actor: Actor) -> None:
    """Refuse a request; the user may ask again by an act of his or her own. Raises as `approve`."""
    circle = _lock(session, actor)
    recipient_id = _requester(session, admission_id, circle.holder_id, actor)
    decide(session, admission_id, circle.holder_id, state=AdmissionState.REFUSED, by=actor.who)
    record(session, Action.ADMISSION_REFUSE, by=actor.who, object_type="person", object_id=recipient_id)


def list_access(session: Session, actor: Actor) -> list[AccessLine]:
    """Who can open the vault, from its grants, the first first (K-16).

    Raises `PermissionDenied`, `NotFound` for the arbo side (D-rule 18), `VaultClosed`.
    """
    actor.require(Permission.ACCESS_ADMINISTER)
    grants = recipients(session, find_vault(session, actor).holder_id)
    administrators = _administrators(session, actor.organisation_id)
    people = [grant.recipient_id for grant in grants] + [grant.granted_by for grant in grants]
    names = person_names(session, people)
    return [_line(grant, names, administrators) for grant in grants]


def withdraw_access(session: Session, person_id: uuid.UUID, actor: Actor) -> None:
    """*Toegang intrekken*: destroy the key, move the vault on, take the vault roles, end the sessions (K-16).

    Raises `PermissionDenied`, `NotFound`, `VaultClosed`, `NoVaultAccess`, `LastKeyHolder`, `LastAdministrator` (D-rule
    18). Of two administrators who withdraw each other at once, one succeeds. A recovery sheet that names the person is
    void from then on.
    """
    circle = _lock(session, actor)
    if person_id not in circle.users:
        raise NotFound
    _refuse_last(circle, person_id)
    # Read now: an administrator who leaves still makes the generation that he or she is not part of.
    actor.keys.secret(session, circle.holder_id)
    record(session, Action.ACCESS_WITHDRAW, by=actor.who, object_type="person", object_id=person_id)
    destroy_grants(session, circle.holder_id, recipient_id=person_id)
    for role in (VAULT_ADMINISTRATOR, VAULT_USER):
        take_role(session, person_id, role, actor.who)
    close_waiting(session, circle.holder_id, person_id, state=AdmissionState.CANCELLED, by=actor.who)
    void_sheet_naming(session, circle.holder_id, person_id, actor)
    make_next_generation(session, circle.holder_id, actor.keys, by=actor.who)
    leave_rewrapping(session, actor.organisation_id, circle.holder_id)
    end_sessions_of(session, person_id)
    notify_person(session, person_id, MailKind.ACCESS_WITHDRAWN)


def give_administrator(session: Session, person_id: uuid.UUID, actor: Actor) -> None:
    """*Beheer rechten geven* to someone who can open the vault (K-16).

    Raises `PermissionDenied`, `NotFound` for the arbo side, `VaultClosed`, `NoVaultAccess`, `NotAVaultUser`.
    """
    circle = _lock(session, actor)
    if person_id not in circle.users:
        raise NotAVaultUser
    give_role(session, person_id, VAULT_ADMINISTRATOR, actor.who)


def take_administrator(session: Session, person_id: uuid.UUID, actor: Actor) -> None:
    """Take the administrator's role; the person stays a vault user.

    Raises as `give_administrator`, and `LastAdministrator`.
    """
    circle = _lock(session, actor)
    if person_id not in circle.administrators:
        raise NotAVaultUser
    if circle.administrators == {person_id}:
        raise LastAdministrator
    take_role(session, person_id, VAULT_ADMINISTRATOR, actor.who)
    give_role(session, person_id, VAULT_USER, actor.who)


def _lock(session: Session, actor: Actor) -> _Circle:
    """Let other acts on this vault's access wait, and look again whether the actor may still act."""
    actor.require(Permission.ACCESS_ADMINISTER)
    holder_id = find_vault(session, actor).holder_id
    lock_holder(session, holder_id)
    active = frozenset(member.person_id for member in active_members(session, actor.organisation_id))
    users = active & {grant.recipient_id for grant in recipients(session, holder_id)}
    circle = _Circle(holder_id, users, users & _administrators(session, actor.organisation_id))
    if actor.person_id not in circle.administrators:
        raise NoVaultAccess
    return circle


def _refuse_last(circle: _Circle, person_id: uuid.UUID) -> None:
    if circle.users == {person_id}:
        raise LastKeyHolder
    if circle.administrators == {person_id}:
        raise LastAdministrator


def _ask(session: Session, actor: Actor, holder_id: uuid.UUID) -> VaultStanding:
    record(session, Action.ACCESS_REQUEST, by=actor.who, object_type="person", object_id=actor.person_id)
    request_admission(session, holder_id=holder_id, organisation_id=actor.organisation_id, recipient_id=actor.person_id)
    notify_key_holders(session, holder_id, actor.organisation_id, Permission.ACCESS_ADMINISTER, MailKind.ACCESS_REQUEST)
    return VaultStanding.WAITING


def _requester(session: Session, admission_id: uuid.UUID, holder_id: uuid.UUID, actor: Actor) -> uuid.UUID:
    """Who asked, when that is still an active member of the actor's employer who may see names."""
    statement = select(Admission.recipient_id).where(
        Admission.id == admission_id,
        Admission.holder_id == holder_id,
        Admission.recipient_id.in_(_able(session, actor.organisation_id, Permission.VAULT_READ)),
    )
    recipient_id = session.scalars(statement).first()
    if recipient_id is None:
        raise NotFound
    return recipient_id


def _administrators(session: Session, organisation_id: uuid.UUID) -> frozenset[uuid.UUID]:
    return _able(session, organisation_id, Permission.ACCESS_ADMINISTER)


def _able(session: Session, organisation_id: uuid.UUID, permission: Permission) -> frozenset[uuid.UUID]:
    """The active members of an employer whose roles give a permission now."""
    return frozenset(member.person_id for member in members_with_permission(session, organisation_id, permission))


def _line(grant: GrantView, names: dict[uuid.UUID, str], administrators: frozenset[uuid.UUID]) -> AccessLine:
    return AccessLine(
        person_id=grant.recipient_id,
        name=names.get(grant.recipient_id, ""),
        since=grant.since,
        granted_by=names.get(grant.granted_by, ""),
        administrator=grant.recipient_id in administrators,
    )
