"""Choices that look random and are the same in every demo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from crypto.source import SeededSource

T = TypeVar("T")

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Draws:
    """A row of choices that depends on its seed only. Nothing that must be secret is drawn here."""

    def __init__(self, seed: str) -> None:
        """`seed` names the row, so that one more choice for one employer moves nobody at another."""
        self._source = SeededSource(f"demo/{seed}", _BEGINNING)

    def below(self, limit: int) -> int:
        """A whole number from 0 up to `limit`, without `limit` itself."""
        return int.from_bytes(self._source.token(6)) % limit

    def chance(self, percentage: int) -> bool:
        """Whether something happens that happens in `percentage` of 100 cases."""
        return self.below(100) < percentage

    def one_of(self, choices: Sequence[T]) -> T:
        """One of the choices, each as likely as another."""
        return choices[self.below(len(choices))]

    def weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        """One of the choices, each as likely as the number beside it says."""
        left = self.below(sum(weight for _, weight in choices))
        for choice, weight in choices:
            left -= weight
            if left < 0:
                return choice
        raise AssertionError("the weights add up to more than was drawn from")

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The same items in another order."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in items]

    def day_between(self, first: date, last: date) -> date:
        """A day from `first` up to and including `last`; `first` when they are the wrong way round."""
        return first + timedelta(days=self.below(max(0, (last - first).days) + 1))
