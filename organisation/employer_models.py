"""Tables of what an arbo service keeps of the employers it serves: data of companies, and whom to call there."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class EmployerFolder(Base):
    """A folder of an arbo service's tree of employers: an office, or a kind such as *1. Klanten* (O-24)."""

    __tablename__ = "employer_folder"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("employer_folder.id"))
    name: Mapped[str] = mapped_column(String(120))


class EmployerPlacement(Base):
    """Where an employer stands in a service's tree; it is visible there from `published_at` on (O-23, O-24).

    `case_manager_id` is the fixed supervisor (O-21).
    """

    __tablename__ = "employer_placement"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    employer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    folder_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("employer_folder.id"), index=True)
    published_at: Mapped[datetime | None]
    case_manager_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class EmployerProfile(Base):
    """The master data of an employer (stamgegevens, O-03..O-10); None is what is not known yet, up to publishing."""

    __tablename__ = "employer_profile"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    code: Mapped[str | None] = mapped_column(String(20))
    phone: Mapped[str | None] = mapped_column(String(20))
    visiting_street: Mapped[str | None] = mapped_column(String(120))
    visiting_house_number: Mapped[str | None] = mapped_column(String(10))
    visiting_postcode: Mapped[str | None] = mapped_column(String(10))
    visiting_city: Mapped[str | None] = mapped_column(String(80))
    postal_street: Mapped[str | None] = mapped_column(String(120))
    postal_house_number: Mapped[str | None] = mapped_column(String(10))
    postal_postcode: Mapped[str | None] = mapped_column(String(10))
    postal_city: Mapped[str | None] = mapped_column(String(80))
    wage_tax_number: Mapped[str | None] = mapped_column(String(12))
    uwv_office: Mapped[str | None] = mapped_column(String(60))
    uwv_connection_number: Mapped[str | None] = mapped_column(String(14))
    sector: Mapped[str | None] = mapped_column(String(120))
    offer: Mapped[str | None] = mapped_column(String(500))
    personnel_system: Mapped[str | None] = mapped_column(String(40))
    version: Mapped[int]
    changed_at: Mapped[datetime]


class Site(Base):
    """A further establishment of an employer (vestiging, O-22): the head one is the employer's own address, no row."""

    __tablename__ = "site"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    street: Mapped[str | None] = mapped_column(String(120))
    house_number: Mapped[str | None] = mapped_column(String(10))
    postcode: Mapped[str | None] = mapped_column(String(10))
    city: Mapped[str | None] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(20))


class ContactPerson(Base):
    """Whom to call at an employer (O-22, O-29): name, function, phone and mail address, sealed for the server.

    Without a site it is somebody of the head one. At `contact_changed_at` mail address or phone number became others.
    """

    __tablename__ = "contact_person"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    site_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("site.id"), index=True)
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    contact_changed_at: Mapped[datetime | None]
