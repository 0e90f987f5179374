"""Why somebody is shared, or asked for: health data, which both sides read (S-03, D-rule 22)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self

from vault.errors import ExplanationMissing, ExplanationTooLong
from vault.field_checks import clean_explanation
from vault.models import CareQuestionKind
from vault.value_checks import EXPLANATION_LENGTH


@dataclass(frozen=True)
class Reason:
    """Why an employee was shared: health data, read by both sides; its repr shows nothing (design 2.2)."""

    kind: CareQuestionKind
    explanation: str

    def __repr__(self) -> str:
        return "Reason()"

    def to_bytes(self) -> bytes:
        """The reason as JSON."""
        return json.dumps({"kind": self.kind.value, "explanation": self.explanation}).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The reason that `to_bytes` gave."""
        values = json.loads(data)
        return cls(CareQuestionKind(values["kind"]), values["explanation"])


def check_reason(kind: CareQuestionKind, explanation: str) -> Reason:
    """The reason as it is kept. Raises `ExplanationMissing`, `ExplanationTooLong`."""
    return Reason(kind, check_explanation(explanation))


def check_explanation(explanation: str) -> str:
    """A Toelichting as it is kept. Raises `ExplanationMissing`, `ExplanationTooLong`."""
    text = clean_explanation(explanation)
    if len(text) > EXPLANATION_LENGTH:
        raise ExplanationTooLong
    if not text:
        raise ExplanationMissing
    return text
