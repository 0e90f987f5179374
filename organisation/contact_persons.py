"""Whom to call at an employer (O-22, O-29): people without a login, sealed for the server and read by both sides."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass

from sqlalchemy import select

from accounts.actor import Actor
from audit.actions import Action
from audit.recording import record
from crypto.sealing import Context
from database.session import Session
from organisation.employer_access import find_administered, record_for_both
from organisation.employer_fields import N_, check_email, check_line, check_phone
from organisation.employer_models import ContactPerson, Site
from organisation.errors import FieldFault, InvalidValues, NotFound

_TOO_LONG = N_("Gebruik ten hoogste 120 tekens.")


@dataclass(frozen=True)
class Contact:
    """A contact person: the name, and of the rest what is known."""

    name: str
    function: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class ContactLine:
    """A contact person with the site, None for the head one."""

    id: uuid.UUID
    site_id: uuid.UUID | None
    contact: Contact


def contacts_of(session: Session, employer_id: uuid.UUID) -> list[ContactLine]:
    """The contact persons of an employer that the caller has found in view and logged, by name."""
    statement = select(ContactPerson).where(ContactPerson.organisation_id == employer_id)
    lines = [_line(session, row) for row in session.scalars(statement)]
    return sorted(lines, key=lambda line: (line.contact.name.casefold(), str(line.id)))


def read_contacts(session: Session, employer_id: uuid.UUID, actor: Actor) -> list[ContactLine]:
    """The contact persons of an employer that the actor administers, told in the service's log.

    Raises `PermissionDenied`, `NotFound`.
    """
    find_administered(session, actor, employer_id)
    record_reading(session, employer_id, actor)
    return contacts_of(session, employer_id)


def record_reading(session: Session, employer_id: uuid.UUID, actor: Actor) -> None:
    """Write in the reader's log that the contact persons of an employer are about to be opened."""
    record(
        session,
        Action.EMPLOYER_READ,
        by=actor.who,
        object_type="organisation",
        object_id=employer_id,
    )


def read_contact(session: Session, employer_id: uuid.UUID, contact_id: uuid.UUID, actor: Actor) -> ContactLine:
    """One contact person, told in the service's log. Raises `PermissionDenied`, `NotFound`."""
    row = _find(session, employer_id, contact_id, actor)
    record_reading(session, employer_id, actor)
    return _line(session, row)


def add_contact(
    session: Session, employer_id: uuid.UUID, site_id: uuid.UUID | None, contact: Contact, actor: Actor
) -> ContactPerson:
    """Add a contact person of a site, of the head one where none is given.

    Raises `PermissionDenied`, `NotFound`, `InvalidValues`.
    """
    find_administered(session, actor, employer_id)
    _check_site(session, employer_id, site_id)
    clean = check_contact(contact)
    contact_id = session.source.new_id()
    record_for_both(
        session,
        Action.CONTACT_PERSON_CREATE,
        actor,
        employer_id,
        object_type="contact_person",
        object_id=contact_id,
    )
    row = ContactPerson(
        id=contact_id,
        organisation_id=employer_id,
        site_id=site_id,
        sealed=_sealed(session, contact_id, clean),
        created_at=session.source.now(),
    )
    session.add(row)
    session.flush()
    return row


def change_contact(
    session: Session,
    employer_id: uuid.UUID,
    contact_id: uuid.UUID,
    site_id: uuid.UUID | None,
    contact: Contact,
    actor: Actor,
) -> None:
    """Change a contact person, or the site; another phone number or mail address is dated (D-08).

    Raises `PermissionDenied`, `NotFound`, `InvalidValues`.
    """
    row = _find(session, employer_id, contact_id, actor)
    _check_site(session, employer_id, site_id)
    clean = check_contact(contact)
    before, after = asdict(_line(session, row).contact), asdict(clean)
    changed = [name for name in after if before[name] != after[name]] + (["site"] if row.site_id != site_id else [])
    if not changed:
        return
    record_for_both(
        session,
        Action.CONTACT_PERSON_UPDATE,
        actor,
        employer_id,
        object_type="contact_person",
        object_id=contact_id,
        details={"fields": " ".join(changed)},
    )
    row.site_id, row.sealed = site_id, _sealed(session, contact_id, clean)
    # Both are kept in one way of writing, so that the same number typed otherwise is no change.
    if {"phone", "email"} & set(changed):
        row.contact_changed_at = session.source.now()
    session.flush()


def remove_contact(session: Session, employer_id: uuid.UUID, contact_id: uuid.UUID, actor: Actor) -> None:
    """Remove a contact person. Raises `PermissionDenied`, `NotFound`."""
    row = _find(session, employer_id, contact_id, actor)
    record_for_both(
        session,
        Action.CONTACT_PERSON_REMOVE,
        actor,
        employer_id,
        object_type="contact_person",
        object_id=contact_id,
    )
    session.delete(row)
    session.flush()


def check_contact(contact: Contact) -> Contact:
    """The contact person as it is kept. Raises `InvalidValues`."""
    faults: list[FieldFault] = []
    kept: dict[str, str | None] = {}
    checks: dict[str, Callable[[str | None], str | None]] = {
        "name": lambda text: check_line("name", text, 120, _TOO_LONG),
        "function": lambda text: check_line("function", text, 120, _TOO_LONG),
        "phone": lambda text: check_phone("phone", text),
        "email": lambda text: check_email("email", text),
    }
    for name, check in checks.items():
        try:
            kept[name] = check(getattr(contact, name))
        except InvalidValues as refusal:
            faults += refusal.faults
    if "name" in kept and not kept["name"]:
        faults.append(FieldFault("name", N_("Vul de naam van de contactpersoon in.")))
    if faults:
        raise InvalidValues(faults)
    return Contact(**kept)  # type: ignore[arg-type]


def _find(session: Session, employer_id: uuid.UUID, contact_id: uuid.UUID, actor: Actor) -> ContactPerson:
    find_administered(session, actor, employer_id)
    statement = select(ContactPerson).where(
        ContactPerson.id == contact_id, ContactPerson.organisation_id == employer_id
    )
    row = session.scalars(statement).first()
    if row is None:
        raise NotFound
    return row


def _check_site(session: Session, employer_id: uuid.UUID, site_id: uuid.UUID | None) -> None:
    if site_id is None:
        return
    statement = select(Site.id).where(Site.id == site_id, Site.organisation_id == employer_id)
    if session.scalar(statement) is None:
        raise NotFound


def _line(session: Session, row: ContactPerson) -> ContactLine:
    opened = session.package_key("organisation").open(row.sealed, _place(row.id))
    return ContactLine(row.id, row.site_id, Contact(**json.loads(opened)))


def _sealed(session: Session, contact_id: uuid.UUID, contact: Contact) -> bytes:
    return session.package_key("organisation").seal(json.dumps(asdict(contact)).encode(), _place(contact_id))


def _place(contact_id: uuid.UUID) -> Context:
    return Context(ContactPerson.__tablename__, contact_id, "sealed")
