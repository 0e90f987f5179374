"""Answering an invitation: the link of the mail, and the first password (L-03, L-04, L-25)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from accounts.credentials import password_salt
from accounts.errors import InvitationError, InvitationExpired, InvitationUsed, WeakPassword
from accounts.invitations import accept_invitation, find_invitation
from accounts.invitations import ask_anew as send_anew
from accounts.models import Person
from accounts.passwords import check_new_password
from accounts.people import choose_language, person_by_id
from accounts.sessions import FIRST_STEPS
from crypto.passwords import split, stretch
from portal.arrival import access_point
from portal.authorisation import public
from portal.forms.base import typed
from portal.forms.login import NewPasswordForm
from portal.languages import chosen_in_browser
from portal.new_passwords import context_words, refused_as
from portal.services import current_services
from portal.session import current_session, enter_password_stage
from portal.transactions import database, release

blueprint = Blueprint("invitations", __name__)

TOKEN = "invitation"


@blueprint.get("/uitnodiging/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    """Take the token out of the address at once, so that it stays in no history (security.md 1.3); use nothing up."""
    try:
        find_invitation(database(), token)
    except InvitationExpired:
        # The page says so, and lets a new one be asked for with this one.
        pass
    except InvitationError as error:
        return _unusable_page(error)
    current_session()[TOKEN] = token
    return redirect(url_for("invitations.show"), 303)


@blueprint.get("/uitnodiging")
@public
def show() -> ResponseReturnValue:
    """Welcome who was invited and ask for a password."""
    try:
        person = _invited()
    except InvitationError as error:
        return _unusable_page(error)
    return _welcome_page(NewPasswordForm(), person)


@blueprint.post("/uitnodiging")
@public
def accept() -> ResponseReturnValue:
    """Set the password, which makes the person's key, and go on to the second factors (L-05)."""
    form = NewPasswordForm()
    try:
        person = _invited()
        if not form.validate_on_submit():
            return _welcome_page(form, person)
        words = context_words(person)
        # Guessing at a password and stretching it take long; nobody has to wait for that.
        release()
        check_new_password(typed(form.password), words)
        _accept(person, typed(form.password))
    except WeakPassword as refusal:
        form.password.errors = [refused_as(refusal)]
        return _welcome_page(form, person)
    except InvitationError as error:
        return _unusable_page(error)
    return redirect(url_for("onboarding_factors.show"), 303)


@blueprint.post("/uitnodiging/opnieuw")
@public
def ask_anew() -> ResponseReturnValue:
    """Send a new invitation where one has expired; the answer is always the same (L-04)."""
    token = current_session().pop(TOKEN, "")
    base_url = current_services().settings.base_url
    send_anew(database(), token, base_url=base_url, access_point=access_point())
    flash(
        gettext(
            "Staat uw uitnodiging nog open? Dan krijgt u binnen een paar minuten een nieuwe e-mail, met een link die "
            "24 uur werkt. Komt er niets? Vraag dan de beheerder van uw organisatie om hulp."
        ),
        "info",
    )
    return redirect(url_for("login.show_password"), 303)


def _accept(person: Person, password: str) -> None:
    services = current_services()
    token = current_session()[TOKEN]
    stretched = stretch(password, password_salt(services.salt_key, person.id), services.argon2)
    accept_invitation(database(), token, stretched, services.argon2, access_point=access_point())
    language = chosen_in_browser()
    if language is not None:
        choose_language(database(), person.id, language)
    enter_password_stage(person.id, split(stretched).key, FIRST_STEPS)


def _invited() -> Person:
    invitation = find_invitation(database(), current_session().get(TOKEN, ""))
    return person_by_id(database(), invitation.person_id)


def _welcome_page(form: NewPasswordForm, person: Person) -> ResponseReturnValue:
    page = render_template("invitations/welcome.html", form=form, login_name=person.login_name)
    return page, 422 if form.errors else 200


def _unusable_page(error: InvitationError) -> ResponseReturnValue:
    reasons = {InvitationExpired: "expired", InvitationUsed: "used"}
    return render_template("invitations/unusable.html", reason=reasons.get(type(error), "unknown")), 404
