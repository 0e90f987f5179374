"""Moments come back as they went in, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import StatementError

from database.base import Base, UtcDateTime
from keys.models import Holder

_AMSTERDAM_IN_WINTER = timezone(timedelta(hours=1))


def test_a_moment_of_any_zone_comes_back_aware_in_utc_to_the_microsecond(engine: Engine) -> None:
    moment = datetime(2026, 11, 22, 0, 30, 0, 123456, _AMSTERDAM_IN_WINTER)

    stored = _store_and_read(engine, moment)

    assert stored == moment
    assert stored.tzinfo is UTC
    assert stored.isoformat() == "2026-11-21T23:30:00.123456+00:00"


def test_a_moment_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="time zone"):
        _store_and_read(engine, datetime(2026, 11, 22))  # noqa: DTZ001 - this is what must be refused


def test_every_moment_in_every_table_has_a_zone() -> None:
    moments = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if "DATETIME" in str(column.type).upper() and not isinstance(column.type, UtcDateTime)
    }

    assert moments == set()


def _store_and_read(engine: Engine, moment: datetime) -> datetime:
    number = UUID(int=1)
    with engine.begin() as connection:
        connection.execute(insert(Holder).values(id=number, kind="vault", organisation_id=number, created_at=moment))
        return connection.execute(select(Holder.created_at)).scalar_one()
