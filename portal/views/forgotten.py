"""Inloggegevens vergeten? (L-20..L-23): a login name or a link by mail, and the same page whoever is named."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.errors import MalformedAddress, ProofRefused, TooManyTries
from accounts.forgotten import Forgotten, ask
from accounts.proof_of_work import new_challenge, use_proof
from portal.arrival import access_point
from portal.authorisation import public
from portal.forms.base import typed
from portal.forms.forgotten import LoginNameForm, PasswordRequestForm, ProvenForm
from portal.transactions import database

blueprint = Blueprint("forgotten", __name__, url_prefix="/inloggegevens-vergeten")

ASKED = {Forgotten.LOGIN_NAME: "inlognaam", Forgotten.PASSWORD: "wachtwoord"}


@blueprint.get("")
@public
def show() -> ResponseReturnValue:
    """Offer the two ways (L-21)."""
    return render_template("forgotten/which.html")


@blueprint.get("/inlognaam")
@public
def show_login_name() -> ResponseReturnValue:
    """Ask for the mail address (L-22)."""
    return _page("forgotten/login_name.html", LoginNameForm())


@blueprint.post("/inlognaam")
@public
def ask_login_name() -> ResponseReturnValue:
    """*Inlognaam opvragen*: keep the request for the worker (L-22)."""
    form = LoginNameForm()
    return _ask(form, Forgotten.LOGIN_NAME, form.email, "forgotten/login_name.html")


@blueprint.get("/wachtwoord")
@public
def show_password() -> ResponseReturnValue:
    """Ask for the login name (L-23)."""
    return _page("forgotten/password.html", PasswordRequestForm())


@blueprint.post("/wachtwoord")
@public
def ask_password() -> ResponseReturnValue:
    """*Wachtwoord aanvragen*: keep the request for the worker (L-23)."""
    form = PasswordRequestForm()
    return _ask(form, Forgotten.PASSWORD, form.login_name, "forgotten/password.html")


@blueprint.get("/verzonden/<what>")
@public
def show_sent(what: str) -> ResponseReturnValue:
    """Say what happens now, whether anybody is known by what was typed or not."""
    if what not in ASKED.values():
        abort(404)
    return render_template("forgotten/sent.html", what=what)


@blueprint.get("/controle")
@public
def challenge() -> ResponseReturnValue:
    """Give the widget some work to do (ALTCHA)."""
    return jsonify(new_challenge(database()))


def _ask(form: ProvenForm, kind: Forgotten, field: Any, template: str) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _page(template, form)
    try:
        use_proof(database(), form.proof)
        ask(database(), kind, typed(field), access_point=access_point())
    except ProofRefused:
        form.refuse(_("De controle is niet gelukt of verlopen. Zet het vinkje opnieuw, en verstuur het nog eens."))
        return _page(template, form)
    except MalformedAddress:
        field.errors = [_("Vul een e-mailadres in, zoals naam@bedrijf.nl")]
        return _page(template, form)
    except TooManyTries:
        form.refuse(
            _(
                "Dit is vandaag al een paar keer gevraagd. Probeer het morgen, of vraag om hulp: de beheerder van uw "
                "organisatie of, als werknemer, degene die u uitnodigde."
            )
        )
        return _page(template, form, 429)
    return redirect(url_for("forgotten.show_sent", what=ASKED[kind]), 303)


def _page(template: str, form: ProvenForm, status: int = 422) -> ResponseReturnValue:
    return render_template(template, form=form), status if form.errors else 200
