"""Admitting colleagues to the key of the arbo service (*Toelatingen*), and asking for a key oneself (design 2.1)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from keys.errors import AlreadyDecided, NoKey
from organisation.admission import Admittance, admit, admittance, ask_admission, refuse, waiting_members
from portal.authorisation import requires
from portal.transactions import database
from vault.access import ask_access

blueprint = Blueprint("admissions", __name__)


@blueprint.get("/toelatingen")
@requires(Permission.ADMISSION_DECIDE)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show who waits to be admitted to the service's key."""
    may_admit = admittance(database(), actor) is Admittance.OPEN
    return render_template("admissions/list.html", members=waiting_members(database(), actor), may_admit=may_admit)


@blueprint.post("/toelatingen/<uuid:admission_id>/toelaten")
@requires(Permission.ADMISSION_DECIDE)
def admit_member(admission_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Hand the key of the service to a colleague."""
    try:
        admit(database(), admission_id, actor)
    except (AlreadyDecided, NoKey) as refusal:
        return _not_decided(refusal)
    flash(_("Uw collega is toegelaten en ziet namen bij wie gedeeld is."), "success")
    return redirect(url_for("admissions.show"), 303)


@blueprint.post("/toelatingen/<uuid:admission_id>/weigeren")
@requires(Permission.ADMISSION_DECIDE)
def refuse_member(admission_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Refuse a colleague the key of the service."""
    try:
        refuse(database(), admission_id, actor)
    except (AlreadyDecided, NoKey) as refusal:
        return _not_decided(refusal)
    flash(_("Het verzoek is geweigerd."), "success")
    return redirect(url_for("admissions.show"), 303)


@blueprint.post("/toelatingen/vragen")
@requires(Permission.DOSSIER_READ)
def ask(*, actor: Actor) -> ResponseReturnValue:
    """Ask, once more, to be admitted to the key of the service."""
    ask_admission(database(), actor)
    flash(_("Uw verzoek staat klaar voor uw collega's."), "success")
    return redirect(url_for("start.show"), 303)


@blueprint.post("/toegang/vragen")
@requires(Permission.VAULT_READ)
def ask_for_vault(*, actor: Actor) -> ResponseReturnValue:
    """Ask, once more, for access to the employer's vault (K-11)."""
    ask_access(database(), actor)
    flash(_("Uw verzoek staat klaar voor de datakluisbeheerders."), "success")
    return redirect(url_for("start.show"), 303)


def _not_decided(refusal: Exception) -> ResponseReturnValue:
    told = (
        _("Een collega heeft al over dit verzoek beslist.")
        if isinstance(refusal, AlreadyDecided)
        else _("U hebt de sleutel van uw arbodienst zelf nog niet; vraag een collega die hem heeft.")
    )
    flash(told, "warning")
    return redirect(url_for("admissions.show"), 303)
