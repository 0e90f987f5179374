"""An upload that is killed leaves neither row nor file once the sweep has passed (goal B4; issue 5, shown 4)."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crypto.source import SeededSource
from database.session import Session
from documents.models import FileKey, StoredFile
from documents.store import SHARDS, FolderStore
from documents.sweeping import sweep_files
from tests.documents.test_store import files_in
from tests.documents.test_sweeping import written_now

ROOT = Path(__file__).resolve().parents[2]
# What a web process does: it takes a file in, and is killed in the middle, or when the file has its name but no row.
UPLOADING = """
import sys, time
from pathlib import Path
from crypto.source import SystemSource
from documents.store import FolderStore
from documents.storing import Intake, Upload

source = SystemSource()
upload = Upload(Intake(FolderStore(Path(sys.argv[1])), 100), source, source.new_id())
for _ in range(100):
    upload.write(b"Kanarie in een bestand dat nooit aankomt. " * 1000)
if sys.argv[2] == "kept":
    upload.check()
    upload.keep()
print("now", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals as those of POSIX")
@pytest.mark.parametrize("moment", ["coming", "kept"])
def test_a_killed_upload_leaves_neither_row_nor_file(session: Session, tmp_path: Path, moment: str) -> None:
    folder = tmp_path / "files"
    command = [sys.executable, "-c", UPLOADING, str(folder), moment]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "now\n"
        process.send_signal(signal.SIGKILL)
    assert len(files_in(folder)) == 1
    source = session.source
    assert isinstance(source, SeededSource)
    written_now(tmp_path, source)
    source.advance(timedelta(hours=1, seconds=1))
    assert sum(sweep_files(session, FolderStore(folder), shard) for shard in range(SHARDS)) == 1
    assert files_in(folder) == []
    for table in (StoredFile, FileKey):
        assert session.scalar(select(func.count()).select_from(table)) == 0
