"""Following the XML of a part while it is unpacked, so that never more than a piece of it is held.

A document type (entities), deep nesting and endless tags are refused: none of them is in a workbook, and each can cost
all memory of a process.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from vault.importing.errors import FileRefused

MAX_DEPTH = 64
MAX_TAG_BYTES = 512 * 1024


class Markup:
    """What wants to know of the elements of a part; `start` and `end` are extended.

    Attributes:
        depth: how many elements are open.
        prefix: what stands before the names of the part's own namespace, such as `x:`; usually nothing.
        text: the pieces of text since it was emptied.
    """

    def __init__(self) -> None:
        self.depth = 0
        self.prefix = ""
        self.text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins. Raises `FileRefused` when it lies too deep."""
        if not self.depth:
            before, colon, _ = name.rpartition(":")
            self.prefix = before + colon
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FileRefused("unusual")

    def end(self, name: str) -> None:
        """An element ends."""
        self.depth -= 1


class MarkupParser:
    """Tells a `Markup` of the elements in what it is fed.

    Raises `FileRefused` for what is no well-formed XML in UTF-8, and for what is made to be too much.
    """

    def __init__(self, markup: Markup) -> None:
        # A part that names another encoding is read as UTF-8 all the same, so that none can hide a document type.
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_document_type
        self._parser.StartElementHandler = markup.start
        self._parser.EndElementHandler = markup.end
        self._parser.CharacterDataHandler = markup.text.append
        self._fed = 0

    def feed(self, piece: bytes) -> None:
        """The next bytes of the part, cut anywhere."""
        self._parse(piece, False)
        self._fed += len(piece)
        # What the parser holds is a tag whose end it has not seen.
        if self._fed - self._parser.CurrentByteIndex > MAX_TAG_BYTES:
            raise FileRefused("unusual")

    def close(self) -> None:
        """The part ends here."""
        self._parse(b"", True)

    def _parse(self, piece: bytes, last: bool) -> None:
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError:
            raise FileRefused("damaged") from None


def follow(pieces: Iterator[bytes], markup: Markup) -> Iterator[None]:
    """Tell `markup` of every element, and come back after each piece. Raises as `MarkupParser`."""
    parser = MarkupParser(markup)
    for piece in pieces:
        parser.feed(piece)
        yield
    parser.close()
    yield


def _refuse_document_type(*_declaration: object) -> None:
    raise FileRefused("unusual")
