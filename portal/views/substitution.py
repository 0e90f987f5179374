"""Plaatsvervanging: Instellingen > Algemeen > Plaatsvervanging (M-05, M-06)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.errors import SubstitutionRefused
from organisation.memberships import Member
from organisation.substitution import (
    check_substitution,
    end_substitution,
    list_substitutions,
    read_substitution,
    register_substitution,
)
from organisation.visible_people import people_in_view
from portal.authorisation import requires
from portal.forms.base import PortalForm
from portal.forms.employments import CONFIRM, EDIT, step
from portal.forms.substitution import SubstitutionForm
from portal.transactions import database

blueprint = Blueprint("substitution", __name__)


@blueprint.get("/instellingen/plaatsvervanging")
@requires(Permission.SUBSTITUTION_REGISTER)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show the substitutions that run or are to come, and the form for a new one."""
    people = people_in_view(database(), actor)
    return _page(SubstitutionForm.over(people, actor.person_id), actor)


@blueprint.post("/instellingen/plaatsvervanging")
@requires(Permission.SUBSTITUTION_REGISTER, fresh=True)
def register(*, actor: Actor) -> ResponseReturnValue:
    """Say what goes along (*Autorisatie overname*); once that is confirmed, register it."""
    people = people_in_view(database(), actor)
    form = SubstitutionForm.over(people, actor.person_id)
    if not form.validate_on_submit():
        return _page(form, actor), 422
    names = {member.person_id: member for member in people}
    if not names.keys() >= set(form.chosen()):
        abort(404)
    absent, substitute = (names[person_id] for person_id in form.chosen())
    if step() == EDIT:
        return _page(form, actor)
    try:
        with database().begin_nested():
            return _register_or_ask(form, absent, substitute, actor)
    except SubstitutionRefused as refusal:
        form.blame(refusal.fault)
    return _page(form, actor), 422


@blueprint.get("/instellingen/plaatsvervanging/<uuid:substitution_id>/beeindigen")
@requires(Permission.SUBSTITUTION_REGISTER)
def ask_end(substitution_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask once, and say what ends."""
    line = read_substitution(database(), substitution_id, actor)
    return render_template("substitution/end.html", line=line, form=PortalForm())


@blueprint.post("/instellingen/plaatsvervanging/<uuid:substitution_id>/beeindigen")
@requires(Permission.SUBSTITUTION_REGISTER)
def end(substitution_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """End it."""
    end_substitution(database(), substitution_id, actor)
    flash(_("De plaatsvervanging is beëindigd."), "success")
    return redirect(url_for("substitution.show"), 303)


def _register_or_ask(form: SubstitutionForm, absent: Member, substitute: Member, actor: Actor) -> ResponseReturnValue:
    starts_on, ends_on = form.period()
    people = {"absent_id": absent.person_id, "substitute_id": substitute.person_id}
    if step() != CONFIRM:
        check_substitution(database(), **people, starts_on=starts_on, ends_on=ends_on, actor=actor)
        return render_template(
            "substitution/confirm.html", form=form, absent=absent, substitute=substitute, first=starts_on, last=ends_on
        )
    register_substitution(database(), **people, starts_on=starts_on, ends_on=ends_on, actor=actor)
    flash(_("De plaatsvervanging is geregistreerd."), "success")
    return redirect(url_for("substitution.show"), 303)


def _page(form: SubstitutionForm, actor: Actor) -> str:
    return render_template(
        "substitution/show.html",
        form=form,
        lines=list_substitutions(database(), actor),
        own_id=actor.person_id,
    )
