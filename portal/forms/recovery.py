"""Forms of the recovery sheet: whom it names, and the code that stands on it (design 2.1)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, ValidationError

from organisation.memberships import Member
from portal.forms.base import PortalForm, filled_in, typed

# The code with the address before it, as a scanner hands it over, and spaces or dashes as somebody types them.
LONGEST_CODE = 1000
CHOOSE = _("Kies op wiens naam het herstelblad komt te staan.")


class NamingForm(PortalForm):
    """Whom a new sheet names. `replaces` is the active sheet that was on the page, so that no other is replaced."""

    named = SelectField(_("Op naam van"), [filled_in(CHOOSE)], validate_choice=False)
    replaces = HiddenField()
    _offered: frozenset[str] = frozenset()

    def validate_named(self, field: SelectField) -> None:
        """Refuse whoever was not offered, in the words for who chose nobody."""
        if field.data not in self._offered:
            raise ValidationError(CHOOSE)

    def offer(self, members: Iterable[Member]) -> None:
        """Let one of these people be chosen."""
        offered = {str(member.person_id): member.name for member in members}
        self._offered = frozenset(offered)
        choices = [SelectChoice(value, name) for value, name in offered.items()]
        self.named.choices = [SelectChoice("", _("Kies een naam")), *choices]

    @property
    def named_id(self) -> UUID:
        """Who was chosen, once the form is valid."""
        return UUID(typed(self.named))

    @property
    def replaces_id(self) -> UUID | None:
        """The sheet that was on the page; whatever is no id was none of ours."""
        try:
            return UUID(typed(self.replaces))
        except ValueError:
            return None


class RecoveryCodeForm(PortalForm):
    """The code of a sheet, typed or scanned; a scanned address holds it behind the #."""

    code = TextAreaField(
        _("Code van het herstelblad"),
        [
            # Spaces alone are no code.
            DataRequired(_("Scan de QR-code, of vul de vier regels van het herstelblad in.")),
            Length(
                max=LONGEST_CODE, message=_("Dit is te lang voor de code van een herstelblad: die heeft 64 tekens.")
            ),
        ],
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "data-recovery-code": "",
        },
    )

    @property
    def typed_code(self) -> str:
        """What was typed or scanned, without the address."""
        return typed(self.code).rpartition("#")[2]
