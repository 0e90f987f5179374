"""One document: its preview, all its versions, who can open it, and what can be done with it (DOC-12, DOC-13)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.permissions import Permission
from crypto.errors import UnsealError
from database.session import Session
from documents.errors import FileGone, NoPreview
from documents.finding import find_document
from documents.kinds import SHOWN_PICTURES, FileKind
from documents.models import Document, DocumentKind, DocumentLabel, DocumentState
from documents.opening import OpenVersion, read_document
from documents.previewing import Page, draw_page
from documents.reading import SealedReader
from documents.storing import read_content
from documents.texts import read_beginning
from documents.versions import VersionLine, versions_of
from documents.who_can_open import who_can_open_document
from organisation.errors import NotFound
from organisation.models import Employee, Organisation
from portal.authorisation import requires
from portal.document_actions import actions_of
from portal.document_addresses import dossier_ways, place_of
from portal.document_signing import signing_values
from portal.document_words import KINDS, STATES
from portal.errors import error_page
from portal.file_answers import send_download, send_picture
from portal.headers import put_in_sandbox
from portal.key_entries import document_key_entries
from portal.logs import log_failure
from portal.services import current_services
from portal.session import undo_request
from portal.transactions import database, release

blueprint = Blueprint("document_pages", __name__, url_prefix="/documenten")

LAST_PAGE = 1_000_000
LONGEST_TEXT = 64 * 1024


@blueprint.get("/<uuid:document_id>")
@requires(Permission.DOCUMENT_READ)
def show(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show a version of a document, the newest where the address asks for none, and all there is to know of it."""
    number = min(max(request.args.get("pagina", 1, type=int), 1), LAST_PAGE)
    opened = read_document(database(), document_id, actor, number=_version_asked(), page=number)
    values = _frame(document_id, opened, actor)
    return render_template("documents/show.html", **values, **_preview(opened, number))


@blueprint.get("/<uuid:document_id>/bestand")
@requires(Permission.DOCUMENT_READ)
def download(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Send a version of a document, or a part of it."""
    opened = read_document(database(), document_id, actor, number=_version_asked())
    return send_download(_content(opened), opened.about)


@blueprint.get("/<uuid:document_id>/plaatje")
@requires(Permission.DOCUMENT_READ)
def show_picture(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Send a document that is a picture, to be shown."""
    opened = read_document(database(), document_id, actor, number=_version_asked())
    if opened.about.kind not in SHOWN_PICTURES:
        raise NotFound
    return send_picture(_content(opened), opened.about)


@blueprint.get("/<uuid:document_id>/pagina/<int:number>")
@requires(Permission.DOCUMENT_READ)
def show_page(document_id: UUID, number: int, *, actor: Actor) -> ResponseReturnValue:
    """Send a page of a PDF as a picture that was drawn elsewhere."""
    page = min(number, LAST_PAGE)
    opened = read_document(database(), document_id, actor, number=_version_asked(), page=page)
    if not _has_pages(opened):
        raise NotFound
    try:
        drawn = _drawn(opened, page)
    except NoPreview:
        return error_page(404)
    put_in_sandbox()
    return Response(drawn.picture, mimetype="image/png")


@blueprint.errorhandler(FileGone)
@blueprint.errorhandler(UnsealError)
def tell_gone(error: FileGone | UnsealError) -> ResponseReturnValue:
    """What lies in the store is not there, or is not what was put there."""
    log_failure(type(error), error.__traceback__)
    undo_request()
    return render_template("documents/gone.html"), 410


def _frame(document_id: UUID, opened: OpenVersion, actor: Actor) -> dict[str, Any]:
    session = database()
    document = find_document(session, document_id, actor)
    versions = versions_of(session, document, actor)
    return {
        "document": document,
        "version": opened.version,
        "name": opened.about.name,
        "size": opened.row.size,
        "is_protected": opened.about.is_protected,
        "is_newest": opened.version.number == document.version,
        "versions": versions,
        "made": _of_number(versions, opened.version.number),
        "states": STATES,
        "state": STATES[DocumentState(opened.version.state)],
        "kind": KINDS[DocumentKind(document.kind)],
        "label": session.get_one(DocumentLabel, document.label_id).name,
        "of": session.get_one(Organisation, document.organisation_id).name,
        "about": _about(session, document),
        "is_of_employee": document.employee_id is not None,
        "ways": dossier_ways(place_of(document), actor),
        "actions": actions_of(document, versions, actor),
        "keys": document_key_entries(who_can_open_document(session, document_id, actor)),
        "url_of": lambda **values: url_for("document_pages.show", document_id=document_id, **values),
        **signing_values(document, opened, actor),
    }


def _preview(opened: OpenVersion, number: int) -> dict[str, Any]:
    """What is shown of a version: a page, a picture, a text, or the reason why there is none."""
    kind = opened.about.kind
    if kind in SHOWN_PICTURES:
        return {"preview": "picture"}
    if kind in {FileKind.TEXT, FileKind.CSV}:
        content = _content(opened)
        is_cut = content.size > LONGEST_TEXT
        return {"preview": "text", "text": read_beginning(content, LONGEST_TEXT), "is_cut": is_cut}
    if not _has_pages(opened):
        return {"preview": "none"}
    try:
        return {"preview": "page", "page": _drawn(opened, number)}
    except NoPreview as refusal:
        return {"preview": "busy" if refusal.busy else "none"}


def _has_pages(opened: OpenVersion) -> bool:
    return opened.about.kind is FileKind.PDF and not opened.about.is_protected


def _drawn(opened: OpenVersion, number: int) -> Page:
    content = _content(opened)
    # Drawing takes part of a second at best; the log has its entry, and nobody has to wait for the rest.
    release()
    return draw_page(content, number)


def _content(opened: OpenVersion) -> SealedReader:
    return read_content(current_services().intake.store, opened.row, opened.key)


def _version_asked() -> int | None:
    asked = request.args.get("versie")
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 6):
        raise NotFound
    return int(asked)


def _of_number(versions: tuple[VersionLine, ...], number: int) -> VersionLine:
    return next(version for version in versions if version.number == number)


def _about(session: Session, document: Document) -> str:
    """Whose dossier it is: a personnel number, or what the employer is called."""
    if document.employee_id is not None:
        return session.get_one(Employee, document.employee_id).personnel_number
    return session.get_one(Organisation, document.employer_id).name
