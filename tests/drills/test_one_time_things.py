"""A thousand times each: of sixteen uses at once of what is good once, exactly one succeeds (security.md, goal K)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from database.session import SessionFactory
from tests.reliability.one_time_things import THINGS, OneTimeThing
from tests.world import make_world

ROUNDS = 1_000


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.name)
def test_of_sixteen_uses_at_once_exactly_one_succeeds(
    session_factory: SessionFactory, thing: OneTimeThing, tell: Callable[[object], None]
) -> None:
    with session_factory() as session, session.begin():
        world = make_world(session)

    successes = Counter(thing.successes_of_round(session_factory, world, number) for number in range(ROUNDS))

    tell(f"{thing.name}: {ROUNDS} rounds, successes a round {dict(successes)}")
    assert successes == {1: ROUNDS}
