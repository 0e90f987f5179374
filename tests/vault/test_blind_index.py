"""What a record is found by is no directory in disguise (design 2.5; D-rule 14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from crypto.source import SeededSource
from tests.world import TEST_BSN, World, card, details
from vault.blind_index import RecordIndexer, make_indexer, normalise_postcode
from vault.models import RecordIndex, Vault
from vault.sides import find_vault

SOMEBODY, SOMEBODY_ELSE = UUID(int=1), UUID(int=2)
COLUMNS = ("last_name", "second_name", "birth_month", "postcode", "bsn")


@pytest.fixture
def indexer(world: World) -> RecordIndexer:
    """That of Anna's vault."""
    return make_indexer(world.session, world.actor("Anna"), find_vault(world.session, world.actor("Anna")).holder_id)


def row(indexer: RecordIndexer, employee_id: UUID = SOMEBODY, *, bsn: str | None = TEST_BSN, **of_card: object) -> dict:  # type: ignore[type-arg]
    """The index row of somebody."""
    return indexer.row(employee_id, UUID(int=9), 1, card(**of_card), details(bsn=bsn))  # type: ignore[arg-type]


def test_people_with_the_same_beginnings_cannot_be_told_apart(indexer: RecordIndexer) -> None:
    """Three letters, month and year, four digits: that much and no more."""
    one = row(indexer, last_name="Janssen", birth_date=date(1990, 12, 31), postcode="3511AB")
    other = row(indexer, SOMEBODY_ELSE, last_name="Jansma", birth_date=date(1990, 12, 1), postcode="3511ZZ")
    assert [one[name] for name in ("last_name", "birth_month", "postcode")] == [
        other[name] for name in ("last_name", "birth_month", "postcode")
    ]
    later = row(indexer, last_name="Jonker", birth_date=date(1991, 12, 31), postcode="3512AB")
    assert not {one[name] for name in COLUMNS[2:4]} & {later[name] for name in COLUMNS[2:4]}
    assert one["last_name"] != later["last_name"]


def test_the_same_value_looks_different_in_every_column_and_for_every_side(
    world: World, indexer: RecordIndexer
) -> None:
    """A digest of one side tells nothing about the rows of another, nor one column about the next."""
    service = make_indexer(world.session, world.actor("Carla"), world.service.holder_id)  # type: ignore[arg-type]
    mine, theirs = row(indexer), row(service)
    values = [made[name] for made in (mine, theirs) for name in COLUMNS]
    assert len(set(values)) == len(values)
    assert {len(value) for value in values} == {8}


def test_what_is_absent_looks_like_a_value_that_nobody_else_has(indexer: RecordIndexer) -> None:
    """A row does not tell who has a BSN, a postcode, a double name; two who have none have nothing in common."""
    one = row(indexer, bsn=None, last_name="Bos", postcode=None)
    other = row(indexer, SOMEBODY_ELSE, bsn=None, last_name="Bos", postcode=None)
    absent = [made[name] for made in (one, other) for name in ("second_name", "postcode", "bsn")]
    assert len(set(absent)) == 6
    assert {len(value) for value in absent} == {8}
    assert row(indexer, bsn=None, last_name="Bos", postcode=None) == one


def test_its_repr_shows_no_key(indexer: RecordIndexer) -> None:
    assert "Secret" not in repr(indexer)


@pytest.mark.parametrize(("typed", "normal"), [("3511 ab", "3511ab"), (" 3511AB ", "3511ab"), ("SW1A 1AA", "sw1a1aa")])
def test_a_postcode_is_one_however_it_is_typed(typed: str, normal: str) -> None:
    """D-rule 14: normalised."""
    assert normalise_postcode(typed) == normal


def test_records_are_indexed_as_they_are_written(world: World, indexer: RecordIndexer) -> None:
    """Each with its version, for the vault alone: a service gets its rows when it has the key."""
    employee_id = world.employ("1", "Bos")
    (kept,) = world.session.scalars(select(RecordIndex)).all()
    vault = world.session.scalars(select(Vault).where(Vault.organisation_id == world.employer.id)).one()
    expected = indexer.row(employee_id, world.employer.id, 1, card("Bos"), details())
    assert {name: getattr(kept, name) for name in expected} == expected
    assert kept.holder_id == vault.holder_id


def test_a_secret_of_another_vault_makes_other_digests(world: World, source: SeededSource) -> None:
    """What leaks of one employer says nothing about another."""
    bram = world.actor("Bram")
    own = make_indexer(world.session, bram, find_vault(world.session, bram).holder_id)
    mine = make_indexer(world.session, world.actor("Anna"), find_vault(world.session, world.actor("Anna")).holder_id)
    assert own.bsn_digest(TEST_BSN) != replace(mine).bsn_digest(TEST_BSN)
