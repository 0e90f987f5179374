"""Sealing under a symmetric key: AES-256-GCM bound to the place where the value lies (design 2.1)."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.errors import ContextError, KeyLengthError, UnsealError
from crypto.secret import Secret

MARKER = b"\x01"
KEY_LENGTH = 32
NONCE_LENGTH = 12

# Format, which optional parts are there, the lengths of the three texts, version, generation.
_HEADER = struct.Struct(">BBHHHQQ")
_FORMAT = 1
_ROW_IS_UUID, _HAS_HOLDER, _HAS_RECIPIENT = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Context:
    """The place a sealed value belongs to. A value sealed for one place opens in no other.

    `table` and `row` name the row (a UUID and its text are different rows), `part` the column or part in it, `version`
    the version of that part. `holder`, `generation` and `recipient` say of a grant whose secret it has, and for whom.
    """

    table: str
    row: UUID | str
    part: str = ""
    version: int = 0
    holder: UUID | None = None
    generation: int = 0
    recipient: UUID | None = None

    def encode(self) -> bytes:
        """The context as bytes; two different contexts never give the same bytes.

        A header of fixed length holds the length of every part that follows. Raises `ContextError` when a number is
        negative or needs more than 64 bits, or a text more than 65,535 bytes.
        """
        try:
            return self._encode()
        except (struct.error, UnicodeEncodeError):
            raise ContextError("a number or text of the context does not fit") from None

    def _encode(self) -> bytes:
        flags = 0
        if isinstance(self.row, UUID):
            flags, row = _ROW_IS_UUID, self.row.bytes
        else:
            row = self.row.encode()
        table, part, holder, recipient = self.table.encode(), self.part.encode(), b"", b""
        if self.holder is not None:
            flags, holder = flags | _HAS_HOLDER, self.holder.bytes
        if self.recipient is not None:
            flags, recipient = flags | _HAS_RECIPIENT, self.recipient.bytes
        lengths = len(table), len(row), len(part)
        header = _HEADER.pack(_FORMAT, flags, *lengths, self.version, self.generation)
        return b"".join((header, table, row, part, holder, recipient))


def seal(key: Secret, plaintext: bytes, context: Context) -> bytes:
    """Seal `plaintext` for `context`: marker byte, 12-byte random nonce, AES-256-GCM (29 bytes longer than the text).

    One key may seal at most 2^32 values: nonces are random, and beyond that the chance that one returns exceeds 2^-32
    (NIST SP 800-38D, 8.3), after which GCM protects neither value. The length of the plaintext shows. A sealed value
    does not commit to its key: never try several keys on one and conclude who sealed it. Raises `KeyLengthError` unless
    the key has 32 bytes, `ContextError` for an impossible context.
    """
    nonce = os.urandom(NONCE_LENGTH)
    return MARKER + nonce + aes_256_gcm_encrypt(key, nonce, plaintext, MARKER + context.encode())


def unseal(key: Secret, sealed: bytes, context: Context) -> bytes:
    """The plaintext that was sealed under `key` for `context`.

    Raises `UnsealError` for whatever reason it does not open: another key, place or marker, a byte changed or missing.
    """
    if sealed[:1] != MARKER:
        raise UnsealError
    nonce, ciphertext = sealed[1 : 1 + NONCE_LENGTH], sealed[1 + NONCE_LENGTH :]
    try:
        return aes_256_gcm_decrypt(key, nonce, ciphertext, MARKER + context.encode())
    except (ContextError, KeyLengthError):
        raise UnsealError from None


def aes_256_gcm_encrypt(key: Secret, nonce: bytes, plaintext: bytes, associated_data: bytes) -> bytes:
    """AES-256-GCM (RFC 5116, NIST SP 800-38D): the ciphertext and its tag of 16 bytes. Use `seal`.

    **A nonce must never be used twice with one key.** Raises `KeyLengthError`.
    """
    return _cipher(key).encrypt(nonce, plaintext, associated_data)


def aes_256_gcm_decrypt(key: Secret, nonce: bytes, ciphertext: bytes, associated_data: bytes) -> bytes:
    """The plaintext of such a ciphertext. Use `unseal`. Raises `UnsealError`, `KeyLengthError`."""
    cipher = _cipher(key)
    try:
        return cipher.decrypt(nonce, ciphertext, associated_data)
    except (InvalidTag, ValueError):
        # The nonce of a value that was cut short is too short; other lengths than 12 bytes never come here.
        raise UnsealError from None


def _cipher(key: Secret) -> AESGCM:
    if len(key) != KEY_LENGTH:
        raise KeyLengthError("a sealing key has 32 bytes")
    return AESGCM(key.reveal())
