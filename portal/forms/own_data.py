"""Forms about the own data: what is to be corrected, and of which period a log is shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from dialogs.contents import LONGEST_TEXT
from portal.forms.base import PortalForm
from portal.forms.days import DayField
from portal.forms.log import midnight
from portal.services import current_services


class CorrectionForm(PortalForm):
    """What the employee says is wrong; `request_id` makes that it is sent once."""

    text = TextAreaField(
        _("Wat klopt er niet, en wat moet het zijn?"),
        [
            DataRequired(_("Schrijf wat er niet klopt.")),
            Length(max=LONGEST_TEXT, message=_("Gebruik ten hoogste 10.000 tekens.")),
        ],
    )
    request_id = HiddenField(default=lambda: str(current_services().source.new_id()))

    def once(self) -> UUID:
        """The id of this request; of a form that somebody took apart another one."""
        try:
            return UUID(self.request_id.data or "")
        except ValueError:
            return current_services().source.new_id()


class PeriodForm(PortalForm):
    """From which day to which, in the address."""

    class Meta(PortalForm.Meta):
        # It changes nothing and stands in the address.
        csrf = False

    van = DayField(_("Van"))
    tot = DayField(_("Tot en met"))

    @classmethod
    def from_address(cls) -> PeriodForm:
        """The form as the address has filled it in."""
        return cls(formdata=request.args)

    @property
    def since(self) -> datetime | None:
        """The moment at which the period begins; the form must have been validated."""
        return midnight(self.van.day) if self.van.day else None

    @property
    def until(self) -> datetime | None:
        """The moment before which it ends."""
        return midnight(self.tot.day + timedelta(days=1)) if self.tot.day else None
