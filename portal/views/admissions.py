"""Admitting colleagues to the key of the arbo service (*Toelatingen*), and asking for a key oneself (design 2.1)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from keys.errors import AlreadyDecided, CheckWordsNotCompared, NoKey, PublicKeyForged
from keys.grants import recipients
from organisation.admission import (
    Admittance,
    admit,
    admittance,
    ask_admission,
    refuse,
    service_holder,
    waiting_members,
)
from organisation.circles import CirclePage, ask_circle, read_circle
from organisation.errors import NotFoundedYet
from organisation.memberships import person_names
from portal.authorisation import requires
from portal.check_words import compared_generation, not_compared
from portal.errors import refuse as refuse_and_tell
from portal.key_entries import KeyEntry, key_entries
from portal.transactions import database
from vault.access import ask_access
from vault.recovery_sheets import ways_back
from vault.who_can_open import PersonWhoCanOpen, WhoCanOpen, sheets_that_can_open

blueprint = Blueprint("admissions", __name__)


@blueprint.get("/toelatingen")
@requires(Permission.ADMISSION_DECIDE)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show who waits to be admitted to the service's key, and who can open it now."""
    return _list_page(actor)


@blueprint.post("/toelatingen/<uuid:admission_id>/toelaten")
@requires(Permission.ADMISSION_DECIDE)
def admit_member(admission_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Hand the key of the service to a colleague."""
    try:
        admit(database(), admission_id, actor, compared=compared_generation())
    except (AlreadyDecided, CheckWordsNotCompared, NoKey, PublicKeyForged) as refusal:
        return _not_decided(refusal, actor)
    flash(_("Uw collega is toegelaten."), "success")
    return redirect(url_for("admissions.show"), 303)


@blueprint.post("/toelatingen/<uuid:admission_id>/weigeren")
@requires(Permission.ADMISSION_DECIDE)
def refuse_member(admission_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Refuse a colleague the key of the service."""
    try:
        refuse(database(), admission_id, actor)
    except (AlreadyDecided, NoKey) as refusal:
        return _not_decided(refusal, actor)
    flash(_("Het verzoek is geweigerd."), "success")
    return redirect(url_for("admissions.show"), 303)


@blueprint.post("/toelatingen/vragen")
@requires(Permission.DOSSIER_READ)
def ask(*, actor: Actor) -> ResponseReturnValue:
    """Ask, once more, to be admitted to the key of the service."""
    try:
        ask_admission(database(), actor)
    except NotFoundedYet:
        flash(_("De eerste medewerker van uw arbodienst moet eerst inloggen; die maakt de sleutel."), "info")
    else:
        flash(_("Uw verzoek staat klaar voor uw collega's."), "success")
    return redirect(url_for("start.show"), 303)


@blueprint.post("/toelatingen/medisch-vragen")
@requires(Permission.MEDICAL_READ)
def ask_for_circle(*, actor: Actor) -> ResponseReturnValue:
    """Ask, once more, to be admitted to the medical circle (U-10)."""
    try:
        ask_circle(database(), actor)
    except NotFoundedYet:
        flash(_("De sleutel van de medische kring is nog niet gemaakt."), "info")
    else:
        flash(_("Uw verzoek staat klaar voor uw collega's."), "success")
    return redirect(url_for("start.show"), 303)


@blueprint.post("/toegang/vragen")
@requires(Permission.VAULT_READ)
def ask_for_vault(*, actor: Actor) -> ResponseReturnValue:
    """Ask, once more, for access to the employer's vault (K-11)."""
    ask_access(database(), actor)
    flash(_("Uw verzoek staat klaar voor de datakluisbeheerders."), "success")
    return redirect(url_for("start.show"), 303)


def _list_page(actor: Actor) -> str:
    return render_template(
        "admissions/list.html",
        members=waiting_members(database(), actor),
        may_admit=admittance(database(), actor) is Admittance.OPEN,
        keys=_who_can_open(actor, service_holder(database(), actor)),
        circle=(circle := _circle(actor)),
        circle_keys=_who_can_open(actor, circle.holder_id) if circle else [],
        ways=ways_back(database(), actor),
    )


def _circle(actor: Actor) -> CirclePage | None:
    """The medical circle, for whoever has medical rights or may give them."""
    if not actor.permissions & {Permission.MEDICAL_GRANT, Permission.MEDICAL_READ}:
        return None
    return read_circle(database(), actor)


def _who_can_open(actor: Actor, holder_id: UUID) -> list[KeyEntry]:
    grants = recipients(database(), holder_id)
    names = person_names(database(), [person for grant in grants for person in (grant.recipient_id, grant.granted_by)])
    people = (
        PersonWhoCanOpen(
            grant.recipient_id, names.get(grant.recipient_id, ""), grant.since, names.get(grant.granted_by, "")
        )
        for grant in grants
    )
    return key_entries(WhoCanOpen(tuple(people), (), sheets_that_can_open(database(), holder_id, actor)))


def _not_decided(refusal: Exception, actor: Actor) -> ResponseReturnValue:
    if isinstance(refusal, CheckWordsNotCompared):
        refuse_and_tell(422, "check words")
        flash(not_compared(), "error")
        return _list_page(actor), 422
    if isinstance(refusal, PublicKeyForged):
        refuse_and_tell(409, "forged key")
        flash(
            _(
                "De sleutel van deze collega is niet door deze server gemaakt. Er is niets overhandigd; "
                "waarschuw de technisch beheerder."
            ),
            "error",
        )
        return _list_page(actor), 409
    if isinstance(refusal, AlreadyDecided):
        refuse_and_tell(409, "overtaken")
        flash(_("Een collega heeft al over dit verzoek beslist."), "warning")
        return _list_page(actor), 409
    refuse_and_tell(403, "no key")
    flash(_("U hebt de sleutel van uw arbodienst zelf nog niet; vraag een collega die hem heeft."), "warning")
    return _list_page(actor), 403
