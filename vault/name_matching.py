"""Comparing last names as people look for them: without case, accents, spaces and tussenvoegsel (E-05, K-23)."""

from __future__ import annotations

import re
import unicodedata

from vault.fields import Card

# Letters that Unicode does not take apart, as people without them on their keyboard type them.
_PLAIN_LETTERS = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"})

# Tussenvoegsels as single words, without their signs; several in a row make one, such as `van der`.
_PREFIX_WORDS = frozenset(
    [
        "aan", "af", "al", "auf", "bij", "d", "da", "das", "de", "del", "della", "den", "der", "des", "di", "do", "dos",
        "du", "een", "el", "en", "het", "in", "la", "las", "le", "les", "lo", "los", "op", "over", "s", "t", "te",
        "ten", "ter", "tot", "uit", "v", "van", "vd", "ver", "vom", "von", "voor", "vor", "zu", "zum", "zur",
    ]
)  # fmt: skip
# One letter of a name typed without spaces is taken for a tussenvoegsel only where it is one with an apostrophe.
_JOINED_PREFIXES = tuple(sorted(_PREFIX_WORDS - {"v"}))
_MOST_PREFIXES = 4
INDEXED_LETTERS = 3


def normalise_name(name: str) -> str:
    """The letters and digits of a name, without accents, spaces and case: `Van Dijk-Çelik` is `vandijkcelik`."""
    # Some letters are capitals only once they are taken apart, and some of those are taken apart again.
    folded = unicodedata.normalize("NFKD", name).casefold()
    decomposed = unicodedata.normalize("NFKD", folded).translate(_PLAIN_LETTERS)
    return "".join(character for character in decomposed if character.isalnum())


def name_fits(card: Card, wanted: str) -> bool:
    """Tell whether a last name, with or without tussenvoegsel, or one of its words begins with `wanted`.

    `wanted` has gone through `normalise_name`.
    """
    last, prefix = normalise_name(card.last_name), normalise_name(card.prefix or "")
    parts = [normalise_name(part) for part in _words(card.last_name)]
    return any(name.startswith(wanted) for name in (last, prefix + last, *parts))


def word_begins(name: str, wanted: str) -> bool:
    """Tell whether a name of an organisation, or one of its words, begins with `wanted`, normalised as a name is."""
    return any(normalise_name(part).startswith(wanted) for part in [name, *_words(name)])


def is_short(typed: str) -> bool:
    """Tell whether too little was typed to look for the beginnings of names: tussenvoegsels do not count."""
    names = [word for word in map(normalise_name, _words(typed)) if word not in _PREFIX_WORDS]
    return len("".join(names)) < INDEXED_LETTERS


def indexed_beginnings(last_name: str) -> tuple[str, str | None]:
    """The first letters under which a last name is found: of the name and, of a double name, of its second part.

    Tussenvoegsels do not count, also where they stand in the name itself; a name of nothing else counts as it is.
    """
    words = [word for word in map(normalise_name, _words(last_name)) if word]
    first = _without_prefix(words)
    others = [word for word in first[1:] if word not in _PREFIX_WORDS]
    return "".join(first)[:INDEXED_LETTERS], others[0][:INDEXED_LETTERS] if others else None


def wanted_beginnings(typed: str) -> set[str]:
    """The first letters under which those lie whom `typed` may mean: as it stands, and without its tussenvoegsels.

    Shorter than three letters finds only a name that is not longer itself.
    """
    words = [word for word in map(normalise_name, _words(typed)) if word]
    names = {"".join(words), "".join(_without_prefix(words))}
    for _ in range(_MOST_PREFIXES):
        names |= {name.removeprefix(prefix) for name in names for prefix in _JOINED_PREFIXES if name.startswith(prefix)}
    return {name[:INDEXED_LETTERS] for name in names if name}


def _without_prefix(words: list[str]) -> list[str]:
    leading = next((place for place, word in enumerate(words) if word not in _PREFIX_WORDS), 0)
    return words[leading:]


def _words(name: str) -> list[str]:
    return re.split(r"[\s\-–—/]+", name.strip())
