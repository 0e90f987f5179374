"""Password and second factor once more, on the way to what is dangerous (screens.md; L-32; ASVS 7.5.1).

Whoever opens a page goes on to it afterwards. Whoever sends a form gets it sent after all: its fields wait in the page
that asks for the password, in the visitor's own browser, and are kept nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.confirming import begin_confirmation, finish_confirmation
from accounts.errors import TooManyTries, WrongLogin
from accounts.login import PasswordAccepted
from accounts.sessions import PASSWORD_GOOD_FOR
from crypto.passwords import stretch
from portal.csrf import FIELD
from portal.formats import clock_time
from portal.forms.confirmation import ConfirmationForm
from portal.services import current_services
from portal.session import current_session, device_token, opened_session, person_in_session
from portal.transactions import database, release

NEXT = "confirmation_next"
SENDS = "confirmation_sends"
"""Says that what waits is a form to send, not a page to open."""
FACTOR_AT = "factor_at"
OWN_FIELDS = {FIELD, NEXT, SENDS, "confirmed_password"}


def password_is_fresh() -> bool:
    """Whether the password was given not too long ago; a login counts."""
    given_at = opened_session().password_at
    return given_at is not None and current_services().source.now() - given_at < PASSWORD_GOOD_FOR


def ask_password_again() -> ResponseReturnValue:
    """Lead to the page that asks for the password, or show it around the form that was sent."""
    wanted = request.full_path.rstrip("?")
    if request.method == "GET":
        return redirect(url_for("confirmation.show", next=wanted), 303)
    # What waits is sent with the token of the page that asks: it must have come with the session's own.
    current_app.extensions["csrf"].protect()
    return confirmation_page(ConfirmationForm(formdata=None), wanted, waiting=waiting_fields())


def factor_is_fresh() -> bool:
    """Whether a second factor was shown not too long ago, apart from that of the login.

    A form may be sent as long again after that, for it lies on a page that was opened in time.
    """
    shown_at = current_session().get(FACTOR_AT)
    if shown_at is None:
        return False
    good_for = PASSWORD_GOOD_FOR if request.method == "GET" else 2 * PASSWORD_GOOD_FOR
    return current_services().source.now() - datetime.fromisoformat(shown_at) < good_for


def note_factor() -> None:
    """Note that a second factor was shown just now."""
    current_session()[FACTOR_AT] = current_services().source.now().isoformat()


def ask_factor_again() -> ResponseReturnValue:
    """Lead to the page that asks for a second factor, and from there to the page that was wanted."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else url_for("security_settings.show")
    return redirect(url_for("factor_checks.show", next=wanted), 303)


def waiting_fields() -> dict[str, list[str]]:
    """Return the fields that were sent, without those of the page that asks for the password."""
    return {name: values for name, values in request.form.lists() if name not in OWN_FIELDS}


def confirmation_page(
    form: ConfirmationForm, wanted: str, *, waiting: Mapping[str, list[str]] | None = None
) -> ResponseReturnValue:
    """Return the page that asks for the password on the way to `wanted`, where `waiting` is to be sent if not None."""
    page = render_template("confirmation/password.html", form=form, next=wanted, waiting=waiting)
    return page, 422 if form.errors else 200


def check_password_again(typed_password: str) -> PasswordAccepted:
    """Check the password of who has logged in, as one try to log in. Raises `WrongLogin`, `TooManyTries`."""
    services = current_services()
    challenge = begin_confirmation(
        database(),
        person_in_session(),
        request.remote_addr or "",
        device_token(),
        salt_key=services.salt_key,
        parameters=services.argon2,
    )
    release()
    return finish_confirmation(database(), challenge, stretch(typed_password, challenge.salt, challenge.parameters))


def refused_password(refusal: WrongLogin | TooManyTries) -> str:
    """Return what to tell whoever's password was refused."""
    if isinstance(refusal, TooManyTries) and refusal.until is not None:
        time = clock_time(refusal.until)
        return str(_("Het is een paar keer mislukt. Probeer het om %(time)s opnieuw.", time=time))
    if isinstance(refusal, TooManyTries):
        return str(
            _(
                "Het is te vaak mislukt. Vraag om hulp: de beheerder van uw organisatie of, als werknemer, degene die "
                "u uitnodigde."
            )
        )
    return str(_("Dit is niet uw wachtwoord."))
