"""Beheer > Kenmerken: which labels documents can have, and who opens what has one (DOC-05, DOC-18)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from documents.label_administration import (
    LabelContent,
    LabelLine,
    change_label,
    create_label,
    find_own_label,
    list_labels,
    restore_label,
    retire_label,
)
from organisation.errors import InvalidValues
from portal.authorisation import requires
from portal.forms.document_labels import AUDIENCES, DocumentLabelForm
from portal.forms.faults import place_faults
from portal.transactions import database

blueprint = Blueprint("document_labels", __name__, url_prefix="/beheer/kenmerken")


@blueprint.get("")
@requires(Permission.DOCUMENT_LABEL_ADMINISTER)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show the labels that there are."""
    lines = list_labels(database(), actor)
    return render_template("document_labels/list.html", lines=lines, audiences=AUDIENCES)


@blueprint.get("/nieuw")
@requires(Permission.DOCUMENT_LABEL_ADMINISTER)
def show_new(*, actor: Actor) -> ResponseReturnValue:
    """Show the form of a new label."""
    return _form_page(DocumentLabelForm(formdata=None), None)


@blueprint.post("/nieuw")
@requires(Permission.DOCUMENT_LABEL_ADMINISTER)
def add(*, actor: Actor) -> ResponseReturnValue:
    """Make a label."""
    form = DocumentLabelForm()
    try:
        if form.validate_on_submit():
            create_label(database(), form.content(), actor)
            return _back(_("Het kenmerk is toegevoegd."))
    except InvalidValues as refusal:
        place_faults(form, refusal.faults)
    return _form_page(form, None), 422


@blueprint.get("/<uuid:label_id>")
@requires(Permission.DOCUMENT_LABEL_ADMINISTER)
def show_one(label_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form of one of the own labels."""
    line = find_own_label(database(), label_id, actor)
    return _form_page(_form_of(line), line)


@blueprint.post("/<uuid:label_id>")
@requires(Permission.DOCUMENT_LABEL_ADMINISTER)
def change(label_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Change a label."""
    line = find_own_label(database(), label_id, actor)
    form = _form_of(line)
    try:
        if form.validate_on_submit():
            change_label(database(), label_id, _content(form, line), actor)
            return _back(_("Het kenmerk is gewijzigd."))
    except InvalidValues as refusal:
        place_faults(form, refusal.faults)
    return _form_page(form, line), 422


@blueprint.get("/<uuid:label_id>/uit-gebruik")
@requires(Permission.DOCUMENT_LABEL_ADMINISTER)
def show_retiring(label_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what it does to take a label out of use, and ask once."""
    line = find_own_label(database(), label_id, actor)
    return render_template("document_labels/retire.html", line=line)


@blueprint.post("/<uuid:label_id>/uit-gebruik")
@requires(Permission.DOCUMENT_LABEL_ADMINISTER)
def retire(label_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Take a label out of use."""
    retire_label(database(), label_id, actor)
    return _back(_("Het kenmerk is uit gebruik genomen. Documenten die het hebben, houden het."))


@blueprint.post("/<uuid:label_id>/in-gebruik")
@requires(Permission.DOCUMENT_LABEL_ADMINISTER)
def restore(label_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Take a label into use again."""
    try:
        restore_label(database(), label_id, actor)
    except InvalidValues as refusal:
        flash(" ".join(_(fault.message) for fault in refusal.faults), "warning")
        return redirect(url_for("document_labels.show"), 303)
    return _back(_("Het kenmerk is weer in gebruik. Het betekent hetzelfde als ervoor."))


def _form_of(line: LabelLine) -> DocumentLabelForm:
    form = DocumentLabelForm.of(line.content)
    if line.audience_stays:
        del form.dossier
        del form.audience
    return form


def _content(form: DocumentLabelForm, line: LabelLine) -> LabelContent:
    return form.content_of(line.content) if line.audience_stays else form.content()


def _form_page(form: DocumentLabelForm, line: LabelLine | None) -> str:
    return render_template("document_labels/form.html", form=form, line=line, audiences=AUDIENCES)


def _back(message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for("document_labels.show"), 303)
