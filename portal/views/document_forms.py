"""*Document opstellen* from a form, and anew from what was filled in; the same for Word (DOC-10..DOC-13)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from documents.dossiers import DossierPlace, dossier_of_employee
from documents.errors import FormRefused, NewerVersion
from documents.filling_in import checked
from documents.finding import find_document
from documents.generating import (
    begin_form,
    change_document,
    find_template,
    generate_document,
    labels_to_generate,
    values_of,
)
from documents.kinds import MEDIA_TYPES, FileKind
from documents.templates import LONGEST_TEXT, TEMPLATES, Field, FieldKind, Template
from documents.word import write_word
from portal.authorisation import requires
from portal.differences import differences
from portal.document_addresses import dossier_ways, place_of
from portal.due_work import do_due_work
from portal.file_answers import name_file
from portal.forms.base import typed
from portal.forms.document_forms import DocumentForm
from portal.headers import put_in_sandbox
from portal.services import current_services
from portal.transactions import database
from portal.vault_access import refuse_without_key, vault_access
from portal.views.dossiers import waiting_page
from vault.errors import NotShared
from vault.sides import is_employer

blueprint = Blueprint("document_forms", __name__, url_prefix="/documenten")

UNSHOWN = frozenset({"label", "seen", "csrf_token"})


@blueprint.get("/nieuw/<uuid:employee_id>")
@requires(Permission.DOCUMENT_EDIT)
def choose(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show which documents can be made for an employee."""
    if (refused := _without_key(actor)) is not None:
        return refused
    place = dossier_of_employee(database(), employee_id, actor)
    return render_template(
        "document_forms/choose.html",
        templates=TEMPLATES.values(),
        employee_id=employee_id,
        ways=dossier_ways(place, actor),
    )


