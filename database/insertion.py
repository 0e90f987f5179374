"""INSERT statements that say what happens when the row is there already."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite

from database.base import Base
from database.session import Session


def insert_into(session: Session, model: type[Base]) -> sqlite.Insert:
    """Return an INSERT into the table of `model` with ``on_conflict_do_nothing`` and ``on_conflict_do_update``.

    The two databases spell these clauses alike, but SQLAlchemy has a class for each; the type names one of the two.
    """
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(model)  # type: ignore[return-value]
    return sqlite.insert(model)
