"""Acts on keys that several tests begin with: a person with a key, a vault founded by one of them."""

from __future__ import annotations

from uuid import UUID

from audit.recording import Who
from crypto.secret import Secret
from database.session import Session
from keys.grants import hand_over
from keys.holders import create_holder, make_first_generation
from keys.models import HolderKind
from keys.opened import OpenedKeys

ORGANISATION = UUID(int=11)


def who(person_id: UUID | None) -> Who:
    """The person as the log knows one."""
    return Who(person_id, ORGANISATION, (), "192.0.2.1")


def new_person(session: Session) -> OpenedKeys:
    """A person's holder with its first key, and what that person can open: nothing else yet."""
    holder = create_holder(session, HolderKind.PERSON, ORGANISATION)
    secret = make_first_generation(session, holder.id, by=who(holder.id))
    return OpenedKeys(holder.id, 1, secret)


def as_new_request(person: OpenedKeys) -> OpenedKeys:
    """The same person in a new request: nothing is known but the own secret."""
    return OpenedKeys(person.person_id, person.generation, person._own)


def found_vault(session: Session, founder: OpenedKeys) -> tuple[UUID, Secret]:
    """A vault founded by one person, who holds its first generation."""
    vault = create_holder(session, HolderKind.VAULT, ORGANISATION)
    by = who(founder.person_id)
    secret = make_first_generation(session, vault.id, by=by)
    hand_over(session, vault.id, to=founder.person_id, secret=secret, generation=1, by=by)
    return vault.id, secret
