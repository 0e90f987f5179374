"""Cutting the power of a machine that runs SQLite, which killing a process cannot show (security.md, finding 1).

What a killed process wrote is still in the memory of the operating system. So the statements of the real portal are
recorded with their values, and run again on the same file by a SQLite that notes each write and each sync of each file.
A power cut is then a point in those notes: what was synced is on the disk, of what was written since as much as chance
will have, in the order of writing, file by file.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import apsw
from sqlalchemy import Engine, event

from database.engine import SQLITE_PRAGMAS

Statement: TypeAlias = tuple[str, Sequence[Any]]
VFS = "recorded"
SHARED_MEMORY = "-shm"
INSERTS_ENTRY = re.compile(r"INSERT INTO audit_entry \(([^)]*)\)")


@dataclass(frozen=True)
class Note:
    """A write (`data` at `offset`), a truncation (to `offset`), a sync or a deletion of a file."""

    file: str
    kind: str
    offset: int = 0
    data: bytes = b""


@dataclass
class Figures:
    """What power cuts did: in how many something acknowledged was lost, the most of one cut, and what was damaged."""

    cuts: int = 0
    with_loss: int = 0
    worst: int = 0
    damaged: int = 0
    unpaired: int = 0

    def __str__(self) -> str:
        return (
            f"{self.cuts} power cuts: {self.with_loss} lost acknowledged changes (at worst {self.worst}), "
            f"{self.damaged} damaged the file, {self.unpaired} left changes without entries or the reverse"
        )


@contextmanager
def recorded_statements(engine: Engine) -> Iterator[list[list[Statement]]]:
    """Yield a list that gets, for each transaction that commits through `engine`, its statements in order."""
    transactions: list[list[Statement]] = []
    present: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        present.extend((statement, values) for values in (parameters if many else [parameters]))

    def keep(_connection: Any) -> None:
        transactions.append(list(present))
        present.clear()

    def forget(_connection: Any) -> None:
        present.clear()

    listeners: dict[str, Callable[..., None]] = {"before_cursor_execute": note, "commit": keep, "rollback": forget}
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    try:
        yield transactions
    finally:
        for name, listener in listeners.items():
            event.remove(engine, name, listener)


class _RecordedFile(apsw.VFSFile):
    def __init__(self, notes: list[Note], name: Any, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._notes, self._name = notes, Path(path).name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._notes.append(Note(self._name, "write", offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self._notes.append(Note(self._name, "truncate", size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self._notes.append(Note(self._name, "sync"))
        super().xSync(flags)


class _RecordingFiles(apsw.VFS):
    def __init__(self) -> None:
        self.notes: list[Note] = []
        super().__init__(VFS, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return _RecordedFile(self.notes, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.notes.append(Note(Path(filename).name, "delete"))
        super().xDelete(filename, syncdir)


@dataclass
class Recording:
    """The notes of running some transactions.

    `acknowledged` has for each how many notes there were when it was committed, and the entries that it wrote.
    """

    database: bytes = field(repr=False)
    notes: list[Note] = field(repr=False)
    acknowledged: list[tuple[int, set[str]]] = field(repr=False)


def record(database: Path, folder: Path, transactions: list[list[Statement]], **changes: str) -> Recording:
    """Run the transactions on a copy of `database`, with the engine's own settings but for `changes`, and note all."""
    before = database.read_bytes()
    copy = folder / "recorded.sqlite3"
    copy.write_bytes(before)
    files = _RecordingFiles()
    acknowledged = []
    with closing(apsw.Connection(str(copy), vfs=VFS)) as connection:
        for pragma in _settings(changes):
            connection.execute(f"PRAGMA {pragma}")
        files.notes.clear()
        for statements in transactions:
            for statement, values in statements:
                connection.execute(statement, tuple(values)).fetchall()
            connection.execute("COMMIT")
            acknowledged.append((len(files.notes), _entries_of(statements)))
        notes = list(files.notes)
    files.unregister()
    return Recording(before, notes, acknowledged)


def _settings(changes: dict[str, str]) -> list[str]:
    names = [pragma.partition("=")[0] for pragma in SQLITE_PRAGMAS]
    assert set(changes) <= set(names), "a setting that the engine does not make cannot be changed"
    return [
        f"{name}={changes[name]}" if name in changes else pragma
        for name, pragma in zip(names, SQLITE_PRAGMAS, strict=True)
    ]


def cut_power(recording: Recording, folder: Path, cuts: int, seed: int = 1) -> Figures:
    """Cut the power `cuts` times at random, each time from the beginning, and look at what is left on the disk."""
    chance, figures = random.Random(seed), Figures()
    database = folder / "recorded.sqlite3"
    _lay_out(folder, {database.name: bytearray(recording.database)})
    with closing(sqlite3.connect(database)) as connection:
        before = unpaired(connection)
    for _ in range(cuts):
        point = chance.randint(recording.acknowledged[0][0], len(recording.notes))
        _lay_out(folder, _disk_after(recording, point, chance))
        done = (entries for number, entries in recording.acknowledged if number <= point)
        _compare(figures, database, before, set().union(*done))
    return figures


def _disk_after(recording: Recording, point: int, chance: random.Random) -> dict[str, bytearray]:
    files = {"recorded.sqlite3": bytearray(recording.database)}
    waiting: dict[str, list[Note]] = {}
    for note in recording.notes[:point]:
        if note.kind == "sync":
            _apply(files, waiting.pop(note.file, []))
        elif note.kind == "delete":
            waiting.pop(note.file, None)
            files.pop(note.file, None)
        else:
            waiting.setdefault(note.file, []).append(note)
    for notes in waiting.values():
        _apply(files, notes[: chance.randint(0, len(notes))])
    return files


def _apply(files: dict[str, bytearray], notes: list[Note]) -> None:
    for note in notes:
        content = files.setdefault(note.file, bytearray())
        if note.kind == "truncate":
            del content[note.offset :]
        else:
            content.extend(bytes(max(0, note.offset - len(content))))
            content[note.offset : note.offset + len(note.data)] = note.data


def _lay_out(folder: Path, files: dict[str, bytearray]) -> None:
    for path in folder.iterdir():
        path.unlink()
    for name, content in files.items():
        if not name.endswith(SHARED_MEMORY):
            (folder / name).write_bytes(content)


def _compare(figures: Figures, database: Path, before: int, acknowledged: set[str]) -> None:
    figures.cuts += 1
    lost = len(acknowledged)
    try:
        with closing(sqlite3.connect(database)) as connection:
            figures.damaged += connection.execute("PRAGMA integrity_check").fetchone() != ("ok",)
            present = {number for (number,) in connection.execute("SELECT id FROM audit_entry")}
            lost = len(acknowledged - present)
            figures.unpaired += unpaired(connection) != before
    except sqlite3.DatabaseError:
        figures.damaged += 1
    figures.with_loss += lost > 0
    figures.worst = max(figures.worst, lost)


def unpaired(connection: sqlite3.Connection) -> int:
    """Return how many more versions of employees there are than entries of edits."""
    (versions,) = connection.execute("SELECT sum(version) FROM employee").fetchone()
    (edits,) = connection.execute("SELECT count(*) FROM audit_entry WHERE action = 'employee:update'").fetchone()
    return int(versions) - int(edits)


def _entries_of(statements: list[Statement]) -> set[str]:
    """The ids of the log entries that a transaction writes."""
    found = set()
    for statement, values in statements:
        columns = INSERTS_ENTRY.match(statement)
        if columns:
            found.add(str(values[columns[1].split(", ").index("id")]))
    return found
