"""Tables of people and their ways in (design 2.3). Nothing in them opens a key without password or back-up code."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class AccountState(StrEnum):
    """Where an account stands."""

    INVITED = "invited"
    ACTIVE = "active"
    BLOCKED = "blocked"


class Person(Base):
    """Someone with a login. The id is also that of the person's key holder.

    Mail address and phone number are sealed under the accounts' sub-key of the root key; `email_lookup` is a keyed
    digest of the normalised address.
    """

    __tablename__ = "person"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    login_name: Mapped[str] = mapped_column(String(120), unique=True)
    display_name: Mapped[str] = mapped_column(String(120))
    email_sealed: Mapped[bytes]
    email_lookup: Mapped[bytes] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10))
    terms_version: Mapped[str | None] = mapped_column(String(20))
    terms_accepted_at: Mapped[datetime | None]
    login_at: Mapped[datetime | None]
    previous_login_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Credential(Base):
    """The password and the back-up code of a person: what checks them, and the person's secret sealed under each.

    `key_generation` is the generation of the person's holder that both seals carry.
    """

    __tablename__ = "credential"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key_generation: Mapped[int]
    password_parameters: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[bytes]
    password_sealed: Mapped[bytes]
    password_changed_at: Mapped[datetime]
    backup_parameters: Mapped[str | None] = mapped_column(String(60))
    backup_hash: Mapped[bytes | None]
    backup_sealed: Mapped[bytes | None]
    backup_made_at: Mapped[datetime | None]
    backup_kept_at: Mapped[datetime | None]


class Authenticator(Base):
    """An authenticator app (TOTP, RFC 6238) of a person. `last_step` only ever grows (security.md, finding 3)."""

    __tablename__ = "authenticator"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    secret_sealed: Mapped[bytes]
    last_step: Mapped[int]
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class FailedTries(Base):
    """Wrong tries counted per kind and subject, across processes and restarts.

    `subject` is a keyed digest (of a login name, a person or a network address), so that the table names nobody.
    """

    __tablename__ = "failed_tries"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[bytes] = mapped_column(primary_key=True)
    in_a_row: Mapped[int]
    window_started_at: Mapped[datetime]
    in_window: Mapped[int]
    not_before: Mapped[datetime]


class Invitation(Base):
    """A link by mail, good once and for 24 hours; stored as a hash (L-04)."""

    __tablename__ = "invitation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SessionStage(StrEnum):
    """How far someone has come in logging in."""

    VISITOR = "visitor"
    PASSWORD = "password"
    COMPLETE = "complete"


class LoginSession(Base):
    """The server's half of a session: everything readable in it is sealed under a key that only the cookie holds.

    `secret_sealed` holds the key from the password in stage *password* and the person's secret in stage *complete*.
    """

    __tablename__ = "login_session"
    __table_args__ = (Index(None, "person_id"), Index(None, "expires_at"))

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    key_generation: Mapped[int | None]
    data_sealed: Mapped[bytes]
    secret_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
    active_at: Mapped[datetime]
    expires_at: Mapped[datetime]
