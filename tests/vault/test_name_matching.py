"""Names as people look for them, and the beginnings under which the blind index keeps them (E-05, K-23; design 2.5)."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.world import card
from vault.name_matching import (
    indexed_beginnings,
    is_short,
    name_fits,
    normalise_name,
    wanted_beginnings,
    word_begins,
)

PREFIXES = ["", "van", "van der", "van 't", "de", "d'", "'s", "ten", "el", "v.d.", "in 't", "op den"]
# Names in their parts: the tussenvoegsel in the name itself, the name, and the second name where it has one.
NAMES = [
    ("", "Dijk", ""), ("", "Vries", "-Çelik"), ("", "Yılmaz", ""), ("", "Jansen", " de Vries"), ("El", "Idrissi", ""),
    ("", "Øst", ""), ("", "Li", ""), ("", "Bos", "-van Dijk"), ("Van", "Dijk", ""), ("", "O'Brien", ""),
    ("", "Tan", ""), ("", "Vanderbilt", ""), ("", "Desmet", ""), ("", "Terpstra", ""), ("", "d'Hondt", ""),
    ("", "Müller", "/Bakker"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("Dijk", "dij", None),
        ("Van Dijk", "dij", None),
        ("van 't Hoff", "hof", None),
        ("Vries-Çelik", "vri", "cel"),
        ("Bos-van Dijk", "bos", "dij"),
        ("Jansen de Vries", "jan", "vri"),
        ("Li", "li", None),
        ("Over", "ove", None),
        ("op den", "opd", None),
        ("Yılmaz", "yil", None),
        ("—", "", None),
    ],
)
def test_a_name_is_indexed_by_the_first_letters_of_its_parts(name: str, first: str, second: str | None) -> None:
    """Design 2.5: the normalised last name, without tussenvoegsel."""
    assert indexed_beginnings(name) == (first, second)


@pytest.mark.parametrize(
    ("typed", "short"),
    [("Li", True), ("van d", True), ("van", True), ("V.d. B", True), ("van der Li", True), ("Bos", False)],
)
def test_tussenvoegsels_do_not_make_a_name_long_enough(typed: str, short: bool) -> None:
    """Design 2.5: fewer letters are answered only where all can be opened."""
    assert is_short(typed) is short


@given(st.sampled_from(PREFIXES), st.sampled_from(NAMES), st.booleans(), st.booleans(), st.data())
def test_whoever_fits_what_was_typed_lies_under_one_of_its_beginnings(
    prefix: str, name: tuple[str, str, str], spaced: bool, loud: bool, data: st.DataObject
) -> None:
    """What the index does not offer is never opened and compared: it may offer too many, never too few."""
    own_prefix, core, second = name
    last_name = f"{own_prefix} {core}{second}".strip()
    begun = core[: data.draw(st.integers(min_value=min(3, len(core)), max_value=len(core)))]
    before = data.draw(
        st.sampled_from([(prefix, own_prefix), ("", own_prefix)] if own_prefix else [(prefix, ""), ("", "")])
    )
    typed = (" " if spaced else "").join(part for part in (*before, begun) if part)
    typed = typed.upper() if loud else typed
    # An apostrophe is no letter: with fewer than three only a whole name is looked for.
    assume(begun == core or not is_short(begun))
    assert name_fits(card(last_name, prefix=prefix or None), normalise_name(typed))
    assert wanted_beginnings(typed) & set(indexed_beginnings(last_name))


@pytest.mark.parametrize("typed", ["celik", "Çelik", "çel"])
def test_the_second_of_a_double_name_is_found_too(typed: str) -> None:
    """E-05: who is called De Vries-Çelik may be known as Çelik."""
    assert name_fits(card("Vries-Çelik", prefix="de"), normalise_name(typed))
    assert wanted_beginnings(typed) & set(indexed_beginnings("Vries-Çelik"))


@given(st.text())
def test_any_text_is_a_name(name: str) -> None:
    """What people type and import is not to stop a search."""
    first, second = indexed_beginnings(name)
    assert len(first) <= 3
    assert second is None or 0 < len(second) <= 3
    assert normalise_name(first) == first
    assert first or not normalise_name(name)
    assert len(wanted_beginnings(name)) < 100


def test_an_organisation_is_found_by_any_of_its_words() -> None:
    """H-05."""
    assert word_begins("Bakkerij Mulder", "mul")
    assert word_begins("Bakkerij Mulder", "bakkerijm")
    assert not word_begins("Bakkerij Mulder", "ulder")
