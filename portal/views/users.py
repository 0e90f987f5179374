"""Beheer > Gebruikers: the tree of groups and users, and the account of one (U-01..U-09, U-13; L-03)."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.errors import LoginNameTaken
from accounts.people import email_of
from accounts.permissions import Permission
from accounts.phones import phone_of
from organisation.administered import (
    ADMINISTERING,
    AdministeredUser,
    find_administered_organisation,
    find_group,
    find_user,
)
from organisation.calendar import today
from organisation.errors import GroupMisplaced, LastWayIn
from organisation.groups import groups_of
from organisation.login_names import propose_login_name
from organisation.models import Organisation
from organisation.shared_mailboxes import is_of_another, is_shared
from organisation.user_reading import read_user
from organisation.user_tree import (
    PAGE_SIZE,
    administered_organisations,
    count_users,
    group_lines,
    search_users,
    users_in,
)
from organisation.users import add_user, change_user, change_valid_until, move_user
from organisation.vault_roles import VaultRole, set_vault_role, vault_role_of, vault_roles_to_give
from portal.authorisation import requires
from portal.forms.base import typed
from portal.forms.users import UserForm, UserSearchForm, values_of
from portal.services import current_services
from portal.transactions import database
from portal.user_nodes import Place, group_menu, organisation_menu, tree_nodes
from portal.user_words import STANDINGS

blueprint = Blueprint("users", __name__, url_prefix="/beheer/gebruikers")

PROPOSE = "voorstel"


@blueprint.get("")
@requires(*ADMINISTERING)
def show_tree(*, actor: Actor) -> ResponseReturnValue:
    """Show the tree with one organisation or group of it open (U-01, U-02)."""
    return _tree_page(actor, UserSearchForm(formdata=None))


@blueprint.post("/zoeken")
@requires(*ADMINISTERING)
def search(*, actor: Actor) -> ResponseReturnValue:
    """Look for users by name or login name; what was typed is in no address."""
    form = UserSearchForm()
    if not form.validate_on_submit():
        return _tree_page(actor, form), 422
    found = search_users(database(), typed(form.words), actor)
    return render_template("users/search.html", form=form, found=found, standings=STANDINGS, limit=PAGE_SIZE)


@blueprint.get("/groep/<uuid:group_id>/nieuw")
@requires(Permission.USER_ADMINISTER)
def show_new(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*+ Gebruiker toevoegen*: show the form for a new user of a group (U-06, U-07)."""
    return _new_page(group_id, _new_form(group_id, actor), actor)


