"""A stolen disk: nothing is readable of what was shared in dialogues, nor of what was on its way (goals E, L; D-06)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.storing import Upload
from tests.documents.test_store import files_in
from tests.portal.company import make_company
from tests.portal.dialogue_files import start_talk
from tests.threats.searching import forms

CANARY = "Kwikstaartje heeft rugklachten sinds maart"
NAME = "diagnose-kwikstaart.txt"


def found_in(folder: Path, value: str) -> list[str]:
    """The files under a folder in which a value stands, in any shape."""
    shapes = forms(value)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in files if any(shape in path.read_bytes() for shape in shapes))


@pytest.fixture
def robbed(tmp_path: Path, sqlite_url: str) -> Iterator[Path]:
    """The folder of a portal: a file was sent, another waits, a third is on its way when the disk is taken."""
    company = make_company(tmp_path, sqlite_url)
    talk = start_talk(company)
    text = (CANARY + "\n").encode() * 5_000
    talk.share(text, NAME)
    talk.add(text, NAME)
    services = company.portal.services
    on_its_way = Upload(services.intake, services.source, company.world.employer.id)
    on_its_way.write(text)
    on_its_way._incoming._file.flush()  # type: ignore[union-attr]
    on_its_way._incoming._file.close()  # type: ignore[union-attr]
    yield tmp_path
    services.factory.engine.dispose()


def test_no_file_and_no_name_is_readable_on_the_disk(robbed: Path) -> None:
    assert len(files_in(robbed / "data" / "files")) == 3
    assert found_in(robbed, CANARY) == []
    assert found_in(robbed, "diagnose-kwikstaart") == []
    # The positive control: the search finds what does lie there in the clear.
    (robbed / "data" / "files" / "kept" / "clear").write_text(CANARY)
    assert found_in(robbed, CANARY) == ["clear"]
    assert found_in(robbed, "Bakkerij Mulder") != []
