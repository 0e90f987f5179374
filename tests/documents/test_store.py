"""The folder of the files: nothing has a name before it is whole, and nothing stays that was given up (goal B4)."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from documents.errors import FileGone, StoreUnavailable
from documents.store import FolderStore


def files_in(folder: Path) -> list[str]:
    """Every file in the store, by its name."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_has_no_name_before_it_is_kept(tmp_path: Path) -> None:
    store, file_id = FolderStore(tmp_path), uuid4()
    incoming = store.receive(file_id)
    incoming.write(b"half")
    with pytest.raises(FileGone):
        store.open(file_id)
    incoming.write(b" whole")
    assert (incoming.read_at(2, 4), incoming.size) == (b"lf w", 10)
    incoming.keep()
    kept = store.open(file_id)
    assert (kept.read_at(0, 100), kept.read_at(5, 3), kept.size) == (b"half whole", b"who", 10)
    incoming.discard()
    assert files_in(tmp_path) == [file_id.hex]


def test_what_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    incoming = store.receive(uuid4())
    incoming.write(b"text")
    incoming.discard()
    incoming.discard()
    assert files_in(tmp_path) == []


def test_a_removed_file_is_gone_and_removing_it_again_is_no_mistake(tmp_path: Path) -> None:
    store, file_id = FolderStore(tmp_path), uuid4()
    incoming = store.receive(file_id)
    incoming.keep()
    store.remove(file_id)
    store.remove(file_id)
    with pytest.raises(FileGone):
        store.open(file_id)


@pytest.mark.skipif(os.name == "nt", reason="rights as those of POSIX")
def test_only_the_owner_can_read_files_and_folders(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "files")
    store.receive(uuid4()).keep()
    for path in (tmp_path / "files").rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
        assert stat.S_IMODE(path.stat().st_mode) & wanted == wanted


def test_no_file_is_written_over_another(tmp_path: Path) -> None:
    store, file_id = FolderStore(tmp_path), uuid4()
    first = store.receive(file_id)
    with pytest.raises(StoreUnavailable):
        store.receive(file_id)
    first.discard()


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("no folder")
    with pytest.raises(StoreUnavailable):
        FolderStore(tmp_path / "files").receive(uuid4())


def test_everything_is_on_disk_before_the_name_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file, then its name, then the folder of the name (goal B4)."""
    acts: list[str] = []
    sync, rename = os.fsync, Path.rename

    def note_sync(descriptor: int) -> None:
        acts.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def note_rename(path: Path, target: Path) -> Path:
        acts.append("name")
        return rename(path, target)

    incoming = FolderStore(tmp_path).receive(uuid4())
    incoming.write(b"text")
    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "rename", note_rename)
    incoming.keep()
    # The two in the middle are the folders that did not exist yet.
    assert acts == ["file", "folder", "folder", "name", "folder"]


def test_files_are_listed_by_shard_and_age(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    here, elsewhere = UUID("ab000000000000000000000000000001"), UUID("cd000000000000000000000000000001")
    for file_id in (here, elsewhere):
        store.receive(file_id).keep()
    path = tmp_path / "kept" / "ab" / here.hex
    (path.parent / "no id").touch()
    os.utime(path, (1000, 1000))
    assert list(store.kept_before(1001, 0xAB)) == [here]
    assert list(store.kept_before(1000, 0xAB)) == []
    assert list(store.kept_before(1001, 0xCD)) == []
    assert list(store.kept_before(1001, 0x00)) == []
