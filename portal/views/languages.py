"""Another language for whoever has not logged in yet, or is still on the way in (T-02)."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from accounts.models import Person, SessionStage
from accounts.people import person_by_id
from delivery.languages import Language
from portal.authorisation import public, safe_next
from portal.languages import speak
from portal.session import current_session
from portal.transactions import database

blueprint = Blueprint("languages", __name__)


@blueprint.post("/taal")
@public
def choose() -> ResponseReturnValue:
    """Go on in another language, and keep it as that of who is on the way in."""
    chosen = request.form.get("language", "")
    if chosen not in list(Language):
        abort(400)
    person = _on_the_way_in()
    if person is not None:
        person.language = chosen
    speak(Language(chosen))
    return redirect(safe_next(request.form.get("next")), 303)


def _on_the_way_in() -> Person | None:
    opened = current_session().opened
    if opened is None or opened.person_id is None:
        return None
    person = person_by_id(database(), opened.person_id)
    # Only a password was right so far; whoever has logged in before has chosen already.
    known = opened.stage == SessionStage.COMPLETE or person.login_at is None
    return person if known else None
