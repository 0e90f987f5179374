"""Importing employees from a file (X-22; design 5, step 2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, stream_template, url_for
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
from portal.forms.imports import UploadForm
from portal.logs import log_failure
from portal.services import current_services
from portal.session import undo_request
from portal.transactions import database, release
from portal.uploads import accepts_upload
from vault.errors import NoVaultAccess, VaultError
from vault.importing.errors import (
    FileRefused,
    ImportGone,
    ImportInterrupted,
    NothingToImport,
    NumberTaken,
    OtherImportRunning,
    TooManyDepartments,
)
from vault.importing.headings import COLUMNS
from vault.importing.jobs import (
    discard,
    examine,
    keep_upload,
    make_departments,
    open_import,
    read_upload,
    require_import,
    waiting_imports,
)
from vault.importing.results import import_result
from vault.importing.template import FILE_NAME, MEDIA_TYPE, make_template
from vault.importing.writing import Progress, write_rows

blueprint = Blueprint("imports", __name__, url_prefix="/werknemers/importeren")

SHOWN_FAULTS = 200
SHOWN_DEPARTMENTS = 20


@dataclass(frozen=True)
class Stop:
    """The last line of a progress page whose import could not go on: why, and that nothing became visible."""

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
    require_import(database(), actor)
    form = UploadForm()
    if not form.validate_on_submit():
        return _upload_page(form, actor), 422
    # Reading a large file takes seconds; nobody has to wait for that.
    release()
    try:
        read = read_upload(form.file.data.stream)
    except FileRefused as refusal:
        form.refuse(refusal)
        return _upload_page(form, actor), 422
    kept = keep_upload(database(), read, actor)
    return redirect(url_for("imports.preview", import_id=kept.id), 303)


@blueprint.get("/<uuid:import_id>")
@requires(Permission.EMPLOYEE_IMPORT)
def preview(import_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show what the import would do: good rows, each fault, unknown departments."""
    opened = open_import(database(), import_id, actor)
    release()
    found = examine(opened)
    return render_template(
        "imports/preview.html",
        import_id=import_id,
        preview=found,
        faults=found.faults[:SHOWN_FAULTS],
        departments=found.new_departments[:SHOWN_DEPARTMENTS],
        more_departments=max(0, len(found.new_departments) - SHOWN_DEPARTMENTS),
    )


@blueprint.post("/<uuid:import_id>/afdelingen")
@requires(Permission.EMPLOYEE_IMPORT)
def add_departments(import_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Make the departments that the file names and that are not there yet."""
    opened = open_import(database(), import_id, actor)
    # Checking every row takes seconds; nobody has to wait for that.
    release()
    found = examine(opened)
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
    except (NothingToImport, NumberTaken, OtherImportRunning) as refusal:
        flash(_reason(refusal), "error")
        return redirect(url_for("imports.preview", import_id=import_id), 303)
    response = Response(
        stream_template("imports/writing.html", import_id=import_id, steps=_steps(first, steps)), mimetype="text/html"
    )
    # A proxy that collects the answer would hide the progress.
    response.headers["X-Accel-Buffering"] = "no"
    return response


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


def _steps(first: Progress, others: Iterator[Progress]) -> Iterator[Progress | Stop]:
    """Each step of the import; an error ends the page in words, since its status has left already."""
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
    reasons: dict[type[Exception], Any] = {
        ImportInterrupted: _("Deze import is op een andere plaats opnieuw begonnen of verwijderd."),
        NothingToImport: _("Er zijn geen goede rijen om te importeren."),
        NumberTaken: _("Een van de personeelsnummers is intussen in gebruik genomen. Bekijk de controle opnieuw."),
        OtherImportRunning: _("Er loopt al een import van uw organisatie. Maak die eerst af of verwijder hem."),
    }
    return str(reasons.get(type(refusal), _("U kunt de datakluis niet meer openen, of de import is verwijderd.")))
