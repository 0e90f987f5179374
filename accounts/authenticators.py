"""Authenticator apps: time-based codes of six digits (RFC 6238; L-05, L-10, L-12)."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NoReturn
from uuid import UUID

from pyotp import TOTP
from sqlalchemy import ColumnElement, Select, delete, select, update

from accounts import failed_tries
from accounts.actor import Actor
from accounts.devices import device_of
from accounts.errors import NotCoupled, TooManyTries, WrongCode
from accounts.login import SecondFactor, record_refused_factor
from accounts.models import Authenticator, Person
from accounts.people import notify, person_by_id, who_is
from accounts.second_factors import Factor, require_no_factor, require_other_factor
from audit.actions import Action
from audit.recording import record
from crypto.sealing import Context
from database.session import Session
from delivery.outbox import MailKind

STEP_SECONDS = 30
# RFC 6238, 5.2: one step either way, for clocks that differ and for the time it takes to type.
STEPS_AROUND = (-1, 0, 1)
ISSUER = "Datakluis"
_SECRET_LENGTH = 20
_CODE = re.compile("[0-9]{6}", re.ASCII)


@dataclass(frozen=True)
class Coupling:
    """What an app needs: the address in the QR code, and the same secret in base32, to type in groups of four."""

    provisioning_uri: str = field(repr=False)
    secret: str = field(repr=False)


def is_coupled(session: Session, person_id: UUID) -> bool:
    """Tell whether a person has an app that counts, to choose the next page (L-05)."""
    return session.scalar(_confirmed(person_id).with_only_columns(Authenticator.id).limit(1)) is not None


def begin_coupling(session: Session, person_id: UUID, *, replacing: bool = False) -> Coupling:
    """Make a new secret for an app; it counts after `confirm_coupling`. An earlier one that never counted is dropped.

    `replacing` may be true only for someone who has logged in completely. Raises `AlreadyCoupled` when it is not and
    the person has a second factor of any kind: a password alone must not couple another.
    """
    if not replacing:
        require_no_factor(session, person_id)
    # Of two pages that are asked for at once the later one drops the secret of the earlier: one waits at most.
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    person = person_by_id(session, person_id)
    session.execute(delete(Authenticator).where(*_unconfirmed(person_id)))
    raw = session.source.token(_SECRET_LENGTH)
    authenticator = Authenticator(
        id=session.source.new_id(),
        person_id=person_id,
        last_step=-1,
        created_at=session.source.now(),
    )
    authenticator.secret_sealed = session.package_key("accounts").seal(raw, _place_of(authenticator))
    session.add(authenticator)
    session.flush()
    return _coupling(raw, person)


def waiting_coupling(session: Session, person_id: UUID) -> Coupling:
    """Return the secret that waits to be confirmed, to show the same QR code again. Raises `NotCoupled`."""
    waiting = session.scalar(select(Authenticator).where(*_unconfirmed(person_id)))
    if waiting is None:
        raise NotCoupled
    return _coupling(_open_secret(session, waiting), person_by_id(session, person_id))


def confirm_coupling(
    session: Session, person_id: UUID, code: str, *, access_point: str, replacing: bool = False
) -> SecondFactor:
    """Let the app that waits count, once it shows the right code; with `replacing`, instead of all others.

    Raises `WrongCode`, `TooManyTries`, `NotCoupled` when none waits, `AlreadyCoupled` as `begin_coupling` does.
    """
    if not replacing:
        require_no_factor(session, person_id)
    waiting = session.scalar(select(Authenticator).where(*_unconfirmed(person_id)))
    if waiting is None:
        raise NotCoupled
    subject = failed_tries.subject_of(session, str(person_id))
    failed_tries.count_try(session, failed_tries.COUPLING, subject)
    _accept_step(session, waiting, code)
    failed_tries.forget(session, failed_tries.COUPLING, subject)
    person = person_by_id(session, person_id)
    record(session, Action.AUTHENTICATOR_COUPLE, by=who_is(person, access_point))
    others = Authenticator.person_id == person_id, Authenticator.id != waiting.id
    session.execute(delete(Authenticator).where(*others))
    waiting.confirmed_at = session.source.now()
    notify(session, person, MailKind.AUTHENTICATOR_COUPLED)
    return SecondFactor(person_id, "app")


def check_code(
    session: Session, person_id: UUID, code: str, *, access_point: str, device: str | None = None
) -> SecondFactor:
    """Check a code of the person's app as the second factor (L-12).

    The try is counted before its result is known. A code is good once, and so is no earlier one after it: the step
    it belongs to must be later than the last one accepted, in one conditional UPDATE (security.md, finding 3).
    Raises `WrongCode` or `TooManyTries`, which are in the log by then, or `NotCoupled`.
    """
    authenticators = session.scalars(_confirmed(person_id)).all()
    if not authenticators:
        raise NotCoupled
    subject = failed_tries.subject_of(session, str(person_id), device_of(session, device, person_id))
    try:
        failed_tries.count_try(session, failed_tries.SECOND_FACTOR, subject)
        _accept_any(session, authenticators, code)
    except (TooManyTries, WrongCode) as error:
        _refuse(session, person_id, access_point, error)
    failed_tries.forget(session, failed_tries.SECOND_FACTOR, subject)
    return SecondFactor(person_id, "app")


def remove_app(session: Session, actor: Actor) -> None:
    """Take the actor's app away as a second factor. Raises `NotCoupled`, and `LastFactor` when no other is enough."""
    require_other_factor(session, actor.person_id, Factor.APP, actor.permissions)
    if not is_coupled(session, actor.person_id):
        raise NotCoupled
    record(session, Action.AUTHENTICATOR_REMOVE, by=actor.who)
    session.execute(delete(Authenticator).where(Authenticator.person_id == actor.person_id))
    notify(session, person_by_id(session, actor.person_id), MailKind.AUTHENTICATOR_REMOVED)


