"""No two different entries, and no two different seals, give the same bytes."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.encoding import encode_entry, encode_seal
from audit.models import AuditEntry

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)
VALUES: dict[str, Any] = {
    "id": ONE,
    "organisation_id": TWO,
    "moment": datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    "action": "employee:read",
    "outcome": "success",
    "actor_id": ONE,
    "actor_organisation_id": TWO,
    "actor_roles": "werkgever",
    "responsible_id": None,
    "access_point": "192.0.2.10",
    "ground": None,
    "object_type": "employee",
    "object_id": THREE,
    "details": {"page": 1},
    "mac": b"",
}
CHANGED: dict[str, Any] = {
    "id": TWO,
    "organisation_id": ONE,
    "moment": datetime(2026, 11, 22, 9, 0, 0, 1, tzinfo=UTC),
    "action": "employee:list",
    "outcome": "refused",
    "actor_id": None,
    "actor_organisation_id": None,
    "actor_roles": "",
    "responsible_id": ONE,
    "access_point": "192.0.2.11",
    "ground": "",
    "object_type": None,
    "object_id": TWO,
    "details": {"page": "1"},
}


def test_every_column_but_the_code_itself_is_in_it() -> None:
    assert CHANGED.keys() == {column.name for column in AuditEntry.__table__.columns} - {"mac"}


@pytest.mark.parametrize("column", CHANGED)
def test_another_value_of_any_column_gives_other_bytes(column: str) -> None:
    assert encode_entry({**VALUES, column: CHANGED[column]}, {}) != encode_entry(VALUES, {})


def test_a_value_that_moves_to_another_column_gives_other_bytes() -> None:
    moved = {**VALUES, "object_id": None, "responsible_id": THREE}

    assert encode_entry(moved, {}) != encode_entry(VALUES, {})


def test_subjects_count_in_any_order_and_each_of_them() -> None:
    forth, back = {ONE: None, TWO: "share"}, {TWO: "share", ONE: None}

    assert encode_entry(VALUES, forth) == encode_entry(VALUES, back)
    assert len({encode_entry(VALUES, dict.fromkeys(some)) for some in ([], [ONE], [TWO], [ONE, TWO])}) == 4


_GROUNDS = st.dictionaries(st.sampled_from([ONE, TWO, THREE]), st.none() | st.text(max_size=20))


@given(_GROUNDS, _GROUNDS)
def test_whatever_the_grounds_only_equal_subjects_give_equal_bytes(
    one: dict[UUID, str | None], other: dict[UUID, str | None]
) -> None:
    """LOG6: whose ground it is counts, and so does an empty one."""
    assert (encode_entry(VALUES, one) == encode_entry(VALUES, other)) == (one == other)


def test_the_same_moment_in_another_zone_gives_the_same_bytes() -> None:
    amsterdam = VALUES["moment"].astimezone(timezone(timedelta(hours=1)))

    assert encode_entry({**VALUES, "moment": amsterdam}, {}) == encode_entry(VALUES, {})


def test_details_count_whatever_their_order() -> None:
    forth, back = {"count": 1, "page": 2}, {"page": 2, "count": 1}

    assert encode_entry({**VALUES, "details": forth}, {}) == encode_entry({**VALUES, "details": back}, {})


_TEXTS = st.dictionaries(st.sampled_from(["action", "outcome", "ground", "object_type", "access_point"]), st.text())


@given(_TEXTS, _TEXTS)
def test_whatever_the_texts_only_equal_entries_give_equal_bytes(one: dict[str, str], other: dict[str, str]) -> None:
    first, second = {**VALUES, **one}, {**VALUES, **other}

    assert (encode_entry(first, {}) == encode_entry(second, {})) == (first == second)


def test_every_part_of_a_seal_counts_and_none_can_move_into_another() -> None:
    parts: list[tuple[Any, ...]] = [(ONE, TWO), (1, 11), (ONE, TWO), (b"", b"a", b"ab"), (b"", b"b", b"ab")]
    seals = [encode_seal(*combination) for combination in itertools.product(*parts)]

    assert len(set(seals)) == len(seals) == 72


def test_a_seal_is_never_an_entry() -> None:
    assert not encode_seal(ONE, 1, TWO, b"", b"").startswith(encode_entry(VALUES, {})[:17])
