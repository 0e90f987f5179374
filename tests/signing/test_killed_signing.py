"""kill -9 at each moment of a signing: no half state, nothing lost, and the next visit goes on (issue 6, shown 4)."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.key_file import create_key_file
from crypto.root_key import FileRootKey
from crypto.source import SeededSource, SystemSource
from documents.models import Document, DocumentKind, DocumentVersion, StoredFile
from documents.store import SHARDS
from documents.sweeping import sweep_files
from signing.authority_keys import ensure_authority, load_authority
from signing.events import EventKind, events_of, is_unbroken
from signing.models import RequestState
from signing.pades import revisions
from signing.timestamping import BuiltInTimestamper
from tests.documents.cabinet import make_cabinet
from tests.documents.test_store import files_in
from tests.documents.test_sweeping import written_now
from tests.signing.sitting import Sitting, sit_down
from tests.signing.test_completing import WHOLE, agreed_by_both, kinds
from tests.world import World

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as those of POSIX")

ROOT = Path(__file__).resolve().parents[2]
# A visit in a process of its own. The first release lets go while the PDF is worked on, the second keeps the step.
VISITING = """
import json, os, signal, sys
from pathlib import Path
from uuid import UUID
from crypto.root_key import FileRootKey
from crypto.secret import Secret
from crypto.source import SystemSource
from database.engine import make_engine
from database.session import SessionFactory
from documents.store import FolderStore
from documents.storing import Intake
from keys.opened import OpenedKeys
from organisation.memberships import actor_for
from portal.services import package_keys
from signing.authority_keys import load_authority
from signing.completing import continue_signing
from signing.timestamping import BuiltInTimestamper
from signing.working_files import Workshop

told = json.load(sys.stdin)
keys = package_keys(FileRootKey.load(Path(told["root_key"])))
person = UUID(told["person"])
releases = iter(["begun", "done"])
with SessionFactory(make_engine(told["url"]), SystemSource(), keys)() as session:
    def release():
        step = next(releases)
        if (step, told["moment"]) == ("done", "before"):
            os.kill(os.getpid(), signal.SIGKILL)
        session.commit()
        if (step, told["moment"]) in {("begun", "working"), ("done", "after")}:
            os.kill(os.getpid(), signal.SIGKILL)

    opened = OpenedKeys(person, told["generation"], Secret(bytes.fromhex(told["secret"])))
    actor = actor_for(session, person, "192.0.2.1", opened)
    authority = load_authority(session)
    stamper = BuiltInTimestamper(authority, SystemSource())
    workshop = Workshop(Intake(FolderStore(Path(told["files"])), 5), authority, stamper)
    url = "https://portal.example"
    continue_signing(session, UUID(told["request"]), actor, workshop, release=release, base_url=url)
"""


@pytest.fixture
def sitting(world: World, tmp_path: Path) -> Sitting:
    """Hans of Bakkerij Mulder, with somebody beside him who signs as well."""
    made = sit_down(make_cabinet(world, tmp_path))
    made.session.commit()
    return made


def test_a_signing_that_is_killed_at_each_moment_comes_to_its_end(
    sitting: Sitting, database_url: str, root_key: FileRootKey, source: SeededSource, tmp_path: Path
) -> None:
    """Of each step a process dies while the PDF is worked on, with all written but the commit, and after that."""
    ensure_authority(sitting.session, "Proef BV")
    sitting.session.commit()
    authority = load_authority(sitting.session)
    stamper = BuiltInTimestamper(authority, SystemSource())
    sitting.workshop = replace(sitting.workshop, authority=authority, timestamper=stamper)
    document, request = agreed_by_both(sitting)
    create_key_file(tmp_path / "root-key", root_key._content())
    told = {
        "url": database_url,
        "root_key": str(tmp_path / "root-key"),
        "files": str(tmp_path / "files"),
        "request": str(request.id),
        "person": str(sitting.world.people["Hans"].id),
        "generation": sitting.world.people["Hans"].generation,
        "secret": sitting.world.people["Hans"].secret.reveal().hex(),
    }
    for moment in ("working", "before", "after", "before", "after", "before", "after", "before"):
        kill_a_visit({**told, "moment": moment})
        events = events_of(sitting.session, request.id)
        assert is_unbroken(events)
        assert sitting.session.get_one(Document, document.id, populate_existing=True).version == 1
        signed = [one.kind for one in events].count(EventKind.SIGNED)
        fields = [one.field for one in revisions(sitting.working_file(request))]
        assert fields[: 1 + signed] == WHOLE[: 1 + signed]
        sitting.session.commit()
    assert sitting.now(request).state == RequestState.CLOSING
    sitting.go_on(request)
    assert sitting.now(request).state == RequestState.DONE
    assert [one.field for one in revisions(sitting.cabinet.read("Hans", document))] == WHOLE
    assert kinds(sitting, request).count(EventKind.SIGNED) == 2
    assert kinds(sitting, request).count(EventKind.SEALED) == 1
    assert len([one for one in sitting.documents() if one.kind == DocumentKind.EVIDENCE]) == 1
    nothing_is_left_over(sitting, source, tmp_path)


def kill_a_visit(told: dict[str, object]) -> None:
    """Let a visit in another process begin the next step; it is killed at its moment."""
    command = [sys.executable, "-c", VISITING]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(told), text=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL


def nothing_is_left_over(sitting: Sitting, source: SeededSource, folder: Path) -> None:
    """After the sweep the store holds what the dossier has, and nothing else."""
    sitting.session.commit()
    written_now(folder, source)
    source.advance(timedelta(hours=1, seconds=1))
    for shard in range(SHARDS):
        sweep_files(sitting.session, sitting.workshop.intake.store, shard)
    kept = {file_id.hex for file_id in sitting.session.scalars(select(StoredFile.id))}
    assert set(files_in(folder / "files")) == kept
    assert set(sitting.session.scalars(select(DocumentVersion.file_id))) <= {
        row.id for row in sitting.session.scalars(select(StoredFile))
    }
