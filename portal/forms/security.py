"""Forms of Instellingen > Beveiliging."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import PasswordField, RadioField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import EqualTo, Length

from accounts.second_factors import Factor
from accounts.security_keys import LONGEST_KEY_NAME
from portal.forms.base import PortalForm, filled_in
from portal.forms.login import LONGEST_PASSWORD

FACTORS = {
    Factor.SMS: _("een code per sms"),
    Factor.SECURITY_KEY: _("mijn beveiligingssleutel of passkey"),
    Factor.APP: _("een code uit mijn app"),
}


class ChangePasswordForm(PortalForm):
    """The present password, and a new one typed twice (L-25)."""

    present = PasswordField(
        _("Huidig wachtwoord"), [filled_in(_("Vul uw huidige wachtwoord in")), Length(max=LONGEST_PASSWORD)]
    )
    password = PasswordField(
        _("Nieuw wachtwoord"),
        [
            filled_in(_("Kies een wachtwoord van ten minste 12 tekens")),
            Length(max=LONGEST_PASSWORD, message=_("Kies een wachtwoord van ten hoogste 256 tekens")),
        ],
    )
    repeated = PasswordField(
        _("Herhaal het nieuwe wachtwoord"),
        [EqualTo("password", message=_("Typ hier hetzelfde wachtwoord als hierboven"))],
    )


class KeyNameForm(PortalForm):
    """Another name for a security key."""

    name = StringField(
        _("Naam van de sleutel"),
        [
            filled_in(_("Geef de sleutel een naam, zoals Sleutelbos")),
            Length(max=LONGEST_KEY_NAME, message=_("Gebruik ten hoogste 60 tekens")),
        ],
    )


class PreferenceForm(PortalForm):
    """Which second factor is asked for first (L-11)."""

    factor = RadioField(
        _("Vraag bij het inloggen het eerst om"),
        [filled_in(_("Kies een manier"))],
        choices=[],
    )

    def offer(self, factors: tuple[Factor, ...]) -> None:
        """Let one of these be chosen."""
        self.factor.choices = [SelectChoice(factor.value, FACTORS[factor]) for factor in factors]
