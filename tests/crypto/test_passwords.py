"""From a password to a verifier and a key (RFC 9106, design 2.3)."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import low_level
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import passwords
from crypto.derivation import derive
from crypto.errors import MalformedParameters, WrongVerifier
from crypto.passwords import (
    DEFAULT_MEMORY_LIMIT_KIB,
    Argon2Parameters,
    check_verifier,
    set_memory_limit,
    split,
    stretch,
    verifier_hash,
)
from crypto.secret import Secret
from tests.crypto.places import cut_or_extended, flipped

SALT = bytes(range(32))
CHEAP = Argon2Parameters(memory_kib=64, iterations=1, lanes=2)
STRETCHED = Secret(bytes(range(64)))

# RFC 9106, 5.3: 32 KiB, 3 passes, 4 lanes.
_RFC_9106_TAG = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
_RFC_PASSWORD, _RFC_SALT, _RFC_SECRET, _RFC_DATA = b"\x01" * 32, b"\x02" * 16, b"\x03" * 8, b"\x04" * 12


def test_the_argon2_we_use_gives_the_answer_of_rfc_9106() -> None:
    # Its comfortable function takes neither secret nor associated data, which the published answer has.
    ffi, output = low_level.ffi, low_level.ffi.new("uint8_t[]", 32)
    inputs = [ffi.new("uint8_t[]", value) for value in (_RFC_PASSWORD, _RFC_SALT, _RFC_SECRET, _RFC_DATA)]
    password, salt, secret, data = inputs
    context = ffi.new("argon2_context *")
    context.out, context.outlen = output, 32
    context.pwd, context.pwdlen = password, len(_RFC_PASSWORD)
    context.salt, context.saltlen = salt, len(_RFC_SALT)
    context.secret, context.secretlen = secret, len(_RFC_SECRET)
    context.ad, context.adlen = data, len(_RFC_DATA)
    context.t_cost, context.m_cost, context.lanes, context.threads, context.version = 3, 32, 4, 4, 0x13
    context.allocate_cbk = context.free_cbk = ffi.NULL
    assert low_level.core(context, low_level.Type.ID.value) == 0
    assert bytes(ffi.buffer(output, 32)).hex() == _RFC_9106_TAG


def test_the_second_argon2_gives_the_answer_of_rfc_9106() -> None:
    argon2id = Argon2id(
        salt=_RFC_SALT, length=32, iterations=3, lanes=4, memory_cost=32, ad=_RFC_DATA, secret=_RFC_SECRET
    )
    assert argon2id.derive(_RFC_PASSWORD).hex() == _RFC_9106_TAG


@settings(max_examples=60)
@given(
    st.text(st.characters(codec="ascii"), max_size=80),
    st.binary(min_size=16, max_size=40),
    st.integers(min_value=1, max_value=3),
    st.integers(min_value=1, max_value=4),
    st.integers(min_value=8, max_value=64),
)
def test_stretching_gives_what_a_second_argon2_gives(
    password: str, salt: bytes, iterations: int, lanes: int, memory_a_lane: int
) -> None:
    memory = memory_a_lane * lanes
    second = Argon2id(salt=salt, length=64, iterations=iterations, lanes=lanes, memory_cost=memory)
    parameters = Argon2Parameters(memory_kib=memory, iterations=iterations, lanes=lanes)
    assert stretch(password, salt, parameters) == Secret(second.derive(password.encode()))


def test_the_default_is_the_second_choice_of_rfc_9106() -> None:
    assert Argon2Parameters() == Argon2Parameters(memory_kib=64 * 1024, iterations=3, lanes=4)
    second = Argon2id(salt=SALT, length=64, iterations=3, lanes=4, memory_cost=65536)
    assert stretch("wachtwoord", SALT, Argon2Parameters()) == Secret(second.derive(b"wachtwoord"))


def test_another_password_salt_or_cost_gives_another_result() -> None:
    results = {
        stretch("wachtwoord", SALT, CHEAP).reveal(),
        stretch("wachtwoorD", SALT, CHEAP).reveal(),
        stretch("wachtwoord", SALT[::-1], CHEAP).reveal(),
        stretch("wachtwoord", SALT, Argon2Parameters(128, 1, 2)).reveal(),
        stretch("wachtwoord", SALT, Argon2Parameters(64, 2, 2)).reveal(),
        stretch("wachtwoord", SALT, Argon2Parameters(64, 1, 1)).reveal(),
    }
    assert len(results) == 6


def test_an_accent_typed_on_another_keyboard_is_the_same_password() -> None:
    assert stretch("caf\u00e9", SALT, CHEAP) == stretch("cafe\u0301", SALT, CHEAP)
    assert stretch("caf\u00e9", SALT, CHEAP) != stretch("cafe", SALT, CHEAP)


def test_letters_that_only_look_alike_stay_different_passwords() -> None:
    assert stretch("\ufb01ets", SALT, CHEAP) != stretch("fiets", SALT, CHEAP)


def test_a_password_may_hold_any_character() -> None:
    for password in ("", "\x00", "\ud800", "a" * 10_000, "🔑 sleutel"):
        assert len(stretch(password, SALT, CHEAP)) == 64


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        stretch("wachtwoord", SALT[:15], CHEAP)


def test_parameters_can_be_stored_as_a_short_text() -> None:
    for parameters in (Argon2Parameters(), CHEAP, Argon2Parameters(1024 * 1024, 100, 64)):
        assert Argon2Parameters.decode(parameters.encode()) == parameters
        assert len(parameters.encode()) <= 40
    assert Argon2Parameters().encode() == "argon2id$v=19$m=65536,t=3,p=4"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "argon2i$v=19$m=65536,t=3,p=4",
        "argon2id$v=16$m=65536,t=3,p=4",
        "argon2id$v=19$m=65536,t=3",
        "argon2id$v=19$m=65536,t=3,p=4,",
        "argon2id$v=19$m=65536,t=3,p=4\n",
        "argon2id$v=19$m=-65536,t=3,p=4",
        "argon2id$v=19$m=٦٥٥٣٦,t=3,p=4",
        "argon2id$v=19$m=9999999,t=3,p=4",
        "argon2id$v=19$m=31,t=3,p=4",
        "argon2id$v=19$m=65536,t=0,p=4",
        "argon2id$v=19$m=65536,t=101,p=4",
        "argon2id$v=19$m=65536,t=3,p=0",
        "argon2id$v=19$m=65536,t=3,p=65",
    ],
)
def test_stored_parameters_that_were_changed_are_refused(text: str) -> None:
    with pytest.raises(MalformedParameters):
        Argon2Parameters.decode(text)


def test_verifier_and_key_are_two_labels_of_one_stretched_password() -> None:
    halves = split(STRETCHED)
    assert halves.verifier == derive(STRETCHED, "password/verifier").reveal()
    assert halves.key == derive(STRETCHED, "password/key")
    assert halves.verifier != halves.key.reveal()
    assert len(halves.verifier) == len(halves.key) == 32


def test_the_verifier_of_a_stretched_password_is_not_shown() -> None:
    halves = split(STRETCHED)
    assert repr(halves) == "StretchedPassword(key=Secret(32 bytes))"


def test_the_right_verifier_is_accepted_and_every_other_refused() -> None:
    verifier = split(STRETCHED).verifier
    stored = verifier_hash(verifier)
    check_verifier(verifier, stored)
    for other in (*flipped(verifier), *cut_or_extended(verifier)):
        with pytest.raises(WrongVerifier):
            check_verifier(other, stored)
    for other in (*flipped(stored), *cut_or_extended(stored)):
        with pytest.raises(WrongVerifier):
            check_verifier(verifier, other)


def test_what_is_stored_of_a_verifier_is_no_verifier() -> None:
    verifier = split(STRETCHED).verifier
    stored = verifier_hash(verifier)
    assert stored == hashlib.sha256(b"datakluis/v1/password verifier/" + verifier).digest()
    with pytest.raises(WrongVerifier):
        check_verifier(stored, stored)


@pytest.fixture
def _usual_limit_afterwards() -> Iterator[None]:
    yield
    set_memory_limit(DEFAULT_MEMORY_LIMIT_KIB)


@contextmanager
def in_the_background(run: object, *arguments: object) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=run, args=arguments)  # type: ignore[arg-type]
    thread.start()
    yield thread
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.usefixtures("_usual_limit_afterwards")
def test_a_run_waits_until_there_is_memory() -> None:
    set_memory_limit(1000)
    with passwords._memory_budget.claim(950):
        with in_the_background(stretch, "wachtwoord", SALT, Argon2Parameters(50, 1, 1)) as fits:
            fits.join(10)
            assert not fits.is_alive()
        waiting = threading.Thread(target=stretch, args=("wachtwoord", SALT, Argon2Parameters(51, 1, 1)))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(10)
    assert not waiting.is_alive()


@pytest.mark.usefixtures("_usual_limit_afterwards")
def test_a_raised_limit_lets_a_waiting_run_through_at_once() -> None:
    set_memory_limit(1000)
    with passwords._memory_budget.claim(1000), in_the_background(stretch, "wachtwoord", SALT, CHEAP) as waiting:
        waiting.join(0.2)
        assert waiting.is_alive()
        set_memory_limit(2000)


@pytest.mark.usefixtures("_usual_limit_afterwards")
def test_a_run_above_the_whole_limit_runs_alone_instead_of_never() -> None:
    set_memory_limit(10)
    assert len(stretch("wachtwoord", SALT, CHEAP)) == 64


def test_the_runs_at_once_never_use_more_than_the_limit() -> None:
    budget, busy, peaks, lock = passwords._MemoryBudget(250), [0], [], threading.Lock()

    def run() -> None:
        with budget.claim(100):
            with lock:
                busy[0] += 100
                peaks.append(busy[0])
            time.sleep(0.01)
            with lock:
                busy[0] -= 100

    threads = [threading.Thread(target=run) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(peaks) == 12
    assert max(peaks) == 200


def test_a_failing_run_gives_its_memory_back() -> None:
    budget = passwords._MemoryBudget(100)
    with pytest.raises(RuntimeError), budget.claim(100):
        raise RuntimeError
    assert budget._has_room(100)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_lets_nothing_run_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        set_memory_limit(limit)
