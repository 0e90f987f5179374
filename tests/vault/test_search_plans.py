"""How the database looks for people: by an index on what is asked for, and never through a whole vault (design 2.5)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from tests.vault.test_search import within
from tests.world import TEST_BSN, World
from vault import search as searching
from vault.search import SearchWords, search


@pytest.mark.parametrize("name", ["Anna", "Ilse"])
@pytest.mark.parametrize(
    "words",
    [
        {"last_name": "dijk"},
        {"birth_date": date(1990, 12, 31)},
        {"postcode": "3511AB"},
        {"personnel_number": "1"},
        {"last_name": "dijk", "birth_date": date(1990, 12, 31), "department": "Winkel"},
        {"bsn": TEST_BSN},
    ],
)
def test_no_search_reads_a_whole_vault(
    world: World, monkeypatch: pytest.MonkeyPatch, words: dict[str, object], name: str
) -> None:
    """SQLite tells how it goes about each statement; PostgreSQL would read so small a table as this whole."""
    if world.session.get_bind().dialect.name != "sqlite":
        pytest.skip("the plan of PostgreSQL depends on how many rows there are")
    monkeypatch.setattr(searching, "MOST_IN_VIEW", 0)
    world.hire_vault_user("Ilse", "datakluisgebruiker", "bsn_inzage", scope=world.scope("Winkel"))
    world.employ("1", "Dijk")
    given = dict(words)
    if department := given.pop("department", None):
        given["employment"] = within(world, str(department))
    if "bsn" in words and name == "Anna":
        pytest.skip("Anna may not read a BSN")
    statements: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_others: object) -> None:
        statements.append((statement, parameters))

    event.listen(world.session.get_bind(), "before_cursor_execute", note)
    try:
        assert len(search(world.session, world.actor(name), SearchWords(**given)).hits) == 1  # type: ignore[arg-type]
    finally:
        event.remove(world.session.get_bind(), "before_cursor_execute", note)
    for statement, parameters in statements:
        if statement.startswith("SELECT"):
            plan = world.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            assert [row.detail for row in plan if reads_a_vault(row.detail)] == [], statement


def reads_a_vault(step: str) -> bool:
    """Whether a step of a plan goes through all rows of a table of people, or through all of one holder."""
    tables = ("employee", "employment", "record_index", "record_key", "record_part")
    scans = any(step == f"SCAN {table}" or step.startswith(f"SCAN {table} USING") for table in tables)
    return scans or (step.startswith(("SEARCH record_key", "SEARCH record_index")) and step.endswith("(holder_id=?)"))
