"""What is sealed of a dialogue: what a message says, and what an epoch is about and who takes part in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

# Padded to a multiple of these, so that the length of what is sealed does not tell short words apart.
MESSAGE_BLOCK = 128
LONGEST_TEXT = 10_000
ROSTER_BLOCK = 256


@dataclass(frozen=True)
class Content:
    """What a line of a conversation says: a text, or an event with the participant and the reason; its repr is empty.

    An event is one word: `added`, `joined`, `left`, `removed`, `closed`, `reopened`, `replaced` or `readmitted`; of a
    signature that goes by the dialogue `signing_declined` or `signing_withdrawn`.
    """

    text: str | None = field(default=None, repr=False)
    event: str | None = None
    participant_id: UUID | None = None
    reason: str | None = field(default=None, repr=False)

    def to_bytes(self) -> bytes:
        """The content as JSON, padded to a multiple of 128 bytes."""
        values = {
            "text": self.text,
            "event": self.event,
            "participant": str(self.participant_id) if self.participant_id else None,
            "reason": self.reason,
        }
        return _pack({name: value for name, value in values.items() if value is not None}, MESSAGE_BLOCK)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The content that `to_bytes` gave. Raises `ValueError` for anything else."""
        values = json.loads(data)
        participant = values.get("participant")
        return cls(
            values.get("text"), values.get("event"), UUID(participant) if participant else None, values.get("reason")
        )


@dataclass(frozen=True)
class Entry:
    """What a participant is called in a dialogue, and of which organisation or in which role."""

    name: str = field(repr=False)
    label: str = field(repr=False)
    kind: str


@dataclass(frozen=True)
class Roster:
    """The subject of a dialogue, and who takes part in it in one epoch."""

    subject: str = field(repr=False)
    entries: Mapping[UUID, Entry] = field(repr=False)

    def to_bytes(self) -> bytes:
        """The roster as JSON, padded to a multiple of 256 bytes."""
        people = {
            str(participant_id): {"name": entry.name, "label": entry.label, "kind": entry.kind}
            for participant_id, entry in self.entries.items()
        }
        return _pack({"subject": self.subject, "participants": people}, ROSTER_BLOCK)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The roster that `to_bytes` gave. Raises `ValueError` for anything else."""
        values = json.loads(data)
        people = {UUID(key): Entry(**entry) for key, entry in values["participants"].items()}
        return cls(values["subject"], people)


def _pack(values: Mapping[str, object], block: int) -> bytes:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return text.ljust(-(-len(text) // block) * block)
