"""Sealing to a public key, so that anyone may send to a holder and only the holder can open (design 2.1).

HPKE in base mode (RFC 9180) as `cryptography` provides it: ML-KEM-768 and X25519 combined (the X-Wing construction of
the IETF drafts, KEM 0x647a), HKDF-SHA-256, AES-256-GCM. What is sealed stays closed as long as one of the two holds.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from crypto.derivation import derive
from crypto.errors import ContextError, PublicKeyError, UnsealError
from crypto.sealing import Context
from crypto.secret import Secret

MARKER = b"\x02"

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO_PREFIX = b"datakluis/v1/hybrid" + MARKER
_ML_KEM_PUBLIC_END = 1 + 1184


class KeyPair:
    """The key pair of a holder, derived from its secret. It cannot be pickled and shows nothing of itself."""

    __slots__ = ("_private_key", "public_key")

    public_key: bytes
    """Marker byte, raw ML-KEM-768 public key (1,184 bytes), raw X25519 public key (32 bytes)."""

    def __init__(self, ml_kem: MLKEM768PrivateKey, x25519: X25519PrivateKey) -> None:
        self._private_key = MLKEM768X25519PrivateKey(ml_kem, x25519)
        public_parts = ml_kem.public_key().public_bytes_raw(), x25519.public_key().public_bytes_raw()
        self.public_key = MARKER + b"".join(public_parts)

    @classmethod
    def from_secret(cls, secret: Secret) -> KeyPair:
        """The same pair every time: ML-KEM's 64-byte seed and X25519's 32 bytes, each under its own label."""
        ml_kem_seed = derive(secret, "hybrid/ml-kem-768", 64)
        x25519_key = derive(secret, "hybrid/x25519", 32)
        return cls(
            MLKEM768PrivateKey.from_seed_bytes(ml_kem_seed.reveal()),
            X25519PrivateKey.from_private_bytes(x25519_key.reveal()),
        )

    def __repr__(self) -> str:
        return "KeyPair()"


def seal_to(public_key: bytes, plaintext: bytes, context: Context) -> bytes:
    """Seal `plaintext` to the holder of `public_key` for `context`: marker byte, HPKE's encapsulation, ciphertext.

    It is 1,137 bytes longer than the plaintext. Whoever knows the public key can seal, so that a sealed value says
    nothing about its sender, and whose key it is must have been checked before. Its randomness is the library's own
    (design 2.6). Raises `PublicKeyError` for a malformed key, `ContextError` for an impossible context.
    """
    recipient = _read_public_key(public_key)
    information = _information(context)
    try:
        return MARKER + _SUITE.encrypt(plaintext, recipient, info=information)
    except ValueError:
        # A point of low order is refused by X25519 only at this moment.
        raise PublicKeyError("the public key cannot be sealed to") from None


def open_with(key_pair: KeyPair, sealed: bytes, context: Context) -> bytes:
    """The plaintext that was sealed to this pair for `context`.

    Raises `UnsealError` for whatever reason it does not open.
    """
    if sealed[:1] != MARKER:
        raise UnsealError
    try:
        return _SUITE.decrypt(sealed[1:], key_pair._private_key, info=_information(context))
    except (InvalidTag, ContextError, ValueError):
        raise UnsealError from None


def _information(context: Context) -> bytes:
    # RFC 9180, 8.1: what a single message authenticates besides itself goes into `info`.
    return _INFO_PREFIX + context.encode()


def _read_public_key(public_key: bytes) -> MLKEM768X25519PublicKey:
    if public_key[:1] != MARKER:
        raise PublicKeyError("the public key is of another suite")
    try:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public_key[1:_ML_KEM_PUBLIC_END]),
            X25519PublicKey.from_public_bytes(public_key[_ML_KEM_PUBLIC_END:]),
        )
    except ValueError:
        raise PublicKeyError("the public key is malformed") from None
