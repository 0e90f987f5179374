"""Files that hold keys: made with mode 0600, replaced whole, refused when others can read them (design 2.4)."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crypto.errors import RootKeyFileError


def create_key_file(path: Path, content: Mapping[str, object]) -> None:
    """Write a new key file. Raises `RootKeyFileError` when there is one already or it cannot be written."""
    _write(path, content, _put_in_free_place)


def replace_key_file(path: Path, content: Mapping[str, object]) -> None:
    """Put another content in place of an existing key file, in one step. Raises `RootKeyFileError`.

    Behind a symbolic link it is the file that is replaced, never the link.
    """
    _write(path.resolve(), content, os.replace)


@contextmanager
def changing_key_file(path: Path) -> Iterator[None]:
    """Keep every other change of this key file out, so that two at once cannot lose each other's key.

    Raises `RootKeyFileError` at once when another is under way, or was broken off.
    """
    # A link and what it points to are one file, and so have one lock.
    path = path.resolve()
    lock = path.with_name(f".{path.name}.lock")
    try:
        os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise RootKeyFileError(f"another change of {path} is under way; if none is, remove {lock}") from None
    except OSError as error:
        raise RootKeyFileError(f"the key file {path} cannot be changed: {error.strerror}") from None
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def read_key_file(path: Path, format_name: str) -> dict[str, Any]:
    """The content of a key file of that format.

    Raises `RootKeyFileError` when it is absent, readable by others than its owner, or of another format.
    """
    try:
        with path.open("rb") as file:
            _refuse_open_to_others(path, os.fstat(file.fileno()).st_mode)
            content = json.loads(file.read())
    except OSError as error:
        raise RootKeyFileError(f"the key file {path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise RootKeyFileError(f"{path} is not a key file; put back the right one from its back-up") from None
    if not isinstance(content, dict) or content.get("format") != format_name:
        raise RootKeyFileError(f"{path} is not a file of format {format_name!r}; put back the right one")
    return content


def _refuse_open_to_others(path: Path, mode: int) -> None:
    if stat.S_IMODE(mode) & 0o077:
        raise RootKeyFileError(
            f"the key file {path} can be read or written by others than its owner (mode {stat.S_IMODE(mode):04o}); "
            f"run: chmod 600 {path}"
        )


def _write(path: Path, content: Mapping[str, object], put: Callable[[str, Path], None]) -> None:
    # Written beside its place first (mkstemp: mode 0600), so that a crash or a full disk never leaves half a key.
    try:
        descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            _write_whole(descriptor, json.dumps(content, indent=2).encode() + b"\n")
            put(draft, path)
        finally:
            Path(draft).unlink(missing_ok=True)
        _flush_directory(path.parent)
    except FileExistsError:
        raise RootKeyFileError(f"there is already a file {path}; a key file is never overwritten") from None
    except OSError as error:
        raise RootKeyFileError(f"the key file {path} cannot be written: {error.strerror}") from None


def _write_whole(descriptor: int, text: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)


def _put_in_free_place(draft: str, path: Path) -> None:
    # Unlike a rename, a link never replaces what is there.
    os.link(draft, path)


def _flush_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
