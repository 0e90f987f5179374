"""Instellingen > Beveiliging: the app, the security keys, and what is asked for first (L-09..L-11).

Every change wants the password and a second factor that counts now, ends all other sessions and is told by mail.
"""

from __future__ import annotations

from uuid import UUID

import segno
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from accounts.actor import Actor
from accounts.authenticators import Coupling, begin_coupling, confirm_coupling, remove_app, waiting_coupling
from accounts.errors import LastFactor, NotCoupled, TooManyTries, WrongCode
from accounts.models import SecurityKey
from accounts.permissions import Permission
from accounts.second_factors import Factor, prefer_factor
from accounts.security_keys import (
    Challenge,
    begin_registration,
    finish_registration,
    keys_of,
    remove_key,
    rename_key,
)
from accounts.ways_in import ways_in
from keys.errors import NotFound
from portal.arrival import access_point
from portal.authorisation import requires
from portal.factor_words import last_factor
from portal.forms.base import typed
from portal.forms.login import CouplingForm, NewKeyForm
from portal.forms.security import KeyNameForm, PreferenceForm
from portal.login_words import too_many
from portal.second_factors import factors_in_use, offered_to, site, ways
from portal.session import current_session, end_own_sessions_elsewhere
from portal.transactions import database

blueprint = Blueprint("factor_settings", __name__, url_prefix="/instellingen/beveiliging")

CHALLENGE = "key_adding"


@blueprint.get("/voorkeur")
@requires(Permission.START_SEE)
def show_preference(*, actor: Actor) -> ResponseReturnValue:
    """Ask which second factor is to be asked for first."""
    return _preference_page(PreferenceForm(factor=next(iter(ways(actor.person_id)), "")), actor)


@blueprint.post("/voorkeur")
@requires(Permission.START_SEE)
def prefer(*, actor: Actor) -> ResponseReturnValue:
    """Keep which second factor is asked for first (L-11)."""
    form = PreferenceForm()
    form.offer(factors_in_use(actor.person_id))
    if not form.validate_on_submit():
        return _preference_page(form, actor)
    prefer_factor(database(), actor, Factor(form.factor.data))
    flash(_("Uw voorkeur is opgeslagen."), "success")
    return redirect(url_for("security_settings.show"), 303)


@blueprint.get("/app")
@requires(Permission.START_SEE, fresh=True, factor=True)
def show_app(*, actor: Actor) -> ResponseReturnValue:
    """Show the QR code of an app to couple, instead of the one there is (L-10)."""
    return _app_page(CouplingForm(formdata=None), actor)


@blueprint.post("/app")
@requires(Permission.START_SEE, fresh=True, factor=True)
def couple_app(*, actor: Actor) -> ResponseReturnValue:
    """Let the new app count, once it shows the right token; the one before counts no more."""
    form = CouplingForm()
    if not form.validate_on_submit():
        return _app_page(form, actor)
    try:
        confirm_coupling(database(), actor.person_id, typed(form.code), access_point=access_point(), replacing=True)
    except NotCoupled:
        return redirect(url_for("factor_settings.show_app"), 303)
    except WrongCode:
        form.code.errors = [_("Deze cijfers kloppen niet. Wacht op de volgende in uw app en probeer het opnieuw.")]
        return _app_page(form, actor)
    except TooManyTries as refusal:
        form.code.errors = [too_many(refusal)]
        return _app_page(form, actor)
    return _changed(_("De app is gekoppeld. Op andere apparaten bent u uitgelogd."))


@blueprint.get("/app/verwijderen")
@requires(Permission.START_SEE, fresh=True, factor=True)
def ask_remove_app(*, actor: Actor) -> ResponseReturnValue:
    """Say what removing the app means, and ask once."""
    found = ways_in(database(), actor.person_id)
    if found.app_coupled_at is None:
        return redirect(url_for("security_settings.show"), 303)
    return render_template("own_settings/remove_app.html", ways=found)


@blueprint.post("/app/verwijderen")
@requires(Permission.START_SEE, fresh=True, factor=True)
def remove_own_app(*, actor: Actor) -> ResponseReturnValue:
    """Take the app away as a second factor."""
    try:
        remove_app(database(), actor)
    except LastFactor:
        return _unchanged(last_factor())
    except NotCoupled:
        return _unchanged(_("Er was al geen app meer gekoppeld. Er is niets gewijzigd."))
    return _changed(_("De app is losgemaakt. Op andere apparaten bent u uitgelogd."))


@blueprint.get("/sleutels/toevoegen")
@requires(Permission.START_SEE, fresh=True, factor=True)
def show_new_key(*, actor: Actor) -> ResponseReturnValue:
    """Ask for a security key or passkey, and a name for it (L-09)."""
    number = len(keys_of(database(), actor.person_id)) + 1
    return _new_key_page(NewKeyForm(formdata=None, name=_("Sleutel %(number)s", number=number)), actor)


