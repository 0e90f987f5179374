"""Forms of Instellingen: what people decide for themselves (T-01, T-02, N-03)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf

from delivery.languages import Language
from portal.forms.base import PortalForm
from portal.languages import NAMES


class LanguageForm(PortalForm):
    """The language of screens and mails (T-02)."""

    language = SelectField(
        _("Taal"),
        [AnyOf(list(Language), message=_("Kies een taal uit de lijst."))],
        choices=[SelectChoice(language.value, name) for language, name in NAMES.items()],
        validate_choice=False,
    )

    def chosen(self) -> Language:
        """The language, once the form was found in order."""
        return Language(self.language.data)
