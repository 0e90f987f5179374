"""Another name, another label, another version of a document, and its removal (DOC-05, DOC-12, DOC-13; D-rule 34)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from documents.errors import BeingSigned, FileRefused, NameMissing, OfOtherSide, SignedStays
from documents.finding import find_document
from documents.models import Audience, Document, DocumentLabel
from documents.opening import read_document
from documents.relabelling import LabelChange, describe_change, labels_to_choose, relabel_document
from documents.removing import RemovalConsequences, removal_consequences, remove_document
from documents.renaming import rename_document
from documents.uploading import NamedUpload, upload_version
from documents.who_can_open import who_can_open_document
from organisation.errors import NotFound
from portal.authorisation import actor_anew, requires
from portal.document_addresses import dossier_url, dossier_ways, place_of
from portal.document_words import side_words
from portal.errors import refuse
from portal.forms.base import typed
from portal.forms.documents import NameForm, RelabelForm, RemovalForm, VersionForm
from portal.key_entries import document_key_entries
from portal.services import current_services
from portal.transactions import commit, database, release
from portal.uploads import accepts_files, received_files
from portal.views.dialogue_files import FIELD, refusal_text

blueprint = Blueprint("document_changes", __name__, url_prefix="/documenten/<uuid:document_id>")


@blueprint.get("/naam")
@requires(Permission.DOCUMENT_EDIT)
def show_name(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask for another name."""
    find_document(database(), document_id, actor, permission=Permission.DOCUMENT_EDIT)
    return _page("documents/name.html", document_id, actor, NameForm(formdata=None, name=_name(document_id, actor)))


