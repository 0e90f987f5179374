"""Tokens and back-up codes (design 2.3)."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import MalformedCode
from crypto.one_time import new_backup_code, new_token, normalise_backup_code, token_hash
from crypto.source import SeededSource, SystemSource

SOURCE = SystemSource()
CODE = "ABCD-EFGH-IJKL-MNOP-2345"


def test_a_token_is_32_bytes_of_the_source_in_base64url() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    token = new_token(SeededSource("seed", start))
    assert base64.urlsafe_b64decode(token + "=") == SeededSource("seed", start).token(32)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)


def test_no_token_returns() -> None:
    assert len({new_token(SOURCE) for _ in range(2000)}) == 2000


def test_what_is_stored_of_a_token_is_sha_256_of_its_purpose_and_itself() -> None:
    assert token_hash("t", "reset") == hashlib.sha256(b"datakluis/v1/one time/5/reset/t").digest()


def test_a_token_serves_one_purpose_only() -> None:
    token = new_token(SOURCE)
    hashes = {token_hash(token, purpose) for purpose in ("reset", "invitation", "invitation ", "Reset")}
    assert len(hashes) == 4


@given(st.tuples(st.text("a/1", min_size=1), st.text("a/1")), st.tuples(st.text("a/1", min_size=1), st.text("a/1")))
def test_purpose_and_token_cannot_flow_into_each_other(first: tuple[str, str], second: tuple[str, str]) -> None:
    same = token_hash(first[1], first[0]) == token_hash(second[1], second[0])
    assert same == (first == second)


def test_a_token_without_purpose_is_refused() -> None:
    with pytest.raises(ValueError, match="purpose"):
        token_hash("t", "")


def test_whatever_is_typed_as_a_token_has_a_hash() -> None:
    assert len({token_hash(typed, "reset") for typed in ("", "\ud800", "é", "\x00", "a" * 10_000)}) == 5


def test_a_back_up_code_is_five_groups_of_four() -> None:
    for _ in range(500):
        code = new_backup_code(SOURCE)
        assert re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){4}", code)
        assert normalise_backup_code(code) == code


def test_a_back_up_code_holds_100_bits_of_the_source() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    characters = new_backup_code(SeededSource("seed", start)).replace("-", "")
    bits = "".join(f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.index(character):05b}" for character in characters)
    drawn = "".join(f"{byte:08b}" for byte in SeededSource("seed", start).token(13))
    assert bits == drawn[:100]


def test_every_place_of_a_back_up_code_can_hold_every_character() -> None:
    codes = [new_backup_code(SOURCE).replace("-", "") for _ in range(3000)]
    assert all(len({code[place] for code in codes}) == 32 for place in range(20))


@pytest.mark.parametrize(
    "typed",
    [
        "abcd-efgh-ijkl-mnop-2345",
        "ABCDEFGHIJKLMNOP2345",
        "  abcd efgh ijkl mnop 2345\n",
        "ABCD–EFGH—IJKL−MNOP‐2345",
        "abcd\u00a0efgh\tijkl - mnop--2345",
    ],
)
def test_a_back_up_code_may_be_typed_as_people_type(typed: str) -> None:
    assert normalise_backup_code(typed) == CODE


def test_digits_that_no_code_has_are_read_as_the_letters_they_look_like() -> None:
    assert normalise_backup_code("0000-8888-AAAA-AAAA-AAAA") == "OOOO-BBBB-AAAA-AAAA-AAAA"


@pytest.mark.parametrize("typed", ["", "ABCD", CODE + "A", CODE[:-1], "1" + CODE[1:], "9" + CODE[1:], "É" + CODE[1:]])
def test_what_cannot_be_a_back_up_code_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(MalformedCode) as refusal:
        normalise_backup_code(typed)
    assert not typed or typed not in str(refusal.value)


@given(st.text())
def test_normalising_gives_a_code_or_the_refusal(typed: str) -> None:
    try:
        code = normalise_backup_code(typed)
    except MalformedCode:
        return
    assert normalise_backup_code(code) == code
