"""Which day it is where the organisations are."""

from __future__ import annotations

from database.calendar import DUTCH_TIME, day_of, midnight, today

__all__ = ["DUTCH_TIME", "day_of", "midnight", "today"]
