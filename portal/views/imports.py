"""Importing employees from a file (X-22; design 5, step 2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.actor import Actor
from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.errors import LogUnavailable
from organisation.errors import NotFound
from portal.authorisation import requires
from portal.errors import refuse
from portal.forms.imports import ColumnsForm, HeadingsForm, UploadForm, columns_form, rows_word
from portal.import_words import field_label, shown_value
from portal.logs import log_failure
from portal.navigation import count_messages
from portal.services import current_services
from portal.session import undo_request
from portal.transactions import database, release
from portal.uploads import accepts_upload
from vault.errors import NoVaultAccess, VaultError
from vault.importing.checking import RowFault
from vault.importing.choosing import ColumnChoice, column_choice
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
from vault.importing.headings import COLUMNS
from vault.importing.jobs import (
    choose_columns,
    discard,
    keep_upload,
    make_departments,
    read_upload,
    record_download,
    remembered_choice,
    waiting_imports,
)
from vault.importing.marking import FILE_NAME as FAULTS_FILE_NAME
from vault.importing.marking import mark_faults
from vault.importing.opening import open_import
from vault.importing.previewing import Checked, Pages, Preview, examine, examine_by_steps
from vault.importing.results import import_result
from vault.importing.template import FILE_NAME, MEDIA_TYPE, make_template
from vault.importing.writing import write_rows

blueprint = Blueprint("imports", __name__, url_prefix="/werknemers/importeren")

SHOWN_DEPARTMENTS = 20
MOST_PAGES = 1_000_000
ROWS = re.compile(r"([0-9]{1,6})-([0-9]{1,6})")


Step = TypeVar("Step")


@dataclass(frozen=True)
class Stop:
    """The last line of a progress page whose work could not go on, and why: nothing became visible."""

    reason: str


@blueprint.get("")
@requires(Permission.EMPLOYEE_IMPORT)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Say what is expected, take a file, and show what was not finished."""
    return _upload_page(UploadForm(), actor)


@blueprint.get("/sjabloon.xlsx")
@requires(Permission.EMPLOYEE_IMPORT)
def download_template(*, actor: Actor) -> ResponseReturnValue:
    """Send the workbook to fill in."""
    response = Response(make_template(), mimetype=MEDIA_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=FILE_NAME)
    return response


@blueprint.post("")
@accepts_upload
@requires(Permission.EMPLOYEE_IMPORT)
def upload(*, actor: Actor) -> ResponseReturnValue:
    """Read the file and keep it sealed, or say what is wrong with it."""
    remembered = remembered_choice(database(), actor)
    form = UploadForm()
    if not form.validate_on_submit():
        return _upload_page(form, actor), 422
    # Reading a large file takes seconds; nobody has to wait for that.
    release()
    try:
        read = read_upload(form.file.data.stream, remembered)
    except FileRefused as refusal:
        form.refuse(refusal)
        return _upload_page(form, actor), 422
    kept = keep_upload(database(), read, actor)
    page = "imports.preview" if read.layout.is_complete else "imports.show_columns"
    return redirect(url_for(page, import_id=kept.id), 303)


