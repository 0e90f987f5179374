"""The texts that the cells of a workbook share, held as one run of bytes: a list would take five times as much."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator

from vault.importing.errors import FileRefused
from vault.importing.markup import Markup, follow

MAX_TEXTS = 5_000_000
MAX_TEXT_BYTES = 64 * 1024 * 1024
"""All different texts together: 100,000 employees with 27 fields of their own are half of it."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class SharedTexts(Markup):
    """The texts by their number, without spaces at the ends; pronunciations beside them are left out."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = bytearray()
        self._ends = array("I", [0])
        self._pieces: list[str] = []
        self._in_pronunciation = False

    def __getitem__(self, number: int) -> str:
        """The text. Raises `IndexError`."""
        if number < 0:
            raise IndexError
        end = self._ends[number + 1]
        return self._bytes[self._ends[number] : end].decode()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note where a text begins."""
        super().start(name, attributes)
        if name == self.prefix + "t":
            self.text.clear()
        elif name == self.prefix + "rPh":
            self._in_pronunciation = True

    def end(self, name: str) -> None:
        """Take in a text, or a piece of one that has several."""
        super().end(name)
        if name == self.prefix + "t":
            if not self._in_pronunciation:
                self._pieces += self.text
        elif name == self.prefix + "rPh":
            self._in_pronunciation = False
        elif name == self.prefix + "si":
            self._bytes += unescape("".join(self._pieces)).strip().encode()
            self._ends.append(len(self._bytes))
            self._pieces.clear()

    def check_size(self) -> None:
        """Raises `FileRefused` when it has become too much."""
        length = len(self._bytes) + sum(map(len, self.text)) + sum(map(len, self._pieces))
        if length > MAX_TEXT_BYTES or len(self._ends) > MAX_TEXTS:
            raise FileRefused("text_too_long")


def read_texts(pieces: Iterator[bytes]) -> SharedTexts:
    """The texts of `sharedStrings.xml`. Raises `FileRefused`."""
    texts = SharedTexts()
    for _ in follow(pieces, texts):
        texts.check_size()
    return texts


def unescape(text: str) -> str:
    """`text` with the characters that XML cannot hold, which Excel writes as `_x000D_`."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    # Half a pair is no character.
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)
