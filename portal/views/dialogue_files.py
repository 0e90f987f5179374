"""The files of a dialogue: adding, looking at, taking along (D-06)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    get_template_attribute,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.actor import Actor
from accounts.permissions import Permission
from crypto.errors import UnsealError
from dialogs.attachments import (
    AttachmentView,
    OpenAttachment,
    check_upload,
    posted_files,
    read_attachment,
    remove_attachment,
    remove_new_file,
    upload_attachment,
    upload_for_new,
    waiting_files,
)
from dialogs.drafts import save_draft
from dialogs.errors import DialogueClosed, InvalidDialogue, NotFound
from dialogs.exporting import read_for_export
from dialogs.subjects import subject_of
from documents.errors import FileGone, FileRefused, NoPreview
from documents.previewing import Page, draw_page
from documents.reading import SealedReader
from documents.storing import About, Upload, read_content
from portal.authorisation import actor_anew, requires
from portal.dialogue_archive import archive_of
from portal.errors import error_page
from portal.file_answers import send_download, send_picture
from portal.headers import put_in_sandbox
from portal.logs import log_failure
from portal.services import current_services
from portal.session import undo_request
from portal.transactions import commit, database, release
from portal.uploads import accepts_files, is_raw, received_body, received_files

Keep = Callable[[Upload, str, Actor], AttachmentView]

blueprint = Blueprint("dialogue_files", __name__, url_prefix="/berichten")

LONGEST_SHOWN_NAME = 80
FIELD = "files"
LAST_PAGE = 1_000_000


@blueprint.get("/<uuid:dialogue_id>/bestanden")
@requires(Permission.DIALOGUE_READ)
def show_all(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Every file of a dialogue, those that wait for their message, and the way to take it all along."""
    return _page_of_files(dialogue_id, actor)


