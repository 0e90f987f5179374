"""The code on a recovery sheet: as printed, as scanned, and as people type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import MalformedRecoveryCode
from crypto.recovery_code import CODE_LENGTH, lines_of, read_code, write_code
from crypto.secret import Secret

HALF = Secret(bytes(range(32)))
CODE = write_code(HALF)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(st.binary(min_size=32, max_size=32))
def test_what_is_written_is_read_again(value: bytes) -> None:
    code = write_code(Secret(value))

    assert len(code) == CODE_LENGTH == 64
    assert set(code) <= set(ALPHABET)
    assert read_code(code) == Secret(value)


def test_it_is_printed_in_four_lines_of_four_groups_of_four() -> None:
    lines = lines_of(CODE)

    assert [[len(group) for group in line] for line in lines] == [[4, 4, 4, 4]] * 4
    assert "".join(group for line in lines for group in line) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        CODE.lower(),
        "\n".join(" ".join(line) for line in lines_of(CODE)),
        "  " + "-".join(group for line in lines_of(CODE) for group in line) + "\r\n",
        CODE.replace("0", "O").replace("1", "I"),
        CODE.replace("0", "o").replace("1", "l"),
        "\u2013".join(group for line in lines_of(CODE) for group in line),
    ],
    ids=["lower case", "groups", "dashes", "O and I", "o and l", "long dashes"],
)
def test_it_is_read_however_it_is_typed(typed: str) -> None:
    assert "0" in CODE
    assert read_code(typed) == HALF


@pytest.mark.parametrize("position", range(CODE_LENGTH))
def test_every_slip_of_one_character_is_told_by_its_line(position: int) -> None:
    for letter in set(ALPHABET) - {CODE[position]}:
        with pytest.raises(MalformedRecoveryCode) as refusal:
            read_code(CODE[:position] + letter + CODE[position + 1 :])
        assert refusal.value.lines == (position // 16 + 1,)


def test_two_lines_swapped_are_both_told() -> None:
    lines = ["".join(line) for line in lines_of(CODE)]

    with pytest.raises(MalformedRecoveryCode) as refusal:
        read_code(lines[0] + lines[2] + lines[1] + lines[3])
    assert refusal.value.lines == (2, 3)


@pytest.mark.parametrize("letter", ["U", "é", "!", "²", "٣", "𝟙"])
def test_a_character_that_no_code_has_is_a_slip(letter: str) -> None:
    with pytest.raises(MalformedRecoveryCode) as refusal:
        read_code(letter + CODE[1:])
    assert 1 in refusal.value.lines or refusal.value.length != CODE_LENGTH


@pytest.mark.parametrize("typed", ["", "   ", CODE[:-1], CODE + "0", "A" * 5_000])
def test_another_length_says_how_long_it_is(typed: str) -> None:
    with pytest.raises(MalformedRecoveryCode) as refusal:
        read_code(typed)
    assert refusal.value.lines == ()
    assert refusal.value.length == len(typed.strip())


def test_the_error_says_nothing_of_the_code() -> None:
    with pytest.raises(MalformedRecoveryCode) as refusal:
        read_code(CODE[:-1] + "!")
    assert not any(group in str(refusal.value) for line in lines_of(CODE) for group in line)


def test_only_half_of_a_key_is_written() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        write_code(Secret(bytes(31)))
