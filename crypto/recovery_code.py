"""How half of a secret is printed, scanned and typed: four lines of sixteen characters, each with a check of its own.

The alphabet is Crockford's base32: no I, L, O or U, so that what looks like one of those is a 1, a 0 or a slip.
Each line holds 8 bytes and 2 bytes of check, which tell a slip, or two lines swapped, by its line (all but one in
65,536). The check is no secret and protects none: it is there for who types.
"""

from __future__ import annotations

import base64
import hashlib
import re

from crypto.errors import MalformedRecoveryCode
from crypto.secret import Secret

LINES = 4
GROUPS = 4
GROUP_LENGTH = 4
LINE_LENGTH = GROUPS * GROUP_LENGTH
CODE_LENGTH = LINES * LINE_LENGTH

_BYTES_IN_LINE = 8
_CHECK_BYTES = 2
_RFC_4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD = str.maketrans(_RFC_4648, _CROCKFORD)
_FROM_CROCKFORD = str.maketrans(_CROCKFORD, _RFC_4648)
_MISREAD = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-.\u00ad\u2010-\u2015\u2212]+")
_CHARACTERS = re.compile(f"[{_CROCKFORD}]*")


def write_code(half: Secret) -> str:
    """The code of a half of 32 bytes: 64 characters in one piece, as a QR code holds it.

    Raises `ValueError` for another length.
    """
    value = half.reveal()
    if len(value) != LINES * _BYTES_IN_LINE:
        raise ValueError("half of a secret has 32 bytes")
    return "".join(_write_line(number, _part(value, number)) for number in range(LINES))


def lines_of(code: str) -> list[list[str]]:
    """The four lines of a code, each in four groups of four characters, as they are printed."""
    starts = range(0, CODE_LENGTH, GROUP_LENGTH)
    groups = [code[start : start + GROUP_LENGTH] for start in starts]
    return [groups[start : start + GROUPS] for start in range(0, len(groups), GROUPS)]


def read_code(typed: str) -> Secret:
    """The half of a code, from how it was typed: any case, spaces or dashes, O for 0, I or L for 1.

    Raises `MalformedRecoveryCode`, which says how many characters there were and in which lines something is wrong.
    """
    characters = _SEPARATORS.sub("", typed).upper().translate(_MISREAD)
    if len(characters) != CODE_LENGTH:
        raise MalformedRecoveryCode(len(characters), ())
    lines = [characters[start : start + LINE_LENGTH] for start in range(0, CODE_LENGTH, LINE_LENGTH)]
    read = [_read_line(number, line) for number, line in enumerate(lines)]
    wrong = tuple(number for number, part in enumerate(read, start=1) if part is None)
    if wrong:
        raise MalformedRecoveryCode(len(characters), wrong)
    return Secret(b"".join(part for part in read if part is not None))


def _part(value: bytes, number: int) -> bytes:
    return value[number * _BYTES_IN_LINE : (number + 1) * _BYTES_IN_LINE]


def _write_line(number: int, part: bytes) -> str:
    return base64.b32encode(part + _check(number, part)).decode().translate(_TO_CROCKFORD)


def _read_line(number: int, line: str) -> bytes | None:
    if not _CHARACTERS.fullmatch(line):
        return None
    whole = base64.b32decode(line.translate(_FROM_CROCKFORD))
    part, check = whole[:_BYTES_IN_LINE], whole[_BYTES_IN_LINE:]
    return part if check == _check(number, part) else None


def _check(number: int, part: bytes) -> bytes:
    return hashlib.sha256(b"datakluis/v1/recovery code/" + bytes([number]) + part).digest()[:_CHECK_BYTES]
