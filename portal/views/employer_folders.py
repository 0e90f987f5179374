"""Beheer > Werkgevers > Mappen: the folders under which employers are published (O-24)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.employer_access import require_whole_scope
from organisation.employer_folders import (
    FolderLine,
    add_folder,
    find_folder,
    folder_consequences,
    folder_tree,
    remove_folder,
    rename_folder,
)
from organisation.errors import InUse, NameMissing, NameTaken
from portal.authorisation import requires
from portal.forms.base import PortalForm, typed
from portal.forms.employers import FolderForm, paths
from portal.transactions import database

blueprint = Blueprint("employer_folders", __name__, url_prefix="/beheer/werkgevers/mappen")


@blueprint.get("")
@requires(Permission.EMPLOYER_ADMINISTER)
def show_all(*, actor: Actor) -> ResponseReturnValue:
    """Show the folders, and the form for one more."""
    require_whole_scope(actor)
    folders = folder_tree(database(), actor)
    return _list_page(FolderForm.to_add(folders), folders)


@blueprint.post("")
@requires(Permission.EMPLOYER_ADMINISTER)
def add(*, actor: Actor) -> ResponseReturnValue:
    """Add a folder."""
    require_whole_scope(actor)
    folders = folder_tree(database(), actor)
    form = FolderForm.to_add(folders)
    if form.validate_on_submit():
        try:
            add_folder(database(), typed(form.name), form.parent_id.chosen, actor)
        except (NameMissing, NameTaken) as refusal:
            form.name.errors = [_name_fault(refusal)]
        else:
            return _back(_("De map is toegevoegd."))
    return _list_page(form, folders), 422


@blueprint.get("/<uuid:folder_id>")
@requires(Permission.EMPLOYER_ADMINISTER)
def show(folder_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show a folder to rename it."""
    require_whole_scope(actor)
    folder = find_folder(database(), folder_id, actor)
    return _folder_page(FolderForm.to_rename(folder.name), folder)


@blueprint.post("/<uuid:folder_id>")
@requires(Permission.EMPLOYER_ADMINISTER)
def rename(folder_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Rename a folder."""
    require_whole_scope(actor)
    folder = find_folder(database(), folder_id, actor)
    form = FolderForm.to_rename(folder.name)
    if form.validate_on_submit():
        try:
            rename_folder(database(), folder_id, typed(form.name), actor)
        except (NameMissing, NameTaken) as refusal:
            form.name.errors = [_name_fault(refusal)]
        else:
            return _back(_("De naam van de map is opgeslagen."))
    return _folder_page(form, folder), 422


@blueprint.get("/<uuid:folder_id>/verwijderen")
@requires(Permission.EMPLOYER_ADMINISTER)
def ask_removal(folder_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what goes with a folder, or why it can't go."""
    require_whole_scope(actor)
    return _removal_page(folder_id, actor)


@blueprint.post("/<uuid:folder_id>/verwijderen")
@requires(Permission.EMPLOYER_ADMINISTER)
def remove(folder_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Remove an empty folder."""
    try:
        remove_folder(database(), folder_id, actor)
    except InUse:
        return _removal_page(folder_id, actor), 422
    return _back(_("De map is verwijderd."))


def _name_fault(refusal: NameMissing | NameTaken) -> str:
    if isinstance(refusal, NameTaken):
        return str(_("Op deze plaats staat al een map met deze naam."))
    return str(_("Vul een naam in van ten hoogste 120 tekens."))


def _list_page(form: FolderForm, folders: list[FolderLine]) -> str:
    return render_template("employer_folders/list.html", form=form, folders=folders, paths=paths(folders))


def _folder_page(form: FolderForm, folder: FolderLine) -> str:
    return render_template("employer_folders/show.html", form=form, folder=folder)


def _removal_page(folder_id: UUID, actor: Actor) -> str:
    return render_template(
        "employer_folders/remove.html",
        form=PortalForm(),
        folder=find_folder(database(), folder_id, actor),
        met=folder_consequences(database(), folder_id, actor),
    )


def _back(message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".show_all"), 303)
