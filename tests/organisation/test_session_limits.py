"""How long sessions last: only ever stricter, and at once (L-26..L-31)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from accounts.sessions import ABSOLUTE, INACTIVITY, SERVICE_INACTIVITY, Limits, load_session
from audit.models import AuditEntry
from crypto.source import SeededSource
from organisation.errors import NotFound, NotStricter
from organisation.models import Membership, UserGroup
from organisation.session_limits import SessionChoice, SessionLimits, apply_limits, choice_of, limits_for, set_limits
from tests.accounts.test_sessions import logged_in
from tests.people import SignedUp
from tests.world import World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def sandra(world: World) -> SignedUp:
    """Sandra, who administers the arbo service Noord and the sessions of all whom it serves (C.1)."""
    return world.hire("Sandra", world.service, "superbeheerder")


def add_group(world: World, name: str, organisation_id: uuid.UUID, parent: UserGroup | None = None) -> UserGroup:
    group = UserGroup(
        id=world.session.source.new_id(),
        organisation_id=organisation_id,
        parent_id=parent.id if parent else None,
        name=name,
        whole_scope=True,
        sees_all_people=True,
        created_at=world.session.source.now(),
    )
    world.session.add(group)
    world.session.flush()
    return group


def move(world: World, name: str, group: UserGroup) -> None:
    world.session.get_one(Membership, world.people[name].id).group_id = group.id
    world.session.flush()


def session_setting_changes(world: World) -> list[AuditEntry]:
    return list(world.session.scalars(select(AuditEntry).where(AuditEntry.action == "session_setting:change")))


def choose(world: World, owner_id: uuid.UUID, *, by: str = "Sandra", **choice: Any) -> None:
    set_limits(world.session, owner_id, SessionChoice(**choice), world.actor(by))


def test_without_a_setting_the_default_holds(world: World) -> None:
    """Settled at L-27: 60 minutes, 15 for the arbo service, twelve hours for all."""
    assert limits_for(world.session, world.people["Anna"].id) == SessionLimits(Limits(INACTIVITY, ABSOLUTE))
    assert limits_for(world.session, world.people["Carla"].id) == SessionLimits(Limits(SERVICE_INACTIVITY, ABSOLUTE))


def test_the_strictest_of_person_group_and_the_groups_above_holds(world: World, sandra: SignedUp) -> None:
    top = add_group(world, "Werkgevers", world.employer.id)
    group = add_group(world, "Mulder", world.employer.id, top)
    other = add_group(world, "Anderen", world.employer.id)
    move(world, "Anna", group)
    choose(world, top.id, inactivity_minutes=40, lifetime_minutes=600)
    choose(world, group.id, inactivity_minutes=30, lifetime_minutes=700, single_session=True)
    choose(world, other.id, inactivity_minutes=5)
    choose(world, world.people["Anna"].id, inactivity_minutes=50)

    assert limits_for(world.session, world.people["Anna"].id) == SessionLimits(
        Limits(30 * MINUTE, 600 * MINUTE), single_session=True
    )


@pytest.mark.parametrize(
    ("name", "choice", "most"),
    [
        ("Anna", {"inactivity_minutes": 61}, 60),
        ("Carla", {"inactivity_minutes": 16}, 15),
        ("Anna", {"lifetime_minutes": 721}, 720),
        ("Anna", {"inactivity_minutes": 0}, 60),
        ("Anna", {"lifetime_minutes": 4}, 720),
    ],
)
def test_a_limit_is_only_ever_stricter_and_never_senseless(
    world: World, sandra: SignedUp, name: str, choice: dict[str, Any], most: int
) -> None:
    """L-31, D-rule 51."""
    with pytest.raises(NotStricter) as refused:
        choose(world, world.people[name].id, **choice)

    assert (refused.value.name, refused.value.least, refused.value.most) == (next(iter(choice)), 5, most)
    assert choice_of(world.session, world.people[name].id, world.actor("Sandra"))[1] == SessionChoice()


def test_a_stricter_setting_holds_at_once_in_a_session_that_runs(
    world: World, sandra: SignedUp, source: SeededSource
) -> None:
    session, anna = world.session, world.people["Anna"]
    cookie = logged_in(session, anna)
    source.advance(20 * MINUTE)
    choose(world, anna.id, inactivity_minutes=30, lifetime_minutes=60)
    assert load_session(session, cookie) is not None
    source.advance(29 * MINUTE)
    assert load_session(session, cookie) is not None
    source.advance(11 * MINUTE)
    assert load_session(session, cookie) is None, "an hour after the login"

    cookie = logged_in(session, anna)
    source.advance(40 * MINUTE)
    choose(world, anna.id, inactivity_minutes=35)
    assert load_session(session, cookie) is None, "forty minutes without a request"


def test_a_setting_of_a_group_holds_for_all_below_it_and_for_nobody_else(
    world: World, sandra: SignedUp, source: SeededSource
) -> None:
    top = add_group(world, "Werkgevers", world.employer.id)
    move(world, "Anna", add_group(world, "Mulder", world.employer.id, top))
    hans = world.hire("Hans", world.employer, "leidinggevende")
    anna_cookie, hans_cookie = logged_in(world.session, world.people["Anna"]), logged_in(world.session, hans)

    choose(world, top.id, inactivity_minutes=10)
    source.advance(10 * MINUTE)

    assert load_session(world.session, anna_cookie) is None
    assert load_session(world.session, hans_cookie) is not None


def test_who_moves_to_a_stricter_group_is_held_to_it(world: World, sandra: SignedUp, source: SeededSource) -> None:
    group = add_group(world, "Streng", world.employer.id)
    choose(world, group.id, inactivity_minutes=10)
    cookie = logged_in(world.session, world.people["Anna"])
    move(world, "Anna", group)
    apply_limits(world.session, world.people["Anna"].id)
    source.advance(10 * MINUTE)

    assert load_session(world.session, cookie) is None


def test_with_one_session_only_the_newest_goes_on(world: World, sandra: SignedUp, source: SeededSource) -> None:
    """L-29, for sessions that were open already."""
    session, anna = world.session, world.people["Anna"]
    first = logged_in(session, anna)
    source.advance(MINUTE)
    second = logged_in(session, anna)

    choose(world, anna.id, single_session=True)

    assert load_session(session, first) is None
    assert load_session(session, second) is not None


def test_what_was_and_what_becomes_is_in_the_log_of_both_sides(world: World, sandra: SignedUp) -> None:
    choose(world, world.people["Anna"].id, inactivity_minutes=30)
    choose(world, world.people["Anna"].id, inactivity_minutes=20, single_session=True)
    choose(world, world.people["Anna"].id, inactivity_minutes=20, single_session=True)

    changes = session_setting_changes(world)
    entries = [entry for entry in changes if entry.details["old"].startswith("inactivity 30")]
    assert len(changes) == 4, "two changes on two sides, and nothing for what changes nothing"
    assert {entry.organisation_id for entry in entries} == {world.service.id, world.employer.id}
    assert entries[0].details == {
        "old": "inactivity 30, lifetime default, any number",
        "new": "inactivity 20, lifetime default, one session",
    }
    assert (entries[0].object_type, entries[0].object_id) == ("person", world.people["Anna"].id)


def test_only_who_may_sets_them_and_only_for_those_served(world: World, sandra: SignedUp) -> None:
    with pytest.raises(PermissionDenied):
        choose(world, world.people["Anna"].id, by="Carla", inactivity_minutes=30)
    for foreign in (world.people["Bram"].id, world.people["Dirk"].id, uuid.UUID(int=5)):
        with pytest.raises(NotFound):
            choose(world, foreign, inactivity_minutes=30)
