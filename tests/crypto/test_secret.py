"""A secret shows itself nowhere."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import pytest

from crypto.errors import SecretNotCopyable
from crypto.hybrid import KeyPair
from crypto.passwords import StretchedPassword
from crypto.secret import Secret
from crypto.source import SeededSource

VALUE = b"a canary that must not sing 1234"
SECRET = Secret(VALUE)
SHOWN = "Secret(32 bytes)"


@dataclass
class Drawer:
    label: str
    content: Secret


WAYS_TO_SHOW: dict[str, Callable[[], str]] = {
    "repr": lambda: repr(SECRET),
    "str": lambda: str(SECRET),
    "f-string": lambda: f"{SECRET}",
    "f-string with repr": lambda: f"{SECRET!r}",
    "f-string with a width": lambda: f"{SECRET:>100}",
    "format": lambda: format(SECRET, "s"),
    "percent": lambda: "%s %r" % (SECRET, SECRET),  # noqa: UP031
    "in a list": lambda: str([SECRET]),
    "in a dataclass": lambda: repr(Drawer("drawer", SECRET)),
    "in a stretched password": lambda: repr(StretchedPassword(VALUE, SECRET)),
}


def contains_the_secret(text: str) -> bool:
    return any(form in text for form in (VALUE.decode(), VALUE.hex(), VALUE.hex().upper(), repr(VALUE), "canary"))


@pytest.mark.parametrize("way", WAYS_TO_SHOW)
def test_no_text_of_a_secret_shows_it(way: str) -> None:
    shown = WAYS_TO_SHOW[way]()
    assert SHOWN in shown
    assert not contains_the_secret(shown)


def test_a_log_line_does_not_show_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("opened with %s and %r", SECRET, {"key": SECRET})
    assert SHOWN in caplog.text
    assert not contains_the_secret(caplog.text)


def test_a_traceback_with_all_variables_does_not_show_a_secret() -> None:
    def fail(key: Secret, pair: KeyPair) -> None:
        raise RuntimeError(f"no luck with {key}")

    try:
        fail(SECRET, KeyPair.from_secret(SECRET))
    except RuntimeError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert f"key = {SHOWN}" in shown
    assert "pair = KeyPair()" in shown
    assert not contains_the_secret(shown)


def test_a_secret_has_no_dictionary_of_attributes_to_dump() -> None:
    with pytest.raises(TypeError):
        vars(SECRET)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_cannot_be_pickled(protocol: int) -> None:
    with pytest.raises(SecretNotCopyable):
        pickle.dumps(SECRET, protocol)


def test_a_key_pair_cannot_be_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(KeyPair.from_secret(SECRET))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_secret_cannot_be_copied(copied: Callable[[Secret], Secret]) -> None:
    with pytest.raises(SecretNotCopyable):
        copied(SECRET)


def test_a_dataclass_with_a_secret_does_not_become_a_dictionary() -> None:
    with pytest.raises(SecretNotCopyable):
        asdict(Drawer("drawer", SECRET))


def test_a_secret_does_not_become_json() -> None:
    with pytest.raises(TypeError):
        json.dumps({"key": SECRET})


def test_a_secret_does_not_become_bytes_by_itself() -> None:
    with pytest.raises(TypeError):
        bytes(SECRET)  # type: ignore[call-overload]


def test_a_secret_cannot_be_the_key_of_a_cache() -> None:
    with pytest.raises(TypeError):
        hash(SECRET)


def test_secrets_are_equal_when_their_bytes_are() -> None:
    assert Secret(VALUE) == SECRET
    assert Secret(VALUE[:-1] + b"5") != SECRET
    assert Secret(VALUE[:-1]) != SECRET
    assert Secret(b"") != SECRET


def test_a_secret_is_never_equal_to_bytes() -> None:
    assert SECRET != VALUE
    assert VALUE != SECRET


def test_what_is_not_bytes_is_refused_as_a_secret() -> None:
    for value in ("text", bytearray(32), 32, None):
        with pytest.raises(TypeError):
            Secret(value)  # type: ignore[arg-type]


def test_a_random_secret_comes_from_the_source() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert Secret.random(SeededSource("a", start)) == Secret(SeededSource("a", start).token(32))
    assert len(Secret.random(SeededSource("a", start), 64)) == 64
