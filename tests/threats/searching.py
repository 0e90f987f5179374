"""Searching files for values, whatever they were written as."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote


def forms(value: str) -> set[bytes]:
    """Return a value as text in three encodings, in hex, in an address, and in base64 wherever it begins."""
    found: set[bytes] = set()
    for raw in {value.encode(), value.encode("utf-16-le"), value.encode("utf-16-be")}:
        found |= {raw, raw.hex().encode(), raw.hex().upper().encode()}
        found |= {_inner_base64(raw, offset) for offset in range(3)}
    found |= {form.translate(bytes.maketrans(b"+/", b"-_")) for form in found}
    return found | {quote(value).encode(), quote(value).replace("%20", "+").encode()}


def _inner_base64(raw: bytes, offset: int) -> bytes:
    """The letters of base64 that are the same whatever stands before and after, `offset` bytes into a group."""
    text = base64.b64encode(bytes(offset) + raw).rstrip(b"=")
    # A letter that holds bits of a neighbour is left out on either side.
    return text[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6]


class Search:
    """Looks for many values at once, in all their forms."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._forms = {name: forms(value) for name, value in values.items()}

    def found_in(self, content: bytes) -> set[str]:
        """Return the names of the values that are in `content`."""
        return {name for name, shapes in self._forms.items() if any(shape in content for shape in shapes)}

    def found_in_files(self, paths: Iterable[Path]) -> set[str]:
        """Return the names of the values that are in any of the files, or in all files below a folder."""
        files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*")))]
        assert any(file.stat().st_size for file in files if file.is_file()), "there was nothing to search"
        return {name for file in files if file.is_file() for name in self.found_in(file.read_bytes())}
