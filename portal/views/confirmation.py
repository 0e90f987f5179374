"""The page that asks for the password once more, before what is dangerous (screens.md; ASVS 7.5.1)."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.errors import TooManyTries, WrongLogin
from accounts.permissions import Permission
from portal.authorisation import requires, safe_next
from portal.confirmation import (
    NEXT,
    SENDS,
    check_password_again,
    confirmation_page,
    password_is_fresh,
    refused_password,
    waiting_fields,
)
from portal.forms.base import typed
from portal.forms.confirmation import ConfirmationForm
from portal.session import renew_current_session

blueprint = Blueprint("confirmation", __name__)


@blueprint.get("/wachtwoord-bevestigen")
@requires(Permission.START_SEE)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Ask for the password, on the way to a page; whoever gave it just now goes on."""
    wanted = safe_next(request.args.get("next"))
    return redirect(wanted, 303) if password_is_fresh() else confirmation_page(ConfirmationForm(), wanted)


@blueprint.post("/wachtwoord-bevestigen")
@requires(Permission.START_SEE)
def confirm(*, actor: Actor) -> ResponseReturnValue:
    """Check the password and go on, with another cookie, to the page or the form that waits."""
    form = ConfirmationForm()
    wanted, waiting = safe_next(request.form.get(NEXT)), waiting_fields() if SENDS in request.form else None
    if not form.validate_on_submit():
        return confirmation_page(form, wanted, waiting=waiting)
    try:
        check_password_again(typed(form.confirmed_password))
    except (WrongLogin, TooManyTries) as refusal:
        form.confirmed_password.errors = [refused_password(refusal)]
        return confirmation_page(form, wanted, waiting=waiting)
    renew_current_session()
    # 307 lets the browser send the same fields once more, to the form's own address.
    return redirect(wanted, 303 if waiting is None else 307)