@blueprint.get("/<uuid:import_id>/kolommen")
@requires(Permission.EMPLOYEE_IMPORT)
def show_columns(import_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Kolommen koppelen*: show each column of the file with the field it is, to be chosen by hand."""
    choice = _column_choice(import_id, actor)
    return _columns_page(import_id, choice, columns_form(choice))


@blueprint.post("/<uuid:import_id>/kolommen")
@requires(Permission.EMPLOYEE_IMPORT)
def choose(import_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Read the file with the chosen columns, and remember them for the next one."""
    choice = _column_choice(import_id, actor)
    form = columns_form(choice)
    layout = form.chosen(choice) if form.validate_on_submit() else None
    if layout is None:
        return _columns_page(import_id, choice, form), 422
    choose_columns(database(), import_id, layout, actor)
    return redirect(url_for("imports.preview", import_id=import_id), 303)


@blueprint.get("/<uuid:import_id>")
@requires(Permission.EMPLOYEE_IMPORT)
def preview(import_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show what the import would do: new, changed, unchanged, absent, each fault, unknown departments."""
    opened = open_import(database(), import_id, actor)
    # Reading and comparing every row takes seconds; nobody has to wait for that.
    release()
    wanted = Pages(_page_number("fouten"), _page_number("wijzigingen"), _page_number("afwezig"))
    steps = _checking(examine_by_steps(current_services().factory, opened, actor, wanted))
    # What refuses the file at once still gets an answer of its own.
    first = next(steps)
    page = {
        "import_id": import_id,
        "layout": opened.layout,
        "shown_departments": SHOWN_DEPARTMENTS,
        "field_label": field_label,
        "shown_value": shown_value,
        "page_url": _page_urls(import_id, wanted),
    }
    if isinstance(first, Preview):
        return render_template("imports/preview.html", preview=first, **page)
    return _streamed("imports/checking.html", steps=_steps(first, steps), **page)


@blueprint.get("/<uuid:import_id>/fouten.xlsx")
@requires(Permission.EMPLOYEE_IMPORT)
def download_faults(import_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Send the rows with a fault as a workbook, marked, to be mended and sent in again."""
    opened = open_import(database(), import_id, actor)
    record_download(database(), import_id, actor)
    release()
    data = mark_faults(
        current_services().factory,
        opened,
        actor,
        sheet_name=_("Rijen met een fout"),
        sentence_heading=_("Wat er mis is"),
        sentence_of=_fault_sentence,
    )
    response = Response(data, mimetype=MEDIA_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=FAULTS_FILE_NAME)
    return response


@blueprint.post("/<uuid:import_id>/afdelingen")
@requires(Permission.EMPLOYEE_IMPORT)
def add_departments(import_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Make the departments that the file names and that are not there yet."""
    opened = open_import(database(), import_id, actor)
    release()
    found = examine(current_services().factory, opened, actor)
    try:
        count = make_departments(database(), import_id, found.new_departments, actor)
    except TooManyDepartments as refusal:
        undo_request()
        told = _(
            "Het bestand noemt meer dan %(limit)s onbekende afdelingen. Waarschijnlijk staat in die kolom iets anders; "
            "kijk dat na in het bestand.",
            limit=refusal.limit,
        )
        flash(told, "error")
    else:
        flash(
            ngettext("Er is %(num)s afdeling aangemaakt.", "Er zijn %(num)s afdelingen aangemaakt.", count), "success"
        )
    return redirect(url_for("imports.preview", import_id=import_id), 303)


@blueprint.post("/<uuid:import_id>/bevestigen")
@requires(Permission.EMPLOYEE_IMPORT)
def confirm(import_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Write the good rows, and tell in the answer how far it is; nothing is visible before all is written."""
    # From here on each step has a transaction of its own.
    release()
    steps = write_rows(current_services().factory, import_id, actor)
    try:
        first = next(steps)
    except (NothingToImport, NumberTaken, OtherImportRunning, PeopleChanged) as refusal:
        flash(_reason(refusal), "error")
        return redirect(url_for("imports.preview", import_id=import_id), 303)
    return _streamed("imports/writing.html", import_id=import_id, steps=_steps(first, steps))


@blueprint.post("/<uuid:import_id>/verwijderen")
@requires(Permission.EMPLOYEE_IMPORT)
def remove(import_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Destroy the file and whatever was written of it."""
    discard(database(), import_id, actor)
    flash(_("Het bestand is verwijderd. Er is niets geïmporteerd."), "success")
    return redirect(url_for("imports.show"), 303)


@blueprint.get("/<uuid:import_id>/resultaat")
@requires(Permission.EMPLOYEE_IMPORT)
def show_result(import_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Tell what a finished import brought."""
    return render_template("imports/result.html", result=import_result(database(), import_id, actor))


@blueprint.errorhandler(ImportGone)
def tell_gone(_error: ImportGone) -> ResponseReturnValue:
    """A finished, removed or expired import leads back to the beginning."""
    undo_request()
    flash(_("Deze import is al klaar, verwijderd of ouder dan 24 uur."), "info")
    return redirect(url_for("imports.show"), 303)


@blueprint.errorhandler(FileRefused)
def ask_for_columns(refusal: FileRefused) -> ResponseReturnValue:
    """A file whose columns are not all known leads to the page where somebody says which is which."""
    undo_request()
    if refusal.code in {"missing_headings", "double_heading"}:
        return redirect(url_for("imports.show_columns", **(request.view_args or {})), 303)
    flash(_reason(refusal), "error")
    return redirect(url_for("imports.show"), 303)


@blueprint.errorhandler(NoVaultAccess)
def tell_no_access(_error: NoVaultAccess) -> ResponseReturnValue:
    """Without a key of the vault nothing can be put into it."""
    refuse(403, "no key")
    return render_template("imports/no_access.html"), 403


def _upload_page(form: UploadForm, actor: Actor) -> str:
    return render_template(
        "imports/upload.html",
        form=form,
        waiting=waiting_imports(database(), actor),
        required=[column.heading for column in COLUMNS if column.required],
        optional=[column.heading for column in COLUMNS if not column.required],
        megabytes=current_services().settings.upload_limit_mib,
    )


def _column_choice(import_id: UUID, actor: Actor) -> ColumnChoice:
    opened = open_import(database(), import_id, actor)
    remembered = remembered_choice(database(), actor)
    release()
    sheet, rows = request.args.get("blad", type=int), ROWS.fullmatch(request.args.get("koppen", ""))
    return column_choice(opened, remembered, sheet, (int(rows[1]), int(rows[2])) if rows else None)


def _columns_page(import_id: UUID, choice: ColumnChoice, form: ColumnsForm) -> str:
    return render_template(
        "imports/columns.html",
        import_id=import_id,
        choice=choice,
        form=form,
        headings_form=HeadingsForm.of(choice),
        koppen=rows_word(choice.layout),
        missing=[field_label(name) for name in choice.layout.missing_fields],
    )


def _page_number(name: str) -> int:
    number = request.args.get(name, 1, type=int)
    return min(max(number, 1), MOST_PAGES)


def _page_urls(import_id: UUID, wanted: Pages) -> Callable[[str, str], Callable[[int], str]]:
    present: dict[str, Any] = {"fouten": wanted.faults, "wijzigingen": wanted.changes, "afwezig": wanted.absent}

    def url_of_list(name: str, anchor: str) -> Callable[[int], str]:
        def url_of(number: int) -> str:
            return url_for("imports.preview", import_id=import_id, _anchor=anchor, **{**present, name: number})

        return url_of

    return url_of_list


def _fault_sentence(fault: RowFault) -> str:
    what = _(fault.what, **fault.parameters)
    return str(
        _("Rij %(row)s, %(column)s: %(what)s", row=fault.row, column=fault.column, what=f"{what} {_(fault.advice)}")
    )


def _streamed(template: str, **page: Any) -> Response:
    # Each step has a transaction of its own, which must not wait for one of this request.
    count_messages()
    release()
    response = Response(stream_template(template, **page), mimetype="text/html")
    # A proxy that collects the answer would hide the progress.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _checking(steps: Generator[Checked, None, Preview]) -> Iterator[Checked | Preview]:
    """How far the checking is, and at last what it found; of a file with few rows that is all."""
    yield (yield from steps)


def _steps(first: Step, others: Iterator[Step]) -> Iterator[Step | Stop]:
    """Each step of long work; an error ends the page in words, since its status has left already."""
    yield first
    try:
        yield from others
    except (VaultError, PermissionDenied, NotFound) as refusal:
        yield Stop(_reason(refusal))
    except Exception as error:
        log_failure(type(error), error.__traceback__)
        unlogged = isinstance(error, LogUnavailable)
        yield Stop(_("Het logboek kan nu niet worden geschreven.") if unlogged else _("Er ging iets mis bij ons."))


def _reason(refusal: Exception) -> str:
    if isinstance(refusal, FileRefused):
        return f"{_(refusal.what, **refusal.parameters)} {_(refusal.advice)}"
    reasons: dict[type[Exception], Any] = {
        ImportInterrupted: _("Deze import is op een andere plaats opnieuw begonnen of verwijderd."),
        NothingToImport: _("Er is niets te wijzigen."),
        PeopleChanged: _(
            "Iemand heeft intussen een van deze werknemers gewijzigd, of een deling is begonnen of ingetrokken. "
            "Bekijk de controle opnieuw."
        ),
        NumberTaken: _("Een van de personeelsnummers is intussen in gebruik genomen. Bekijk de controle opnieuw."),
        OtherImportRunning: _("Er loopt al een import van uw organisatie. Maak die eerst af of verwijder hem."),
    }
    return str(reasons.get(type(refusal), _("U kunt de datakluis niet meer openen, of de import is verwijderd.")))
