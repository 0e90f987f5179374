"""What nobody can reach goes: killed uploads, files without a row, and files that were never handed on (D-06)."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from crypto.source import SeededSource
from database.session import Session
from documents.adding import add_version
from documents.keys import give_file_key, hand_file_over
from documents.models import FileKey, StoredFile
from documents.removing import remove_document
from documents.store import SHARDS, FolderStore
from documents.storing import Intake, Upload
from documents.sweeping import ABANDONED, UNUSED, sweep_files
from tests.documents.cabinet import CANARY, Cabinet
from tests.documents.test_store import files_in
from tests.documents.test_storing import TEXT, store_file, upload, vault_of
from tests.world import World, make_world


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    """A store."""
    return Intake(FolderStore(tmp_path / "files"), limit_mib=1)


@pytest.fixture
def source_of(session: Session) -> SeededSource:
    """The clock of the tests."""
    assert isinstance(session.source, SeededSource)
    return session.source


def written_now(tmp_path: Path, source: SeededSource) -> None:
    """Give every file in the store the moment of the tests."""
    now = source.now().timestamp()
    for path in (tmp_path / "files").rglob("*"):
        if path.is_file() and path.stat().st_mtime > now:
            os.utime(path, (now, now))


def sweep_all(session: Session, intake: Intake) -> int:
    """A whole round."""
    return sum(sweep_files(session, intake.store, shard) for shard in range(SHARDS))


def kept_without_row(intake: Intake, source: SeededSource) -> None:
    """A file whose upload was killed just before its transaction ended."""
    coming = upload(intake, source, TEXT)
    coming.check()
    coming.keep()


def kept(session: Session, intake: Intake, source: SeededSource, by: UUID) -> tuple[Upload, StoredFile]:
    """A file with its row."""
    coming = upload(intake, source, TEXT)
    return coming, store_file(session, coming, by=by)


def test_a_killed_upload_goes_after_an_hour(
    session: Session, intake: Intake, tmp_path: Path, source_of: SeededSource
) -> None:
    upload(intake, source_of, TEXT)._incoming._file.close()  # type: ignore[union-attr]
    written_now(tmp_path, source_of)
    source_of.advance(ABANDONED)
    assert sweep_all(session, intake) == 0
    source_of.advance(timedelta(seconds=1))
    assert sweep_all(session, intake) == 1
    assert files_in(tmp_path / "files") == []


def test_a_file_without_a_row_goes_and_one_with_a_row_stays(
    session: Session, intake: Intake, tmp_path: Path, source_of: SeededSource
) -> None:
    kept_without_row(intake, source_of)
    _coming, row = kept(session, intake, source_of, source_of.new_id())
    written_now(tmp_path, source_of)
    source_of.advance(ABANDONED)
    assert sweep_all(session, intake) == 0
    source_of.advance(timedelta(days=400))
    assert sweep_all(session, intake) == 1
    assert files_in(tmp_path / "files") == [row.id.hex]


def test_each_minute_has_its_part_of_the_store(
    session: Session, intake: Intake, tmp_path: Path, source_of: SeededSource
) -> None:
    for _number in range(3):
        kept_without_row(intake, source_of)
    written_now(tmp_path, source_of)
    source_of.advance(timedelta(hours=2))
    swept = 0
    for _minute in range(SHARDS):
        swept += sweep_files(session, intake.store)
        source_of.advance(timedelta(minutes=1))
    assert swept == 3


def test_a_file_that_is_not_handed_on_within_a_day_goes(
    session: Session, intake: Intake, tmp_path: Path, source_of: SeededSource
) -> None:
    world = make_world(session)
    anna = world.actor("Anna")
    files = [kept(session, intake, source_of, anna.person_id) for _number in range(2)]
    for coming, row in files:
        give_file_key(session, row.id, coming.key, anna.person_id, anna)
    posted, waiting = (row.id for _coming, row in files)
    hand_file_over(session, posted, anna.person_id, vault_of(world, world.employer), anna)
    written_now(tmp_path, source_of)
    source_of.advance(UNUSED)
    assert sweep_all(session, intake) == 0
    source_of.advance(timedelta(seconds=1))
    assert sweep_all(session, intake) == 1
    assert session.get(StoredFile, waiting) is None
    assert session.get(FileKey, (waiting, anna.person_id)) is None
    # What it held has no row any more, and goes in the next round.
    assert sweep_all(session, intake) == 1
    assert files_in(tmp_path / "files") == [posted.hex]
    assert session.get(StoredFile, posted) is not None
    assert isinstance(world, World)


def test_what_lies_in_a_dossier_stays_also_where_its_maker_has_a_key(
    cabinet: Cabinet, tmp_path: Path, source_of: SeededSource
) -> None:
    """Such as whoever signed it last; a file that was removed with its document goes."""
    document, removed = cabinet.add("Anna", cabinet.shared), cabinet.add("Anna", cabinet.shared)
    stored, key = cabinet.stored("Anna")
    anna = cabinet.world.actor("Anna")
    add_version(cabinet.session, document, stored, key, by=anna.who, keys=anna.keys, signers=[anna.person_id])
    gone = remove_document(cabinet.session, removed.id, anna)
    written_now(tmp_path, source_of)
    source_of.advance(UNUSED + timedelta(days=400))
    assert sweep_all(cabinet.session, cabinet.intake) == len(gone) == 1
    assert cabinet.read("Hans", document, 1) == cabinet.read("Hans", document, 2) == CANARY
