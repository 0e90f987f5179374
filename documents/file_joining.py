"""Joining files to one PDF, in a process of its own that has nothing else: no files, no keys, little time and memory.

Run by `documents.merging` as a script. On its standard input it gets how long the description of the files is, the
description as JSON, and the files themselves; it answers with a letter and the PDF, or the number of the file that it
could not join and why. It imports nothing of the application but the limits of the process that draws pages.
"""

from __future__ import annotations

import base64
import io
import json
import runpy
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

LENGTH = struct.Struct(">Q")
DONE, REFUSED = b"d", b"r"
REFUSAL = struct.Struct(">cI")
MOST_PAGES = 1000
LONGEST_LINE = 90
_UNSECURED = -1
_XFA_FORMS = (2, 3)

_PICTURE_PAGE = b"""#set page(paper: "a4", flipped: sys.inputs.flipped == "true", margin: 10mm)
#align(center + horizon, image("picture.svg", width: 100%, height: 100%, fit: "contain"))"""
_TEXT_PAGE = b"""#set page(paper: "a4", margin: (x: 18mm, y: 20mm))
#set text(font: "DejaVu Sans Mono", size: 8.5pt)
#raw(json(bytes(sys.inputs.text)), block: true)"""
# How a picture is turned for each way in which a camera may have been held (Exif 2.32, table 6).
_TURNED = {
    2: "-1,0,0,1,{width},0",
    3: "-1,0,0,-1,{width},{height}",
    4: "1,0,0,-1,0,{height}",
    5: "0,1,1,0,0,0",
    6: "0,1,-1,0,{height},0",
    7: "0,-1,-1,0,{height},{width}",
    8: "0,-1,1,0,0,{width}",
}


class Unjoinable(Exception):
    """A file that can't be joined to others; the code is one of those in `documents.errors`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def main() -> None:
    """Join what comes in, and answer."""
    runpy.run_path(str(Path(__file__).with_name("page_rendering.py")))["limit_process"]()
    answer = joined(sys.stdin.buffer)
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def joined(files: BinaryIO) -> bytes:
    """Return the answer: the PDF of these files, or which of them can't be joined."""
    import pypdfium2

    (length,) = LENGTH.unpack(files.read(LENGTH.size))
    whole = pypdfium2.PdfDocument.new()
    for number, about in enumerate(json.loads(files.read(length))):
        data = files.read(about["length"])
        try:
            # Whatever a damaged file makes a library raise, it is this file that can't be joined.
            _add(whole, _MADE[about["kind"]](data, about))
        except Unjoinable as refusal:
            return REFUSAL.pack(REFUSED, number) + refusal.code.encode()
        except Exception:
            return REFUSAL.pack(REFUSED, number) + b"not_merged"
    written = io.BytesIO()
    whole.save(written)
    return DONE + written.getvalue()


def _add(whole: Any, part: Any) -> None:
    if not len(part):
        raise Unjoinable("not_merged")
    if len(whole) + len(part) > MOST_PAGES:
        raise Unjoinable("too_many_pages")
    whole.import_pages(part)


def _document(data: bytes, _about: dict[str, Any]) -> Any:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unjoinable("password" if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD else "not_merged") from None
    if pypdfium2.raw.FPDF_GetSecurityHandlerRevision(document) != _UNSECURED:
        raise Unjoinable("password")
    if pypdfium2.raw.FPDF_GetSignatureCount(document) > 0:
        raise Unjoinable("signed_pdf")
    form = document.get_formtype()
    if form in _XFA_FORMS:
        raise Unjoinable("not_merged")
    if form:
        _flatten(document)
    return document


def _flatten(document: Any) -> None:
    """Let what was filled in in a form be part of its pages: a form is not taken along when pages are."""
    import pypdfium2

    document.init_forms()
    for page in document:
        pypdfium2.raw.FPDFPage_Flatten(page, pypdfium2.raw.FLAT_NORMALDISPLAY)


def _picture(data: bytes, about: dict[str, Any]) -> Any:
    width, height, turned = about["width"], about["height"], about["orientation"]
    shown_width, shown_height = (height, width) if turned > 4 else (width, height)
    matrix = _TURNED.get(turned, "1,0,0,1,0,0").format(width=width, height=height)
    encoded = base64.b64encode(data).decode()
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{shown_width}" height="{shown_height}">'
        f'<image width="{width}" height="{height}" transform="matrix({matrix})" '
        f'href="data:image/{about["kind"]};base64,{encoded}"/></svg>'
    )
    files = {"main.typ": _PICTURE_PAGE, "picture.svg": drawing.encode()}
    made = _typeset(files, {"flipped": "true" if shown_width > shown_height else "false"})
    if not any(True for _shown in made[0].get_objects()):
        # What can't be decoded is left out without a word.
        raise Unjoinable("not_merged")
    return made


def _text(data: bytes, _about: dict[str, Any]) -> Any:
    lines = (part for line in data.decode().splitlines() for part in _wrapped(line))
    shown = "\n".join("".join(sign for sign in line if sign == "\t" or sign.isprintable()) for line in lines)
    return _typeset({"main.typ": _TEXT_PAGE}, {"text": json.dumps(shown)})


def _wrapped(line: str) -> list[str]:
    parts = []
    while len(line) > LONGEST_LINE:
        place = line.rfind(" ", 1, LONGEST_LINE + 1)
        cut = place if place > 0 else LONGEST_LINE
        parts.append(line[:cut])
        line = line[cut:].removeprefix(" ")
    return [*parts, line]


def _typeset(files: Any, values: dict[str, str]) -> Any:
    import pypdfium2
    import typst

    fonts = typst.Fonts(include_system_fonts=False)
    return pypdfium2.PdfDocument(typst.compile(files, format="pdf", sys_inputs=values, font_paths=fonts))


_MADE = {
    "pdf": _document,
    "text": _text,
    "png": _picture,
    "jpeg": _picture,
    "gif": _picture,
    "webp": _picture,
}


if __name__ == "__main__":
    main()
