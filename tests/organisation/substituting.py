"""An office with somebody who registers substitutes: what the tests of them share."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from accounts.actor import Scope
from keys.errors import NoKey
from keys.models import Grant
from organisation.admission import service_holder
from organisation.memberships import give_role
from organisation.models import Substitution
from organisation.substitution import (
    register_substitution,
)
from tests.world import World

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
RIGHT = "plaatsvervanging"


def make_office(world: World) -> World:
    """Carla, who may register; Cor, a colleague for the garage with the key; Wim, who reads nothing and has no key."""
    give_role(world.session, world.people["Carla"].id, RIGHT, world.actor("Carla").who)
    world.hire_arbo("Cor", Scope(False, frozenset({world.garage.id})))
    world.hire("Wim", world.service, "privacyfunctionaris")
    return world


def register(
    world: World,
    absent: str,
    substitute: str,
    first: int = 0,
    last: int = 4,
    *,
    by: str = "Carla",
) -> Substitution:
    """Register a substitution for days counted from today."""
    return register_substitution(
        world.session,
        absent_id=world.people[absent].id,
        substitute_id=world.people[substitute].id,
        starts_on=TODAY + first * DAY,
        ends_on=TODAY + last * DAY,
        actor=world.actor(by),
    )


def can_open(world: World, name: str) -> bool:
    actor = world.actor(name)
    try:
        actor.keys.secret(world.session, service_holder(world.session, actor))
    except NoKey:
        return False
    return True


def grants_of(world: World, name: str) -> list[Grant]:
    query = select(Grant).where(Grant.recipient_id == world.people[name].id).order_by(Grant.generation)
    return list(world.session.scalars(query.execution_options(populate_existing=True)))
