"""Run by Alembic for every command; the connection is handed over by `database.migrations`, in its transaction."""

from __future__ import annotations

from alembic import context

from database.base import Base

# The metadata gives constraints their names, so that a migration need not spell them.
context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
