"""The verwerkersovereenkomst and, after it, opening the datakluis (K-07, K-09, N-07, D-rule 19)."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from portal.authorisation import requires
from portal.forms.agreements import SignatoryForm
from portal.forms.base import typed
from portal.session import undo_request
from portal.transactions import database
from vault.agreements import TEXT_VERSION, list_agreements, register_signatory
from vault.errors import InvalidFields, SignatoryMissing, VaultAlreadyOpen, VaultClosed
from vault.opening import VaultState, open_vault, vault_state

blueprint = Blueprint("agreements", __name__)

# Every version that somebody may have signed stays readable.
TEXTS = {"2026-1": "agreements/text_1.html"}
_FIELDS = {"signatory_name": "name", "signatory_function": "function", "signatory_email": "email"}


@blueprint.get("/datakluis/verwerkersovereenkomst")
@requires(Permission.AGREEMENT_REGISTER)
def show_agreement(*, actor: Actor) -> ResponseReturnValue:
    """Ask who may sign or, once that is known, tell who does and lead on to opening the vault."""
    registered = list_agreements(database(), actor)
    if not registered:
        return _form_page(SignatoryForm(), actor)
    state = vault_state(database(), actor)
    return render_template("agreements/registered.html", agreement=registered[0], is_open=state is VaultState.OPEN)


@blueprint.get("/datakluis/verwerkersovereenkomst/wijzigen")
@requires(Permission.AGREEMENT_REGISTER)
def show_form(*, actor: Actor) -> ResponseReturnValue:
    """Ask for another one who may sign; what was registered before stays on record."""
    return _form_page(SignatoryForm(), actor)


@blueprint.post("/datakluis/verwerkersovereenkomst")
@requires(Permission.AGREEMENT_REGISTER)
def register(*, actor: Actor) -> ResponseReturnValue:
    """Register who may sign; the confirmation by mail is queued in the same transaction (N-07)."""
    form = SignatoryForm()
    if not form.validate_on_submit():
        return _form_page(form, actor), 422
    try:
        register_signatory(
            database(), name=typed(form.name), function=typed(form.function), email=typed(form.email), actor=actor
        )
    except InvalidFields as refusal:
        undo_request()
        for fault in refusal.faults:
            form[_FIELDS[fault.field]].errors = [_(fault.message)]
        return _form_page(form, actor), 422
    flash(_("Vastgelegd. De ondertekenaar krijgt een bevestiging per e-mail."), "success")
    return redirect(url_for("agreements.show_agreement"), 303)


@blueprint.get("/datakluis/verwerkersovereenkomst/tekst/<version>")
@requires(Permission.AGREEMENT_REGISTER)
def show_text(version: str, *, actor: Actor) -> ResponseReturnValue:
    """Show one version of the text of the agreement (AVG art. 28 lid 3)."""
    if version not in TEXTS:
        abort(404)
    return render_template("agreements/text.html", text=TEXTS[version], version=version)


@blueprint.get("/datakluis/openen")
@requires(Permission.VAULT_OPEN)
def show_opening(*, actor: Actor) -> ResponseReturnValue:
    """Say what opening the vault does, and ask once."""
    state = vault_state(database(), actor)
    if state is VaultState.OPEN:
        return redirect(url_for("vault_management.show"), 303)
    if state is VaultState.NO_SIGNATORY:
        return _signatory_first()
    return render_template("agreements/opening.html")


@blueprint.post("/datakluis/openen")
@requires(Permission.VAULT_OPEN)
def open_own_vault(*, actor: Actor) -> ResponseReturnValue:
    """Open the vault: its keys are made, and whoever does it gets the first."""
    try:
        open_vault(database(), actor)
    except SignatoryMissing:
        undo_request()
        return _signatory_first()
    except VaultAlreadyOpen:
        undo_request()
        flash(_("De datakluis was al open."), "info")
    else:
        flash(_("De datakluis is open. U hebt de eerste sleutel; u kunt nu werknemers importeren."), "success")
    return redirect(url_for("vault_management.show"), 303)


@blueprint.app_errorhandler(VaultClosed)
def lead_to_opening(_error: VaultClosed) -> ResponseReturnValue:
    """Whatever needs an open vault leads to opening it, or says who can."""
    undo_request()
    actor: Actor = g.actor
    if not {Permission.AGREEMENT_REGISTER, Permission.VAULT_OPEN} <= actor.permissions:
        return render_template("agreements/closed.html"), 409
    if vault_state(database(), actor) is VaultState.NO_SIGNATORY:
        return _signatory_first()
    flash(_("De datakluis is nog niet open. Dat doet u hier."), "info")
    return redirect(url_for("agreements.show_opening"), 303)


def _signatory_first() -> ResponseReturnValue:
    flash(_("Voor de datakluis open kan, moet vastliggen wie de verwerkersovereenkomst mag tekenen."), "info")
    return redirect(url_for("agreements.show_agreement"), 303)


def _form_page(form: SignatoryForm, actor: Actor) -> str:
    return render_template("agreements/form.html", form=form, version=TEXT_VERSION, is_first=not _is_registered(actor))


def _is_registered(actor: Actor) -> bool:
    return vault_state(database(), actor) is not VaultState.NO_SIGNATORY
