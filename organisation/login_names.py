"""The login name that a new user is proposed, after the pattern of the environment (U-08)."""

from __future__ import annotations

import re
import unicodedata
from itertools import count

from sqlalchemy import select

from accounts.models import Person
from accounts.people import normalise_login_name
from database.session import Session

DEFAULT_PATTERN = "{organisatie}.{achternaam}"
PLACES = frozenset({"organisatie", "achternaam", "voorletter"})
LONGEST = 120
_AT_A_TIME = 50
_PLACE = re.compile(r"\{(\w*)\}")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "ı": "i", "ł": "l", "đ": "d"})


def is_pattern(text: str) -> bool:
    """Tell whether a text can be a pattern: it has the last name in it, and braces around nothing else than a place."""
    places = set(_PLACE.findall(text))
    return "achternaam" in places and places <= PLACES and not re.search("[{}]", _PLACE.sub("", text))


def propose_login_name(
    session: Session, pattern: str, *, organisation: str, last_name: str, first_letter: str = ""
) -> str:
    """Return a login name that nobody has: by the pattern, with a number behind it where that is taken."""
    words = {
        "organisatie": _plain(organisation), "achternaam": _plain(last_name), "voorletter": _plain(first_letter)[:1],
    }  # fmt: skip
    base = (
        normalise_login_name(_PLACE.sub(lambda place: words[place[1]], pattern))[: LONGEST - 6].strip(".-_ ")
        or "gebruiker"
    )
    for start in count(1, _AT_A_TIME):
        names = [base if number == 1 else f"{base}{number}" for number in range(start, start + _AT_A_TIME)]
        taken = set(session.scalars(select(Person.login_name).where(Person.login_name.in_(names))))
        free = [name for name in names if name not in taken]
        if free:
            return free[0]
    raise AssertionError("there is always a further number")


def _plain(text: str) -> str:
    """Letters without accents and digits, so that anybody can type them."""
    split = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return re.sub(r"[^a-z0-9]", "", split)