@blueprint.get("/nieuw/<template>/<uuid:employee_id>")
@requires(Permission.DOCUMENT_EDIT)
def show_new(template: str, employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form, with what the dossier knows."""
    if (refused := _without_key(actor)) is not None:
        return refused
    asked = find_template(template)
    form = DocumentForm.of(asked, begin_form(database(), asked, employee_id, actor))
    return _new_page(form, dossier_of_employee(database(), employee_id, actor), actor)


@blueprint.post("/nieuw/<template>/<uuid:employee_id>")
@requires(Permission.DOCUMENT_EDIT)
def add(template: str, employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Definitief opslaan*: make the document."""
    if (refused := _without_key(actor)) is not None:
        return refused
    place = dossier_of_employee(database(), employee_id, actor)
    form = _typed_form(find_template(template))
    if _asks_for_rows() and not form.errors:
        return _new_page(form, place, actor)
    label_id = _label(form, place, actor)
    if label_id is not None and not form.errors:
        try:
            intake = current_services().intake
            made = generate_document(database(), intake, employee_id, form.template, form.answers(), label_id, actor)
            return _to_document(made.id, _("Het document is opgeslagen."))
        except FormRefused as refusal:
            form.place(refusal.faults)
    else:
        _place_faults(form)
    return _new_page(form, place, actor), 422


@blueprint.get("/<uuid:document_id>/gegevens")
@requires(Permission.DOCUMENT_EDIT)
def show_change(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Ingevulde gegevens bewerken*: show the form with what was filled in."""
    filled = values_of(database(), document_id, actor)
    form = DocumentForm.of(filled.template, filled.answers, seen=filled.document.version)
    return _change_page(form, document_id, actor, basis=filled.number)


@blueprint.post("/<uuid:document_id>/gegevens")
@requires(Permission.DOCUMENT_EDIT)
def change(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Definitief opslaan*: make the next version, unless somebody else was earlier (DOC-12)."""
    document = find_document(database(), document_id, actor, permission=Permission.DOCUMENT_EDIT)
    form = _typed_form(find_template(document.template))
    if form.errors:
        return _change_page(form, document_id, actor), 422
    if _asks_for_rows():
        return _change_page(form, document_id, actor)
    try:
        intake = current_services().intake
        version = change_document(database(), intake, document_id, form.answers(), _seen(form), actor)
    except FormRefused as refusal:
        form.place(refusal.faults)
        return _change_page(form, document_id, actor), 422
    except NewerVersion as newer:
        return _conflict_page(form, document_id, newer.number, actor), 409
    return _to_document(document_id, _("Versie %(number)s is opgeslagen.", number=version.number))


@blueprint.get("/<uuid:document_id>/word")
@requires(Permission.DOCUMENT_READ)
def download_word(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Send the document for Word, as it was filled in last."""
    filled = values_of(database(), document_id, actor, shown_as="word")
    data = write_word(filled.template, filled.answers, number=filled.number, moment=filled.made_at)
    put_in_sandbox()
    response = Response(data, mimetype=MEDIA_TYPES[FileKind.WORD])
    name_file(response, "attachment", f"{filled.name.rpartition('.')[0]}.docx")
    return response


@blueprint.errorhandler(NotShared)
def tell_not_shared(_error: NotShared) -> ResponseReturnValue:
    """On the arbo side nothing is made for whoever is not shared (D-rule 23)."""
    flash(_("Dit dossier is niet met u gedeeld. U kunt er geen documenten voor opstellen."), "warning")
    return redirect(url_for("dossiers.show", employee_id=(request.view_args or {})["employee_id"]), 303)


def _without_key(actor: Actor) -> ResponseReturnValue | None:
    if is_employer(actor):
        return None if vault_access(actor).is_open else refuse_without_key(actor, _("Document opstellen"))
    if (waiting := waiting_page(actor)) is None:
        do_due_work(actor)
    return waiting


def _typed_form(template: Template) -> DocumentForm:
    form = DocumentForm.of(template, more=request.form.get("more", ""))
    form.validate_on_submit()
    return form


def _asks_for_rows() -> bool:
    return "more" in request.form


def _label(form: DocumentForm, place: DossierPlace, actor: Actor) -> UUID | None:
    """The label that was chosen, None with an error where none was."""
    for label in labels_to_generate(database(), actor, place):
        if str(label.id) == typed(form.label):
            return label.id
    form.label.errors = [_("Kies een kenmerk. Dat bepaalt wie het document kan openen.")]
    return None


def _place_faults(form: DocumentForm) -> None:
    """Tell all that is wrong at once, also where the label was not chosen."""
    try:
        checked(form.template, form.answers())
    except FormRefused as refusal:
        form.place(refusal.faults)


def _seen(form: DocumentForm) -> int:
    """The version of which the answers were changed; one that is none is older than all."""
    seen = typed(form.seen)
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= 6 else 0


def _new_page(form: DocumentForm, place: DossierPlace, actor: Actor) -> str:
    form.offer(labels_to_generate(database(), actor, place))
    return render_template("document_forms/new.html", form=form, ways=dossier_ways(place, actor), **_words())


def _change_page(form: DocumentForm, document_id: UUID, actor: Actor, **values: object) -> str:
    document = find_document(database(), document_id, actor, permission=Permission.DOCUMENT_EDIT)
    given: dict[str, object] = {"differing": None, "basis": document.version, **values}
    return render_template(
        "document_forms/change.html",
        form=form,
        document=document,
        back=url_for("document_pages.show", document_id=document_id),
        ways=dossier_ways(place_of(document), actor),
        **given,
        **_words(),
    )


def _conflict_page(form: DocumentForm, document_id: UUID, newest: int, actor: Actor) -> str:
    """Show what was typed beside what somebody else saved meanwhile; saving once more is then a choice."""
    filled = values_of(database(), document_id, actor)
    stored = DocumentForm.of(form.template, filled.answers, rows=form.counts)
    form.seen.data = str(newest)
    return _change_page(form, document_id, actor, differing=differences(form, stored, UNSHOWN), newest=newest)


def _words() -> dict[str, object]:
    return {"Field": Field, "FieldKind": FieldKind, "longest": LONGEST_TEXT, "gettext": gettext}


def _to_document(document_id: UUID, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for("document_pages.show", document_id=document_id), 303)
