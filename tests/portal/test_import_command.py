"""`datakluis import`: the import of the browser at the command line, by whoever may do it there (X-22; design 6)."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from xlsxwriter import Workbook

from accounts.models import Credential, FailedTries, LoginSession, Person
from audit.models import AuditEntry
from organisation.models import Department, Employee
from portal.commands import main
from portal.services import Services, open_services
from portal.settings import parse_settings
from tests.journeys.bakery import open_bakery
from tests.journeys.running_portal import ROOT, RunningPortal, new_portal
from tests.people import SignedUp
from tests.vault.importing.files import HEADINGS, row, text_file, workbook
from vault.importing.reading import read_table
from vault.models import EmployeeImport, ImportChunk, RecordPart

ADDRESS = "command import"


@dataclass
class Terminal:
    """Somebody at a terminal of the server, and what is in its database."""

    environment: dict[str, str]
    services: Services
    people: dict[str, SignedUp]
    folder: Path

    def file(self, data: bytes, name: str = "werknemers.xlsx") -> Path:
        """A file to import."""
        path = self.folder / name
        path.write_bytes(data)
        return path

    def answers(self, name: str = "Anna", **changes: str) -> str:
        """What this person types to log in, line by line, and nothing wrong unless told so."""
        person = self.people[name]
        with self.services.factory() as session:
            typed = {"login": name, "password": person.password, "code": person.code(session), **changes}
        return "".join(f"{line}\n" for line in typed.values())

    def run(self, *words: str | Path, answers: str | None = None) -> Result:
        """Run `datakluis import` with these words."""
        return CliRunner().invoke(
            main,
            ["import", *map(str, words)],
            input=self.answers() if answers is None else answers,
            env=self.environment,
        )

    def counts(self) -> tuple[int, ...]:
        """How much there is of what an import makes, and of files."""
        with self.services.factory() as session:
            tables: tuple[Any, ...] = (Employee, RecordPart, Department, ImportChunk)
            return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)

    def logged(self) -> list[tuple[str, str, str]]:
        """The action, the outcome and the access point of each entry of the log that is not from before."""
        with self.services.factory() as session:
            entries = session.scalars(select(AuditEntry).order_by(AuditEntry.moment))
            return [
                (entry.action, entry.outcome, entry.access_point) for entry in entries if "import" in entry.access_point
            ]


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningPortal, dict[str, SignedUp]]]:
    """A portal as an operator makes it, that nothing is done with: each test gets a copy."""
    with new_portal(tmp_path_factory.mktemp("bakery")) as portal:
        yield portal, open_bakery(portal)


@pytest.fixture
def terminal(bakery: tuple[RunningPortal, dict[str, SignedUp]], tmp_path: Path) -> Iterator[Terminal]:
    """A terminal at a portal of its own."""
    portal, people = bakery
    copy = tmp_path / "portal"
    shutil.copytree(portal.folder, copy)
    environment = {name: value.replace(str(portal.folder), str(copy)) for name, value in portal.environment.items()}
    services = open_services(parse_settings(environment))
    yield Terminal(environment, services, people, tmp_path)
    services.factory.engine.dispose()


def good_file(count: int = 3, **changes: Any) -> bytes:
    rows = [row(number=f"CM{index}", bsn="", department="Winkel", **changes) for index in range(count)]
    return workbook([HEADINGS, *rows])


def test_a_good_file_is_shown_asked_about_and_imported(terminal: Terminal) -> None:
    before = terminal.counts()

    result = terminal.run(terminal.file(good_file()), answers=terminal.answers(confirm="y"))

    assert result.exit_code == 0, result.output
    assert "3 nieuw\n" in result.output
    assert "3 rijen importeren?" in result.output
    assert "Geïmporteerd: 3 nieuw, 0 gewijzigd, 0 ongewijzigd." in result.output
    after = terminal.counts()
    assert (after[0] - before[0], after[2:]) == (3, before[2:])
    assert after[1] > before[1]


def test_a_second_import_of_the_same_file_changes_nothing(terminal: Terminal) -> None:
    file = terminal.file(good_file())
    terminal.run("--yes", file)
    before = terminal.counts()

    result = terminal.run("--yes", file, answers=terminal.answers(code=code_of_next_step(terminal)))

    assert result.exit_code == 0, result.output
    assert "3 ongewijzigd" in result.output
    assert "er is niets gewijzigd" in result.output
    assert terminal.counts() == before


def test_whoever_answers_no_imports_nothing(terminal: Terminal) -> None:
    before = terminal.counts()

    result = terminal.run(terminal.file(good_file()), answers=terminal.answers(confirm="n"))

    assert result.exit_code == 1
    assert "Er is niets geïmporteerd." in result.output
    assert terminal.counts() == before


def test_the_login_is_in_the_log_as_one_of_the_command_and_leaves_no_session(terminal: Terminal) -> None:
    terminal.run("--yes", terminal.file(good_file()))

    actions = [(action, outcome) for action, outcome, access_point in terminal.logged() if access_point == ADDRESS]
    assert actions[:2] == [("command:run", "success"), ("login:succeed", "success")]
    assert {"import:upload", "import:preview", "import:confirm"} <= {action for action, _ in actions}
    with terminal.services.factory() as session:
        assert session.scalars(select(LoginSession)).all() == []
        runs = session.scalars(select(AuditEntry).where(AuditEntry.action == "command:run")).all()
    assert "import" in {entry.details["command"] for entry in runs}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"password": "iets anders"}, "combinatie van inlognaam en wachtwoord klopt niet"),
        ({"login": "niemand"}, "combinatie van inlognaam en wachtwoord klopt niet"),
        ({"code": "000000"}, "Deze code klopt niet, of is al gebruikt"),
        ({"code": "geen code"}, "Deze code klopt niet, of is al gebruikt"),
    ],
)
def test_a_wrong_login_is_refused_counted_and_logged(terminal: Terminal, changes: dict[str, str], told: str) -> None:
    before = terminal.counts()

    result = terminal.run("--yes", terminal.file(good_file()), answers=terminal.answers(**changes))

    assert result.exit_code == 1
    assert told in result.output
    assert "Traceback" not in result.output
    assert terminal.counts() == before
    assert ("login:fail", "refused", ADDRESS) in terminal.logged()
    with terminal.services.factory() as session:
        assert session.scalar(select(func.count()).select_from(FailedTries))


def test_a_code_is_good_once(terminal: Terminal) -> None:
    file, answers = terminal.file(good_file()), terminal.answers()
    assert terminal.run("--yes", file, answers=answers).exit_code == 0

    result = terminal.run("--yes", file, answers=answers)

    assert result.exit_code == 1
    assert "is al gebruikt" in result.output


@pytest.mark.parametrize("waiting", ["terms", "backup code"])
def test_who_must_do_a_first_step_does_it_in_the_browser(terminal: Terminal, waiting: str) -> None:
    anna, before = terminal.people["Anna"], terminal.counts()
    with terminal.services.factory() as session, session.begin():
        if waiting == "terms":
            session.get_one(Person, anna.id).terms_version = "older"
        else:
            session.get_one(Credential, anna.id).backup_kept_at = None

    result = terminal.run("--yes", terminal.file(good_file()))

    assert (result.exit_code, terminal.counts()) == (1, before)
    assert "Log eerst een keer in met de browser" in result.output


def test_too_many_wrong_passwords_close_the_door(terminal: Terminal) -> None:
    """L-18."""
    file, wrong = terminal.file(good_file()), terminal.answers(password="iets anders")
    outputs = [terminal.run("--yes", file, answers=wrong).output for _ in range(6)]
    assert "Het is te vaak mislukt" in outputs[-1]

    assert "Het is te vaak mislukt" in terminal.run("--yes", file).output


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Ilse", None),
        ("Petra", "U mag geen werknemers importeren."),
        ("Carla", "U mag geen werknemers importeren."),
    ],
)
def test_who_may_not_import_is_refused_with_a_sentence(terminal: Terminal, name: str, told: str | None) -> None:
    before = terminal.counts()

    result = terminal.run("--yes", terminal.file(good_file()), answers=terminal.answers(name))

    if told is None:
        assert result.exit_code == 0, result.output
        return
    assert (result.exit_code, told in result.output) == (1, True), result.output
    assert terminal.counts() == before
    assert ("request:refuse", "refused", ADDRESS) in terminal.logged()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Het bestand is leeg."),
        (b"%PDF-1.7 x", "Dit is geen Excel-werkmap"),
        (good_file()[:900], "beschadigd of niet helemaal overgekomen"),
        (text_file([["Naam", "Adres"], ["Dijk", "Weg"]]), "Deze kolommen ontbreken"),
        (text_file([[f"K {name}" for name in HEADINGS], row()]), "Of zeg met --column welke kolom welke is."),
    ],
)
def test_a_bad_file_is_refused_with_its_sentence(terminal: Terminal, data: bytes, told: str) -> None:
    before = terminal.counts()

    result = terminal.run("--yes", terminal.file(data))

    assert result.exit_code == 1
    assert told in result.output
    assert "Dijk" not in result.output
    assert terminal.counts() == before


def test_faults_are_told_by_row_and_column_and_saved_without_being_told(terminal: Terminal) -> None:
    faulty = row(number="CM9", bsn="123456789", last_name="Geheim#naam", department="Winkel")
    file = terminal.file(workbook([HEADINGS, row(number="CM1", bsn="", department="Winkel"), faulty]))
    saved = terminal.folder / "fouten.xlsx"

    result = terminal.run("--yes", "--faults", saved, file)

    assert result.exit_code == 0, result.output
    assert "Rij 3, BSN: Dit nummer is geen BSN" in result.output
    assert "Rij 3, Achternaam: " in result.output
    assert "123456789" not in result.output
    assert "Geheim" not in result.output
    assert "Geïmporteerd: 1 nieuw" in result.output
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert any("Geheim#naam" in found.cells for found in read_table(saved.read_bytes()).rows())


def test_letters_that_may_be_others_are_asked_about_and_never_taken_unseen(terminal: Terminal) -> None:
    rows = [row(number="CM1", bsn="", department="Winkel", last_name="Müller")]
    file, before = terminal.file(text_file([HEADINGS, *rows], encoding="cp1252")), terminal.counts()

    unseen = terminal.run("--yes", file)
    assert (unseen.exit_code, terminal.counts()) == (1, before)
    assert "laat --yes weg" in unseen.output

    result = terminal.run(file, answers=terminal.answers(code=code_of_next_step(terminal), confirm="y"))
    assert result.exit_code == 0, result.output
    assert "Kijk of deze woorden kloppen: Müller." in result.output


def test_departments_are_made_when_asked_for(terminal: Terminal) -> None:
    rows = [row(number="CM1", bsn="", department="Bezorging")]
    file = terminal.file(workbook([HEADINGS, *rows]))
    before = terminal.counts()

    without = terminal.run("--yes", file)
    assert (without.exit_code, terminal.counts()) == (1, before)
    assert "Onbekende afdelingen: Bezorging" in without.output

    answers = terminal.answers(code=code_of_next_step(terminal))
    result = terminal.run("--yes", "--make-departments", file, answers=answers)

    assert result.exit_code == 0, result.output
    assert terminal.counts()[2] == before[2] + 1


def test_sheet_and_columns_can_be_chosen(terminal: Terminal) -> None:
    headings = ["Werkplek" if name == "Afdeling" else name for name in HEADINGS]
    output = io.BytesIO()
    with Workbook(output, {"in_memory": True}) as book:
        book.add_worksheet("Voorblad").write_row(0, 0, ["Lijst", "van", "alle", "mensen", "die", "hier", "werken"])
        for name, number in (("Vast", "CM1"), ("Flex", "CM2")):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, headings)
            sheet.write_row(1, 0, row(number=number, bsn="", department="Winkel"))
    file = terminal.file(output.getvalue())

    result = terminal.run("--yes", "--sheet", "Flex", "--column", "Werkplek=Afdeling", file)

    assert result.exit_code == 0, result.output
    with terminal.services.factory() as session:
        numbers = set(session.scalars(select(Employee.personnel_number)))
    assert ("CM1" in numbers, "CM2" in numbers) == (False, True)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--column", "Werkplek"), 2, "is not a heading of the file"),
        (("--column", "Werkplek=Salaris"), 2, "is not a heading of the file"),
        (("--column", "Werkplek=Afdeling"), 1, "Er is geen kolom met de kop Werkplek."),
        (("--sheet", "Nergens"), 1, "Dit werkblad staat niet in het bestand"),
    ],
)
def test_a_mistake_in_the_options_is_told(terminal: Terminal, words: tuple[str, ...], code: int, told: str) -> None:
    before = terminal.counts()

    result = terminal.run("--yes", *words, terminal.file(good_file()))

    assert (result.exit_code, told in result.output) == (code, True), result.output
    assert terminal.counts() == before


def test_a_file_that_is_not_there_is_a_mistake_in_the_call(terminal: Terminal) -> None:
    assert terminal.run(terminal.folder / "weg.xlsx").exit_code == 2


def test_nothing_is_kept_of_a_file_that_was_not_imported(terminal: Terminal) -> None:
    terminal.run(terminal.file(good_file()), answers=terminal.answers(confirm="n"))

    with terminal.services.factory() as session:
        assert session.scalars(select(EmployeeImport.state)).all() == ["discarded"]


def test_the_command_works_as_a_process_with_answers_from_a_script(terminal: Terminal) -> None:
    before = terminal.counts()

    done = subprocess.run(
        [sys.executable, "-m", "portal", "import", "--yes", str(terminal.file(good_file(40)))],
        cwd=ROOT,
        env={**os.environ, **terminal.environment},
        input=terminal.answers(),
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Geïmporteerd: 40 nieuw" in done.stdout
    assert terminal.people["Anna"].password not in done.stdout + done.stderr
    assert terminal.counts()[0] == before[0] + 40


def code_of_next_step(terminal: Terminal) -> str:
    """Anna's next code; the portal takes it, since clocks may differ by one step."""
    with terminal.services.factory() as session:
        return terminal.people["Anna"].code(session, steps_later=1)
