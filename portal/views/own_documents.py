"""*Mijn documenten*: the files of the own dialogues (D-06)."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.own_documents import list_documents
from portal.authorisation import requires
from portal.dialogue_addresses import conversation_url, file_url
from portal.transactions import database

blueprint = Blueprint("own_documents", __name__, url_prefix="/mijn-documenten")

LAST_PAGE = 1_000_000


@blueprint.get("")
@requires(Permission.OWN_DATA_READ)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show the files that the actor was sent or sent, the newest first."""
    number = min(max(request.args.get("pagina", 1, type=int), 1), LAST_PAGE)
    return render_template(
        "own_documents/list.html",
        documents=list_documents(database(), actor, number),
        conversation_url=conversation_url,
        file_url=file_url,
        url_of=lambda page: url_for("own_documents.show", pagina=page),
    )
