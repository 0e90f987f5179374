"""Sessions: the server's half lies sealed in a row, the key to it in the visitor's cookie (design 2.3; L-26..L-28).

From the cookie's 32 random bytes come, each under its own label, the id of the row (stored hashed) and the key that
seals what is in it. So any web process serves any request, and a stolen table opens nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update

from accounts.errors import SessionEnded
from accounts.models import AccountState, Credential, LoginSession, Person, SessionStage
from crypto.derivation import derive
from crypto.errors import UnsealError
from crypto.one_time import new_token
from crypto.sealing import Context, seal, unseal
from crypto.secret import Secret
from database.session import Session
from keys.opened import OpenedKeys

INACTIVITY = timedelta(minutes=60)
SERVICE_INACTIVITY = timedelta(minutes=15)
"""For the arbo service and medical users (L-27)."""
VISITOR_INACTIVITY = timedelta(minutes=10)
"""Every look at the login page makes a row: whoever only looks leaves nothing behind for long."""
ABSOLUTE = timedelta(hours=12)
PASSWORD_STAGE = timedelta(minutes=5)
TOUCH_AFTER = timedelta(seconds=10)
"""Requests that follow each other closely write their activity once, so that they need not wait for each other."""
FIRST_STEPS = timedelta(minutes=30)
"""The password stage of someone who has yet to install and couple an authenticator app (L-05)."""
PASSWORD_GOOD_FOR = timedelta(minutes=15)
"""How long a password that was given lets its owner do what is dangerous (screens.md; ASVS 7.5.1)."""


@dataclass(frozen=True)
class Limits:
    """How long a session lasts: without a request, and at most however many there are (L-26, L-27)."""

    inactivity: timedelta = INACTIVITY
    lifetime: timedelta = ABSOLUTE


@dataclass(frozen=True)
class Origin:
    """What a session was begun with, as its owner's list of open sessions shows it."""

    device_name: str = ""
    access_point: str = ""


_WITH_OWNER = (
    select(LoginSession, Person.state, Credential.password_changed_at)
    .outerjoin(Person, Person.id == LoginSession.person_id)
    .outerjoin(Credential, Credential.person_id == LoginSession.person_id)
    .where(LoginSession.id_hash == bindparam("id_hash"))
)


@dataclass
class OpenSession:
    """A session whose cookie was shown: what is in its row, opened. Shows nothing of itself.

    `data` is the visitor's own (Flask's session), anything that JSON can hold; `save_data` keeps it. `password_at` is
    when the password was last given, `reference` what the session is called on its owner's list; both only of a session
    in stage *complete*.
    """

    stage: SessionStage
    person_id: UUID | None
    key_generation: int | None
    created_at: datetime
    ends_at: datetime
    inactivity: timedelta
    data: dict[str, Any] = field(repr=False)
    id_hash: bytes = field(repr=False)
    _secret: Secret | None = field(repr=False)
    _key: Secret = field(repr=False)
    reference: UUID | None = None
    password_at: datetime | None = None
    _credential_of: datetime | None = field(repr=False, default=None)

    @property
    def digest(self) -> str:
        """What tells this session from another, hexadecimal; neither row nor cookie is found by it."""
        return hashlib.sha256(b"session/" + self.id_hash).hexdigest()

    @property
    def password_key(self) -> Secret:
        """The key from the password, in stage *password*. Raises `SessionEnded` in any other."""
        return self._secret_of(SessionStage.PASSWORD)

    @property
    def person_secret(self) -> Secret:
        """The person's own secret, in stage *complete*. Raises `SessionEnded` in any other."""
        return self._secret_of(SessionStage.COMPLETE)

    def opened_keys(self) -> OpenedKeys:
        """Return what the person can open, for one request. Raises `SessionEnded` unless in stage *complete*."""
        secret = self.person_secret
        if self.person_id is None or self.key_generation is None:
            raise SessionEnded
        return OpenedKeys(self.person_id, self.key_generation, secret)

    def _secret_of(self, stage: SessionStage) -> Secret:
        if self.stage != stage or self._secret is None:
            raise SessionEnded
        return self._secret


def start_visitor_session(session: Session, inactivity: timedelta = VISITOR_INACTIVITY) -> tuple[str, OpenSession]:
    """Start the session of someone who has not logged in; return the value for the cookie and the session."""
    return _start(session, SessionStage.VISITOR, Limits(inactivity))


