"""Files on their way in: sealed before they touch the disk, and gone without a trace when they are refused (D-06)."""

from __future__ import annotations

import io
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from crypto.errors import UnsealError
from crypto.secret import Secret
from crypto.source import SeededSource
from crypto.streams import CHUNK_LENGTH, sealed_length
from database.session import Session
from documents.checking import Checked
from documents.errors import FileGone, FileRefused
from documents.keys import give_file_key, hand_file_over, open_file_key, unwrap_file_key
from documents.kinds import FileKind
from documents.models import FileKey, StoredFile
from documents.store import FolderStore
from documents.storing import MEBIBYTE, About, Intake, Upload, keep_file, read_about, read_content
from documents.virus_scanning import VirusScanner
from keys.errors import NoKey
from keys.models import Holder, HolderKind
from organisation.models import Organisation
from tests.documents.files import EICAR, pdf
from tests.documents.scanners import read_stream, scanner_that
from tests.documents.test_store import files_in
from tests.world import World, make_world

TEXT = b"Kanarie in het bestand. "


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    """A store that takes files up to 1 MB."""
    return Intake(FolderStore(tmp_path / "files"), limit_mib=1)


@pytest.fixture
def world(session: Session) -> World:
    """The people of the tests."""
    return make_world(session)


def upload(intake: Intake, source: SeededSource, data: bytes, *, piece: int = 10_000) -> Upload:
    """A file that came in, and was not looked at yet."""
    coming = Upload(intake, source, source.new_id())
    for start in range(0, len(data), piece):
        coming.write(data[start : start + piece])
    return coming


def store_file(session: Session, coming: Upload, name: str = "a", *, by: UUID) -> StoredFile:
    """The row of a file that was looked at and kept."""
    return keep_file(session, coming, name, coming.check(), by=by)


def folder_of(tmp_path: Path) -> list[str]:
    """What lies in the store."""
    return files_in(tmp_path / "files")


