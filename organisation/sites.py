"""The establishments of an employer: the head one, which is its own address, and further ones (O-22)."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, func, select

from accounts.actor import Actor
from audit.actions import Action
from database.session import Session
from organisation.employer_access import find_administered, record_for_both
from organisation.employer_fields import NAME_ADVICE, Address, check_address, check_phone
from organisation.employer_models import ContactPerson, Site
from organisation.errors import FieldFault, InvalidValues, NameMissing, NotFound
from organisation.registering import clean_name


def sites_of(session: Session, employer_id: uuid.UUID) -> list[Site]:
    """The further sites of an employer that the caller has found in view, by name."""
    statement = select(Site).where(Site.organisation_id == employer_id).order_by(Site.name, Site.id)
    return list(session.scalars(statement))


def find_site(session: Session, employer_id: uuid.UUID, site_id: uuid.UUID, actor: Actor) -> Site:
    """A site of an employer that the actor administers. Raises `PermissionDenied`, `NotFound`."""
    find_administered(session, actor, employer_id)
    site = session.scalars(select(Site).where(Site.id == site_id, Site.organisation_id == employer_id)).first()
    if site is None:
        raise NotFound
    return site


def add_site(
    session: Session, employer_id: uuid.UUID, name: str, address: Address, phone: str | None, actor: Actor
) -> Site:
    """Add a site. Raises `PermissionDenied`, `NotFound`, `InvalidValues`."""
    find_administered(session, actor, employer_id, lock=True)
    site = Site(id=session.source.new_id(), organisation_id=employer_id, **_checked(name, address, phone))
    record_for_both(session, Action.SITE_CREATE, actor, employer_id, object_type="site", object_id=site.id, details={})
    session.add(site)
    session.flush()
    return site


def change_site(
    session: Session,
    employer_id: uuid.UUID,
    site_id: uuid.UUID,
    name: str,
    address: Address,
    phone: str | None,
    actor: Actor,
) -> None:
    """Change a site. Raises `PermissionDenied`, `NotFound`, `InvalidValues`."""
    site = find_site(session, employer_id, site_id, actor)
    values = _checked(name, address, phone)
    changed = [column for column, value in values.items() if getattr(site, column) != value]
    if not changed:
        return
    record_for_both(
        session,
        Action.SITE_UPDATE,
        actor,
        employer_id,
        object_type="site",
        object_id=site_id,
        details={"fields": " ".join(changed)},
    )
    for column in changed:
        setattr(site, column, values[column])
    session.flush()


def contacts_at(session: Session, site_id: uuid.UUID) -> int:
    """How many contact persons go with a site."""
    return session.scalar(select(func.count()).where(ContactPerson.site_id == site_id)) or 0


def remove_site(session: Session, employer_id: uuid.UUID, site_id: uuid.UUID, actor: Actor) -> None:
    """Remove a site with its contact persons. Raises `PermissionDenied`, `NotFound`."""
    find_administered(session, actor, employer_id, lock=True)
    site = find_site(session, employer_id, site_id, actor)
    record_for_both(
        session,
        Action.SITE_REMOVE,
        actor,
        employer_id,
        object_type="site",
        object_id=site_id,
        details={"contacts": contacts_at(session, site_id)},
    )
    session.execute(delete(ContactPerson).where(ContactPerson.site_id == site_id))
    session.delete(site)
    session.flush()


def _checked(name: str, address: Address, phone: str | None) -> dict[str, str | None]:
    faults: list[FieldFault] = []
    values: dict[str, str | None] = {}
    try:
        values["name"] = clean_name(name)
    except NameMissing:
        faults.append(FieldFault("name", NAME_ADVICE))
    try:
        clean = check_address(address)
        values |= {"street": clean.street, "house_number": clean.house_number}
        values |= {"postcode": clean.postcode, "city": clean.city}
    except InvalidValues as refusal:
        faults += refusal.faults
    try:
        values["phone"] = check_phone("phone", phone)
    except InvalidValues as refusal:
        faults += refusal.faults
    if faults:
        raise InvalidValues(faults)
    return values
