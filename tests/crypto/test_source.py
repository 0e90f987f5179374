"""The source of time, identifiers and tokens (design 2.6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from crypto.source import SeededSource, Source, SystemSource

START = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
SOURCES: list[Source] = [SystemSource(), SeededSource("seed", START)]


@pytest.mark.parametrize("source", SOURCES)
def test_identifiers_are_random_uuids_that_never_return(source: Source) -> None:
    identifiers = {source.new_id() for _ in range(2000)}
    assert len(identifiers) == 2000
    assert {identifier.version for identifier in identifiers} == {4}
    assert {identifier.variant for identifier in identifiers} == {"specified in RFC 4122"}


@pytest.mark.parametrize("source", SOURCES)
def test_tokens_have_the_length_asked_for_and_never_return(source: Source) -> None:
    assert [len(source.token(length)) for length in (0, 1, 13, 32, 100)] == [0, 1, 13, 32, 100]
    assert len({source.token(16) for _ in range(2000)}) == 2000


@pytest.mark.parametrize("source", SOURCES)
def test_now_is_aware_and_in_utc(source: Source) -> None:
    assert source.now().tzinfo is UTC


def test_the_system_source_gives_the_present_moment() -> None:
    before = datetime.now(UTC)
    assert before <= SystemSource().now() <= datetime.now(UTC)


def test_the_same_seed_gives_the_same_world() -> None:
    first, second = SeededSource("seed", START), SeededSource(b"seed", START)
    assert [first.new_id() for _ in range(5)] == [second.new_id() for _ in range(5)]
    assert [first.token(32) for _ in range(5)] == [second.token(32) for _ in range(5)]


def test_another_seed_gives_another_world() -> None:
    first, second = SeededSource("seed", START), SeededSource("seed of another", START)
    assert first.new_id() != second.new_id()
    assert first.token(32) != second.token(32)


def test_one_more_token_moves_no_identifier() -> None:
    first, second = SeededSource("seed", START), SeededSource("seed", START)
    second.token(32)
    assert first.new_id() == second.new_id()


def test_seeded_time_stands_still_until_it_is_moved() -> None:
    source = SeededSource("seed", START)
    assert source.now() == source.now() == START
    source.advance(timedelta(hours=2, seconds=1))
    assert source.now() == START + timedelta(hours=2, seconds=1)
    source.advance(timedelta(hours=-3))
    assert source.now() == START - timedelta(minutes=59, seconds=59)


def test_seeded_time_is_in_utc_wherever_it_started() -> None:
    elsewhere = START.astimezone(timezone(timedelta(hours=2)))
    assert SeededSource("seed", elsewhere).now().isoformat() == START.isoformat()


def test_a_naive_start_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        SeededSource("seed", START.replace(tzinfo=None))
