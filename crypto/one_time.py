"""Tokens for links and back-up codes: used once, stored only as a hash (design 2.3)."""

from __future__ import annotations

import base64
import hashlib
import re

from crypto.errors import MalformedCode
from crypto.source import Source

TOKEN_LENGTH = 32
BACKUP_CODE_LENGTH = 20

_SEPARATORS = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212]+")
_BACKUP_CODE = re.compile(rf"[A-Z2-7]{{{BACKUP_CODE_LENGTH}}}")
# The alphabet has neither 0 nor 8, so that each can only be a letter misread. A 1 could be I as well as L.
_MISREAD = str.maketrans("08", "OB")


def new_token(source: Source) -> str:
    """A token for a link: 32 random bytes in 43 characters of base64url, without padding."""
    return base64.urlsafe_b64encode(source.token(TOKEN_LENGTH)).rstrip(b"=").decode()


def token_hash(token: str, purpose: str) -> bytes:
    """What is stored of a token (32 bytes, SHA-256). The purpose is part of it: a token for one never serves another.

    Raises `ValueError` without a purpose.
    """
    if not purpose:
        raise ValueError("a token needs a purpose")
    bound = f"datakluis/v1/one time/{len(purpose)}/{purpose}/{token}"
    return hashlib.sha256(bound.encode("utf-8", "surrogatepass")).digest()


def new_backup_code(source: Source) -> str:
    """A back-up code of 100 random bits: 20 characters of base32 (RFC 4648) in five groups of four, `ABCD-EFGH-...`."""
    return _grouped(base64.b32encode(source.token(13)).decode()[:BACKUP_CODE_LENGTH])


def normalise_backup_code(typed: str) -> str:
    """The code as it was given out, from how it was typed: any case, spaces or dashes, 0 for O, 8 for B.

    Raises `MalformedCode` when it cannot be a back-up code.
    """
    characters = _SEPARATORS.sub("", typed).upper().translate(_MISREAD)
    if not _BACKUP_CODE.fullmatch(characters):
        raise MalformedCode
    return _grouped(characters)


def _grouped(characters: str) -> str:
    return "-".join(characters[start : start + 4] for start in range(0, BACKUP_CODE_LENGTH, 4))
