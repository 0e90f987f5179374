"""The form that asks who signs the processing agreement for the employer (K-09)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import EmailField, StringField
from wtforms.validators import Length

from portal.forms.base import PortalForm, filled_in

LONGEST = 120
LONGEST_ADDRESS = 254
_TOO_LONG = _("Gebruik ten hoogste 120 tekens")


class SignatoryForm(PortalForm):
    """Who may sign on behalf of the employer."""

    name = StringField(_("Naam"), [filled_in(_("Vul in wie mag tekenen")), Length(max=LONGEST, message=_TOO_LONG)])
    function = StringField(
        _("Functie"), [filled_in(_("Vul de functie in, zoals directeur")), Length(max=LONGEST, message=_TOO_LONG)]
    )
    email = EmailField(
        _("E-mailadres"),
        [
            filled_in(_("Vul een e-mailadres in, zoals naam@bedrijf.nl")),
            Length(max=LONGEST_ADDRESS, message=_("Vul een e-mailadres in, zoals naam@bedrijf.nl")),
        ],
    )
