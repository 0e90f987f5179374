"""Whether a new password will do (L-25; NIST SP 800-63B-4, 3.1.1; ASVS 6.2.4): length, leaked lists, guessability.

Everything is on this machine: no password, and no part of one, is asked after elsewhere.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from accounts.errors import Weakness, WeakPassword

SHORTEST = 12
LONGEST = 256
FEWEST_GUESSES = 10**10
"""From here on zxcvbn calls a password very unguessable (score 4): it guards keys, not just an account."""

DATA = Path(__file__).parent / "data"

# zxcvbn refuses more than 72 characters, and 72 that were chosen to keep it busy take it five seconds; these take one.
# What comes after them could only make a password better.
_EXAMINED = 32
_OUR_WORDS = """
    datakluis datakluisbeheerder arbodienst bedrijfsarts casemanager verzuim ziekteverzuim ziekmelding zorgvraag
    werkgever werknemer leidinggevende dossier spreekuur wachtwoord welkom inloggen geheim
"""


def check_new_password(password: str, context_words: Iterable[str] = ()) -> None:
    """Raise `WeakPassword` unless `password` will do; its reason is the first of `Weakness` that holds.

    Every code point after NFC counts, of any kind: there are no rules of composition. `context_words` are what a
    guesser knows of this person: own name, login name, organisation. The product's words are added.
    """
    normalised = unicodedata.normalize("NFC", password)
    if len(normalised) < SHORTEST:
        raise WeakPassword(Weakness.TOO_SHORT)
    if len(normalised) > LONGEST:
        raise WeakPassword(Weakness.TOO_LONG)
    if normalised.lower() in _breached_passwords():
        raise WeakPassword(Weakness.BREACHED)
    for written in (normalised, _joined(normalised)):
        if _guesses(_unrepeated(written)[:_EXAMINED], context_words) < FEWEST_GUESSES:
            raise WeakPassword(Weakness.GUESSABLE)


def _guesses(password: str, context_words: Iterable[str]) -> float:
    """Return how many guesses a password withstands, as zxcvbn estimates it.

    The two halves of zxcvbn are called one by one: its own entry keeps the words of the last person for all threads.
    """
    from zxcvbn import matching, scoring

    dictionaries = {**_dictionaries(), "context": _ranked(_words(context_words))}
    matches = matching.omnimatch(password, dictionaries)
    return float(scoring.most_guessable_match_sequence(password, matches)["guesses"])


def _joined(password: str) -> str:
    """Return a password without what stands between its words: zxcvbn takes each space for a guess of its own."""
    return re.sub(r"[\s\-_.,/+&]+", "", password)


def _unrepeated(password: str) -> str:
    """Return what a password is a repetition of: zxcvbn looks inside a repetition without the lists it was given."""
    repetition = re.fullmatch(r"(.+?)\1+", password, re.DOTALL)
    return repetition[1] if repetition else password


def _words(texts: Iterable[str]) -> list[str]:
    """Return the words in `texts`, and each text as a whole without spaces: short ones give nothing away."""
    found = []
    for text in texts:
        lowered = unicodedata.normalize("NFC", text).lower()
        found += ["".join(lowered.split()), *re.findall(r"\w{3,}", lowered)]
    return [word for word in dict.fromkeys(found) if len(word) >= 3]


@cache
def _breached_passwords() -> frozenset[str]:
    packed = (DATA / "breached_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))


@cache
def _dictionaries() -> Mapping[str, Mapping[str, int]]:
    """Return the word lists by name, each word with its rank: zxcvbn's own, the Dutch ones, and the product's."""
    from zxcvbn.matching import RANKED_DICTIONARIES

    dutch = {
        path.stem: _ranked(json.loads(path.read_text("utf-8"))) for path in sorted((DATA / "dutch").glob("*.json"))
    }
    return {**RANKED_DICTIONARIES, **dutch, "ours": _ranked(_OUR_WORDS.split())}


def _ranked(words: Iterable[str]) -> dict[str, int]:
    return {word: rank for rank, word in enumerate(words, start=1)}
