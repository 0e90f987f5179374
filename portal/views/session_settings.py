"""Tab *Sessie-instellingen* of a user or a group: only ever shorter than by default (L-30, L-31)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.administered import find_group, find_user
from organisation.errors import NotStricter
from organisation.session_limits import choice_of, set_limits
from portal.authorisation import requires
from portal.forms.session_settings import SessionSettingForm
from portal.transactions import database

blueprint = Blueprint("session_settings", __name__, url_prefix="/beheer/sessies")


@blueprint.get("/gebruikers/<uuid:person_id>")
@requires(Permission.SESSION_SETTING_ADMINISTER)
def show_user(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show how long a user's sessions last now."""
    return _user_page(person_id, _form(person_id, actor), actor)


@blueprint.post("/gebruikers/<uuid:person_id>")
@requires(Permission.SESSION_SETTING_ADMINISTER)
def change_user(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Let a user's sessions end sooner."""
    form = _form(person_id, actor)
    find_user(database(), person_id, actor)
    if not form.validate_on_submit() or not _stored(person_id, form, actor):
        return _user_page(person_id, form, actor), 422
    return _done(url_for(".show_user", person_id=person_id))


@blueprint.get("/groepen/<uuid:group_id>")
@requires(Permission.SESSION_SETTING_ADMINISTER)
def show_group(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show how long the sessions of a group's members last now."""
    return _group_page(group_id, _form(group_id, actor), actor)


@blueprint.post("/groepen/<uuid:group_id>")
@requires(Permission.SESSION_SETTING_ADMINISTER)
def change_group(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Let the sessions of a group's members end sooner."""
    form = _form(group_id, actor)
    find_group(database(), group_id, actor)
    if not form.validate_on_submit() or not _stored(group_id, form, actor):
        return _group_page(group_id, form, actor), 422
    return _done(url_for(".show_group", group_id=group_id))


def _form(owner_id: UUID, actor: Actor) -> SessionSettingForm:
    _owner, choice = choice_of(database(), owner_id, actor)
    return SessionSettingForm.over(choice)


def _stored(owner_id: UUID, form: SessionSettingForm, actor: Actor) -> bool:
    try:
        set_limits(database(), owner_id, form.choice(), actor)
    except NotStricter as refusal:
        form.explain(refusal)
        return False
    return True


def _done(url: str) -> ResponseReturnValue:
    flash(_("De sessie-instellingen zijn opgeslagen en gelden meteen."), "success")
    return redirect(url, 303)


def _user_page(person_id: UUID, form: SessionSettingForm, actor: Actor) -> str:
    owner, _choice = choice_of(database(), person_id, actor)
    user = find_user(database(), person_id, actor)
    return render_template("session_settings/user.html", user=user, form=form, default=owner.default)


def _group_page(group_id: UUID, form: SessionSettingForm, actor: Actor) -> str:
    owner, _choice = choice_of(database(), group_id, actor)
    found = find_group(database(), group_id, actor)
    return render_template(
        "session_settings/group.html",
        group=found.group,
        organisation=found.organisation,
        form=form,
        default=owner.default,
    )
