"""HPKE in base mode written down from RFC 9180 and the X-Wing draft, to judge what the library makes.

It shares nothing with `crypto.hybrid` but the primitives: HMAC, AES-GCM, X25519 and ML-KEM-768.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

DHKEM_X25519 = 0x0020
X_WING = 0x647A
HKDF_SHA256 = 0x0001
AES_128_GCM = 0x0001
AES_256_GCM = 0x0002

ML_KEM_CIPHERTEXT_LENGTH = 1088
_KEY_LENGTH = {AES_128_GCM: 16, AES_256_GCM: 32}


def _extract(salt: bytes, input_key: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), input_key, "sha256")


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    output, block, counter = b"", b"", 1
    while len(output) < length:
        block = hmac.digest(key, block + info + bytes([counter]), "sha256")
        output, counter = output + block, counter + 1
    return output[:length]


def _labeled_extract(suite_id: bytes, salt: bytes, label: bytes, input_key: bytes) -> bytes:
    return _extract(salt, b"HPKE-v1" + suite_id + label + input_key)


def _labeled_expand(suite_id: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return _expand(key, length.to_bytes(2, "big") + b"HPKE-v1" + suite_id + label + info, length)


@dataclass(frozen=True)
class Schedule:
    """The result of RFC 9180's KeySchedule in base mode: key and first nonce."""

    key: bytes
    nonce: bytes

    def seal(self, plaintext: bytes, associated_data: bytes) -> bytes:
        return AESGCM(self.key).encrypt(self.nonce, plaintext, associated_data)

    def open(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        return AESGCM(self.key).decrypt(self.nonce, ciphertext, associated_data)


def key_schedule(kem: int, cipher: int, shared_secret: bytes, info: bytes) -> Schedule:
    """RFC 9180, 5.1, mode base."""
    suite_id = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (kem, HKDF_SHA256, cipher))
    psk_id_hash = _labeled_extract(suite_id, b"", b"psk_id_hash", b"")
    info_hash = _labeled_extract(suite_id, b"", b"info_hash", info)
    context = b"\x00" + psk_id_hash + info_hash
    secret = _labeled_extract(suite_id, shared_secret, b"secret", b"")
    return Schedule(
        key=_labeled_expand(suite_id, secret, b"key", context, _KEY_LENGTH[cipher]),
        nonce=_labeled_expand(suite_id, secret, b"base_nonce", context, 12),
    )


def x25519_shared_secret(agreed: bytes, encapsulation: bytes, recipient_public: bytes) -> bytes:
    """RFC 9180, 4.1: DHKEM(X25519, HKDF-SHA256), from the agreed point."""
    suite_id = b"KEM" + DHKEM_X25519.to_bytes(2, "big")
    key = _labeled_extract(suite_id, b"", b"eae_prk", agreed)
    return _labeled_expand(suite_id, key, b"shared_secret", encapsulation + recipient_public, 32)


def x_wing_combine(ml_kem_secret: bytes, agreed: bytes, ephemeral_public: bytes, recipient_public: bytes) -> bytes:
    """X-Wing's combiner: SHA3-256 over both secrets, X25519's ciphertext and public key, and a label."""
    parts = ml_kem_secret + agreed + ephemeral_public + recipient_public + bytes.fromhex("5c2e2f2f5e5c")
    return hashlib.sha3_256(parts).digest()


def x_wing_decapsulate(ml_kem: MLKEM768PrivateKey, x25519: X25519PrivateKey, encapsulation: bytes) -> bytes:
    """The shared secret of an X-Wing encapsulation (1,120 bytes)."""
    ml_kem_secret = ml_kem.decapsulate(encapsulation[:ML_KEM_CIPHERTEXT_LENGTH])
    ephemeral_public = encapsulation[ML_KEM_CIPHERTEXT_LENGTH:]
    agreed = x25519.exchange(X25519PublicKey.from_public_bytes(ephemeral_public))
    return x_wing_combine(ml_kem_secret, agreed, ephemeral_public, x25519.public_key().public_bytes_raw())
