"""*Upload document(en)*: into a dossier, or from the start page by finding the dossier first (DOC-17..DOC-21)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.actor import Actor
from accounts.permissions import Permission
from documents.dossiers import DossierPlace, dossier_of_employee, dossier_of_employer
from documents.errors import FileRefused, MergeRefused
from documents.labels import find_label, labels_for
from documents.merging import merge_to_pdf
from documents.models import Audience
from documents.reach import is_in_medical_circle
from documents.storing import Upload
from documents.uploading import MergedFile, NamedUpload, check_place, upload_documents, upload_merged
from organisation.tree import employers_in_scope
from portal.authorisation import actor_anew, requires
from portal.document_addresses import dossier_url, dossier_ways, upload_url
from portal.due_work import do_due_work
from portal.forms.base import typed
from portal.forms.documents import MERGED, SEPARATE, UploadForm
from portal.forms.employments import PersonForm
from portal.people_lists import find_person
from portal.services import current_services
from portal.transactions import database, release
from portal.uploads import accepts_files, received_files
from portal.vault_access import refuse_without_key, vault_access
from portal.views.dialogue_files import FIELD, refusal_text, shown_name
from portal.views.dossiers import waiting_page
from vault.errors import NotShared
from vault.search import SearchHit
from vault.sides import is_employer

blueprint = Blueprint("document_uploads", __name__, url_prefix="/documenten/uploaden")

Received = tuple[str, Upload]


@blueprint.get("")
@requires(Permission.DOCUMENT_UPLOAD)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Ask for the dossier first (DOC-20); an employer of the arbo side that was chosen is gone to."""
    if (refused := _without_key(actor)) is not None:
        return refused
    if (employer_id := request.args.get("werkgever", type=UUID)) is not None:
        return redirect(url_for("document_uploads.show_for_employer", employer_id=employer_id), 303)
    return _search_page(PersonForm(formdata=None), None, actor)


