"""Beheer > Gebruikers: the groups (U-02, U-03, U-05, U-13, U-24)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.administered import ADMINISTERING, AdministeredGroup, find_administered_organisation, find_group
from organisation.errors import GroupMisplaced, GroupNameTaken, GroupNotEmpty, NameMissing, UnknownRole
from organisation.groups import (
    add_group,
    groups_of,
    is_empty,
    move_group,
    proposed_name,
    remove_group,
    rename_group,
    roles_for_groups,
)
from organisation.models import Role
from organisation.user_tree import count_users
from portal.authorisation import requires
from portal.errors import refuse as refuse_and_tell
from portal.forms.base import typed
from portal.forms.user_groups import UserGroupForm
from portal.role_words import role_label
from portal.transactions import database

blueprint = Blueprint("user_groups", __name__, url_prefix="/beheer/gebruikersgroepen")


@blueprint.get("/nieuw/<uuid:organisation_id>")
@requires(Permission.USER_ADMINISTER)
def show_new(organisation_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Gebruikersgroep toevoegen*: show the form, with the employer's name in it where no group has that yet (U-05)."""
    organisation = find_administered_organisation(database(), organisation_id, actor)
    values = {
        "name": proposed_name(database(), organisation, actor),
        "parent_id": request.args.get("groep", ""),
    }
    return _new_page(organisation_id, _new_form(organisation_id, actor, values), actor)


@blueprint.post("/nieuw/<uuid:organisation_id>")
@requires(Permission.USER_ADMINISTER)
def add(organisation_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Add the group with its role."""
    form = _new_form(organisation_id, actor, {})
    if not form.validate_on_submit() or (group_id := _added(organisation_id, form, actor)) is None:
        return _new_page(organisation_id, form, actor), 422
    flash(_("De gebruikersgroep is toegevoegd."), "success")
    return redirect(url_for("users.show_tree", groep=group_id), 303)


@blueprint.get("/<uuid:group_id>")
@requires(*ADMINISTERING)
def show(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the tab *Gebruikersgroep bewerken* (U-13)."""
    found = find_group(database(), group_id, actor)
    return _group_page(found, _edit_form(found))


@blueprint.post("/<uuid:group_id>")
@requires(Permission.USER_ADMINISTER)
def change(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Rename the group, or put it elsewhere in the tree."""
    found = find_group(database(), group_id, actor)
    form = _edit_form(found)
    if not form.validate_on_submit() or not _changed(group_id, form, actor):
        return _group_page(find_group(database(), group_id, actor), form), 422
    flash(_("De wijzigingen zijn opgeslagen."), "success")
    return redirect(url_for("user_groups.show", group_id=group_id), 303)


@blueprint.get("/<uuid:group_id>/verwijderen")
@requires(Permission.USER_ADMINISTER)
def ask_remove(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what removing the group means, and ask once; one with something in it stays."""
    found = find_group(database(), group_id, actor)
    return render_template("user_groups/remove.html", found=found, is_empty=is_empty(database(), group_id))


@blueprint.post("/<uuid:group_id>/verwijderen")
@requires(Permission.USER_ADMINISTER)
def remove(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Remove the empty group."""
    organisation_id = find_group(database(), group_id, actor).organisation.id
    try:
        remove_group(database(), group_id, actor)
    except GroupNotEmpty:
        refuse_and_tell(409, "overtaken")
        found = find_group(database(), group_id, actor)
        return render_template("user_groups/remove.html", found=found, is_empty=False), 409
    flash(_("De gebruikersgroep is verwijderd."), "success")
    return redirect(url_for("users.show_tree", organisatie=organisation_id), 303)


def _new_form(organisation_id: UUID, actor: Actor, values: dict[str, Any]) -> UserGroupForm:
    organisation = find_administered_organisation(database(), organisation_id, actor)
    form = UserGroupForm.over(groups_of(database(), organisation_id), organisation.name, values)
    form.offer(roles_for_groups(database(), organisation, actor))
    return form


def _edit_form(found: AdministeredGroup) -> UserGroupForm:
    others = [group for group in groups_of(database(), found.organisation.id) if group.id != found.group.id]
    values = {"name": found.group.name, "parent_id": str(found.group.parent_id or "")}
    form = UserGroupForm.over(others, found.organisation.name, values)
    del form.role_id
    return form


def _added(organisation_id: UUID, form: UserGroupForm, actor: Actor) -> UUID | None:
    """Which group was added; None when that could not be, and the form says why."""
    try:
        group = add_group(database(), organisation_id, form.chosen_parent, typed(form.name), form.chosen_role, actor)
    except UnknownRole:
        form.role_id.errors = [_("Kies een van de rollen uit de lijst.")]
    except (GroupMisplaced, GroupNameTaken, NameMissing) as refusal:
        _explain(form, refusal)
    else:
        return group.id
    return None


def _changed(group_id: UUID, form: UserGroupForm, actor: Actor) -> bool:
    """Whether it was stored; if not the form says why, and nothing is half done."""
    try:
        with database().begin_nested():
            rename_group(database(), group_id, typed(form.name), actor)
            move_group(database(), group_id, form.chosen_parent, actor)
    except (GroupMisplaced, GroupNameTaken, NameMissing) as refusal:
        _explain(form, refusal)
        return False
    return True


def _explain(form: UserGroupForm, refusal: Exception) -> None:
    if isinstance(refusal, GroupNameTaken):
        form.name.errors = [_("Er is al een gebruikersgroep met deze naam. Kies een andere naam.")]
    elif isinstance(refusal, NameMissing):
        form.name.errors = [_("Vul een naam in van ten hoogste 120 tekens.")]
    else:
        form.parent_id.errors = [
            _("Hier past de groep niet: een groep ligt niet onder zichzelf, en er zijn ten hoogste zes lagen.")
        ]


def _new_page(organisation_id: UUID, form: UserGroupForm, actor: Actor) -> str:
    organisation = find_administered_organisation(database(), organisation_id, actor)
    return render_template("user_groups/new.html", form=form, organisation=organisation)


def _group_page(found: AdministeredGroup, form: UserGroupForm) -> str:
    group = found.group
    role = database().get(Role, group.role_id) if group.role_id else None
    return render_template(
        "user_groups/show.html",
        group=group,
        organisation=found.organisation,
        form=form,
        role_name=role_label(role.key, role.label) if role else None,
        count=count_users(database(), found.organisation.id, group.id),
    )