@blueprint.post("/<uuid:dialogue_id>/bestanden")
@accepts_files
@requires(Permission.DIALOGUE_READ)
def add(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Keep files for the next message: one that is the body itself, or those of a form."""
    check_upload(database(), dialogue_id, actor)
    if is_raw():
        return _answer_script(lambda upload, name, now: upload_attachment(database(), dialogue_id, upload, name, now))
    refused = _keep_each(dialogue_id)
    _keep_text(dialogue_id)
    if refused:
        return _page_of_files(dialogue_id, actor, refused), 422
    return redirect(_next_page(dialogue_id), 303)


@blueprint.post("/nieuw/bestanden")
@accepts_files
@requires(Permission.DIALOGUE_START)
def add_for_new(*, actor: Actor) -> ResponseReturnValue:
    """Keep a file for a dialogue that is still to be started; only scripts send one, since a form would be lost."""
    if not is_raw():
        return jsonify(error=_("Zonder JavaScript voegt u bestanden toe nadat de dialoog is gestart.")), 422
    return _answer_script(lambda upload, name, now: upload_for_new(database(), upload, name, now))


@blueprint.post("/<uuid:dialogue_id>/bestanden/<uuid:file_id>/verwijderen")
@requires(Permission.DIALOGUE_READ)
def remove(dialogue_id: UUID, file_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Take away a file that was not sent yet."""
    remove_attachment(database(), dialogue_id, file_id, actor)
    _take_away(file_id)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(removed=str(file_id))
    _keep_text(dialogue_id)
    flash(_("Het bestand is weggehaald."), "success")
    return redirect(_next_page(dialogue_id), 303)


@blueprint.post("/nieuw/bestanden/<uuid:file_id>/verwijderen")
@requires(Permission.DIALOGUE_START)
def remove_new(file_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Take away a file that waited for a new dialogue."""
    remove_new_file(database(), file_id, actor)
    _take_away(file_id)
    return jsonify(removed=str(file_id))


@blueprint.get("/<uuid:dialogue_id>/bestanden/<uuid:file_id>")
@requires(Permission.DIALOGUE_READ)
def download(dialogue_id: UUID, file_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Send a file, or a part of it."""
    opened = read_attachment(database(), dialogue_id, file_id, actor)
    return send_download(_content(opened), _about(opened))


@blueprint.get("/<uuid:dialogue_id>/bestanden/<uuid:file_id>/plaatje")
@requires(Permission.DIALOGUE_READ)
def show_picture(dialogue_id: UUID, file_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Send a picture to be shown."""
    opened = read_attachment(database(), dialogue_id, file_id, actor)
    if not opened.view.is_picture:
        raise NotFound
    return send_picture(_content(opened), _about(opened))


@blueprint.get("/<uuid:dialogue_id>/bestanden/<uuid:file_id>/bekijken")
@requires(Permission.DIALOGUE_READ)
def show(dialogue_id: UUID, file_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show a picture, or one page of a PDF with what it says, in a page of ours."""
    number = min(max(request.args.get("pagina", 1, type=int), 1), LAST_PAGE)
    opened = read_attachment(database(), dialogue_id, file_id, actor, page=number)
    values: dict[str, Any] = {
        "dialogue_id": dialogue_id,
        "file": opened.view,
        "back": conversation_url(dialogue_id),
        "subject": subject_of(database(), dialogue_id, actor),
    }
    if opened.view.is_picture:
        return render_template("dialogues/file_picture.html", **values)
    if not opened.view.has_pages:
        raise NotFound
    try:
        page = _drawn(opened, number)
    except NoPreview as refusal:
        told = render_template("dialogues/file_without_preview.html", busy=refusal.busy, **values)
        return told, 503 if refusal.busy else 200
    return render_template("dialogues/file_page.html", page=page, **values)


@blueprint.get("/<uuid:dialogue_id>/bestanden/<uuid:file_id>/pagina/<int:number>")
@requires(Permission.DIALOGUE_READ)
def show_page(dialogue_id: UUID, file_id: UUID, number: int, *, actor: Actor) -> ResponseReturnValue:
    """Send a page of a PDF as a picture that was drawn elsewhere."""
    opened = read_attachment(database(), dialogue_id, file_id, actor, page=min(number, LAST_PAGE))
    if not opened.view.has_pages:
        raise NotFound
    try:
        page = _drawn(opened, number)
    except NoPreview:
        return error_page(404)
    put_in_sandbox()
    return Response(page.picture, mimetype="image/png")


@blueprint.post("/<uuid:dialogue_id>/bestanden/alles")
@requires(Permission.DIALOGUE_READ)
def download_all(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Send the whole dialogue as one zip while it is made."""
    export = read_for_export(database(), dialogue_id, actor)
    # Drawing the conversation and sending the files takes as long as it takes; nobody has to wait for that.
    release()
    return archive_of(export, current_services().source.now())


@blueprint.errorhandler(DialogueClosed)
def tell_closed(_error: DialogueClosed) -> ResponseReturnValue:
    """To a closed dialogue nothing is added."""
    undo_request()
    told = _("Deze dialoog is gesloten. U kunt er geen bestanden meer aan toevoegen.")
    if is_raw():
        return jsonify(error=told), 422
    flash(told, "error")
    return redirect(url_for("dialogue_files.show_all", **(request.view_args or {})), 303)


@blueprint.errorhandler(FileGone)
@blueprint.errorhandler(UnsealError)
def tell_gone(error: FileGone | UnsealError) -> ResponseReturnValue:
    """What lies in the store is not there, or is not what was put there."""
    log_failure(type(error), error.__traceback__)
    undo_request()
    return render_template("dialogues/file_gone.html", back=url_for("dialogues.show_all")), 410


def conversation_url(dialogue_id: UUID) -> str:
    """Where a dialogue is read."""
    return url_for("conversations.show", dialogue_id=dialogue_id)


def refusal_text(refusal: FileRefused) -> str:
    """What is wrong with a file and what to do about it."""
    return f"{_(refusal.what, **refusal.parameters)} {_(refusal.advice)}"


def _page_of_files(dialogue_id: UUID, actor: Actor, refused: Sequence[str] = ()) -> str:
    posted = posted_files(database(), dialogue_id, actor)
    return render_template(
        "dialogues/files_of_dialogue.html",
        dialogue_id=dialogue_id,
        posted=posted,
        size=sum(file.view.size for file in posted),
        waiting=waiting_files(database(), dialogue_id, actor),
        refused=refused,
        back=conversation_url(dialogue_id),
        subject=subject_of(database(), dialogue_id, actor),
    )


def _answer_script(keep: Keep) -> ResponseReturnValue:
    name, upload = received_body()
    try:
        # While no transaction is open: looking at a large file, and waiting for the disk, takes its time.
        upload.check()
        file = keep(upload, name, _actor_now())
    except FileRefused as refusal:
        undo_request()
        return jsonify(error=refusal_text(refusal)), 422
    macro = get_template_attribute("dialogues/files.html", "waiting_file")
    dialogue_id = (request.view_args or {}).get("dialogue_id")
    return jsonify(id=str(file.id), html=str(macro(dialogue_id, file))), 201


def _keep_each(dialogue_id: UUID) -> list[str]:
    """Keep the files of a form one by one; return a sentence for each that is refused."""
    try:
        files = received_files(FIELD)
    except FileRefused as refusal:
        return [refusal_text(refusal)]
    if not files:
        return [_("Kies eerst een of meer bestanden.")]
    release()
    good, refused = [], []
    for name, upload in files:
        try:
            # While no transaction is open, as above.
            upload.check()
            good.append((name, upload))
        except FileRefused as refusal:
            refused.append(_("%(name)s: %(reason)s", name=shown_name(name), reason=refusal_text(refusal)))
    actor = _actor_now()
    for name, upload in good:
        upload_attachment(database(), dialogue_id, upload, name, actor)
    if len(files) > len(refused):
        kept = len(files) - len(refused)
        flash(ngettext("Er staat %(num)s bestand klaar.", "Er staan %(num)s bestanden klaar.", kept), "success")
    return refused


def _actor_now() -> Actor:
    """Who acts after an upload that may have taken long: roles, keys and session of this moment."""
    return actor_anew()(database())


def _keep_text(dialogue_id: UUID) -> None:
    """Keep what was typed of the message whose form brought the files, where no script sent them."""
    if "text" in request.form:
        with suppress(InvalidDialogue):
            save_draft(database(), dialogue_id, request.form["text"], _actor_now())


def _next_page(dialogue_id: UUID) -> str:
    """Back to the message that was being written, or to the files."""
    return url_for(
        "conversations.show" if "text" in request.form else "dialogue_files.show_all",
        dialogue_id=dialogue_id,
        _anchor="nieuwste" if "text" in request.form else None,
    )


def shown_name(name: str) -> str:
    """A name that somebody gave to a file that was not kept, as it can be told in a sentence."""
    return "".join(letter for letter in name if letter.isprintable())[:LONGEST_SHOWN_NAME] or _("Bestand")


def _take_away(file_id: UUID) -> None:
    # The row first: what has none any more, the next sweep would find as well.
    commit()
    current_services().intake.store.remove(file_id)


def _content(opened: OpenAttachment) -> SealedReader:
    return read_content(current_services().intake.store, opened.row, opened.key)


def _about(opened: OpenAttachment) -> About:
    return About(opened.view.name, opened.view.kind, opened.view.is_protected)


def _drawn(opened: OpenAttachment, number: int) -> Page:
    content = _content(opened)
    # Drawing takes part of a second at best; the log has its entry, and nobody has to wait for the rest.
    release()
    return draw_page(content, number)