@blueprint.get("/werknemer/<uuid:employee_id>")
@requires(Permission.DOCUMENT_UPLOAD)
def show_for_employee(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form for the dossier of an employee."""
    return _without_key(actor) or _empty_form(dossier_of_employee(database(), employee_id, actor), actor)


@blueprint.get("/werkgever/<uuid:employer_id>")
@requires(Permission.DOCUMENT_UPLOAD)
def show_for_employer(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form for the dossier of an employer itself (DOC-23)."""
    return _without_key(actor) or _empty_form(dossier_of_employer(database(), employer_id, actor), actor)


@blueprint.post("/zoeken")
@requires(Permission.DOCUMENT_UPLOAD)
def find(*, actor: Actor) -> ResponseReturnValue:
    """Show whose dossier fits what was typed."""
    if (refused := _without_key(actor)) is not None:
        return refused
    form = PersonForm()
    if not form.validate_on_submit() or (hits := find_person(form, actor)) is None:
        return _search_page(form, None, actor), 422
    return _search_page(form, hits, actor)


@blueprint.post("/werknemer/<uuid:employee_id>")
@accepts_files
@requires(Permission.DOCUMENT_UPLOAD)
def add_for_employee(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Put the files of the form in the dossier of an employee, each by itself or as one PDF."""
    return _without_key(actor) or _add(dossier_of_employee(database(), employee_id, actor), actor)


@blueprint.post("/werkgever/<uuid:employer_id>")
@accepts_files
@requires(Permission.DOCUMENT_UPLOAD)
def add_for_employer(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Put the files of the form in the dossier of an employer itself (DOC-23)."""
    return _without_key(actor) or _add(dossier_of_employer(database(), employer_id, actor), actor)


def _add(place: DossierPlace, actor: Actor) -> ResponseReturnValue:
    check_place(database(), place, actor)
    form = UploadForm()
    form.offer(labels_for(database(), actor, place))
    form.validate_on_submit()
    files = _received(form)
    label_id = form.chosen()
    if label_id is None or not files or form.errors:
        return _form_page(form, place, actor), 422
    find_label(database(), label_id, actor, place)
    # While no transaction is open: looking at large files and merging them takes its time.
    release()
    good = _checked(files, form)
    if typed(form.save_as) == MERGED:
        count = _add_merged(good, form, place, label_id)
    else:
        count = _add_each(good, place, label_id)
    return _answer(form, place, label_id, count)


@blueprint.errorhandler(NotShared)
def tell_not_shared(_error: NotShared) -> ResponseReturnValue:
    """On the arbo side nothing is added for whoever is not shared (D-rule 23)."""
    flash(_("Dit dossier is niet met u gedeeld. U kunt er geen documenten aan toevoegen."), "warning")
    return redirect(url_for("dossiers.show", employee_id=(request.view_args or {}).get("employee_id")), 303)


def _without_key(actor: Actor) -> ResponseReturnValue | None:
    if not is_employer(actor):
        return waiting_page(actor)
    return None if vault_access(actor).is_open else refuse_without_key(actor, _("Upload document(en)"))


def _received(form: UploadForm) -> list[Received]:
    try:
        files = received_files(FIELD)
    except FileRefused as refusal:
        form.files.errors = [refusal_text(refusal)]
        return []
    if not files:
        form.files.errors = [_("Kies een of meer bestanden.")]
    return files


def _checked(files: Sequence[Received], form: UploadForm) -> list[Received]:
    """Those that can be kept; of each other one the form says why not."""
    good, refused = [], []
    for name, upload in files:
        try:
            upload.check()
            good.append((name, upload))
        except FileRefused as refusal:
            refused.append(_("%(name)s: %(reason)s", name=shown_name(name), reason=refusal_text(refusal)))
    form.files.errors = [*form.files.errors, *refused]
    return good


def _add_each(files: Sequence[Received], place: DossierPlace, label_id: UUID) -> int:
    named = [NamedUpload(name, upload) for name, upload in files]
    return len(upload_documents(database(), place, label_id, named, actor_anew()(database())))


def _add_merged(files: Sequence[Received], form: UploadForm, place: DossierPlace, label_id: UUID) -> int:
    """Add the files as one PDF, or none of them."""
    if form.files.errors:
        return 0
    try:
        parts = [(name, upload.check().kind, upload.read()) for name, upload in files]
        data = merge_to_pdf(parts)
        name = f"{files[0][0].rpartition('.')[0] or files[0][0]}.pdf"
        merged = MergedFile(name, data, len(files))
        upload_merged(database(), current_services().intake, place, label_id, merged, actor_anew()(database()))
    except FileRefused as refusal:
        form.files.errors = [_reason(refusal)]
        return 0
    return 1


def _reason(refusal: FileRefused) -> str:
    """Why nothing was merged, with the name of the file that is the reason."""
    if isinstance(refusal, MergeRefused) and refusal.name is not None:
        return str(_("%(name)s: %(reason)s", name=shown_name(refusal.name), reason=refusal_text(refusal)))
    return refusal_text(refusal)


def _answer(form: UploadForm, place: DossierPlace, label_id: UUID, count: int) -> ResponseReturnValue:
    actor = actor_anew()(database())
    if count:
        flash(ngettext("%(num)s document is toegevoegd.", "%(num)s documenten zijn toegevoegd.", count), "success")
        is_medical = find_label(database(), label_id, actor, place).audience == Audience.MEDICAL
        if is_medical and not is_in_medical_circle(database(), actor):
            flash(_("Alleen de medische kring kan het openen. U kunt het zelf niet teruglezen."), "info")
    if form.files.errors:
        return _form_page(form, place, actor), 422
    return redirect(dossier_url(place, actor), 303)


def _empty_form(place: DossierPlace, actor: Actor) -> str:
    do_due_work(actor)
    return _form_page(UploadForm(formdata=None, save_as=SEPARATE), place, actor)


def _form_page(form: UploadForm, place: DossierPlace, actor: Actor) -> str:
    labels = labels_for(database(), actor, place)
    form.offer(labels)
    offers_medical = any(label.audience == Audience.MEDICAL for label in labels)
    return render_template(
        "documents/upload.html",
        form=form,
        here=upload_url(place),
        ways=dossier_ways(place, actor),
        cannot_read_back=offers_medical and not is_in_medical_circle(database(), actor),
    )


def _search_page(form: PersonForm, hits: list[SearchHit] | None, actor: Actor) -> str:
    may_see_employers = Permission.EMPLOYER_READ in actor.permissions
    return render_template(
        "documents/upload_search.html",
        form=form,
        hits=hits,
        employers=employers_in_scope(database(), actor) if may_see_employers else [],
        is_service=not is_employer(actor),
    )
