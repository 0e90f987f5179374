"""Forms of forgotten login details (L-22, L-23) and of the new password that follows (design 2.3)."""

from __future__ import annotations

from typing import cast

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import Length

from portal.forms.base import PortalForm, filled_in
from portal.forms.login import LONGEST_NAME, RenewedPasswordForm

LONGEST_ADDRESS = 254


class ProvenForm(PortalForm):
    """A form behind a proof of work; the widget adds its field to the page."""

    @property
    def proof(self) -> str:
        """The proof that the widget sent, empty where it did not run."""
        return request.form.get("altcha", "")

    def refuse(self, message: str) -> None:
        """Say on top of the form why it was not accepted."""
        cast(list[str], self.form_errors).append(message)


class LoginNameForm(ProvenForm):
    """Whose login name it is (L-22)."""

    email = StringField(_("E-mailadres"), [filled_in(_("Vul uw e-mailadres in")), Length(max=LONGEST_ADDRESS)])


class PasswordRequestForm(ProvenForm):
    """Whose password is forgotten (L-23)."""

    login_name = StringField(_("Inlognaam"), [filled_in(_("Vul uw inlognaam in")), Length(max=LONGEST_NAME)])


class KeptKeyForm(RenewedPasswordForm):
    """The back-up code, which keeps the key, and the new password."""

    code = StringField(_("Back-up code"), [filled_in(_("Vul uw back-up code in")), Length(max=60)])
