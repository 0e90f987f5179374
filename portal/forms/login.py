"""Forms of logging in (L-01, L-10, L-12, L-15) and of setting a password (L-25)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from accounts.security_keys import LONGEST_ANSWER, LONGEST_KEY_NAME
from portal.forms.base import PortalForm, filled_in

# What is longer than the longest password allowed is refused before Argon2id works on it.
LONGEST_PASSWORD = 256
# Or a mail address, by which employees log in.
LONGEST_NAME = 254


class PasswordForm(PortalForm):
    """The first step: who, and the password."""

    login_name = StringField(_("Gebruikersnaam"), [filled_in(_("Vul uw gebruikersnaam in")), Length(max=LONGEST_NAME)])
    password = PasswordField(_("Wachtwoord"), [filled_in(_("Vul uw wachtwoord in")), Length(max=LONGEST_PASSWORD)])


class CodeForm(PortalForm):
    """The second step with an authenticator app (L-12)."""

    code = StringField(
        _("Authentication App Token"), [filled_in(_("Vul de zes cijfers uit uw app in")), Length(max=20)]
    )


class SmsCodeForm(PortalForm):
    """A code that came by SMS (L-08)."""

    code = StringField(_("Code uit de sms"), [filled_in(_("Vul de code uit de sms in")), Length(max=20)])


class PhoneForm(PortalForm):
    """The mobile number that codes are sent to (L-07)."""

    number = StringField(
        _("Mobiel telefoonnummer"), [filled_in(_("Vul uw mobiele nummer in, zoals 06 12345678")), Length(max=40)]
    )


class KeyForm(PortalForm):
    """What a security key answered, filled in by the script of the page (L-09)."""

    answer = HiddenField(validators=[Length(min=1, max=LONGEST_ANSWER)])


class NewKeyForm(KeyForm):
    """A security key with the name that its person gives it."""

    name = StringField(
        _("Naam van de sleutel"),
        [DataRequired(_("Geef de sleutel een naam, zoals Sleutelbos")), Length(max=LONGEST_KEY_NAME)],
    )


class BackupCodeForm(PortalForm):
    """The second step with the back-up code (L-14)."""

    code = StringField(_("Back-upcode"), [filled_in(_("Vul uw back-up code in")), Length(max=60)])


class CouplingForm(PortalForm):
    """The first token of a newly coupled app (L-10)."""

    code = StringField(_("Token"), [filled_in(_("Vul de zes cijfers uit uw app in")), Length(max=20)])


class NewPasswordForm(PortalForm):
    """A new password, typed twice."""

    password = PasswordField(
        _("Wachtwoord"),
        [
            filled_in(_("Kies een wachtwoord van ten minste 12 tekens")),
            Length(max=LONGEST_PASSWORD, message=_("Kies een wachtwoord van ten hoogste 256 tekens")),
        ],
    )
    repeated = PasswordField(
        _("Herhaal het wachtwoord"),
        [EqualTo("password", message=_("Typ hier hetzelfde wachtwoord als hierboven"))],
    )


class RenewedPasswordForm(NewPasswordForm):
    """A new password in the place of a forgotten one, typed twice."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.password.label.text = _("Nieuw wachtwoord")
