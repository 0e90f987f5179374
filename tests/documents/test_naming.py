"""Names of files: harmless in a header, a zip and a file system, and still the name that somebody gave (D-06)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.kinds import EXTENSIONS, FileKind
from documents.naming import LONGEST_NAME, harmless_name

NAMES = {
    "verslag.pdf": "verslag.pdf",
    "Verslag Çelik (2).PDF": "Verslag Çelik (2).PDF",
    "../../etc/passwd": "passwd.pdf",
    "C:\\fakepath\\brief.pdf": "brief.pdf",
    "rekening.pdf.exe": "rekening.pdf.exe.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "a Set-Cookie_ x=1.pdf",
    "a\0b.pdf": "ab.pdf",
    "\u202efdp.exe": "fdp.exe.pdf",
    "a\u200bb.pdf": "ab.pdf",
    '"><img src=x>.pdf': "___img src=x_.pdf",
    "": "bestand.pdf",
    "....": "bestand.pdf",
    ".pdf": "pdf.pdf",
    "con.pdf": "_con.pdf",
    "LPT1.txt.pdf": "_LPT1.txt.pdf",
    "x" * 5_000: "x" * 116 + ".pdf",
    "e\u0301.pdf": "é.pdf",
    "  twee   spaties .pdf": "twee spaties.pdf",
}


@pytest.mark.parametrize("given_name", NAMES, ids=range(len(NAMES)))
def test_a_name_is_made_harmless_and_stays_readable(given_name: str) -> None:
    expected = NAMES[given_name].replace('"', "_").replace("___", "_")
    assert harmless_name(given_name, FileKind.PDF) == expected


@given(name=st.text(max_size=300), kind=st.sampled_from(FileKind))
def test_no_name_is_dangerous(name: str, kind: FileKind) -> None:
    found = harmless_name(name, kind)
    stem, _, extension = found.rpartition(".")
    assert stem.strip(" .") == stem != ""
    assert extension.lower() in EXTENSIONS[kind]
    assert len(found) <= LONGEST_NAME + 1
    assert not set(found) & set('\\/:*?"<>|\r\n\t')
    assert all(not unicodedata.category(character).startswith("C") for character in found)
