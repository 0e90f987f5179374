"""Importing employees from a file at the command line, as in the browser (X-22): by whoever may do it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn
from uuid import UUID

import click
from sqlalchemy.exc import DBAPIError

from accounts.actor import Actor
from accounts.errors import PermissionDenied
from audit.actions import Action
from audit.errors import LogUnavailable
from audit.recording import Outcome, Who, record
from database.session import Session
from organisation.errors import NotAMember, NotFound
from portal.commands.context import open_portal
from portal.commands.logging_in import LoggedInPerson, log_in
from portal.services import Services
from vault.errors import NoVaultAccess, VaultClosed
from vault.importing.checking import RowFault
from vault.importing.errors import (
    FileRefused,
    ImportGone,
    ImportInterrupted,
    NothingToImport,
    NumberTaken,
    OtherImportRunning,
    PeopleChanged,
    TooManyDepartments,
)
from vault.importing.headings import COLUMNS, normalise, recognise
from vault.importing.jobs import (
    Upload,
    choose_columns,
    discard,
    keep_upload,
    make_departments,
    read_upload,
    record_download,
    remembered_choice,
)
from vault.importing.layout import find_layout
from vault.importing.marking import mark_faults
from vault.importing.opening import open_import
from vault.importing.previewing import Preview, preview
from vault.importing.reading import read_table
from vault.importing.results import ImportResult, import_result
from vault.importing.writing import write_rows

COMMAND = "import"

_NOT_YOURS = "U mag geen werknemers importeren."
_SENTENCES: dict[type[Exception], str] = {
    NotAMember: _NOT_YOURS,
    NotFound: _NOT_YOURS,
    PermissionDenied: _NOT_YOURS,
    NoVaultAccess: "U kunt de datakluis van uw organisatie niet openen. Vraag een datakluisbeheerder om toegang.",
    VaultClosed: "De datakluis van uw organisatie is nog niet geopend.",
    ImportGone: "Deze import is al klaar of verwijderd.",
    ImportInterrupted: "Deze import is op een andere plaats opnieuw begonnen of verwijderd.",
    NothingToImport: "Er is niets te wijzigen.",
    NumberTaken: "Een van de personeelsnummers is intussen in gebruik genomen. Begin opnieuw.",
    OtherImportRunning: "Er loopt al een import van uw organisatie. Maak die eerst af of verwijder hem in de browser.",
    PeopleChanged: "Iemand heeft intussen een van deze werknemers gewijzigd. Begin opnieuw.",
    LogUnavailable: "Het logboek kan nu niet worden geschreven; er is niets geïmporteerd.",
}
_DOUBTFUL = "Dit CSV-bestand zegt niet met welke tekenset het is opgeslagen."
_FIELDS = {column.field: column.heading for column in COLUMNS}


@dataclass(frozen=True)
class Wishes:
    """What the options of the command ask for."""

    sheet: str | None
    columns: Mapping[str, str]
    make_departments: bool
    yes: bool
    faults: Path | None


def _columns(_context: click.Context, _parameter: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """The field for each heading; empty for a column that is not to be used."""
    columns = {}
    for pair in pairs:
        heading, equals, name = pair.rpartition("=")
        known = name if name in _FIELDS or not name else (recognise(name) or ("",))[0]
        if not equals or not normalise(heading) or (name and not known):
            raise click.BadParameter(f"{pair!r} is not a heading of the file, =, and one of: {', '.join(_FIELDS)}.")
        columns[heading] = known
    return columns


@click.command(
    "import", epilog="Ends with 0 when it is done, 1 when nothing was imported, 2 for a mistake in the call."
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sheet", metavar="NAME", help="The worksheet to read; else the one that has the employees.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    callback=_columns,
    metavar="HEADING=FIELD",
    help="Which field a column is, such as 'Werkplek=Vestiging'; nothing behind = leaves it out; repeatable.",
)
@click.option("--make-departments", is_flag=True, help="Make the departments that are not there yet.")
@click.option(
    "--faults", type=click.Path(dir_okay=False, path_type=Path), help="Save the rows with a fault, marked, here."
)
@click.option("--yes", is_flag=True, help="Import without asking.")
def import_employees(
    file: Path,
    sheet: str | None,
    columns: dict[str, str],
    make_departments: bool,
    faults: Path | None,
    yes: bool,
) -> None:
    """Import the employees in FILE, an .xlsx or .csv, into the vault of whoever logs in here.

    Asks for login name, password and the code of the authenticator app, and shows what would happen before it does it.
    Rows with a fault are left out.
    """
    services = open_portal()
    with _told():
        with services.factory() as session, session.begin():
            record(session, Action.COMMAND_RUN, by=Who.system(COMMAND), details={"command": COMMAND})
        person = log_in(services, COMMAND)
        _Import(services, person, Wishes(sheet, columns, make_departments, yes, faults)).run(file)


@contextmanager
def _told() -> Iterator[None]:
    """End the command with one sentence for whatever it is refused for; no cell of the file is ever in it."""
    try:
        yield
    except FileRefused as refusal:
        raise click.ClickException(refusal.sentence) from None
    except TooManyDepartments as refusal:
        raise click.ClickException(f"Het bestand noemt meer dan {refusal.limit} onbekende afdelingen.") from None
    except tuple(_SENTENCES) as refusal:
        raise click.ClickException(_SENTENCES[type(refusal)]) from None
    except DBAPIError as error:
        raise click.ClickException(f"De database werkt niet ({type(error).__name__}).") from None


class _Import:
    """One run of the command by somebody who has logged in."""

    def __init__(self, services: Services, person: LoggedInPerson, wishes: Wishes) -> None:
        self._services = services
        self._person = person
        self._wishes = wishes

    def run(self, file: Path) -> None:
        """Read, show, ask, import, and tell what it brought; the file is not kept, whatever happens."""
        import_id = self._keep(file)
        try:
            found = self._look(import_id)
            self._confirm(found)
            self._write(import_id)
        except ImportInterrupted:
            # Somebody goes on with it in the browser.
            raise
        except BaseException:
            self._discard(import_id)
            raise
        with self._transaction() as (session, actor):
            _tell_result(import_result(session, import_id, actor))

    @contextmanager
    def _transaction(self) -> Iterator[tuple[Session, Actor]]:
        with self._services.factory() as session, session.begin():
            yield session, self._person.actor(session)

    def _actor(self) -> Actor:
        with self._transaction() as (_, actor):
            return actor

    def _keep(self, file: Path) -> UUID:
        with self._refusals_logged(), self._transaction() as (session, actor):
            remembered = remembered_choice(session, actor)
        with file.open("rb") as stream:
            upload = self._with_wishes(read_upload(stream, remembered), remembered)
        with self._transaction() as (session, actor):
            kept = keep_upload(session, upload, actor)
            if self._wishes.columns:
                choose_columns(session, kept.id, upload.layout, actor)
            return kept.id

    def _with_wishes(self, upload: Upload, remembered: Mapping[str, str]) -> Upload:
        """The file with the sheet and the columns that the options name. Raises `FileRefused` when some are missing."""
        chosen = {normalise(heading): name for heading, name in self._wishes.columns.items()}
        table = read_table(upload.data, self._wishes.sheet or upload.layout.sheet or None)
        layout = find_layout(table.rows(), {**remembered, **chosen}, table.sheet)
        present = {normalise(label) for label in layout.labels}
        for heading in self._wishes.columns:
            if normalise(heading) not in present:
                raise click.ClickException(f"Er is geen kolom met de kop {heading}.")
        try:
            layout.require_known()
        except FileRefused as refusal:
            raise click.ClickException(f"{refusal.sentence} Of zeg met --column welke kolom welke is.") from None
        return replace(upload, layout=layout)

    @contextmanager
    def _refusals_logged(self) -> Iterator[None]:
        try:
            yield
        except (NotFound, PermissionDenied, NoVaultAccess):
            with self._transaction() as (session, actor):
                details: dict[str, str | int] = {"endpoint": self._person.access_point, "reason": "permission"}
                record(session, Action.REQUEST_REFUSE, by=actor.who, details=details, outcome=Outcome.REFUSED)
            raise

    def _look(self, import_id: UUID) -> Preview:
        found = self._preview(import_id)
        if found.new_departments and self._wishes.make_departments:
            with self._transaction() as (session, actor):
                make_departments(session, import_id, found.new_departments, actor)
            found = self._preview(import_id)
        _tell_preview(found)
        if self._wishes.faults and found.faulty:
            self._save_faults(import_id, self._wishes.faults)
        return found

    def _preview(self, import_id: UUID) -> Preview:
        return preview(self._services.factory, import_id, self._actor())

    def _save_faults(self, import_id: UUID, target: Path) -> None:
        with self._transaction() as (session, actor):
            opened = open_import(session, import_id, actor)
            record_download(session, import_id, actor)
        marked = mark_faults(
            self._services.factory,
            opened,
            actor,
            sheet_name="Rijen met een fout",
            sentence_heading="Wat er mis is",
            sentence_of=_fault_sentence,
        )
        target.write_bytes(marked)
        click.echo(f"De rijen met een fout staan in {target}.")

    def _confirm(self, found: Preview) -> None:
        if not found.good:
            _end(found)
        if found.doubtful_words and self._wishes.yes:
            raise click.ClickException(f"{_DOUBTFUL} Sla het op als CSV UTF-8 of als .xlsx, of laat --yes weg.")
        if not self._wishes.yes and not click.confirm(f"{found.good} rijen importeren?"):
            raise click.ClickException("Er is niets geïmporteerd.")

    def _write(self, import_id: UUID) -> None:
        steps = write_rows(self._services.factory, import_id, self._actor())
        first = next(steps)
        with click.progressbar(length=first.total, label="Importeren") as bar:
            bar.update(first.written)
            for step in steps:
                bar.update(step.written - bar.pos)

    def _discard(self, import_id: UUID) -> None:
        with self._transaction() as (session, actor):
            discard(session, import_id, actor)


def _end(found: Preview) -> NoReturn:
    if found.unchanged == found.total:
        click.echo("Alles in dit bestand staat al zo in de datakluis; er is niets gewijzigd.")
        raise click.exceptions.Exit(0)
    raise click.ClickException("Er is geen rij die nu iets verandert. Er is niets geïmporteerd.")


def _tell_preview(found: Preview) -> None:
    click.echo(f"{found.total} rijen gelezen:")
    for count, meaning in (
        (found.new, "nieuw"),
        (found.changed, "gewijzigd"),
        (found.unchanged, "ongewijzigd"),
        (found.waiting, "wachten op een afdeling"),
        (found.faulty, "met een fout"),
    ):
        click.echo(f"  {count:>7} {meaning}")
    if found.ignored:
        click.echo(f"Kolommen die worden overgeslagen: {', '.join(found.ignored)}.")
    if found.new_departments:
        click.echo(f"Onbekende afdelingen: {', '.join(found.new_departments)}. Maak ze aan met --make-departments.")
    if found.doubtful_words:
        click.echo(f"{_DOUBTFUL} Kijk of deze woorden kloppen: {', '.join(found.doubtful_words)}.")
    for fault in found.faults.items:
        click.echo(_fault_sentence(fault))
    if found.faults.total > len(found.faults.items):
        click.echo(f"En nog {found.faults.total - len(found.faults.items)} fouten; --faults bewaart ze alle.")


def _tell_result(result: ImportResult) -> None:
    click.echo(f"Geïmporteerd: {result.added} nieuw, {result.changed} gewijzigd, {result.unchanged} ongewijzigd.")


def _fault_sentence(fault: RowFault) -> str:
    what = fault.what % fault.parameters if fault.parameters else fault.what
    return f"Rij {fault.row}, {fault.column}: {what} {fault.advice}"
