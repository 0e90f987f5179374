"""Which second factors this environment has, and which of them somebody is asked for or offered (L-05..L-11, L-35)."""

from __future__ import annotations

from uuid import UUID

from accounts.people import person_by_id
from accounts.permissions import sms_allowed
from accounts.second_factors import Factor, enough_alone, factors_of, ways_to_log_in
from accounts.security_keys import Site, site_of
from organisation.effective_roles import permissions_in_effect
from portal.services import current_services
from portal.transactions import database


def site() -> Site:
    """Return what security keys are bound to."""
    return site_of(current_services().settings.base_url)


def available() -> tuple[Factor, ...]:
    """Return the factors that there are in this environment, in the order in which they are offered."""
    settings = current_services().settings
    there = {
        Factor.SMS: settings.offers_sms,
        Factor.SECURITY_KEY: settings.offers_security_keys,
        Factor.APP: True,
    }
    return tuple(factor for factor, is_there in there.items() if is_there)


def factors_in_use(person_id: UUID) -> tuple[Factor, ...]:
    """Return the factors that a person has set up and can use in this environment."""
    own = factors_of(database(), person_id)
    return tuple(factor for factor in available() if factor in own)


def ways(person_id: UUID) -> tuple[Factor, ...]:
    """Return the factors that a person can log in with: the one used last comes first (L-11), else SMS comes last."""
    found = ways_to_log_in(factors_in_use(person_id), permissions_in_effect(database(), person_id))
    preferred = person_by_id(database(), person_id).preferred_factor
    return tuple(sorted(found, key=lambda factor: (factor != preferred, factor == Factor.SMS)))


def offered_to(person_id: UUID) -> tuple[Factor, ...]:
    """Return the factors that a person is offered to set up, in the fixed order of L-06."""
    return enough_alone(available(), permissions_in_effect(database(), person_id))


def is_denied_sms(person_id: UUID) -> bool:
    """Tell whether a person's rights are why SMS is not offered, so that the page can say so (L-35)."""
    return Factor.SMS in available() and not sms_allowed(permissions_in_effect(database(), person_id))


def must_set_up(person_id: UUID) -> bool:
    """Tell whether a person has no second factor that is enough, and must set one up before anything else (L-35)."""
    factors = factors_in_use(person_id)
    if set(factors) - {Factor.SMS}:
        return False
    return not enough_alone(factors, permissions_in_effect(database(), person_id))
