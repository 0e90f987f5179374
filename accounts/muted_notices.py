"""Which mails a person does without (N-03): only those that tell what waits in Datakluis itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select

from accounts.actor import Actor
from accounts.models import MutedNotice, Person
from accounts.permissions import Permission
from database.session import Session
from delivery.outbox import MailKind

OPTIONAL: Mapping[MailKind, Permission] = {
    MailKind.ACCESS_REQUEST: Permission.ACCESS_ADMINISTER,
    MailKind.ADMISSION_REQUEST: Permission.ADMISSION_DECIDE,
    MailKind.SHARE_REQUEST: Permission.SHARE_MAKE,
    MailKind.SHARE_REQUEST_ANSWERED: Permission.SHARE_REQUEST,
    MailKind.ACCESS_GRANTED: Permission.VAULT_READ,
    MailKind.ADMISSION_GRANTED: Permission.DOSSIER_READ,
    MailKind.DIALOGUE_NOTICE: Permission.DIALOGUE_READ,
}
"""The kinds that can be done without, each with the permission of who gets it.

Any other kind warns of a change of the ways in, of access that is gone, or of a recovery sheet.
"""


def kinds_for(actor: Actor) -> list[MailKind]:
    """Return the kinds that `actor` gets and can do without."""
    return [kind for kind, permission in OPTIONAL.items() if permission in actor.permissions]


def muted_by(session: Session, person_id: UUID) -> set[MailKind]:
    """Return the kinds that a person does without."""
    kept = set(session.scalars(select(MutedNotice.kind).where(MutedNotice.person_id == person_id)))
    return {kind for kind in OPTIONAL if kind.value in kept}


def choose_notices(session: Session, actor: Actor, wanted: Collection[MailKind]) -> None:
    """Let `actor` get, of the kinds that can be done without, those that are `wanted` and no other.

    What the actor does not get now stays as it was chosen before.
    """
    offered = kinds_for(actor)
    # Two choices at the same time come one after the other.
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update())
    of_actor = MutedNotice.person_id == actor.person_id
    session.execute(delete(MutedNotice).where(of_actor, MutedNotice.kind.in_([kind.value for kind in offered])))
    session.add_all(MutedNotice(person_id=actor.person_id, kind=kind.value) for kind in offered if kind not in wanted)
    session.flush()


def wants(kind: MailKind) -> ColumnElement[bool]:
    """Return the condition on `Person` that a mail of this kind is not done without; a warning never is."""
    muted = exists().where(MutedNotice.person_id == Person.id, MutedNotice.kind == kind.value)
    return ~muted if kind in OPTIONAL else Person.id.is_not(None)
