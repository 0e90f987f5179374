"""What must be done before anything else, after the second factors: back-up code and terms (L-13, L-33)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.backup_codes import keep_backup_code, make_backup_code, needs_backup_code, new_backup_code
from accounts.credentials import PersonSecret, backup_salt
from accounts.terms import accept_terms
from crypto.errors import MalformedCode
from crypto.one_time import normalise_backup_code
from crypto.passwords import stretch
from portal.arrival import NEXT, access_point
from portal.authorisation import next_step, safe_next, signed_in
from portal.services import current_services
from portal.session import current_session, opened_session, person_in_session
from portal.terms import current_terms
from portal.transactions import database, release

blueprint = Blueprint("onboarding", __name__)

FILE_NAME = "back-up code Datakluis.txt"
SIGNING_UP = "signing_up"
"""In the session of who signed up by an invitation into a dialogue, whose fifth and last step this is (G-11)."""


@blueprint.app_context_processor
def count_steps() -> dict[str, bool]:
    """Let the pages of the first steps say which of how many they are."""
    if request.blueprint not in {"onboarding", "onboarding_factors"}:
        return {}
    return {"is_signing_up": bool(current_session().get(SIGNING_UP))}


def go_on(person_id: UUID) -> ResponseReturnValue:
    """Lead to what is still to be done first, else to where somebody was going."""
    step = next_step(person_id)
    if step is not None:
        return redirect(step, 303)
    current_session().pop(SIGNING_UP, None)
    return redirect(safe_next(current_session().pop(NEXT, None)), 303)


@blueprint.get("/back-upcode")
@signed_in
def show_code() -> ResponseReturnValue:
    """Explain the back-up code, to someone who has none."""
    if not needs_backup_code(database(), person_in_session()):
        return _onwards()
    return render_template("onboarding/backup_code.html")


@blueprint.post("/back-upcode")
@signed_in
def make_code() -> ResponseReturnValue:
    """Make a back-up code and show it this one time (L-13); it is kept nowhere."""
    if not needs_backup_code(database(), person_in_session()):
        return _onwards()
    services, row = current_services(), opened_session()
    opened = PersonSecret(person_in_session(), row.key_generation or 0, row.person_secret)
    release()
    code = new_backup_code(services.source)
    stretched = stretch(code, backup_salt(services.salt_key, opened.person_id), services.argon2)
    make_backup_code(database(), opened, stretched, services.argon2, access_point=access_point())
    return render_template("onboarding/backup_code_shown.html", code=code)


@blueprint.post("/back-upcode/bestand")
@signed_in
def download_code() -> Response:
    """Give the code on the page back as a file, without having it."""
    try:
        code = normalise_backup_code(request.form.get("code", ""))
    except MalformedCode:
        abort(400)
    lines = (_("Back-up code voor Datakluis"), code, _("Bewaar deze niet bij uw wachtwoord."), "")
    response = make_response("\r\n\r\n".join(lines))
    response.mimetype = "text/plain"
    response.headers.set("Content-Disposition", "attachment", filename=FILE_NAME)
    return response


@blueprint.post("/back-upcode/bewaard")
@signed_in
def keep_code() -> ResponseReturnValue:
    """Go on: the code was kept."""
    keep_backup_code(database(), person_in_session())
    return _onwards()


@blueprint.get("/gebruiksvoorwaarden")
@signed_in
def show_terms() -> ResponseReturnValue:
    """Show the terms of use (L-33)."""
    terms = current_terms()
    return render_template("onboarding/terms.html", version=terms.version, paragraphs=terms.paragraphs)


@blueprint.post("/gebruiksvoorwaarden")
@signed_in
def accept() -> ResponseReturnValue:
    """Note that the terms that were shown are accepted; other terms by now are shown first."""
    version = current_terms().version
    if request.form.get("version") == version:
        accept_terms(database(), person_in_session(), version, access_point=access_point())
    return _onwards()


def _onwards() -> ResponseReturnValue:
    return go_on(person_in_session())
