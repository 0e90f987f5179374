"""What came of a signing request, to download: the signed document and the evidence (G-13)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from crypto.errors import UnsealError
from documents.errors import FileGone
from documents.storing import read_content
from portal.authorisation import requires
from portal.file_answers import send_download
from portal.logs import log_failure
from portal.services import current_services
from portal.session import undo_request
from portal.transactions import database
from signing.looking import ShownFile
from signing.results import show_evidence, show_signed

blueprint = Blueprint("signing_results", __name__, url_prefix="/ondertekeningen/<uuid:request_id>")


@blueprint.get("/ondertekend")
@requires(Permission.DIALOGUE_READ)
def download_signed(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Send the signed document, or a part of it."""
    return _sent(show_signed(database(), request_id, actor))


@blueprint.get("/bewijs")
@requires(Permission.DIALOGUE_READ)
def download_evidence(request_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Send the evidence, or a part of it."""
    return _sent(show_evidence(database(), request_id, actor))


@blueprint.errorhandler(FileGone)
@blueprint.errorhandler(UnsealError)
def tell_gone(error: FileGone | UnsealError) -> ResponseReturnValue:
    """What lies in the store is not there any more, or is not what was put there."""
    log_failure(type(error), error.__traceback__)
    undo_request()
    flash(_("Dit bestand is niet meer te openen. Vraag de beheerder om hulp."), "error")
    return redirect(url_for("start.show"), 303)


def _sent(shown: ShownFile) -> ResponseReturnValue:
    return send_download(read_content(current_services().intake.store, shown.row, shown.key), shown.about)
