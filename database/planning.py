"""Telling SQLite by which condition not to begin, since it does not know how many rows each finds."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class Unindexed(GenericFunction[Any]):
    """A column by whose indexes a query must not begin; it has the value of the column.

    Without it SQLite reads all hundred thousand rows of a vault to find a few of them: it takes an index on the holder
    for as good as one on what is asked for. PostgreSQL keeps statistics and knows better by itself.
    """

    inherit_cache = True
    name = "unindexed"

    def __init__(self, column: Any) -> None:
        """Takes the type of the column along, so that values are compared as with the column."""
        super().__init__(column)
        self.type = column.type


@compiles(Unindexed)
def _as_it_is(element: Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = element.clauses
    return str(compiler.process(column, **options))


@compiles(Unindexed, "sqlite")
def _with_a_plus(element: Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = element.clauses
    return f"+{compiler.process(column, **options)}"
