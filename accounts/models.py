"""Tables of people and their ways in (design 2.3). Nothing in them opens a key without password or back-up code."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class AccountState(StrEnum):
    """Where an account stands."""

    INVITED = "invited"
    ACTIVE = "active"
    BLOCKED = "blocked"
    INACTIVE = "inactive"


class Person(Base):
    """Someone with a login. The id is also that of the person's key holder.

    Mail address and phone number are sealed under the accounts' sub-key of the root key; `email_lookup` is a keyed
    digest of the normalised address. A phone number counts as a second factor from `phone_confirmed_at` on (L-07).
    `state_reason` says why an account is blocked or inactive. The account is good up to and including `valid_until`
    (U-09). Since `locked_at` no device that is not known may try its password any more (L-18); at `warned_at` a mail
    said that it will be blocked for want of use (L-19).
    """

    __tablename__ = "person"
    # The worker looks for who has not logged in for long, and for whose last day has passed.
    __table_args__ = (Index(None, "state", "login_at"), Index(None, "valid_until"))

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
    given_name: Mapped[str | None] = mapped_column(String(60))
    initials: Mapped[str | None] = mapped_column(String(20))
    infix: Mapped[str | None] = mapped_column(String(20))
    last_name: Mapped[str | None] = mapped_column(String(80))
    gender: Mapped[str | None] = mapped_column(String(10))
    phone_sealed: Mapped[bytes | None]
    phone_confirmed_at: Mapped[datetime | None]
    preferred_factor: Mapped[str | None] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(5), default="nl", server_default="nl")
    valid_until: Mapped[date | None]
    state_reason: Mapped[str | None] = mapped_column(String(20))
    state_changed_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]


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
    last_used_at: Mapped[datetime | None]


class SecurityKey(Base):
    """A security key or passkey of a person (WebAuthn level 3; L-09).

    `sign_count` only ever grows, unless the key counts nothing and always says 0.
    """

    __tablename__ = "security_key"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    transports: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class SmsCode(Base):
    """A code sent by SMS: good once, for ten minutes and five tries, and for one purpose (L-08).

    `number_sealed` is the phone number that the code confirms, where it is not yet that of the person.
    """

    __tablename__ = "sms_code"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(12))
    code_hash: Mapped[bytes]
    number_sealed: Mapped[bytes | None]
    tries: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class UsedOnce(Base):
    """What was used and can't be again, until it expires by itself: a challenge of WebAuthn, a proof of work.

    Whose insertion succeeds has used it; `token_hash` is a hash, so that the table gives away nothing.
    """

    __tablename__ = "used_once"

    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


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


class PasswordReset(Base):
    """A link by mail to choose a new password, good once and for an hour; stored as a hash (L-23, U-20).

    With `renews_factors` an administrator has taken away the second factors as well, so that new ones are set up.
    """

    __tablename__ = "password_reset"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    renews_factors: Mapped[bool]
    requested_by: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ForgottenRequest(Base):
    """What a visitor typed to be sent a login name or a link, until the worker answers it by mail (L-22, L-23).

    The request itself looks nobody up, so that its answer and its time are the same whoever it names. `typed_sealed` is
    a mail address or a login name.
    """

    __tablename__ = "forgotten_request"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    typed_sealed: Mapped[bytes]
    access_point: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(index=True)


class MutedNotice(Base):
    """A kind of mail that a person does not want (N-03); warnings about the ways in can't be muted."""

    __tablename__ = "muted_notice"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)


class SessionStage(StrEnum):
    """How far someone has come in logging in."""

    VISITOR = "visitor"
    PASSWORD = "password"
    COMPLETE = "complete"


class LoginSession(Base):
    """The server's half of a session: everything readable in it is sealed under a key that only the cookie holds.

    `secret_sealed` holds the key from the password in stage *password* and the person's secret in stage *complete*.
    `reference` names the session on the person's own list of open sessions, `device_name` and `access_point` what it
    was begun with. `ends_at` and `inactivity_seconds` only ever shorten what its seal says (L-31).
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
    reference: Mapped[uuid.UUID | None]
    device_name: Mapped[str | None] = mapped_column(String(80))
    access_point: Mapped[str | None] = mapped_column(String(60))
    ends_at: Mapped[datetime | None]
    inactivity_seconds: Mapped[int | None]
