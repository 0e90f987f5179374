"""Making a PDF of data with a Typst source of ours: tagged, in one of the standards that last (signing.md 8.3).

What people typed is data, never source: it reaches the source as JSON, and there is only text. The source can't reach
anything either: its root is an empty folder, and so are the folders of packages.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

Standard = Literal["a-2a", "a-3a", "ua-1"]
Standards = tuple[Standard, ...]
READABLE: Standards = ("ua-1",)
"""Made to be read by everybody (ISO 14289-1)."""
LASTING: Standards = ("a-2a", "ua-1")
"""Made to be read by everybody, and for as long as archives are kept (ISO 19005-2, ISO 14289-1)."""

_MOST_LETTERS_TRIED = 200
_LETTER = b'#set document(title: "x")\n#set text(font: "Libertinus Serif")\n#json(bytes(sys.inputs.letter))'


def typeset(
    source: Path, name: str, content: Mapping[str, Any], moment: datetime, standards: Standards = READABLE
) -> bytes:
    """Return the PDF that a source makes of `content`, which it finds as JSON in `sys.inputs` under `name`.

    Signs that nothing can show are left out. A letter that the fonts lack, which the standards forbid, is written as
    the letter of ASCII that is nearest, or as a question mark; the others stay as they are. `moment` is when it was
    made: the same content at the same moment is the same PDF.
    """
    shown = _changed(content, _printable)
    try:
        return _compiled(source, {name: shown}, moment, standards)
    except typst.TypstError:
        missing = _missing(shown)
    try:
        return _compiled(source, {name: _changed(shown, missing)}, moment, standards)
    except typst.TypstError:
        # Letters that only together ask for a sign that the fonts lack.
        return _compiled(source, {name: _changed(shown, _folded)}, moment, standards)


def _compiled(source: Path, values: Mapping[str, Any], moment: datetime, standards: Standards) -> bytes:
    return _made(source.read_bytes(), values, list(standards), int(moment.timestamp()))


def _made(source: bytes, values: Mapping[str, Any], standards: list[Any], timestamp: int) -> bytes:
    nowhere = _nowhere()
    return typst.compile(
        source,
        root=nowhere,
        package_path=nowhere,
        package_cache_path=nowhere,
        format="pdf",
        sys_inputs={name: json.dumps(value) for name, value in values.items()},
        font_paths=_fonts(),
        pdf_standards=standards,
        timestamp=timestamp,
    )


def _nowhere() -> Any:
    """A folder with nothing in it; as `Any`, since the library says of a root that it is of the kind of its source."""
    return Path(_empty_folder().name)


@cache
def _empty_folder() -> tempfile.TemporaryDirectory[str]:
    # It goes when the process does.
    return tempfile.TemporaryDirectory(prefix="datakluis-")


@cache
def _fonts() -> typst.Fonts:
    # The fonts within the library, so that a document is the same on every server.
    return typst.Fonts(include_system_fonts=False)


def _printable(text: str) -> str:
    spaced = (sign if sign == "\n" or not sign.isspace() else " " for sign in text.replace("\r\n", "\n"))
    return "".join(sign for sign in spaced if sign == "\n" or sign.isprintable())


def _missing(content: Mapping[str, Any]) -> Callable[[str], str]:
    """What writes a text with the letters that the fonts have."""
    doubtful = sorted({letter for letter in json.dumps(content, ensure_ascii=False) if ord(letter) > 0xFF})
    if len(doubtful) > _MOST_LETTERS_TRIED:
        return _folded
    lacking = {letter for letter in doubtful if not _is_shown(letter)}
    return lambda text: "".join(_folded(letter) if letter in lacking else letter for letter in text)


@lru_cache(maxsize=4096)
def _is_shown(letter: str) -> bool:
    try:
        _made(_LETTER, {"letter": letter}, ["ua-1"], 0)
    except typst.TypstError:
        return False
    return True


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("•", "*").replace("–", "-"))
    return "".join("" if unicodedata.combining(sign) else sign if sign.isascii() else "?" for sign in folded)


def _changed(content: Any, change: Callable[[str], str]) -> Any:
    if isinstance(content, str):
        return change(content)
    if isinstance(content, Mapping):
        return {name: _changed(value, change) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_changed(value, change) for value in content]
    return content