@blueprint.post("/naam")
@requires(Permission.DOCUMENT_EDIT)
def rename(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Give the document the name that was typed."""
    find_document(database(), document_id, actor, permission=Permission.DOCUMENT_EDIT)
    form = NameForm()
    if form.validate_on_submit():
        try:
            rename_document(database(), document_id, typed(form.name), actor)
            return _back(document_id, _("Het document heeft een andere naam."))
        except NameMissing:
            form.name.errors = [_("Vul in hoe het document heet.")]
    return _page("documents/name.html", document_id, actor, form), 422


@blueprint.get("/versie")
@requires(Permission.DOCUMENT_EDIT)
def show_version(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask for the file of the next version."""
    find_document(database(), document_id, actor, permission=Permission.DOCUMENT_EDIT)
    return _page("documents/version.html", document_id, actor, VersionForm(formdata=None))


@blueprint.post("/versie")
@accepts_files
@requires(Permission.DOCUMENT_EDIT)
def add_version(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Add the file that was sent as the next version."""
    find_document(database(), document_id, actor, permission=Permission.DOCUMENT_EDIT)
    form = VersionForm()
    try:
        files = received_files(FIELD)
        if len(files) == 1:
            name, upload = files[0]
            # While no transaction is open: looking at a large file takes its time.
            release()
            upload.check()
            now = actor_anew()(database())
            version = upload_version(database(), document_id, NamedUpload(name, upload), now)
            return _back(document_id, _("Versie %(number)s is toegevoegd.", number=version.number))
        form.files.errors = [_("Kies één bestand.")]
    except FileRefused as refusal:
        form.files.errors = [refusal_text(refusal)]
    return _page("documents/version.html", document_id, actor_anew()(database()), form), 422


@blueprint.get("/kenmerk")
@requires(Permission.DOCUMENT_EDIT)
def show_label(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask for another label."""
    return _label_page(_label_form(document_id, actor, RelabelForm(formdata=None)), document_id, actor)


@blueprint.post("/kenmerk")
@requires(Permission.DOCUMENT_EDIT)
def relabel(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what the label changes, for whom; once that is confirmed, change it."""
    form = _label_form(document_id, actor, RelabelForm())
    form.validate_on_submit()
    label_id = form.chosen()
    if label_id is None or form.errors:
        return _label_page(form, document_id, actor), 422
    if typed(form.confirmed) != str(label_id):
        change = describe_change(database(), document_id, label_id, actor)
        return _label_page(form, document_id, actor, change)
    back = dossier_url(place_of(find_document(database(), document_id, actor)), actor)
    change = relabel_document(database(), document_id, label_id, actor)
    flash(_("Het document heeft nu het kenmerk %(label)s.", label=change.label.name), "success")
    with suppress(NotFound):
        find_document(database(), document_id, actor)
        back = url_for("document_pages.show", document_id=document_id)
    return redirect(back, 303)


@blueprint.get("/verwijderen")
@requires(Permission.DOCUMENT_EDIT)
def show_removal(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what goes, for whom and since when, and ask once."""
    consequences = removal_consequences(database(), document_id, actor)
    return _removal_page(document_id, actor, consequences)


@blueprint.post("/verwijderen")
@requires(Permission.DOCUMENT_EDIT)
def remove(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Remove the document with all its versions."""
    document = find_document(database(), document_id, actor, permission=Permission.DOCUMENT_EDIT)
    RemovalForm().validate_on_submit()
    files = remove_document(database(), document_id, actor)
    # The rows first: what has none any more, the next sweep would find as well.
    commit()
    for file_id in files:
        current_services().intake.store.remove(file_id)
    flash(_("Het document is verwijderd."), "success")
    return redirect(dossier_url(place_of(document), actor), 303)


@blueprint.errorhandler(OfOtherSide)
@blueprint.errorhandler(SignedStays)
@blueprint.errorhandler(BeingSigned)
def tell_kept(error: OfOtherSide | SignedStays | BeingSigned) -> ResponseReturnValue:
    """Say why the document stays as it is."""
    refuse(409, "document kept")
    return render_template("documents/kept.html", why=_why_kept(error)), 409


def _why_kept(error: Exception) -> str:
    if isinstance(error, SignedStays):
        why = _("Een versie van dit document is ondertekend. Daarom kan het niet worden verwijderd.")
    elif isinstance(error, BeingSigned):
        why = _("Iemand is gevraagd dit document te ondertekenen. Trek dat verzoek in, of wacht tot het klaar is.")
    else:
        why = _(
            "Een andere organisatie heeft dit document toegevoegd. Alleen die verwijdert het en kiest wie het ziet."
        )
    return str(why)


def _page(template: str, document_id: UUID, actor: Actor, form: Any, **values: Any) -> str:
    document = find_document(database(), document_id, actor)
    return render_template(
        template,
        form=form,
        document=document,
        back=url_for("document_pages.show", document_id=document_id),
        ways=dossier_ways(place_of(document), actor),
        **values,
    )


def _name(document_id: UUID, actor: Actor) -> str:
    return read_document(database(), document_id, actor).about.name


def _back(document_id: UUID, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for("document_pages.show", document_id=document_id), 303)


def _label_form(document_id: UUID, actor: Actor, form: RelabelForm) -> RelabelForm:
    document = find_document(database(), document_id, actor, permission=Permission.DOCUMENT_EDIT)
    form.offer(labels_to_choose(database(), document, actor))
    return form


def _label_page(form: RelabelForm, document_id: UUID, actor: Actor, change: LabelChange | None = None) -> str:
    document: Document = find_document(database(), document_id, actor)
    return _page(
        "documents/label.html",
        document_id,
        actor,
        form,
        name=_name(document_id, actor),
        label=database().get_one(DocumentLabel, document.label_id).name,
        change=change,
        is_medical=change is not None and change.label.audience == Audience.MEDICAL,
        side_words=side_words,
    )


def _removal_page(document_id: UUID, actor: Actor, consequences: RemovalConsequences) -> str:
    return _page(
        "documents/remove.html",
        document_id,
        actor,
        RemovalForm(formdata=None),
        name=_name(document_id, actor),
        consequences=consequences,
        keys=document_key_entries(who_can_open_document(database(), document_id, actor)),
    )