def _accept_any(session: Session, authenticators: Sequence[Authenticator], code: str) -> None:
    for authenticator in authenticators:
        with suppress(WrongCode):
            return _accept_step(session, authenticator, code)
    raise WrongCode


def _accept_step(session: Session, authenticator: Authenticator, code: str) -> None:
    step = _step_of(session, authenticator, code)
    later = update(Authenticator).where(Authenticator.id == authenticator.id, Authenticator.last_step < step)
    used = later.values(last_step=step, last_used_at=session.source.now())
    taken = session.execute(used.returning(Authenticator.id)).first()
    if taken is None:
        raise WrongCode


def _step_of(session: Session, authenticator: Authenticator, typed: str) -> int:
    code = "".join(typed.split())
    if not _CODE.fullmatch(code):
        raise WrongCode
    app = TOTP(base64.b32encode(_open_secret(session, authenticator)).decode())
    now = int(session.source.now().timestamp()) // STEP_SECONDS
    steps = [now + around for around in STEPS_AROUND]
    matching = [step for step in steps if hmac.compare_digest(app.generate_otp(step), code)]
    if not matching:
        raise WrongCode
    return matching[-1]


def _refuse(session: Session, person_id: UUID, access_point: str, error: WrongCode | TooManyTries) -> NoReturn:
    reason = "code" if isinstance(error, WrongCode) else "too many tries"
    record_refused_factor(session, person_id, reason, access_point=access_point)
    raise error


def _coupling(raw: bytes, person: Person) -> Coupling:
    secret = base64.b32encode(raw).decode()
    return Coupling(TOTP(secret).provisioning_uri(name=person.login_name, issuer_name=ISSUER), secret)


def _open_secret(session: Session, authenticator: Authenticator) -> bytes:
    return session.package_key("accounts").open(authenticator.secret_sealed, _place_of(authenticator))


def _place_of(authenticator: Authenticator) -> Context:
    # The person is part of it: an app that is moved to another person's row is no second factor there.
    return Context("authenticator", authenticator.id, "secret_sealed", holder=authenticator.person_id)


def _confirmed(person_id: UUID) -> Select[Authenticator]:
    counts = select(Authenticator).where(Authenticator.person_id == person_id, Authenticator.confirmed_at.is_not(None))
    return counts.order_by(Authenticator.created_at, Authenticator.id)


def _unconfirmed(person_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Authenticator.person_id == person_id, Authenticator.confirmed_at.is_(None)