@blueprint.post("/groep/<uuid:group_id>/nieuw")
@requires(Permission.USER_ADMINISTER, fresh=True)
def add(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Add the user and send the invitation (L-03), or fill in a login name that is free (U-08)."""
    form = _new_form(group_id, actor)
    if request.form.get("stap") == PROPOSE:
        _propose(group_id, form, actor)
        return _new_page(group_id, form, actor)
    if not form.validate_on_submit() or (person_id := _added(group_id, form, actor)) is None:
        return _new_page(group_id, form, actor), 422
    flash(_("De gebruiker is toegevoegd en krijgt per e-mail een uitnodiging, die 24 uur geldig is."), "success")
    return redirect(url_for("users.show", person_id=person_id), 303)


@blueprint.get("/<uuid:person_id>")
@requires(*ADMINISTERING)
def show(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the tab *Gebruiker bewerken* with the status and the last logins (U-13, U-19, U-21)."""
    user = find_user(database(), person_id, actor)
    return _user_page(user, _edit_form(user), actor)


@blueprint.post("/<uuid:person_id>")
@requires(Permission.USER_ADMINISTER, fresh=True)
def change(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store what was typed: the data, the group, the vault role and the period."""
    user = find_user(database(), person_id, actor)
    form = _edit_form(user)
    if not form.validate_on_submit() or not _changed(user, form, actor):
        return _user_page(find_user(database(), person_id, actor), form, actor), 422
    flash(_("De wijzigingen zijn opgeslagen."), "success")
    return redirect(url_for("users.show", person_id=person_id), 303)


def _tree_page(actor: Actor, form: UserSearchForm) -> str:
    place = _place(actor)
    organisations = administered_organisations(database(), actor)
    menu = (
        group_menu(place.group, place.organisation.id, actor)
        if place.group
        else organisation_menu(place.organisation.id, actor)
    )
    return render_template(
        "users/tree.html", nodes=tree_nodes(organisations, place, actor), place=place, menu=menu, form=form
    )


def _place(actor: Actor) -> Place:
    """What the address asks to be open. Raises `NotFound` for what the actor does not administer."""
    group_id = request.args.get("groep", type=UUID)
    organisation = _organisation_asked_for(group_id, actor)
    groups = tuple(group_lines(database(), organisation.id))
    count = count_users(database(), organisation.id, group_id)
    page, pages = max(1, request.args.get("pagina", 1, type=int)), max(1, -(-count // PAGE_SIZE))
    return Place(
        organisation=organisation,
        group=next((group for group in groups if group.id == group_id), None),
        groups=groups,
        users=tuple(users_in(database(), organisation.id, group_id, min(page, pages))),
        count=count,
        page=min(page, pages),
        pages=pages,
    )


def _organisation_asked_for(group_id: UUID | None, actor: Actor) -> Organisation:
    if group_id is not None:
        return find_group(database(), group_id, actor).organisation
    wanted = request.args.get("organisatie", actor.organisation_id, type=UUID)
    return find_administered_organisation(database(), wanted, actor)


def _new_form(group_id: UUID, actor: Actor) -> UserForm:
    organisation = find_group(database(), group_id, actor).organisation
    roles = vault_roles_to_give(database(), organisation, None)
    form = UserForm.over(today(database()), (), roles, {"vault_role": VaultRole.NONE.value})
    form.is_of_another = lambda address: is_of_another(database(), address, organisation.id)
    return form


def _edit_form(user: AdministeredUser) -> UserForm:
    groups = groups_of(database(), user.organisation.id)
    roles = vault_roles_to_give(database(), user.organisation, user.person.id)
    present = vault_role_of(database(), user.person.id)
    email, phone = email_of(database(), user.person), phone_of(database(), user.person)
    in_use = partial(is_of_another, database(), organisation_id=user.organisation.id, person_id=user.person.id)
    # Whoever entered such an address has confirmed it.
    confirmed = is_shared(email) or in_use(email)
    values = values_of(user.person, email, phone, user.membership.group_id, present, one_reader=confirmed)
    form = UserForm.over(today(database()), groups, roles, values)
    form.is_of_another = in_use
    return form


def _propose(group_id: UUID, form: UserForm, actor: Actor) -> None:
    form.login_name.data = propose_login_name(
        database(),
        current_services().settings.login_name_pattern,
        organisation=find_group(database(), group_id, actor).organisation.name,
        last_name=typed(form.last_name),
        first_letter=typed(form.given_name) or typed(form.initials),
    )


def _added(group_id: UUID, form: UserForm, actor: Actor) -> UUID | None:
    """Whom was added; None when that could not be, and the form says why."""
    if not typed(form.login_name).strip():
        _propose(group_id, form, actor)
    try:
        person = add_user(
            database(),
            group_id,
            form.data_of_user(),
            actor,
            base_url=current_services().settings.base_url,
            vault_role=form.chosen_role or VaultRole.NONE,
            valid_until=form.last_day,
        )
    except LoginNameTaken:
        form.login_name.errors = [_name_taken()]
        return None
    return person.id


def _changed(user: AdministeredUser, form: UserForm, actor: Actor) -> bool:
    """Whether it was stored; if not the form says why, and nothing is half done."""
    person_id = user.person.id
    if not typed(form.login_name).strip():
        form.login_name.errors = [_("Vul een inlognaam in.")]
        return False
    try:
        with database().begin_nested():
            base_url = current_services().settings.base_url
            change_user(database(), person_id, form.data_of_user(), actor, base_url=base_url)
            if form.chosen_group is not None:
                move_user(database(), person_id, form.chosen_group, actor)
            if form.chosen_role is not None:
                set_vault_role(database(), person_id, form.chosen_role, actor)
            change_valid_until(database(), person_id, form.last_day, actor)
    except LoginNameTaken:
        form.login_name.errors = [_name_taken()]
        return False
    except GroupMisplaced:
        form.group_id.errors = [_("Kies een van de gebruikersgroepen uit de lijst.")]
        return False
    except LastWayIn:
        form.group_id.errors = [
            _("Dan kan niemand meer collega's toelaten tot een sleutel. Geef het eerst aan een ander.")
        ]
        return False
    return True


def _new_page(group_id: UUID, form: UserForm, actor: Actor) -> str:
    found = find_group(database(), group_id, actor)
    return render_template("users/new.html", form=form, group=found.group, organisation=found.organisation)


def _user_page(user: AdministeredUser, form: UserForm, actor: Actor) -> str:
    page = read_user(database(), user, actor)
    return render_template("users/show.html", user=user, form=form, page=page, standings=STANDINGS)


def _name_taken() -> str:
    return str(_("Deze inlognaam is al van iemand anders. Kies een andere."))
