"""*Mijn documenten*: what the actor signed, with its evidence, and the files of the own dialogues (D-06, G-13)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.permissions import Permission
from crypto.errors import UnsealError
from dialogs.own_documents import list_documents
from documents.errors import FileGone
from documents.received import list_received, read_received
from documents.storing import read_content
from portal.authorisation import requires
from portal.dialogue_addresses import conversation_url, file_url
from portal.due_work import do_due_work
from portal.file_answers import send_download
from portal.logs import log_failure
from portal.services import current_services
from portal.session import undo_request
from portal.transactions import database

blueprint = Blueprint("own_documents", __name__, url_prefix="/mijn-documenten")

LAST_PAGE = 1_000_000


@blueprint.get("")
@requires(Permission.OWN_DATA_READ)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show what the actor signed, and the files that he or she was sent or sent, the newest first."""
    do_due_work(actor)
    number, signed = (_page(name) for name in ("pagina", "ondertekend"))
    return render_template(
        "own_documents/list.html",
        received=list_received(database(), actor, signed),
        documents=list_documents(database(), actor, number),
        conversation_url=conversation_url,
        file_url=file_url,
        url_of=lambda page: url_for("own_documents.show", pagina=page, ondertekend=signed),
        signed_url_of=lambda page: url_for("own_documents.show", pagina=number, ondertekend=page),
    )


@blueprint.get("/<uuid:document_id>/<int:number>")
@requires(Permission.OWN_DATA_READ)
def download(document_id: UUID, number: int, *, actor: Actor) -> ResponseReturnValue:
    """Send a document whose key lies for the actor, or a part of it."""
    opened = read_received(database(), document_id, min(number, LAST_PAGE), actor)
    return send_download(read_content(current_services().intake.store, opened.row, opened.key), opened.about)


@blueprint.errorhandler(FileGone)
@blueprint.errorhandler(UnsealError)
def tell_gone(error: FileGone | UnsealError) -> ResponseReturnValue:
    """What lies in the store is not there, or is not what was put there."""
    log_failure(type(error), error.__traceback__)
    undo_request()
    return render_template("dialogues/file_gone.html", back=url_for("own_documents.show")), 410


def _page(name: str) -> int:
    return min(max(request.args.get(name, 1, type=int), 1), LAST_PAGE)
