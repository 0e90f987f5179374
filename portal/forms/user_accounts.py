"""The form with which an administrator resets somebody's login (U-20)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from portal.forms.base import filled_in
from portal.forms.mailboxes import MailboxForm


class ResetForm(MailboxForm):
    """To which address the link goes, and whether the second factors are set up anew as well.

    With `asks_loss` somebody's new key could leave data closed for good, and the administrator has to confirm it.
    """

    email = StringField(
        _("E-mailadres"),
        [
            filled_in(_("Vul een e-mailadres in.")),
            Length(max=254, message=_("Vul hier ten hoogste %(max)d tekens in.")),
        ],
    )
    accepts_loss = BooleanField(_("Ik heb dit met de gebruiker besproken, en stuur de link toch"))
    renews_factors = BooleanField(_("Laat ook de tweede factor opnieuw instellen"))

    asks_loss = False

    def validate(self, extra_validators: Any = None) -> bool:
        """Check also that a loss which can't be undone was thought of."""
        super().validate(extra_validators)
        if self.asks_loss and not self.accepts_loss.data:
            self.accepts_loss.errors = [gettext("Lees eerst wat er verloren kan gaan, en bevestig het hier.")]
        return not self.errors