@pytest.mark.parametrize("size", [1, CHUNK_LENGTH - 1, CHUNK_LENGTH, CHUNK_LENGTH + 1, 3 * CHUNK_LENGTH, MEBIBYTE])
def test_a_file_comes_back_as_it_went(
    intake: Intake, source: SeededSource, session: Session, tmp_path: Path, size: int
) -> None:
    data = (TEXT * (size // len(TEXT) + 1))[:size]
    coming = upload(intake, source, data)
    row = store_file(session, coming, "../notitie", by=source.new_id())
    assert folder_of(tmp_path) == [row.id.hex]
    lying = (tmp_path / "files" / "kept" / row.id.hex[:2] / row.id.hex).read_bytes()
    assert len(lying) == sealed_length(size)
    assert TEXT[:16] not in lying
    assert row.size == size
    assert read_about(row, coming.key) == About("notitie.txt", FileKind.TEXT)
    content = read_content(intake.store, row, coming.key)
    assert content.read() == data
    assert b"".join(content.pieces(size // 2, size)) == data[size // 2 :]
    content.seek(-1, io.SEEK_END)
    assert content.read(10) == data[-1:]


def test_nothing_of_a_file_lies_in_the_clear_while_it_comes_in(
    intake: Intake, source: SeededSource, tmp_path: Path
) -> None:
    coming = upload(intake, source, TEXT * 20_000)
    for path in (tmp_path / "files").rglob("*"):
        assert path.is_dir() or TEXT[:16] not in path.read_bytes()
    coming.discard()


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "empty"), (bytes(MEBIBYTE + 1), "too_large"), (b"MZ" + bytes(200_000), "program")]
)
def test_a_refused_file_leaves_nothing(
    intake: Intake, source: SeededSource, tmp_path: Path, data: bytes, code: str
) -> None:
    coming = upload(intake, source, data)
    with pytest.raises(FileRefused) as refused:
        coming.check()
    assert refused.value.code == code
    assert folder_of(tmp_path) == []


def test_nothing_more_is_kept_of_a_file_that_is_too_large(intake: Intake, source: SeededSource, tmp_path: Path) -> None:
    coming = upload(intake, source, bytes(MEBIBYTE + 1))
    assert coming.refusal is not None
    assert folder_of(tmp_path) == []
    assert coming.write(b"more") == 4


def test_a_discarded_upload_can_no_longer_be_kept(intake: Intake, source: SeededSource, tmp_path: Path) -> None:
    coming = upload(intake, source, TEXT)
    coming.discard()
    with pytest.raises(FileRefused) as refused:
        coming.check()
    assert refused.value.code == "cut_off"
    assert folder_of(tmp_path) == []


def test_a_file_is_scanned_while_it_comes_in(source: SeededSource, tmp_path: Path) -> None:
    def find(connection: object) -> None:
        found = EICAR in read_stream(connection)  # type: ignore[arg-type]
        connection.sendall(b"stream: Eicar FOUND\0" if found else b"stream: OK\0")  # type: ignore[attr-defined]

    with scanner_that(find) as address:
        scanned = Intake(FolderStore(tmp_path / "files"), 1, VirusScanner(address, seconds=10))
        passed = upload(scanned, source, TEXT)
        assert passed.check() == Checked(FileKind.TEXT)
        passed.keep()
        with pytest.raises(FileRefused) as refused:
            upload(scanned, source, EICAR).check()
        assert refused.value.code == "virus"
    with pytest.raises(FileRefused) as refused:
        # The scanner is gone now.
        upload(scanned, source, TEXT).check()
    assert refused.value.code == "not_scanned"
    assert len(folder_of(tmp_path)) == 1


def test_a_file_opens_with_its_own_key_in_its_own_place_only(
    intake: Intake, source: SeededSource, session: Session
) -> None:
    first, second = (upload(intake, source, data) for data in (TEXT, pdf()))
    rows = [store_file(session, coming, by=source.new_id()) for coming in (first, second)]
    with pytest.raises(UnsealError):
        read_content(intake.store, rows[0], second.key).read()
    with pytest.raises(UnsealError):
        read_about(rows[0], second.key)
    rows[0].organisation_id = source.new_id()
    with pytest.raises(UnsealError):
        read_content(intake.store, rows[0], first.key).read()
    rows[1].size += 1
    with pytest.raises(UnsealError):
        read_content(intake.store, rows[1], second.key)
    intake.store.remove(rows[1].id)
    with pytest.raises(FileGone):
        read_content(intake.store, rows[1], second.key)


def test_a_key_goes_from_one_holder_to_another(intake: Intake, world: World) -> None:
    """From Anna herself to the vault, which Bram of another employer can't open (design 2.1)."""
    session, anna, bram = world.session, world.actor("Anna"), world.actor("Bram")
    coming = upload(intake, session.source, TEXT)  # type: ignore[arg-type]
    row = store_file(session, coming, by=anna.person_id)
    give_file_key(session, row.id, coming.key, anna.person_id, anna)
    assert open_file_key(session, row.id, anna.person_id, world.actor("Anna")) == coming.key
    with pytest.raises(NoKey):
        open_file_key(session, row.id, anna.person_id, bram)
    vault = vault_of(world, world.employer)
    with pytest.raises(NoKey):
        hand_file_over(session, row.id, anna.person_id, vault, bram)
    hand_file_over(session, row.id, anna.person_id, vault, anna)
    assert open_file_key(session, row.id, vault, world.actor("Anna")) == coming.key
    assert session.get(FileKey, (row.id, anna.person_id)) is None
    with pytest.raises(NoKey):
        open_file_key(session, row.id, vault, bram)
    kept = session.get_one(FileKey, (row.id, vault))
    moved = FileKey(
        file_id=session.source.new_id(), holder_id=vault, organisation_id=kept.organisation_id, generation=1
    )
    moved.sealed = kept.sealed
    with pytest.raises(UnsealError):
        unwrap_file_key(session, moved, world.actor("Anna"))


def vault_of(world: World, employer: Organisation) -> UUID:
    """The holder of an employer's vault."""
    statement = select(Holder.id).where(Holder.organisation_id == employer.id, Holder.kind == HolderKind.VAULT)
    return world.session.scalars(statement).one()


def test_an_upload_shows_nothing_of_itself(intake: Intake, source: SeededSource) -> None:
    coming = upload(intake, source, TEXT)
    assert repr(coming) == f"Upload({len(TEXT)} bytes)"
    assert isinstance(coming.key, Secret)
    coming.discard()