@blueprint.post("/sleutels/toevoegen")
@requires(Permission.START_SEE, fresh=True, factor=True)
def add_key(*, actor: Actor) -> ResponseReturnValue:
    """Keep the key, once it has answered."""
    form = NewKeyForm()
    kept = current_session().pop(CHALLENGE, None)
    told = _("Deze sleutel is niet toegevoegd. Probeer het opnieuw, of neem een andere sleutel.")
    if kept is None or not form.validate_on_submit():
        return _new_key_page(form, actor, None if form.name.errors else told)
    try:
        finish_registration(
            database(),
            actor.person_id,
            typed(form.answer),
            Challenge.from_kept(kept),
            name=typed(form.name),
            site=site(),
            access_point=access_point(),
            adding=True,
        )
    except WrongCode:
        return _new_key_page(form, actor, told)
    except TooManyTries as refusal:
        return _new_key_page(form, actor, too_many(refusal))
    return _changed(_("De sleutel is toegevoegd. Op andere apparaten bent u uitgelogd."))


@blueprint.get("/sleutels/<uuid:key_id>/naam")
@requires(Permission.START_SEE)
def show_name(key_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask for another name for a key."""
    key = _own_key(key_id, actor)
    return _name_page(KeyNameForm(formdata=None, name=key.name), key)


@blueprint.post("/sleutels/<uuid:key_id>/naam")
@requires(Permission.START_SEE)
def rename(key_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Give a key another name."""
    key, form = _own_key(key_id, actor), KeyNameForm()
    if not form.validate_on_submit():
        return _name_page(form, key)
    rename_key(database(), actor, key_id, typed(form.name))
    flash(_("De naam is opgeslagen."), "success")
    return redirect(url_for("security_settings.show"), 303)


@blueprint.get("/sleutels/<uuid:key_id>/verwijderen")
@requires(Permission.START_SEE, fresh=True, factor=True)
def ask_remove_key(key_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what removing a key means, and ask once."""
    return render_template("own_settings/remove_key.html", key=_own_key(key_id, actor))


@blueprint.post("/sleutels/<uuid:key_id>/verwijderen")
@requires(Permission.START_SEE, fresh=True, factor=True)
def remove_own_key(key_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Take a key away."""
    try:
        remove_key(database(), actor, key_id)
    except LastFactor:
        return _unchanged(last_factor())
    return _changed(_("De sleutel is verwijderd. Op andere apparaten bent u uitgelogd."))


def _changed(told: str) -> ResponseReturnValue:
    end_own_sessions_elsewhere()
    flash(told, "success")
    return redirect(url_for("security_settings.show"), 303)


def _unchanged(told: str) -> ResponseReturnValue:
    flash(told, "error")
    return redirect(url_for("security_settings.show"), 303)


def _own_key(key_id: UUID, actor: Actor) -> SecurityKey:
    for key in keys_of(database(), actor.person_id):
        if key.id == key_id:
            return key
    raise NotFound


def _preference_page(form: PreferenceForm, actor: Actor) -> ResponseReturnValue:
    form.offer(factors_in_use(actor.person_id))
    page = render_template("own_settings/preference.html", form=form)
    return page, 422 if form.errors else 200


def _app_page(form: CouplingForm, actor: Actor) -> ResponseReturnValue:
    coupling = _coupling(actor)
    qr_code = Markup(segno.make(coupling.provisioning_uri, error="m").svg_inline(scale=4, border=2))  # noqa: S704
    found = ways_in(database(), actor.person_id)
    page = render_template("own_settings/app.html", form=form, qr_code=qr_code, secret=coupling.secret, ways=found)
    return page, 422 if form.errors else 200


def _coupling(actor: Actor) -> Coupling:
    try:
        return waiting_coupling(database(), actor.person_id)
    except NotCoupled:
        return begin_coupling(database(), actor.person_id, replacing=True)


def _new_key_page(form: NewKeyForm, actor: Actor, refused: str | None = None) -> ResponseReturnValue:
    if Factor.SECURITY_KEY not in offered_to(actor.person_id):
        return redirect(url_for("security_settings.show"), 303)
    # What a key answered is good once; the next answer is to another challenge.
    form.answer.data = ""
    ceremony = begin_registration(database(), actor.person_id, site(), adding=True)
    current_session()[CHALLENGE] = ceremony.challenge.kept()
    page = render_template("own_settings/new_key.html", form=form, refused=refused, options=ceremony.options)
    return page, 422 if refused or form.errors else 200


def _name_page(form: KeyNameForm, key: SecurityKey) -> ResponseReturnValue:
    page = render_template("own_settings/key_name.html", form=form, key=key)
    return page, 422 if form.errors else 200
