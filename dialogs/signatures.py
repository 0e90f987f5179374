"""What a user's messages end with; it is put in the message when one begins to write, and can be changed there."""

from __future__ import annotations

from sqlalchemy import select

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from database.session import Session
from dialogs.models import MessageSignature
from dialogs.places import place_of_signature
from organisation.employer_fields import N_
from organisation.errors import FieldFault, InvalidValues

LONGEST_SIGNATURE = 500


def signature_of(session: Session, actor: Actor) -> str:
    """What the messages of `actor` end with, nothing where none was written. Raises `PermissionDenied`."""
    actor.require(Permission.DIALOGUE_START)
    row = session.get(MessageSignature, actor.person_id)
    if row is None:
        return ""
    return session.package_key("dialogs").open(row.sealed, place_of_signature(actor.person_id)).decode()


def choose_signature(session: Session, text: str, actor: Actor) -> None:
    """Let the messages of `actor` end with `text`, or with nothing. Raises `PermissionDenied`, `InvalidValues`."""
    actor.require(Permission.DIALOGUE_START)
    clean = text.replace("\r\n", "\n").strip()
    if len(clean) > LONGEST_SIGNATURE:
        raise InvalidValues([FieldFault("signature", N_("Gebruik ten hoogste 500 tekens."))])
    # Two choices at the same time come one after the other.
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update())
    row = session.get(MessageSignature, actor.person_id, populate_existing=True)
    if row is not None and not clean:
        session.delete(row)
    elif clean:
        sealed = session.package_key("dialogs").seal(clean.encode(), place_of_signature(actor.person_id))
        row = row or MessageSignature(person_id=actor.person_id, organisation_id=actor.organisation_id)
        row.sealed, row.changed_at = sealed, session.source.now()
        session.add(row)
    session.flush()
