"""Forms of answering an invitation into a dialogue (G-11)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.forms.base import PortalForm, filled_in, typed

LONGEST_LINK = 2000


def _at_most(length: int) -> Length:
    return Length(max=length, message=_("Vul hier ten hoogste %(max)d tekens in."))


class LinkForm(PortalForm):
    """The link of the mail or the code behind its #, which the script of the page fills in or somebody pastes."""

    link = StringField(
        _("Link of code uit de e-mail"),
        [filled_in(_("Plak hier de link of de code uit de e-mail")), _at_most(LONGEST_LINK)],
    )

    @property
    def token(self) -> str:
        """What stands behind the last #, or all of it."""
        return "".join(typed(self.link).split()).rpartition("#")[2]


class OwnNameForm(PortalForm):
    """The fourth step: how somebody is called."""

    initials = StringField(_("Voorletters"), [DataRequired(_("Vul uw voorletters in")), _at_most(20)])
    given_name = StringField(_("Voornaam"), [DataRequired(_("Vul uw voornaam in")), _at_most(60)])
    infix = StringField(_("Tussenvoegsel"), [_at_most(20)])
    last_name = StringField(_("Achternaam"), [DataRequired(_("Vul uw achternaam in")), _at_most(80)])
