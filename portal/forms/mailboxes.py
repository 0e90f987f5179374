"""Whether one person reads a mail address, asked where that is not plain (L-36, D-rule 54)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField

from accounts.errors import MalformedAddress
from accounts.people import normalise_email
from organisation.shared_mailboxes import is_shared
from portal.forms.base import PortalForm, typed


def of_nobody_else(address: str) -> bool:
    """Say of any address that no other user has it: where the form is not told how to find out."""
    return False


class MailboxForm(PortalForm):
    """A form with the mail address of one user; `is_of_another` tells of an address whether another user has it."""

    email: StringField
    one_reader = BooleanField(_("Ik bevestig dat maar één persoon deze postbus leest"))

    asks_one_reader = False
    is_of_another: Callable[[str], bool] = staticmethod(of_nobody_else)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the address too, so that every fault is shown at once, beside its field."""
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
        told = None
        if self.is_of_another(address):
            told = gettext(
                "Een andere gebruiker heeft dit e-mailadres ook. Een account is van één persoon: bevestig dat "
                "hieronder."
            )
        elif is_shared(address):
            told = gettext("Dit lijkt een gedeelde postbus. Een account is van één persoon: bevestig dat hieronder.")
        self.asks_one_reader = told is not None
        if told is not None and not self.one_reader.data:
            self.email.errors = [told]
