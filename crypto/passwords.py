"""From a password to a verifier and a key: one Argon2id a login (RFC 9106; design 2.3).

The back-up code takes the same path.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition

from argon2.low_level import Type, hash_secret_raw

from crypto.derivation import derive
from crypto.errors import MalformedParameters, WrongVerifier
from crypto.secret import Secret

STRETCHED_LENGTH = 64
MINIMUM_SALT_LENGTH = 16
DEFAULT_MEMORY_LIMIT_KIB = 256 * 1024

_ENCODED = re.compile(r"argon2id\$v=19\$m=([0-9]{1,7}),t=([0-9]{1,3}),p=([0-9]{1,2})")
_MAXIMUM_MEMORY_KIB = 1024 * 1024
_MAXIMUM_ITERATIONS = 100
_MAXIMUM_LANES = 64
_VERIFIER_PREFIX = b"datakluis/v1/password verifier/"


@dataclass(frozen=True, slots=True)
class Argon2Parameters:
    """What one run costs: memory in KiB, passes over it, lanes. By default RFC 9106's second choice (64 MiB, 3, 4).

    They are stored with each account, so that they can be raised later. `MalformedParameters` is raised outside
    8 KiB a lane to 1 GiB, 1 to 100 iterations, 1 to 64 lanes: a row changed in the database must not stop the server.
    """

    memory_kib: int = 65536
    iterations: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        fits = (
            1 <= self.lanes <= _MAXIMUM_LANES
            and 8 * self.lanes <= self.memory_kib <= _MAXIMUM_MEMORY_KIB
            and 1 <= self.iterations <= _MAXIMUM_ITERATIONS
        )
        if not fits:
            raise MalformedParameters("the parameters of Argon2id lie outside the limits")

    def encode(self) -> str:
        """A short text for the row of the account: `argon2id$v=19$m=65536,t=3,p=4`."""
        return f"argon2id$v=19$m={self.memory_kib},t={self.iterations},p={self.lanes}"

    @classmethod
    def decode(cls, text: str) -> Argon2Parameters:
        """The parameters from that text. Raises `MalformedParameters`."""
        found = _ENCODED.fullmatch(text)
        if found is None:
            raise MalformedParameters("the text does not hold parameters of Argon2id")
        return cls(*(int(number) for number in found.groups()))


@dataclass(frozen=True, slots=True, eq=False)
class StretchedPassword:
    """The two halves of a stretched password: what proves it, and what opens the person's secret."""

    verifier: bytes = field(repr=False)
    key: Secret


class _MemoryBudget:
    """Lets runs wait until the busy ones leave enough memory. A run above the whole limit waits until it is alone."""

    def __init__(self, limit_kib: int) -> None:
        self._limit_kib = limit_kib
        self._used_kib = 0
        self._changed = Condition()

    def set_limit(self, limit_kib: int) -> None:
        with self._changed:
            self._limit_kib = limit_kib
            self._changed.notify_all()

    @contextmanager
    def claim(self, size_kib: int) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: self._has_room(size_kib))
            self._used_kib += size_kib
        try:
            yield
        finally:
            with self._changed:
                self._used_kib -= size_kib
                self._changed.notify_all()

    def _has_room(self, size_kib: int) -> bool:
        return self._used_kib == 0 or self._used_kib + size_kib <= self._limit_kib


_memory_budget = _MemoryBudget(DEFAULT_MEMORY_LIMIT_KIB)


def set_memory_limit(kib: int) -> None:
    """Cap the memory, in KiB, that all runs of Argon2id in this process use at once; further runs wait their turn.

    At first 256 MiB: four runs of the default. Each process has its own cap. Raises `ValueError` unless positive.
    """
    if kib <= 0:
        raise ValueError("the memory limit must be positive")
    _memory_budget.set_limit(kib)


def stretch(password: str, salt: bytes, parameters: Argon2Parameters) -> Secret:
    """The 64 bytes that Argon2id makes of a password (about 0.3 s by default). Hand them to `split`.

    The password is normalised to NFC first, so that é typed on another keyboard is the same é. Raises `ValueError` for
    a salt under 16 bytes (RFC 9106, 3.1; `root_key.SaltKey.salt_for` gives 32).
    """
    if len(salt) < MINIMUM_SALT_LENGTH:
        raise ValueError("the salt of a password has at least 16 bytes")
    normalised = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    with _memory_budget.claim(parameters.memory_kib):
        return Secret(_argon2id(normalised, salt, parameters))


def split(stretched: Secret) -> StretchedPassword:
    """The verifier (32 bytes) and the key (32 bytes) of a stretched password; neither can be found from the other."""
    verifier = derive(stretched, "password/verifier").reveal()
    return StretchedPassword(verifier=verifier, key=derive(stretched, "password/key"))


def verifier_hash(verifier: bytes) -> bytes:
    """What is stored of a verifier (32 bytes, SHA-256), so that who reads the database cannot log in with it."""
    return hashlib.sha256(_VERIFIER_PREFIX + verifier).digest()


def check_verifier(verifier: bytes, stored_hash: bytes) -> None:
    """Raises `WrongVerifier` unless `stored_hash` was made of this verifier. Compares in constant time."""
    if not hmac.compare_digest(verifier_hash(verifier), stored_hash):
        raise WrongVerifier


def _argon2id(password: bytes, salt: bytes, parameters: Argon2Parameters) -> bytes:
    return hash_secret_raw(
        secret=password,
        salt=salt,
        time_cost=parameters.iterations,
        memory_cost=parameters.memory_kib,
        parallelism=parameters.lanes,
        hash_len=STRETCHED_LENGTH,
        type=Type.ID,
        version=19,
    )
