"""New passwords: long enough, not leaked, not guessable, also for who knows Dutch and the person (L-25)."""

from __future__ import annotations

import gzip
import time
import unicodedata

import pytest

from accounts.errors import Weakness, WeakPassword
from accounts.passwords import DATA, check_new_password

CONTEXT = ["Anna van Dijk", "Bouwbedrijf Visser B.V."]


def weakness_of(password: str) -> Weakness | None:
    """Return why a password is refused, None when it will do."""
    try:
        check_new_password(password, CONTEXT)
    except WeakPassword as error:
        return error.reason
    return None


@pytest.mark.parametrize(
    "password",
    [
        "zeven paarse fietsen",
        "Xk3!pq9Lw2zRt8",
        "ĳsbergen zijn koud 🧊",
        "🐴🔋🧷🏠🌂🎻🐝🍇🧭🪁🛶🎈",
        "مرحبا بالعالم الجميل",
        "paard-lamp-ruit-wolk " * 12,
    ],
)
def test_a_good_password_of_any_signs_will_do(password: str) -> None:
    """No rules of composition: spaces, letters of any script and pictures count alike."""
    assert weakness_of(password[:256]) is None


@pytest.mark.parametrize("password", ["", "Xk3!pq9Lw2z", "🐴🔋🧷🏠🌂🎻🐝🍇🧭🪁🛶"])
def test_eleven_characters_are_too_few(password: str) -> None:
    assert weakness_of(password) == Weakness.TOO_SHORT


def test_a_letter_with_an_accent_is_one_character_however_it_is_typed() -> None:
    """Twelve code points of which two are accents by themselves are ten letters."""
    typed = unicodedata.normalize("NFD", "éxk3ëpq9w2")

    assert len(typed) == 12
    assert weakness_of(typed) == Weakness.TOO_SHORT


def test_256_characters_are_allowed_and_more_are_not() -> None:
    password = "zeven paarse fietsen " * 13

    assert weakness_of(password[:256]) is None
    assert weakness_of(password[:257]) == Weakness.TOO_LONG


@pytest.mark.parametrize("password", ["123456789012", "qwertyuiop12", "PASSWORD1234", "1q2w3e4r5t6y"])
def test_a_password_that_leaked_elsewhere_is_refused_in_capitals_too(password: str) -> None:
    assert weakness_of(password) == Weakness.BREACHED


@pytest.mark.parametrize(
    "password",
    [
        "Welkom2026!!",
        "ziekteverzuim1",
        "Verzuim2026!!!",
        "bedrijfsarts2026",
        "Amsterdam2026!",
        "gemakkelijk123",
        "kantoorwinkel12",
        "datakluis2026!",
        "AnnaVanDijk1985",
        "annavandijk-annavandijk",
        "Anna van Dijk 1985",
        "anna-van-dijk-1985!",
        "Bouwbedrijf1",
        "abcabcabcabcabc",
        "Zomer2026!" * 2,
        "Zomer2026!" * 5,
    ],
)
def test_words_that_a_dutch_guesser_tries_first_are_refused(password: str) -> None:
    """Libraries.md, section 5: zxcvbn alone knows no Dutch, and calls ziekteverzuim very strong."""
    assert weakness_of(password) == Weakness.GUESSABLE


def test_the_words_of_one_person_are_not_kept_for_the_next() -> None:
    """What zxcvbn's own entry would do: the next one's check would tell of the former one's name."""
    name = "Quirijnestra-Vlaswinckel"
    assert weakness_of(name) is None

    with pytest.raises(WeakPassword):
        check_new_password(name, [name])

    assert weakness_of(name) is None


def test_no_password_keeps_the_server_busy() -> None:
    """These look like any word in leet, in as many ways as there are."""
    for password in ["4@8({[<369&#!1/|0$5+7%2" * 11, "4a@8b({[<c3e69gq&#!1i/|0o$5s+7t%2z" * 7, "a4@" * 85]:
        started = time.process_time()
        weakness_of(password)
        assert time.process_time() - started < 3


def test_the_list_of_leaked_passwords_is_whole() -> None:
    """ASVS 6.2.4 asks for 3,000 that match the policy, which few lists have (security.md, finding 5)."""
    leaked = gzip.decompress((DATA / "breached_passwords.txt.gz").read_bytes()).decode().split("\n")

    assert len(leaked) == len(set(leaked)) == 43_940
    assert min(map(len, leaked)) == 12
    assert all(password == unicodedata.normalize("NFC", password).lower() for password in leaked)


def test_the_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(WeakPassword) as refused:
        check_new_password("ziekteverzuim1")

    assert "ziekteverzuim" not in str(refused.value)
