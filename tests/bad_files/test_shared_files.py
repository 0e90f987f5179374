"""Every class of bad file that somebody would share gets its sentence, and leaves nothing (issue 5, shown 4; D-06)."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from documents.errors import REFUSALS
from portal.services import Services
from portal.settings import MEBIBYTE
from tests.bad_files.test_large_uploads import memory
from tests.documents.files import BAD, EICAR, GOOD
from tests.documents.scanners import CLAMD, read_stream, running_clamd, scanner_that
from tests.portal.company import Company, make_company
from tests.portal.dialogue_files import Talk, start_talk

LIMIT = 100 * MEBIBYTE
NAMES = {
    "../../etc/passwd": "passwd.txt",
    "C:\\Windows\\notitie.txt": "notitie.txt",
    "a\r\nSet-Cookie: x=1.txt": "a Set-Cookie_ x=1.txt",
    "\u202etxt.exe": "txt.exe.txt",
    "<script>alert(1)</script>.txt": "script_.txt",
    "x" * 4_000: "x" * 116 + ".txt",
    "con": "_con.txt",
}


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Talk]:
    """Anna in a dialogue, in front of the place for files."""
    folder = tmp_path_factory.mktemp("shared")
    database = folder / "company.sqlite3"
    database.write_bytes(sqlite_template.read_bytes())
    company = make_company(folder, f"sqlite:///{database}")
    yield start_talk(company)
    company.portal.services.factory.engine.dispose()


def sentence(talk: Talk, code: str, **values: object) -> str:
    """What somebody is told, as a text."""
    what, advice = REFUSALS[code]
    return f"{what % values if values else what} {advice}"


PARAMETERS: dict[str, dict[str, object]] = {"too_many_pixels": {"limit": 100}, "too_large": {"megabytes": 100}}


@pytest.mark.parametrize("name", BAD)
def test_each_bad_file_gets_its_sentence_and_leaves_nothing(talk: Talk, name: str) -> None:
    make, code = BAD[name]
    before = talk.left_behind()
    answer = talk.send_raw(make(), name)
    assert answer.status_code == 422
    assert answer.get_json() == {"error": sentence(talk, code, **PARAMETERS.get(code, {}))}
    assert talk.left_behind() == before


def test_a_form_tells_them_beside_the_field(talk: Talk) -> None:
    before = talk.left_behind()
    answer = talk.send_form(("macro.docx", BAD["macro.docx"][0]()), ("leeg.pdf", b""))
    assert answer.status_code == 422
    assert "macro.docx: In dit document zitten macro" in answer.text
    assert "leeg.pdf: Dit bestand is leeg." in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert talk.left_behind() == before


def test_each_good_file_is_kept(talk: Talk) -> None:
    """The positive control of all others."""
    for name, (make, _kind) in GOOD.items():
        file_id = talk.add(make(), name)
        assert talk.get(talk.url(f"/{file_id}")).data == make()


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_hostile_name_becomes_a_harmless_one(talk: Talk, name: str) -> None:
    file_id = talk.add(b"tekst", name)
    answer = talk.get(talk.url(f"/{file_id}"))
    assert NAMES[name] in answer.headers["Content-Disposition"]
    assert "x=1" not in answer.headers.get("Set-Cookie", "")
    assert "<script>alert" not in talk.get(talk.url()).text


class Body(io.RawIOBase):
    """A text of a length that nobody has in memory."""

    def __init__(self, length: int) -> None:
        self.left = length

    def readable(self) -> bool:
        return True

    def seek(self, _place: int, _whence: int = 0) -> int:
        return 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = min(len(buffer), self.left)
        buffer[:count] = b"x" * count
        self.left -= count
        return count


def stream(talk: Talk, length: int) -> Any:
    """Send a text of this length as the script does."""
    headers = {
        "Content-Type": "application/octet-stream",
        "X-CSRF-Token": talk.company.token(talk.anna),
        "X-File-Name": "lang.txt",
    }
    environment = {**talk.anna.environment, "CONTENT_LENGTH": str(length)}
    return talk.anna.client.post(
        talk.url(),
        input_stream=Body(length),
        headers=headers,
        base_url=talk.anna.base_url,
        environ_overrides=environment,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the measure of memory is that of Linux")
def test_a_hundred_megabytes_are_kept_in_little_memory_and_a_byte_more_is_refused(talk: Talk) -> None:
    before, memory_before = talk.left_behind(), memory()
    refused = stream(talk, LIMIT + 1)
    assert refused.status_code == 422
    assert refused.get_json() == {"error": sentence(talk, "too_large", megabytes=100)}
    assert talk.left_behind() == before
    kept = stream(talk, LIMIT)
    assert kept.status_code == 201
    assert memory() - memory_before < 30 * MEBIBYTE
    count = sum(map(len, talk.get(talk.url(f"/{kept.get_json()['id']}")).iter_encoded()))
    assert count == LIMIT
    assert memory() - memory_before < 30 * MEBIBYTE
    talk.press(talk.url(f"/{kept.get_json()['id']}/verwijderen"))


def test_what_says_to_be_far_too_large_is_refused_unread(talk: Talk) -> None:
    before = talk.left_behind()
    answer = stream(talk, 300 * MEBIBYTE)
    assert answer.status_code == 413
    assert "te groot" in answer.text
    assert talk.left_behind() == before


def test_a_message_takes_so_many_files_at_once(talk: Talk) -> None:
    before = talk.left_behind()
    answer = talk.send_form(*((f"{number}.txt", b"tekst") for number in range(21)))
    assert answer.status_code == 422
    assert "meer dan 20 bestanden" in answer.text
    assert talk.left_behind() == before


def with_scanner(company: Company, address: str) -> Services:
    """The services of a portal with a virus scanner."""
    services = company.portal.services
    return replace(services, settings=replace(services.settings, virus_scanner=address))


@pytest.fixture
def scanned(talk: Talk, tmp_path: Path) -> Iterator[Talk]:
    """The same portal with a real clamd, or where there is none with a server that speaks as clamd does."""

    def look(connection: Any) -> None:
        found = EICAR in read_stream(connection)
        connection.sendall(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")

    app = talk.company.portal.app
    plain = app.extensions["datakluis"]
    running = running_clamd(tmp_path) if CLAMD else scanner_that(look)
    with running as address:
        app.extensions["datakluis"] = with_scanner(talk.company, address)
        yield talk
    app.extensions["datakluis"] = plain


def test_a_virus_is_refused_and_so_is_everything_once_the_scanner_is_down(scanned: Talk, tmp_path: Path) -> None:
    before = scanned.left_behind()
    answer = scanned.send_raw(EICAR, "virus.txt")
    assert (answer.status_code, answer.get_json()) == (422, {"error": sentence(scanned, "virus")})
    in_form = scanned.send_form(("virus.txt", EICAR))
    assert "virus.txt: In dit bestand is een virus gevonden." in in_form.text
    assert scanned.left_behind() == before
    file_id = scanned.add(b"tekst")
    scanned.press(scanned.url(f"/{file_id}/verwijderen"))
    app = scanned.company.portal.app
    app.extensions["datakluis"] = with_scanner(scanned.company, str(tmp_path / "no-socket"))
    down = scanned.left_behind()
    answer = scanned.send_raw(b"tekst")
    assert (answer.status_code, answer.get_json()) == (422, {"error": sentence(scanned, "not_scanned")})
    assert scanned.left_behind() == down


def test_a_zip_of_a_dialogue_holds_what_was_shared(talk: Talk) -> None:
    talk.share(GOOD["verslag.pdf"][0](), "verslag.pdf")
    with zipfile.ZipFile(io.BytesIO(talk.press(talk.url("/alles")).data)) as archive:
        assert archive.read(archive.namelist()[-1]) == GOOD["verslag.pdf"][0]()
