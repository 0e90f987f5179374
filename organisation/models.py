"""Tables of organisations and of what the arbo service may know of an employment (K-02): no name, no birth date."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class OrganisationKind(StrEnum):
    """The three kinds of organisation that have a log of their own."""

    PLATFORM = "platform"
    SERVICE = "service"
    EMPLOYER = "employer"


class Organisation(Base):
    """An arbo service, an employer, or the platform itself.

    `first_member_id` is the member of an arbo service who makes its first key at the first login (design 2.1).
    """

    __tablename__ = "organisation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    holder_id: Mapped[uuid.UUID | None]
    first_member_id: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]


class ServiceAgreement(Base):
    """Which arbo service serves which employer, and from when to when."""

    __tablename__ = "service_agreement"
    __table_args__ = (Index(None, "service_id"), Index(None, "employer_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    employer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Department(Base):
    """A department (afdeling) of an employer."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(120))


class Batch(Base):
    """Rows that become visible together: an import shows nothing of itself until `visible_at` is set."""

    __tablename__ = "batch"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    visible_at: Mapped[datetime | None]


class Employee(Base):
    """An employee as a number: the random id that records, shares and the log refer to.

    `version` is that of the newest visible card and details; it grows by one at each change (optimistic lock).
    """

    __tablename__ = "employee"
    __table_args__ = (UniqueConstraint("organisation_id", "personnel_number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    personnel_number: Mapped[str] = mapped_column(String(35))
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("batch.id"), index=True)
    version: Mapped[int]
    created_at: Mapped[datetime]


class Employment(Base):
    """A pseudonymous employment (dienstverband, E-06), which the arbo service may know (K-02).

    `version` grows by one at each change, so that of two changes from one version the second is refused.
    """

    __tablename__ = "employment"
    __table_args__ = (
        UniqueConstraint("employee_id", "starts_on"),
        # To count who works where is to read this index and nothing else.
        Index(None, "organisation_id", "department_id", "ends_on", "employee_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    employee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("employee.id"))
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"))
    site: Mapped[str | None] = mapped_column(String(120))
    function_group: Mapped[str] = mapped_column(String(120))
    function: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    hours: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class StagedEmployment(Base):
    """An employment as a batch will leave it once it is visible: a further one, or a change of one that is there.

    `employment_id` is the one to change, in its `base_version`; without it a further employment is made under the
    row's own id. Nothing but the step that makes the batch visible reads it.
    """

    __tablename__ = "staged_employment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("batch.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    employee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("employee.id"))
    employment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("employment.id"))
    base_version: Mapped[int | None]
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"))
    site: Mapped[str | None] = mapped_column(String(120))
    function_group: Mapped[str] = mapped_column(String(120))
    function: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    hours: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Role(Base):
    """A role as data: presets are rows too (domain.md, settled: roles)."""

    __tablename__ = "role"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    organisation_kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(120))

    __table_args__ = (UniqueConstraint("organisation_kind", "key"),)


class RolePermission(Base):
    """One permission of a role."""

    __tablename__ = "role_permission"

    role_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("role.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(60), primary_key=True)


class Membership(Base):
    """A person's place in an organisation; without `whole_scope` the rows of `MembershipScope` say what is seen."""

    __tablename__ = "membership"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    whole_scope: Mapped[bool]
    created_at: Mapped[datetime]


class MembershipRole(Base):
    """A role that a member has."""

    __tablename__ = "membership_role"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.person_id"), primary_key=True)
    role_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("role.id"), primary_key=True)


class MembershipScope(Base):
    """A part that a member sees: a department for an employer's member, an employer for an arbo service's member."""

    __tablename__ = "membership_scope"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.person_id"), primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
