"""Drawing one page of a PDF, in a process of its own that has nothing else: no files, no keys, little time and memory.

Run by `documents.previewing` as a script: it asks for the pieces of the document that it needs on its standard output,
gets them on its standard input, and answers with the number of pages, the text of the page and its picture as PNG.
It imports nothing of the application.
"""

from __future__ import annotations

import io
import json
import struct
import sys
import zlib
from typing import Any, BinaryIO

SECONDS = 20
MEMORY_BYTES = 1024 * 1024 * 1024
OPEN_FILES = 64
WIDEST, HIGHEST = 1200, 2400
LONGEST_TEXT = 100_000
PIECE = 64 * 1024
_MOST_PIECES = 256
ASK = struct.Struct(">cQI")
READ, RESULT = b"r", b"p"


def main(size: int, number: int) -> None:
    """Answer with page `number`, the first is 1, of the document of `size` bytes behind the standard streams."""
    limit_process()
    answers, asks = sys.stdin.buffer, sys.stdout.buffer
    header, picture = draw(Pieces(size, answers, asks), number)
    told = json.dumps(header).encode()
    asks.write(ASK.pack(RESULT, len(picture), len(told)) + told + picture)
    asks.flush()


def limit_process() -> None:
    """Let this process use little, and write no file, whatever the document makes it do."""
    try:
        import resource
    except ImportError:
        # Windows has no such limits; there only the parent's clock counts.
        return
    for what, limit in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        resource.setrlimit(what, (limit, limit))


class Pieces(io.RawIOBase):
    """The document, of which each piece is asked for when it is needed."""

    def __init__(self, size: int, answers: BinaryIO, asks: BinaryIO) -> None:
        self._size, self._answers, self._asks = size, answers, asks
        self._place = 0
        self._pieces: dict[int, bytes] = {}

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as the document goes."""
        view, done = memoryview(buffer).cast("B"), 0
        while done < len(view) and self._place < self._size:
            number, offset = divmod(self._place, PIECE)
            part = self._piece(number)[offset : offset + len(view) - done]
            view[done : done + len(part)] = part
            done, self._place = done + len(part), self._place + len(part)
        return done

    def _piece(self, number: int) -> bytes:
        if number not in self._pieces:
            if len(self._pieces) >= _MOST_PIECES:
                self._pieces.clear()
            start = number * PIECE
            length = min(PIECE, self._size - start)
            self._asks.write(ASK.pack(READ, start, length))
            self._asks.flush()
            piece = self._answers.read(length)
            if len(piece) != length:
                raise EOFError
            self._pieces[number] = piece
        return self._pieces[number]


def draw(document: Pieces, number: int) -> tuple[dict[str, Any], bytes]:
    """Return what there is to tell of a page, and its picture. Raises what pypdfium2 raises."""
    import pypdfium2

    opened = pypdfium2.PdfDocument(document)
    # What fills the fields of a form, such as the frame of a signature, is drawn only then; pdfium runs no script here.
    opened.init_forms()
    count = len(opened)
    page = opened[min(max(number, 1), count) - 1]
    width, height = page.get_size()
    scale = min(WIDEST / max(width, 1), HIGHEST / max(height, 1))
    text = page.get_textpage().get_text_bounded()[:LONGEST_TEXT]
    bitmap = page.render(scale=scale, rev_byteorder=True, maybe_alpha=False)
    header = {"pages": count, "width": bitmap.width, "height": bitmap.height, "text": text}
    return header, png(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))


def png(width: int, height: int, stride: int, pixels: bytes) -> bytes:
    """A picture of pixels of three bytes as PNG (ISO/IEC 15948)."""
    rows = b"".join(b"\0" + pixels[row * stride : row * stride + width * 3] for row in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 6)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
