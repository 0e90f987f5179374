"""Which second factors somebody has, and which of them count (L-05, L-06, L-11; design 2.3)."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists, select

from accounts.actor import Actor
from accounts.errors import AlreadyCoupled, LastFactor, NotCoupled
from accounts.models import Authenticator, Person, SecurityKey
from accounts.permissions import Permission, sms_allowed
from audit.actions import Action
from audit.recording import record
from database.session import Session


class Factor(StrEnum):
    """A second factor that somebody can set up, in the order in which they are offered (L-06)."""

    SMS = "sms"
    SECURITY_KEY = "security_key"
    APP = "app"


def factors_of(session: Session, person_id: UUID) -> tuple[Factor, ...]:
    """Return the second factors that a person has set up, in the order of `Factor`."""
    has = {
        Factor.SMS: exists().where(Person.id == person_id, Person.phone_confirmed_at.is_not(None)),
        Factor.SECURITY_KEY: exists().where(SecurityKey.person_id == person_id),
        Factor.APP: exists().where(Authenticator.person_id == person_id, Authenticator.confirmed_at.is_not(None)),
    }
    found = session.execute(select(*has.values())).one()
    return tuple(factor for factor, is_there in zip(has, found, strict=True) if is_there)


def enough_alone(factors: Collection[Factor], permissions: Collection[Permission]) -> tuple[Factor, ...]:
    """Return which of `factors` are enough for who has these permissions: SMS is not for everyone (L-35)."""
    return tuple(factor for factor in factors if factor != Factor.SMS or sms_allowed(permissions))


def ways_to_log_in(factors: Collection[Factor], permissions: Collection[Permission]) -> tuple[Factor, ...]:
    """Return which of `factors` are asked for at login: those that are enough.

    Who has nothing but SMS, and became an administrator since, comes in with that once more, to set up another.
    """
    return enough_alone(factors, permissions) or tuple(factors)


def require_no_factor(session: Session, person_id: UUID) -> None:
    """Raise `AlreadyCoupled` when a person has a second factor: a password alone must not add another.

    Of two that are added at once the later waits for the earlier.
    """
    wait_for_others(session, person_id)
    if factors_of(session, person_id):
        raise AlreadyCoupled


def require_other_factor(
    session: Session, person_id: UUID, without: Factor, permissions: Collection[Permission]
) -> None:
    """Raise `LastFactor` unless a person keeps a way in that is enough when all of kind `without` are taken away.

    Of two that are taken away at once the later waits for the earlier.
    """
    wait_for_others(session, person_id)
    others = [factor for factor in factors_of(session, person_id) if factor != without]
    if not enough_alone(others, permissions):
        raise LastFactor


def prefer_factor(session: Session, actor: Actor, factor: Factor) -> None:
    """Ask for this second factor of the actor first, until another is used (L-11). Raises `NotCoupled`."""
    if factor not in factors_of(session, actor.person_id):
        raise NotCoupled
    person = session.get_one(Person, actor.person_id)
    details = {"old": person.preferred_factor or "none", "new": factor.value}
    record(session, Action.FACTOR_PREFER, by=actor.who, details=details)
    person.preferred_factor = factor.value


def wait_for_others(session: Session, person_id: UUID) -> None:
    """Let whoever changes a person's second factors at the same moment finish first."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
