"""A secret in two halves, of which each alone says nothing about it (the one-time pad; design 2.1, recovery sheets)."""

from __future__ import annotations

from crypto.errors import KeyLengthError
from crypto.secret import Secret
from crypto.source import Source


def split_in_halves(secret: Secret, source: Source) -> tuple[Secret, Secret]:
    """Two halves whose exclusive or is the secret: one is random, the other the secret under it as a one-time pad."""
    one = Secret.random(source, len(secret))
    return one, join_halves(one, secret)


def join_halves(one: Secret, other: Secret) -> Secret:
    """The secret of two halves; two that do not belong together give another. Raises `KeyLengthError`."""
    if len(one) != len(other):
        raise KeyLengthError("two halves are of one length")
    joined = int.from_bytes(one.reveal(), "big") ^ int.from_bytes(other.reveal(), "big")
    return Secret(joined.to_bytes(len(one), "big"))
