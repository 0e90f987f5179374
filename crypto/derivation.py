"""Keys from a secret, each purpose under its own label (HKDF-SHA-256, RFC 5869; design 2.1)."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.secret import Secret

_LABEL_PREFIX = "datakluis/v1/"


def derive(secret: Secret, label: str, length: int = 32) -> Secret:
    """The key of `length` bytes (at most 8,160) for the purpose that `label` names.

    Whoever has the result can find neither the secret nor the key of another label. The secret must itself be random:
    a password goes through `passwords.stretch` first. Raises `ValueError` for an empty label or an impossible length.
    """
    if not label:
        raise ValueError("a derived key needs a label that names its purpose")
    info = (_LABEL_PREFIX + label).encode()
    return Secret(hkdf_sha256(secret.reveal(), salt=b"", info=info, length=length))


def hkdf_sha256(input_key: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA-256, extract and expand (RFC 5869). Raises `ValueError` for a length above 255 blocks."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(input_key)
