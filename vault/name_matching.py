"""Comparing last names as people look for them: without case, accents, spaces and tussenvoegsel (E-05, K-23)."""

from __future__ import annotations

import re
import unicodedata

from vault.fields import Card

# Letters that Unicode does not take apart, as people without them on their keyboard type them.
_PLAIN_LETTERS = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"})

# Tussenvoegsels as single words; several in a row make one, such as `van der`.
_PREFIX_WORDS = frozenset(
    [
        "aan", "af", "al", "bij", "d'", "da", "das", "de", "del", "della", "den", "der", "des", "di", "do", "dos", "du",
        "een", "el", "en", "het", "in", "la", "las", "le", "les", "lo", "los", "op", "over", "'s", "'t", "s", "t", "te",
        "ten", "ter", "tot", "uit", "van", "ver", "vom", "von", "voor", "vor", "zu", "zum", "zur",
    ]
)  # fmt: skip
# The same as they stand before a name that was typed without spaces.
_JOINED_PREFIXES = (
    "aande", "aanden", "aander", "aant", "bijde", "bijt", "de", "del", "den", "der", "des", "di", "du", "in", "inde",
    "inden", "inder", "int", "la", "le", "op", "opde", "opden", "opder", "opt", "s", "t", "te", "ten", "ter", "van",
    "vande", "vanden", "vander", "vant", "ver", "vom", "von", "voor", "voorde", "zu", "zum", "zur",
)  # fmt: skip
INDEXED_LETTERS = 3


def normalise_name(name: str) -> str:
    """The letters and digits of a name, without accents, spaces and case: `Van Dijk-Çelik` is `vandijkcelik`."""
    decomposed = unicodedata.normalize("NFKD", name.casefold()).translate(_PLAIN_LETTERS)
    return "".join(character for character in decomposed if character.isalnum())


def name_fits(card: Card, wanted: str) -> bool:
    """Tell whether a last name, with or without tussenvoegsel, or one of its words begins with `wanted`.

    `wanted` has gone through `normalise_name`.
    """
    last, prefix = normalise_name(card.last_name), normalise_name(card.prefix or "")
    parts = [normalise_name(part) for part in card.last_name.replace("-", " ").split()]
    return any(name.startswith(wanted) for name in (last, prefix + last, *parts))


def indexed_beginnings(last_name: str) -> tuple[str, str | None]:
    """The first letters under which a last name is found: of its first part and, of a double name, of its second.

    Tussenvoegsels do not count, also where they stand in the name itself; a name of nothing else counts as it is.
    """
    parts = [part for part in (_without_prefix(part) for part in re.split(r"[-–—/]", last_name)) if part]
    words = [word for part in parts for word in part.split()]
    beginnings = [beginning for word in words[:1] + (parts[1:] or words[1:]) if (beginning := _beginning(word))]
    if not beginnings:
        return _beginning(last_name), None
    second = beginnings[1] if len(beginnings) > 1 else None
    return beginnings[0], second


def wanted_beginnings(typed: str) -> set[str]:
    """The first letters under which those lie whom `typed` may mean: as it stands, and without each tussenvoegsel.

    Shorter than three letters only for a name that is not longer itself.
    """
    names = {normalise_name(typed), normalise_name(_without_prefix(typed))}
    joined = normalise_name(typed)
    names |= {joined.removeprefix(prefix) for prefix in _JOINED_PREFIXES if joined.startswith(prefix)}
    longest = {name[:INDEXED_LETTERS] for name in names if len(name) >= INDEXED_LETTERS}
    return longest or {name for name in names if name}


def _beginning(name: str) -> str:
    return normalise_name(name)[:INDEXED_LETTERS]


def _without_prefix(name: str) -> str:
    words = name.replace("’", "'").split()
    while len(words) > 1 and words[0].casefold() in _PREFIX_WORDS:
        words = words[1:]
    return " ".join(words)
