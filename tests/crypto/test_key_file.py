"""Files that hold keys (design 2.4)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crypto.errors import RootKeyFileError
from crypto.key_file import changing_key_file
from crypto.root_key import FileRootKey, SaltKey
from crypto.source import SystemSource

SOURCE = SystemSource()
PROVIDERS = [FileRootKey, SaltKey]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.key"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def permissive(change: Callable[[], object]) -> None:
    """Runs a change under the most permissive umask, so that a mode is the program's own doing."""
    before = os.umask(0)
    try:
        change()
    finally:
        os.umask(before)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_key_file_is_made_for_its_owner_only(path: Path, provider: type[FileRootKey | SaltKey]) -> None:
    permissive(lambda: provider.create(path, SOURCE))
    assert mode(path) == 0o600
    assert os.listdir(path.parent) == [path.name]


def test_a_key_file_stays_for_its_owner_only_through_rotation_and_retirement(path: Path) -> None:
    first = FileRootKey.create(path, SOURCE)
    permissive(lambda: FileRootKey.rotate(path, SOURCE))
    assert mode(path) == 0o600
    permissive(lambda: FileRootKey.retire(path, first.current_id))
    assert mode(path) == 0o600
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_file_is_never_overwritten_by_a_new_key(path: Path, provider: type[FileRootKey | SaltKey]) -> None:
    for content in (b"", b"anything"):
        path.write_bytes(content)
        with pytest.raises(RootKeyFileError, match="never overwritten"):
            provider.create(path, SOURCE)
        assert path.read_bytes() == content
    assert os.listdir(path.parent) == [path.name]


def test_of_many_that_make_a_key_at_once_one_succeeds_and_its_key_stays(path: Path) -> None:
    def create(_: int) -> bytes | None:
        try:
            return FileRootKey.create(path, SOURCE).current_id
        except RootKeyFileError:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [key_id for key_id in pool.map(create, range(40)) if key_id is not None]
    assert made == [FileRootKey.load(path).current_id]
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("bit", [0o001, 0o002, 0o004, 0o010, 0o020, 0o040])
def test_a_key_file_open_to_others_is_refused_with_the_remedy(
    path: Path, provider: type[FileRootKey | SaltKey], bit: int
) -> None:
    provider.create(path, SOURCE)
    path.chmod(0o600 | bit)
    with pytest.raises(RootKeyFileError, match=f"chmod 600 {path}"):
        provider.load(path)
    path.chmod(0o600)
    provider.load(path)


def test_a_key_file_open_to_others_is_not_rotated(path: Path) -> None:
    FileRootKey.create(path, SOURCE)
    path.chmod(0o644)
    before = path.read_bytes()
    with pytest.raises(RootKeyFileError, match="chmod 600"):
        FileRootKey.rotate(path, SOURCE)
    assert path.read_bytes() == before


def test_a_file_that_only_its_owner_can_read_is_enough(path: Path) -> None:
    FileRootKey.create(path, SOURCE)
    path.chmod(0o400)
    FileRootKey.load(path)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"7", b"{}", b'{"format": "another"}'])
def test_another_file_is_no_key_file(path: Path, provider: type[FileRootKey | SaltKey], content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(RootKeyFileError, match="put back the right one"):
        provider.load(path)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_absent_file_or_directory_is_named(path: Path, provider: type[FileRootKey | SaltKey]) -> None:
    with pytest.raises(RootKeyFileError, match="cannot be read"):
        provider.load(path)
    with pytest.raises(RootKeyFileError, match="cannot be read"):
        provider.load(path.parent)
    with pytest.raises(RootKeyFileError, match="cannot be written"):
        provider.create(path / "nowhere" / "a.key", SOURCE)
    with pytest.raises(RootKeyFileError, match="cannot be changed"):
        FileRootKey.rotate(path / "nowhere" / "a.key", SOURCE)


def test_no_error_about_a_key_file_repeats_its_content(path: Path) -> None:
    FileRootKey.create(path, SOURCE)
    text = path.read_text().replace('"index_key"', '"other"')
    path.write_text(text)
    with pytest.raises(RootKeyFileError) as refusal:
        FileRootKey.load(path)
    key = text.split('"keys": [')[1].split('"')[1]
    assert key not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_behind_a_symbolic_link_the_file_is_replaced_and_the_link_stays(path: Path, tmp_path: Path) -> None:
    FileRootKey.create(path, SOURCE)
    link = tmp_path / "link.key"
    link.symlink_to(path)
    rotated = FileRootKey.rotate(link, SOURCE)
    assert link.is_symlink()
    assert FileRootKey.load(path).live_ids == rotated.live_ids


def test_two_changes_at_once_do_not_lose_each_others_key(path: Path) -> None:
    FileRootKey.create(path, SOURCE)

    def rotate_until_it_may(_: int) -> bytes:
        while True:
            try:
                return FileRootKey.rotate(path, SOURCE).current_id
            except RootKeyFileError as refusal:
                assert "another change" in str(refusal)  # noqa: PT017

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(rotate_until_it_may, range(12)))
    assert len(made) == 12
    assert made < set(FileRootKey.load(path).live_ids)


def test_a_change_through_a_link_keeps_others_out_too(path: Path, tmp_path: Path) -> None:
    FileRootKey.create(path, SOURCE)
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.key"
    link.symlink_to(path)
    with changing_key_file(link), pytest.raises(RootKeyFileError, match="another change"):
        FileRootKey.rotate(path, SOURCE)


def test_a_change_that_was_broken_off_is_named_with_the_remedy(path: Path) -> None:
    FileRootKey.create(path, SOURCE)
    lock = path.with_name(f".{path.name}.lock")
    lock.touch()
    with pytest.raises(RootKeyFileError, match=f"remove {lock}"):
        FileRootKey.rotate(path, SOURCE)
    lock.unlink()
    FileRootKey.rotate(path, SOURCE)


def test_a_key_is_on_the_disk_before_it_is_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    flush = os.fsync

    def watched(descriptor: int) -> None:
        flushed.append(os.fstat(descriptor).st_ino)
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    FileRootKey.create(path, SOURCE)
    assert flushed == [path.stat().st_ino, path.parent.stat().st_ino]


_ROTATE_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from crypto.errors import RootKeyFileError
from crypto.key_file import changing_key_file
from crypto.root_key import FileRootKey
from crypto.source import SystemSource
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    getattr(FileRootKey, sys.argv[1])(Path(sys.argv[2]), SystemSource())
except RootKeyFileError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_when_the_file_cannot_be_written_whole_the_old_one_stays(path: Path) -> None:
    root = FileRootKey.create(path, SOURCE)
    for verb, target in (("rotate", path), ("create", path.with_name("new.key"))):
        command = [sys.executable, "-c", _ROTATE_ON_A_FULL_DISK, verb, str(target)]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "cannot be written" in result.stdout
    assert FileRootKey.load(path).live_ids == root.live_ids
    assert os.listdir(path.parent) == [path.name]
