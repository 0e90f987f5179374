"""Exporting the employees that somebody may see, streamed, for both sides (design 2.7; D-rules 37, 43, 46)."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, redirect, render_template, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.admission import Admittance, admittance
from organisation.calendar import today
from organisation.tree import departments_in_scope, employers_in_scope
from portal.authorisation import actor_anew, requires
from portal.forms.exports import SEPARATED, WORKBOOK, ExportForm
from portal.logs import log_failure
from portal.services import current_services
from portal.transactions import database, release
from portal.vault_access import vault_access
from vault.exporting import separated, workbook
from vault.exporting.people import Export, begin_export, plan_columns
from vault.intake import take_in_shares
from vault.sides import is_employer

blueprint = Blueprint("exports", __name__, url_prefix="/exporteren")

# How each kind of file is written, and what ends one that could not be finished.
_WRITERS = {
    WORKBOOK: (workbook.MEDIA_TYPE, workbook.write_workbook, b""),
    SEPARATED: (separated.MEDIA_TYPE, separated.write_separated, separated.BROKEN_OFF),
}


class ExportBrokenOff(Exception):
    """An export could not go on; the answer is cut off, so that the browser tells that the file is not whole."""


@blueprint.get("")
@requires(Permission.EMPLOYEE_EXPORT)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Say what will be in the file and for whom it is, and ask in which form."""
    if _waits(actor):
        return redirect(url_for("dossiers.show_tree"), 303)
    return _form_page(_form(actor), actor)


@blueprint.post("")
@requires(Permission.EMPLOYEE_EXPORT)
def download(*, actor: Actor) -> ResponseReturnValue:
    """Send the file while it is made: each batch is in the log before it leaves."""
    if _waits(actor):
        return redirect(url_for("dossiers.show_tree"), 303)
    form = _form(actor)
    if not form.validate_on_submit():
        return _form_page(form, actor), 422
    if not is_employer(actor):
        take_in_shares(database(), actor)
    choice, day = form.choice(), today(database())
    # From here on each batch has a transaction of its own.
    release()
    export = begin_export(current_services().factory, actor_anew(), choice)
    response = _stream(export, choice.file_format)
    response.headers["Content-Disposition"] = f"attachment; filename=werknemers-{day:%Y-%m-%d}.{choice.file_format}"
    response.headers["Cache-Control"] = "no-store"
    # A proxy that collects the answer would keep people waiting, and hide where it breaks off.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _stream(export: Export, file_format: str) -> Response:
    media_type, write, last_line = _WRITERS[file_format]
    pieces = write(export.columns.headings, ([export.columns.cells(row) for row in batch] for batch in export.batches))
    # What refuses the first batch, such as a log out of order, still gets an answer of its own.
    first = next(pieces)
    return Response(stream_with_context(_breaking_off(first, pieces, last_line)), mimetype=media_type)


def _breaking_off(first: bytes, others: Iterator[bytes], last_line: bytes) -> Iterator[bytes]:
    yield first
    try:
        yield from others
    except Exception as error:
        log_failure(type(error), error.__traceback__)
        yield last_line
        raise ExportBrokenOff from None


def _waits(actor: Actor) -> bool:
    """Whether somebody of an arbo service has no key yet; the page of the dossiers tells who can give it."""
    return not is_employer(actor) and admittance(database(), actor) is not Admittance.OPEN


def _form(actor: Actor) -> ExportForm:
    with_bsn = Permission.BSN_READ in actor.permissions
    if is_employer(actor):
        return ExportForm.of_employer(departments_in_scope(database(), actor), with_bsn=with_bsn)
    return ExportForm.of_service(employers_in_scope(database(), actor), with_bsn=with_bsn)


def _form_page(form: ExportForm, actor: Actor) -> str:
    columns = plan_columns(database(), actor, with_bsn=False)
    return render_template(
        "exports/form.html",
        form=form,
        headings=columns.headings,
        access=vault_access(actor) if is_employer(actor) else None,
        back=url_for("employees.show_tree" if is_employer(actor) else "dossiers.show_tree"),
    )
