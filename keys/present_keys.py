"""Whose key is still the one that something was sealed to (design 2.3: a renewed key is never granted by itself)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from keys.models import HolderGeneration, RecoverySheet, SheetState


def newest_generation_of(owner: InstrumentedAttribute[UUID]) -> ScalarSelect[Any]:
    """The newest generation of the holder in a column of the query around it."""
    newest = select(func.max(HolderGeneration.number)).where(HolderGeneration.holder_id == owner)
    return newest.correlate(owner.class_).scalar_subquery()


def sheets_without_effect() -> Select[UUID]:
    """The recovery sheets that have ended, or that the renewed key of the person whom they name has made void."""
    renewed = RecoverySheet.named_generation != newest_generation_of(RecoverySheet.named_person_id)
    return select(RecoverySheet.id).where(or_(RecoverySheet.state != SheetState.ACTIVE, renewed))
