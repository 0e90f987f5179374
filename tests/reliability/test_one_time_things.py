"""Sixteen uses at once of what is good once: exactly one succeeds (security.md, goal K). The drills do it oftener."""

from __future__ import annotations

from database.session import Session, SessionFactory
from tests.reliability.one_time_things import THINGS, OneTimeThing, Use
from tests.world import World, make_world

ROUNDS = 2


def test_each_thing_is_good_once(session_factory: SessionFactory) -> None:
    with session_factory() as session, session.begin():
        world = make_world(session)

    successes = {
        thing.name: [thing.successes_of_round(session_factory, world, number) for number in range(ROUNDS)]
        for thing in THINGS
    }

    assert successes == {thing.name: [1] * ROUNDS for thing in THINGS}


def test_a_thing_that_is_checked_first_and_marked_later_is_caught(session_factory: SessionFactory) -> None:
    """Negative control."""
    with session_factory() as session, session.begin():
        world = make_world(session)
    used: set[int] = set()

    def prepare(_world: World, number: int) -> Use:
        def use(session: Session) -> None:
            if number in used:
                raise LookupError
            session.connection()
            used.add(number)

        return use

    careless = OneTimeThing("careless", prepare, (LookupError,))

    assert max(careless.successes_of_round(session_factory, world, number) for number in range(20)) > 1
