"""Whose key is still the one that something was sealed to, and in force (design 2.3, D-rule 48).

A renewed key is never granted by itself; what was handed over for a substitution counts in its period only.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from database.session import Session
from keys.models import Grant, HolderGeneration, RecoverySheet, SheetState


def newest_generation_of(owner: InstrumentedAttribute[UUID]) -> ScalarSelect[Any]:
    """The newest generation of the holder in a column of the query around it."""
    newest = select(func.max(HolderGeneration.number)).where(HolderGeneration.holder_id == owner)
    return newest.correlate(owner.class_).scalar_subquery()


def is_in_force(session: Session) -> ColumnElement[bool]:
    """The condition that a grant may be used now: not before its period, nor after (M-05, D-rule 48)."""
    now = session.source.now()
    has_begun = or_(Grant.not_before.is_(None), Grant.not_before <= now)
    return and_(has_begun, or_(Grant.not_after.is_(None), Grant.not_after > now))


def sheets_without_effect() -> Select[UUID]:
    """The recovery sheets that have ended, or that the renewed key of the person whom they name has made void."""
    renewed = RecoverySheet.named_generation != newest_generation_of(RecoverySheet.named_person_id)
    return select(RecoverySheet.id).where(or_(RecoverySheet.state != SheetState.ACTIVE, renewed))