def load_session(session: Session, cookie: str, *, is_activity: bool = True) -> OpenSession | None:
    """Return the session of a cookie, or None when there is none (any more).

    A request counts as activity, unless a page asks by itself. A row that was changed, or that belongs to another
    cookie, is no session; nor is one of an account that is not active, or from before the password that it has now.
    """
    id_hash, key = _open_cookie(cookie)
    found = session.execute(_WITH_OWNER, {"id_hash": id_hash}, execution_options={"populate_existing": True}).first()
    now = session.source.now()
    if found is None or found[0].expires_at <= now:
        return None
    row, state, password_changed_at = found
    try:
        opened = _read(row, key)
    except (UnsealError, ValueError, KeyError):
        return None
    if min(opened.ends_at, row.active_at + opened.inactivity) <= now:
        return None
    if opened.person_id is not None and not _is_of_account(opened, state, password_changed_at):
        return None
    if not is_activity or now - row.active_at < TOUCH_AFTER:
        return opened
    return opened if _touch(session, opened, now) else None


def save_data(session: Session, opened: OpenSession) -> None:
    """Seal and keep what is now in the session's data. Raises `SessionEnded` when the row has gone."""
    if not _change(session, opened, data_sealed=_seal_data(opened)):
        raise SessionEnded


def promote_to_password_stage(
    session: Session,
    old: OpenSession,
    *,
    person_id: UUID,
    password_key: Secret,
    lifetime: timedelta = PASSWORD_STAGE,
) -> tuple[str, OpenSession]:
    """End a session and start the next one, in which the password was right: a new row, a new cookie, no data.

    The key from the password lies in it for `lifetime`, not the person's secret. Raises `SessionEnded` when the old
    one has ended in the meantime, also by another promotion.
    """
    end_session(session, old)
    limits = Limits(lifetime=lifetime)
    return _start(session, SessionStage.PASSWORD, limits, person_id=person_id, secret=password_key)


def promote_to_complete(
    session: Session,
    old: OpenSession,
    *,
    person_id: UUID,
    key_generation: int,
    secret: Secret,
    limits: Limits = Limits(),
    origin: Origin = Origin(),
) -> tuple[str, OpenSession]:
    """End a session and start the one of someone who has logged in: a new row, a new cookie, no data.

    Raises `SessionEnded` as `promote_to_password_stage` does.
    """
    end_session(session, old)
    return _start(
        session,
        SessionStage.COMPLETE,
        limits,
        person_id=person_id,
        key_generation=key_generation,
        secret=secret,
        origin=origin,
    )


def renew_session(session: Session, old: OpenSession) -> tuple[str, OpenSession]:
    """Go on under another cookie now that the password was given once more, or is a new one (ASVS 7.2.4).

    What the session holds comes along, and it ends when it would have ended. Raises `SessionEnded` when it has ended in
    the meantime, or is not in stage *complete*.
    """
    secret = old.person_secret
    row = session.get(LoginSession, old.id_hash)
    origin = Origin(row.device_name or "", row.access_point or "") if row else Origin()
    end_session(session, old)
    return _start(
        session,
        SessionStage.COMPLETE,
        Limits(old.inactivity, old.ends_at - old.created_at),
        person_id=old.person_id,
        key_generation=old.key_generation,
        secret=secret,
        origin=origin,
        data=old.data,
        began_at=old.created_at,
    )


def end_session(session: Session, opened: OpenSession) -> None:
    """Delete a session's row: its cookie is worth nothing from the commit on (L-28). Raises `SessionEnded`."""
    row = session.get(LoginSession, opened.id_hash)
    if row is not None:
        session.expunge(row)
    gone = delete(LoginSession).where(LoginSession.id_hash == opened.id_hash).returning(LoginSession.id_hash)
    if session.execute(gone).first() is None:
        raise SessionEnded


def end_sessions_of(session: Session, person_id: UUID, *, sparing: OpenSession | None = None) -> int:
    """Delete all sessions of a person but the one spared, at once; return how many."""
    others = delete(LoginSession).where(LoginSession.person_id == person_id)
    if sparing is not None:
        others = others.where(LoginSession.id_hash != sparing.id_hash)
    return len(session.scalars(others.returning(LoginSession.id_hash)).all())


def purge_expired(session: Session) -> int:
    """Delete the rows of sessions that have expired; return how many."""
    gone = delete(LoginSession).where(LoginSession.expires_at <= session.source.now())
    return len(session.scalars(gone.returning(LoginSession.id_hash)).all())


