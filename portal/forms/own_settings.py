"""Forms of Instellingen: what people decide for themselves (T-01, T-02, N-03)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf
from wtforms.widgets import CheckboxInput, ListWidget

from delivery.languages import Language
from delivery.outbox import MailKind
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


_NOTICES: Mapping[MailKind, Any] = {
    MailKind.ACCESS_REQUEST: _("Iemand vraagt toegang tot de datakluis"),
    MailKind.ADMISSION_REQUEST: _("Een collega wacht op toelating"),
    MailKind.SHARE_REQUEST: _("Uw arbodienst vraagt om een dossier te delen"),
    MailKind.SHARE_REQUEST_ANSWERED: _("Een werkgever heeft uw deelverzoek beantwoord"),
    MailKind.ACCESS_GRANTED: _("U hebt toegang gekregen tot de datakluis"),
    MailKind.ADMISSION_GRANTED: _("U bent toegelaten tot de dossiers"),
    MailKind.DIALOGUE_NOTICE: _("Er is een nieuw bericht in een dialoog"),
}


class NoticesForm(PortalForm):
    """The notices that one wants by mail, of those that one can do without (N-03)."""

    wanted = SelectMultipleField(
        _("Deze mails wil ik krijgen"),
        option_widget=CheckboxInput(),
        widget=ListWidget(),
        validate_choice=False,
    )

    @classmethod
    def of(cls, offered: Sequence[MailKind], muted: Collection[MailKind]) -> NoticesForm:
        """The form for somebody who can do without what is `offered`, and does without what is `muted`."""
        form = cls(wanted=[kind.value for kind in offered if kind not in muted])
        form.wanted.choices = [SelectChoice(kind.value, _NOTICES[kind]) for kind in offered]
        return form

    def chosen(self) -> set[MailKind]:
        """The kinds that were ticked; what is no kind counts for nothing."""
        ticked = self.wanted.data or []
        return {kind for kind in MailKind if kind.value in ticked}
