"""Tables of organisations and of what the arbo service may know of an employment (K-02): no name, no birth date."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class OrganisationKind(StrEnum):
    """The kinds of organisation that have a log of their own.

    There is one of kind *employees*: it has the accounts of people who talk, sign and look at their own data. They
    belong to no employer, since who has an account shows to none (design 2.6).
    """

    PLATFORM = "platform"
    SERVICE = "service"
    EMPLOYER = "employer"
    EMPLOYEES = "employees"


EMPLOYEES_ID = uuid.UUID(int=1)
"""The organisation of the accounts of employees and contact persons."""


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
    """Which arbo service serves which employer, and from when to when.

    `employer_identification` and `exchange_number` are what the two know each other by (O-34).
    """

    __tablename__ = "service_agreement"
    __table_args__ = (Index(None, "service_id"), Index(None, "employer_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    employer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    employer_identification: Mapped[str | None] = mapped_column(String(40))
    exchange_number: Mapped[str | None] = mapped_column(String(40))


class Department(Base):
    """A department (afdeling) of an employer, below another one or at the top; `manager_id` leads it (O-30)."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(120))
    # No foreign keys, here and in what else was added to a table later: SQLite can't give one a name afterwards.
    parent_id: Mapped[uuid.UUID | None]
    manager_id: Mapped[uuid.UUID | None]


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
    """A role as data: presets are rows too (domain.md, settled: roles).

    One with an organisation is that organisation's own, made when it changed what a group may do (U-17).
    """

    __tablename__ = "role"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    organisation_kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(120))
    organisation_id: Mapped[uuid.UUID | None]

    __table_args__ = (UniqueConstraint("organisation_kind", "key"),)


class RolePermission(Base):
    """One permission of a role."""

    __tablename__ = "role_permission"

    role_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("role.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(60), primary_key=True)


class Membership(Base):
    """A person's place in an organisation; without `whole_scope` the rows of `MembershipScope` say what is seen.

    What the group may do, the person may. With `takes_over` the group's scope is seen as well (U-12). Without
    `sees_all_people` the rows of `PeopleScope` say which colleagues are seen (U-16).
    """

    __tablename__ = "membership"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    whole_scope: Mapped[bool]
    created_at: Mapped[datetime]
    group_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    takes_over: Mapped[bool] = mapped_column(default=False, server_default=false())
    sees_all_people: Mapped[bool] = mapped_column(default=True, server_default=true())


class MembershipRole(Base):
    """A role that a member has."""

    __tablename__ = "membership_role"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.person_id"), primary_key=True)
    role_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("role.id"), primary_key=True)


class MembershipScope(Base):
    """A part that a member sees (U-15): a folder, an employer, a department or a single employee."""

    __tablename__ = "membership_scope"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.person_id"), primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class UserGroup(Base):
    """A group of users of one organisation (gebruikersgroep, U-02); its role says what its members may (U-17)."""

    __tablename__ = "user_group"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_group.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    role_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("role.id"))
    whole_scope: Mapped[bool]
    sees_all_people: Mapped[bool]
    created_at: Mapped[datetime]


class GroupScope(Base):
    """A part that a group sees, for those of its members who take that over (U-12, U-15)."""

    __tablename__ = "group_scope"

    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_group.id"), primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class PeopleScope(Base):
    """A user, or a group of users, whom a person or a group may see and assign work to (U-16)."""

    __tablename__ = "people_scope"

    owner_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    target_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))


class SessionSetting(Base):
    """How long the sessions of a person or of a group's members last, only ever shorter than by default (L-30, L-31).

    None is what holds without this row.
    """

    __tablename__ = "session_setting"

    owner_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    inactivity_minutes: Mapped[int | None]
    lifetime_minutes: Mapped[int | None]
    single_session: Mapped[bool | None]


class Substitution(Base):
    """Somebody who does another's work for some days, both days included (plaatsvervanging, M-05, M-06)."""

    __tablename__ = "substitution"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    absent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    substitute_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    registered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Circle(Base):
    """A circle of an arbo service with a key of its own: the medical one (design 2.1, U-10)."""

    __tablename__ = "circle"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    holder_id: Mapped[uuid.UUID]
    first_member_id: Mapped[uuid.UUID | None]


class Announcement(Base):
    """A text on the start page of an organisation, or of the employers that an arbo service serves (T-06)."""

    __tablename__ = "announcement"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    audience: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(String(2000))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]
