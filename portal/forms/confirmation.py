"""The form that asks for the password once more."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import PasswordField
from wtforms.validators import Length

from portal.forms.base import PortalForm, filled_in
from portal.forms.login import LONGEST_PASSWORD


class ConfirmationForm(PortalForm):
    """The password of who has logged in. Its name is no field of any form that may wait for it."""

    confirmed_password = PasswordField(
        _("Wachtwoord"), [filled_in(_("Vul uw wachtwoord in")), Length(max=LONGEST_PASSWORD)]
    )
