"""What a database holds, seen from outside the portal: a digest of every table, and what the log has got."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Engine, select

from audit.models import AuditEntry
from portal.tables import metadata

# That a session is in use is no business data: it is kept before the view runs, whatever becomes of the request.
ACTIVITY = frozenset({"active_at", "expires_at"})
LOG = frozenset({"audit_entry", "audit_subject", "audit_pending", "audit_seal"})


def digests(engine: Engine) -> Mapping[str, str]:
    """A digest of all rows of each table, the log's own among them."""
    with engine.connect() as connection:
        found = {}
        for table in metadata.sorted_tables:
            left_out = ACTIVITY if table.name == "login_session" else frozenset()
            columns = [column for column in table.columns if column.name not in left_out]
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
            found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        return found


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """The tables that are not what they were."""
    return {name for name in before if before[name] != after[name]}


def entries(engine: Engine) -> dict[UUID, str]:
    """The log: the action of each entry by its id."""
    with engine.connect() as connection:
        return {row.id: row.action for row in connection.execute(select(AuditEntry.id, AuditEntry.action))}


def new_actions(engine: Engine, before: Mapping[UUID, str]) -> list[str]:
    """The actions that the log got since."""
    return sorted(action for number, action in entries(engine).items() if number not in before)
