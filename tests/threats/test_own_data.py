"""An employee's linked account: with its login one record opens, without it nothing (design 2.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.root_key import PackageKey
from crypto.secret import Secret
from crypto.source import SeededSource
from database.engine import make_engine
from database.session import SessionFactory
from tests.threats.test_renewed_key import stolen
from tests.threats.thief import Database, Thief
from tests.vault.employees import hire_employee, link
from tests.world import World, make_world
from vault.models import OwnDataLink
from vault.own_data import unlink_own_data


@pytest.fixture
def world(sqlite_url: str, source: SeededSource, package_keys: Mapping[str, PackageKey]) -> Iterator[World]:
    """Eva can open her own record at Anna's employer; of it and of Bram's there are others."""
    engine = make_engine(sqlite_url)
    with SessionFactory(engine, source, package_keys)() as session:
        made = make_world(session)
        hire_employee(made)
        link(made, made.employ("WK001", "Yılmaz"))
        made.employ("WK002", "Bakker")
        made.employ("DV001", "Yılmaz", "Pers", by="Bram")
        session.commit()
        yield made
    engine.dispose()


def records_opened(path: Path, *secrets: Secret) -> set[str]:
    """Return the rows of records of which these secrets, and all that they lead to, open something."""
    thief = Thief([Database.read(path)])
    for secret in secrets:
        thief.learn(secret.reveal())
    thief.try_everything()
    return {opened.value.row for opened in thief.opened.values() if opened.value.table == "record_part"}


def test_the_row_of_a_linked_account_opens_nothing_without_the_login(world: World, tmp_path: Path) -> None:
    assert records_opened(stolen(world, tmp_path, "linked")) == set()


def test_the_key_of_a_linked_account_opens_that_record_and_no_other(world: World, tmp_path: Path) -> None:
    """The vault's key opens all of that employer (the control)."""
    path, eva = stolen(world, tmp_path, "linked"), world.people["Eva"].secret
    opened, whole = records_opened(path, eva), records_opened(path, world.people["Anna"].secret)
    assert len(opened) == 2
    assert opened < whole
    assert len(whole) == 4


def test_the_key_of_an_unlinked_account_opens_nothing(world: World, tmp_path: Path) -> None:
    employee_id = world.session.scalars(select(OwnDataLink.employee_id)).one()
    unlink_own_data(world.session, employee_id, world.actor("Anna"))
    assert records_opened(stolen(world, tmp_path, "unlinked"), world.people["Eva"].secret) == set()