def _start(
    session: Session,
    stage: SessionStage,
    limits: Limits,
    *,
    person_id: UUID | None = None,
    key_generation: int | None = None,
    secret: Secret | None = None,
    origin: Origin | None = None,
    data: dict[str, Any] | None = None,
    began_at: datetime | None = None,
) -> tuple[str, OpenSession]:
    cookie = new_token(session.source)
    id_hash, key = _open_cookie(cookie)
    now = session.source.now()
    began = began_at or now
    opened = OpenSession(
        stage,
        person_id,
        key_generation,
        began,
        began + limits.lifetime,
        limits.inactivity,
        data or {},
        id_hash,
        secret,
        key,
    )
    if stage == SessionStage.COMPLETE:
        opened.reference, opened.password_at = session.source.new_id(), now
        # Not read anew: it must be the date of the password that was checked in this transaction.
        credential = session.get(Credential, person_id)
        opened._credential_of = credential.password_changed_at if credential else None
    row = LoginSession(
        id_hash=id_hash,
        stage=stage,
        person_id=person_id,
        key_generation=key_generation,
        data_sealed=_seal_data(opened),
        secret_sealed=seal(key, secret.reveal(), _place_of("secret_sealed", opened)) if secret else None,
        created_at=began,
        active_at=now,
        expires_at=min(opened.ends_at, now + limits.inactivity),
        ends_at=opened.ends_at,
        inactivity_seconds=int(limits.inactivity.total_seconds()),
        reference=opened.reference,
        device_name=origin.device_name if origin else None,
        access_point=origin.access_point if origin else None,
    )
    session.add(row)
    session.flush()
    return cookie, opened


def _touch(session: Session, opened: OpenSession, now: datetime) -> bool:
    return _change(session, opened, active_at=now, expires_at=min(opened.ends_at, now + opened.inactivity))


def _change(session: Session, opened: OpenSession, **values: Any) -> bool:
    """Change a session's row by one statement; whether it was still there, for another request may have ended it."""
    of_session = update(LoginSession).where(LoginSession.id_hash == opened.id_hash).values(**values)
    changed = of_session.returning(LoginSession.id_hash).execution_options(synchronize_session=False)
    return session.execute(changed).first() is not None


def _open_cookie(cookie: str) -> tuple[bytes, Secret]:
    """Return the hash that finds the row, and the key that opens it."""
    value = Secret(cookie.encode("utf-8", "surrogatepass"))
    row_id = derive(value, "session/id").reveal()
    return hashlib.sha256(row_id).digest(), derive(value, "session/key")


def _read(row: LoginSession, key: Secret) -> OpenSession:
    """Open a row. Raises `UnsealError` when it was changed, moved or belongs to another cookie."""
    opened = OpenSession(
        SessionStage(row.stage),
        row.person_id,
        row.key_generation,
        row.created_at,
        row.created_at,
        INACTIVITY,
        {},
        row.id_hash,
        None,
        key,
    )
    content = json.loads(unseal(key, row.data_sealed, _place_of("data_sealed", opened)))
    # The row can make a session shorter than its seal says (L-31), never longer.
    ends_at, seconds = datetime.fromisoformat(content["ends_at"]), content["inactivity"]
    opened.ends_at = min(ends_at, row.ends_at or ends_at)
    opened.inactivity = timedelta(seconds=min(seconds, row.inactivity_seconds or seconds))
    opened.data = content["data"]
    opened.reference = row.reference
    opened.password_at = _moment(content["password_at"])
    opened._credential_of = _moment(content["credential_of"])
    if row.secret_sealed is not None:
        opened._secret = Secret(unseal(key, row.secret_sealed, _place_of("secret_sealed", opened)))
    return opened


def _seal_data(opened: OpenSession) -> bytes:
    content = {
        "data": opened.data,
        "ends_at": opened.ends_at.isoformat(),
        "inactivity": opened.inactivity.total_seconds(),
        "password_at": opened.password_at.isoformat() if opened.password_at else None,
        "credential_of": opened._credential_of.isoformat() if opened._credential_of else None,
    }
    return seal(opened._key, json.dumps(content).encode(), _place_of("data_sealed", opened))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _is_of_account(opened: OpenSession, state: str | None, password_changed_at: datetime | None) -> bool:
    """Whether the account is still as it was: who logs in while it changes gets a row that nobody can delete yet."""
    has_same_password = opened.stage != SessionStage.COMPLETE or opened._credential_of == password_changed_at
    return has_same_password and state == AccountState.ACTIVE


def _place_of(part: str, opened: OpenSession) -> Context:
    # Stage, person and generation are part of it: a row can't be promoted, or given to another, in the database.
    return Context(
        "login_session",
        opened.id_hash.hex(),
        f"{part}/{opened.stage}",
        holder=opened.person_id,
        generation=opened.key_generation or 0,
    )
