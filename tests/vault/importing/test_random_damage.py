"""Damage in any place of a file: it is read or refused, and never anything else (goal G)."""

from __future__ import annotations

import io
import random
import zipfile
from collections import deque
from contextlib import suppress
from datetime import date
from uuid import UUID

import pytest

from tests.vault.importing.files import HEADINGS, row, text_file, workbook, zip_of
from vault.importing.errors import FileRefused
from vault.importing.jobs import read_upload
from vault.importing.opening import OpenedImport

GOOD = [HEADINGS, row(), row(number="B", bsn="", birth_date=date(1990, 1, 1))]
SCRAPS = (
    b'<c r="A1">', b"&lt;", b"&#0;", b'"', b'<row r="0">', b"<v>99999999999</v>", b't="s"', b"\xff", b"\0", b"<si>",
    b"1e308", b'<c r="A0"><v>1</v></c>', b'count="99999999999"', b'<dimension ref="A1:XFD1048576"/>', b'ref="B9:A1"',
)  # fmt: skip


def damage(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        place, kind = chance.randrange(len(changed) + 1), chance.random()
        if kind < 0.5 and changed:
            changed[place % len(changed)] = chance.randrange(256)
        elif kind < 0.7:
            del changed[place : place + chance.randrange(1, 30)]
        else:
            changed[place:place] = chance.choice(SCRAPS)
    return bytes(changed)


def damaged_files(chance: random.Random) -> list[bytes]:
    """One of each: a part of a workbook changed before it is packed, the package itself, and a text."""
    package = workbook(GOOD)
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    name = chance.choice(sorted(parts))
    parts[name] = damage(parts[name], chance)
    return [zip_of(parts), damage(package, chance), damage(text_file([HEADINGS, row(last_name="Müller")]), chance)]


@pytest.mark.parametrize("seed", range(150))
def test_a_damaged_file_is_read_or_refused(seed: int) -> None:
    for data in damaged_files(random.Random(seed)):
        with suppress(FileRefused):
            kept = read_upload(io.BytesIO(data))
            opened = OpenedImport(UUID(int=1), kept.data, kept.layout, None, date(2026, 3, 2), {})
            deque(opened.check_rows().rows, maxlen=0)
