"""Tab *Autorisaties*: what a group may do by subject, and one person besides (U-13, U-14, U-17, U-26, U-29)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from keys.check_words import renewed_key
from keys.errors import CheckWordsNotCompared, NoKey, PublicKeyForged
from organisation.administered import find_group, find_user
from organisation.authorisations import (
    AddOn,
    add_ons_of,
    change_add_ons,
    change_group_permissions,
    group_permissions,
)
from organisation.circles import give_medical, may_give_medical, take_medical
from organisation.effective_roles import permissions_in_effect
from organisation.errors import LastWayIn, NotFoundedYet, OwnRights
from organisation.models import OrganisationKind
from organisation.vault_roles import vault_role_of
from portal.authorisation import requires
from portal.check_words import compared_generation, not_compared
from portal.errors import refuse
from portal.permission_words import SUBJECTS, label_of
from portal.taking_away import ask_first, is_confirmed
from portal.transactions import database

blueprint = Blueprint("authorisations", __name__, url_prefix="/beheer/autorisaties")


@blueprint.get("/groepen/<uuid:group_id>")
@requires(Permission.AUTHORISATION_ADMINISTER)
def show_group(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show what a group may do, by subject."""
    return _group_page(group_id, actor)


@blueprint.post("/groepen/<uuid:group_id>")
@requires(Permission.AUTHORISATION_ADMINISTER, fresh=True)
def change_group(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Let the group do what is ticked; what is taken is named and asked first."""
    group = find_group(database(), group_id, actor).group
    held = group_permissions(database(), group_id, actor)
    wanted = _ticked_permissions(held.changeable) | (held.present & held.offered - held.changeable)
    taken = held.present & held.offered - wanted
    if taken and not is_confirmed():
        words = [label_of(permission) for permission in sorted(taken)]
        return ask_first(_("Rechten afnemen"), group.name, words, url_for(".show_group", group_id=group_id))
    try:
        change_group_permissions(database(), group_id, wanted, actor)
    except OwnRights:
        return _own_rights(lambda: _group_page(group_id, actor))
    except LastWayIn:
        refuse(409, "last way in")
        flash(_("Dan kan niemand meer collega's toelaten tot een sleutel. Geef het eerst aan een ander."), "error")
        return _group_page(group_id, actor), 409
    flash(_("De autorisaties zijn opgeslagen. Ze gelden meteen."), "success")
    return redirect(url_for(".show_group", group_id=group_id), 303)


@blueprint.get("/gebruikers/<uuid:person_id>")
@requires(Permission.AUTHORISATION_ADMINISTER)
def show_user(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show what somebody may do, by the group and besides."""
    return _user_page(person_id, actor)


@blueprint.post("/gebruikers/<uuid:person_id>")
@requires(Permission.AUTHORISATION_ADMINISTER, fresh=True)
def change_user(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Let somebody have the add-ons that are ticked; what is taken is named and asked first."""
    user = find_user(database(), person_id, actor)
    add_ons = add_ons_of(database(), user, actor)
    ticked = set(request.form.getlist("add_ons"))
    wanted = frozenset(line.key for line in add_ons if (line.key in ticked if line.may_change else line.has))
    taken = [line.label for line in add_ons if line.has and line.key not in wanted]
    if taken and not is_confirmed():
        back = url_for(".show_user", person_id=person_id)
        return ask_first(_("Rechten afnemen"), user.person.display_name, taken, back)
    try:
        change_add_ons(database(), person_id, wanted, actor)
    except OwnRights:
        return _own_rights(lambda: _user_page(person_id, actor))
    flash(_("De autorisaties zijn opgeslagen. Ze gelden meteen."), "success")
    return redirect(url_for(".show_user", person_id=person_id), 303)


@blueprint.post("/gebruikers/<uuid:person_id>/medisch-geven")
@requires(Permission.MEDICAL_GRANT, fresh=True)
def give_medical_rights(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Give medical rights and the key of the circle in one act (U-10)."""
    find_user(database(), person_id, actor)
    try:
        give_medical(database(), person_id, actor, compared=compared_generation())
    except (CheckWordsNotCompared, NoKey, NotFoundedYet, OwnRights, PublicKeyForged) as refusal:
        return _not_given(refusal, person_id, actor)
    flash(_("De medische rechten zijn gegeven."), "success")
    return redirect(url_for(".show_user", person_id=person_id), 303)


@blueprint.get("/gebruikers/<uuid:person_id>/medisch-afnemen")
@requires(Permission.MEDICAL_GRANT)
def ask_take_medical(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what taking somebody's medical rights means, and ask once."""
    return render_template("authorisations/take_medical.html", user=find_user(database(), person_id, actor))


@blueprint.post("/gebruikers/<uuid:person_id>/medisch-afnemen")
@requires(Permission.MEDICAL_GRANT, fresh=True)
def take_medical_rights(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Take somebody's medical rights; the circle gets another key."""
    find_user(database(), person_id, actor)
    try:
        take_medical(database(), person_id, actor)
    except (NoKey, NotFoundedYet, OwnRights) as refusal:
        return _not_given(refusal, person_id, actor)
    flash(_("De medische rechten zijn afgenomen. De medische kring heeft een nieuwe sleutel."), "success")
    return redirect(url_for(".show_user", person_id=person_id), 303)


def _ticked_permissions(changeable: frozenset[Permission]) -> frozenset[Permission]:
    ticked = set(request.form.getlist("permissions"))
    return frozenset(permission for permission in changeable if permission.value in ticked)


def _group_page(group_id: UUID, actor: Actor) -> str:
    found = find_group(database(), group_id, actor)
    return render_template(
        "authorisations/group.html",
        group=found.group,
        organisation=found.organisation,
        held=group_permissions(database(), group_id, actor),
        subjects=SUBJECTS,
    )


def _user_page(person_id: UUID, actor: Actor) -> str:
    user = find_user(database(), person_id, actor)
    is_service = user.organisation.kind == OrganisationKind.SERVICE
    add_ons: list[AddOn] = add_ons_of(database(), user, actor)
    present = permissions_in_effect(database(), person_id)
    is_own_service = user.organisation.id == actor.organisation_id
    return render_template(
        "authorisations/user.html",
        user=user,
        add_ons=add_ons,
        subjects=SUBJECTS,
        present=present,
        renewed=renewed_key(database(), person_id),
        has_medical=Permission.MEDICAL_READ in present,
        may_give_medical=is_service and is_own_service and may_give_medical(database(), actor),
        vault_role=None if is_service else vault_role_of(database(), person_id).value,
    )


def _own_rights(page: Callable[[], str]) -> ResponseReturnValue:
    refuse(403, "own rights")
    flash(_("Uw eigen rechten, en die van uw eigen groep, kan alleen een collega wijzigen."), "error")
    return page(), 403


def _not_given(refusal: Exception, person_id: UUID, actor: Actor) -> ResponseReturnValue:
    if isinstance(refusal, OwnRights):
        return _own_rights(lambda: _user_page(person_id, actor))
    if isinstance(refusal, CheckWordsNotCompared):
        refuse(422, "check words")
        flash(not_compared(), "error")
        return _user_page(person_id, actor), 422
    refuse(403, "no key")
    flash(_("Medische rechten geeft en neemt alleen iemand die de sleutel van de medische kring heeft."), "error")
    return _user_page(person_id, actor), 403
