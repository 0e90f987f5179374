"""Two halves of a secret: both together are it, each alone is as random as anything."""

from __future__ import annotations

import pytest

from crypto.errors import KeyLengthError
from crypto.halves import join_halves, split_in_halves
from crypto.secret import Secret
from crypto.source import SeededSource


def test_both_halves_together_are_the_secret_in_either_order(source: SeededSource) -> None:
    secret = Secret.random(source)
    one, other = split_in_halves(secret, source)

    assert join_halves(one, other) == secret
    assert join_halves(other, one) == secret


def test_neither_half_is_the_secret_and_each_split_is_another(source: SeededSource) -> None:
    secret = Secret.random(source)
    halves = [half.reveal() for _ in range(2) for half in split_in_halves(secret, source)]

    assert len({secret.reveal(), *halves}) == 5


def test_the_half_of_another_split_gives_another_secret(source: SeededSource) -> None:
    secret = Secret.random(source)
    (one, _), (_, other) = split_in_halves(secret, source), split_in_halves(secret, source)

    assert join_halves(one, other) != secret


def test_leading_zeros_are_kept() -> None:
    assert join_halves(Secret(b"\x01" * 32), Secret(b"\x01" * 32)) == Secret(bytes(32))


def test_halves_of_two_lengths_are_refused() -> None:
    with pytest.raises(KeyLengthError):
        join_halves(Secret(bytes(31)), Secret(bytes(32)))
