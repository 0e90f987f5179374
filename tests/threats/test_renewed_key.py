"""A thief with somebody's mailbox and phone gets a login whose key opens nothing; the old one opens nothing either."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from crypto.root_key import PackageKey
from crypto.secret import Secret
from crypto.source import SeededSource
from database.engine import make_engine
from database.session import SessionFactory
from keys.check_words import renewed_key
from tests.threats.thief import Database, Thief
from tests.world import World, make_world
from vault.access import approve, waiting_requests

# What a vault user reads: the people, and the keys to them.
WORTH_HAVING = {"record_part", "record_key", "key_grant"}


@pytest.fixture
def world(sqlite_url: str, source: SeededSource, package_keys: Mapping[str, PackageKey]) -> Iterator[World]:
    """Frits can open the vault of Anna, with somebody in it who is shared."""
    engine = make_engine(sqlite_url)
    with SessionFactory(engine, source, package_keys)() as session:
        made = make_world(session)
        made.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker")
        made.share(made.employ("WK001", "Yılmaz"))
        session.commit()
        yield made
    engine.dispose()


def stolen(world: World, folder: Path, name: str) -> Path:
    """Copy the database as it is now."""
    world.session.commit()
    path = folder / f"{name}.sqlite3"
    database = make_engine(str(world.session.get_bind().engine.url)).url.database
    assert database is not None
    shutil.copyfile(database, path)
    wal = Path(f"{database}-wal")
    if wal.exists():
        shutil.copyfile(wal, f"{path}-wal")
    return path


def opens(path: Path, *secrets: Secret) -> set[str]:
    """Return the tables of which these secrets, and all that they lead to, open something."""
    thief = Thief([Database.read(path)])
    for secret in secrets:
        thief.learn(secret.reveal())
    thief.try_everything()
    return {opened.value.table for opened in thief.opened.values()} & WORTH_HAVING


def test_mailbox_and_phone_without_the_backup_code_read_nothing(world: World, tmp_path: Path) -> None:
    """With the whole database besides; once somebody inside admits by the check words, it all opens (the control)."""
    world.renew_key("Frits")
    stolen_secret = world.people["Frits"].secret

    assert opens(stolen(world, tmp_path, "renewed"), stolen_secret) == set()

    (request,) = waiting_requests(world.session, world.actor("Anna"))
    renewed = renewed_key(world.session, world.people["Frits"].id)
    assert renewed is not None
    approve(world.session, request.admission_id, world.actor("Anna"), compared=renewed.generation)
    assert opens(stolen(world, tmp_path, "admitted"), stolen_secret) == WORTH_HAVING


def test_the_lost_password_opens_nothing_of_today_and_of_a_backup_what_it_did(world: World, tmp_path: Path) -> None:
    """Its grants are destroyed; a backup from before still has them (the control)."""
    lost = world.people["Frits"].secret
    before = stolen(world, tmp_path, "before")
    world.renew_key("Frits")

    assert opens(stolen(world, tmp_path, "after"), lost, world.people["Frits"].secret) == set()
    assert opens(before, lost) == WORTH_HAVING
