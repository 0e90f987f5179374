"""What the clients know: every change that one of them asked for, and whether it was acknowledged to that client.

A change is acknowledged, which is when the client has read the whole answer, or left open: no answer came, or *no
service*, so that it may have happened or not, but nothing in between (the method of Jepsen). Nothing here is written by
the server.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import TypeAlias
from uuid import UUID

Value: TypeAlias = str | bool


class Kind(StrEnum):
    """What a client can know of something."""

    NAME = "name of an employee"
    SHARED = "employee is shared"
    ADMINISTRATOR = "person administers the vault"
    ADMITTED = "request is granted"


class State(StrEnum):
    """How a change ended for its client."""

    OK = "acknowledged"
    OPEN = "without an answer"


Thing: TypeAlias = tuple[Kind, UUID]


@dataclass
class Ledger:
    """The changes of all clients; each thing is changed by one client only, so that its history is one line.

    `no_service` counts pages that could not be shown, which a server that is merely killed never says.
    """

    counts: Counter[State] = field(default_factory=Counter)
    acknowledged: Counter[Thing] = field(default_factory=Counter)
    unanswered: Counter[Thing] = field(default_factory=Counter)
    no_service: int = 0
    lost: list[str] = field(default_factory=list)
    _possible: dict[Thing, set[Value]] = field(default_factory=lambda: defaultdict(set))
    _lock: Lock = field(default_factory=Lock)

    def begin(self, thing: Thing, value: Value) -> None:
        """Note what something is before anybody changes it."""
        self._possible[thing] = {value}

    def note(self, thing: Thing, value: Value, state: State) -> None:
        """Note how a change to `value` ended."""
        with self._lock:
            self.counts[state] += 1
            if state is State.OK:
                self.acknowledged[thing] += 1
                self._possible[thing] = {value}
            elif state is State.OPEN:
                self.unanswered[thing] += 1
                self._possible[thing].add(value)

    def note_no_service(self) -> None:
        """Note that a page was not shown since the database or the log was away."""
        with self._lock:
            self.no_service += 1

    def seen(self, thing: Thing, value: Value) -> None:
        """Compare what is there with what can be there; from now on it is that."""
        with self._lock:
            if value not in self._possible[thing]:
                self.lost.append(f"{thing[0]}: {value!r} is there instead of {sorted(map(str, self._possible[thing]))}")
            self._possible[thing] = {value}

    def things(self, kind: Kind) -> list[UUID]:
        """Return the ids of all things of a kind."""
        return [number for of_kind, number in self._possible if of_kind is kind]

    def must_have(self, thing: Thing, count: int) -> bool:
        """Tell whether so many changes are as many as were acknowledged, with those that had no answer or without."""
        least = self.acknowledged[thing]
        return least <= count <= least + self.unanswered[thing]
