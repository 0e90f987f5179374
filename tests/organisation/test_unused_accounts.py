"""Accounts that nobody uses (L-19)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from accounts.states import unblock
from audit.models import AuditEntry
from delivery.models import OutgoingMessage
from organisation.unused_accounts import block_unused, warn_unused
from tests.world import OPERATOR, World

DAYS = 90


def used(world: World, name: str, *, days_ago: int) -> None:
    person = world.people[name].person
    person.login_at = world.session.source.now() - timedelta(days=days_ago)
    world.session.flush()


def everybody_used(world: World, *, days_ago: int) -> None:
    for name in world.people:
        used(world, name, days_ago=days_ago)


def warnings(world: World) -> int:
    kinds = world.session.scalars(select(OutgoingMessage.kind)).all()
    return kinds.count("account_unused")


def wait(world: World, **time: int) -> datetime:
    world.session.source.advance(timedelta(**time))  # type: ignore[attr-defined]
    return world.session.source.now()


def test_a_warning_goes_fourteen_days_before_and_once(world: World) -> None:
    everybody_used(world, days_ago=1)
    used(world, "Anna", days_ago=DAYS - 14)
    used(world, "Bram", days_ago=DAYS - 15)

    assert warn_unused(world.session, DAYS) == 1

    assert warn_unused(world.session, DAYS) == 0
    assert warnings(world) == 1
    assert block_unused(world.session, DAYS) == 0


def test_who_does_not_come_is_blocked_fourteen_days_after_the_warning(world: World) -> None:
    """However long the worker stood still: nobody is blocked without two weeks in which to log in."""
    everybody_used(world, days_ago=1)
    used(world, "Anna", days_ago=DAYS * 3)
    warn_unused(world.session, DAYS)
    wait(world, days=13, hours=23)
    assert block_unused(world.session, DAYS) == 0
    wait(world, hours=1)
    assert block_unused(world.session, DAYS) == 1
    anna = world.people["Anna"].person
    assert (anna.state, anna.state_reason) == ("blocked", "unused")
    reasons = [
        entry.details["reason"]
        for entry in world.session.scalars(select(AuditEntry).where(AuditEntry.action == "user:block"))
    ]
    assert reasons == ["unused"]


def test_who_was_unblocked_has_the_whole_time_again(world: World) -> None:
    everybody_used(world, days_ago=1)
    used(world, "Anna", days_ago=DAYS * 3)
    warn_unused(world.session, DAYS)
    wait(world, days=14)
    block_unused(world.session, DAYS)
    unblock(world.session, world.people["Anna"].person, by=OPERATOR)
    assert warn_unused(world.session, DAYS) == 0
    wait(world, days=DAYS - 14)
    everybody_but_anna = [name for name in world.people if name != "Anna"]
    for name in everybody_but_anna:
        used(world, name, days_ago=1)
    assert warn_unused(world.session, DAYS) == 1
