"""The form with which an administrator resets somebody's login (U-20)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from accounts.errors import MalformedAddress
from accounts.people import normalise_email
from organisation.shared_mailboxes import is_shared
from portal.forms.base import PortalForm, filled_in, typed


class ResetForm(PortalForm):
    """To which address the link goes, and whether the second factors are set up anew as well."""

    email = StringField(
        _("E-mailadres"),
        [
            filled_in(_("Vul een e-mailadres in.")),
            Length(max=254, message=_("Vul hier ten hoogste %(max)d tekens in.")),
        ],
    )
    one_reader = BooleanField(_("Ik bevestig dat maar één persoon deze postbus leest"))
    renews_factors = BooleanField(_("Laat ook de tweede factor opnieuw instellen"))

    asks_one_reader = False

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the address too."""
        super().validate(extra_validators)
        if not self.email.errors:
            self._check_address()
        return not self.errors

    def _check_address(self) -> None:
        try:
            address = normalise_email(typed(self.email))
        except MalformedAddress:
            self.email.errors = [gettext("Vul een e-mailadres in zoals naam@bedrijf.nl.")]
            return
        self.asks_one_reader = is_shared(address)
        if self.asks_one_reader and not self.one_reader.data:
            told = gettext("Dit lijkt een gedeelde postbus. Een account is van één persoon: bevestig dat hieronder.")
            self.email.errors = [told]
