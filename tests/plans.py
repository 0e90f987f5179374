"""How SQLite goes about the statements of a block: which tables it goes through from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

WRITING = ("SELECT", "INSERT", "UPDATE", "DELETE")
LARGE_TABLES = ("employee", "employment", "record_index", "record_key", "record_part", "share_request")


@contextmanager
def plans_of(engine: Engine) -> Iterator[list[tuple[str, str]]]:
    """Each statement with each step of its plan. PostgreSQL would read so small a table as that of a test whole."""
    if engine.dialect.name != "sqlite":
        pytest.skip("the plan of PostgreSQL depends on how many rows there are")
    steps: list[tuple[str, str]] = []

    def note(connection: Any, _cursor: object, statement: str, parameters: Any, *_others: object) -> None:
        if statement.startswith(WRITING):
            some = parameters[0] if isinstance(parameters, list) else parameters
            cursor = connection.connection.cursor()
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", some)
            steps.extend((statement, step[3]) for step in cursor.fetchall())

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield steps
    finally:
        event.remove(engine, "before_cursor_execute", note)


def reads_a_vault(step: str) -> bool:
    """Whether a step of a plan goes through all rows of a large table, or through all of one holder."""
    scans = any(step == f"SCAN {table}" or step.startswith(f"SCAN {table} USING") for table in LARGE_TABLES)
    return scans or (step.startswith(("SEARCH record_key", "SEARCH record_index")) and step.endswith("(holder_id=?)"))
