"""Doing the work that the widget does in a browser (ALTCHA)."""

from __future__ import annotations

from typing import Any

from altcha import Challenge, Payload, solve_challenge


def solved(issued: dict[str, Any]) -> str:
    """Return what a browser sends once it has found the number that was hidden."""
    challenge = Challenge.from_dict(issued)
    solution = solve_challenge(challenge)
    assert solution is not None
    return str(Payload(challenge, solution).to_base64())
