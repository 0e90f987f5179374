"""The form of a label of documents (DOC-05, DOC-18)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from documents.label_administration import LabelContent
from documents.models import Audience
from portal.forms.base import PortalForm, filled_in, typed

EMPLOYEE, EMPLOYER = "werknemer", "werkgever"
AUDIENCES = {
    Audience.BOTH: _("Werkgever en arbodienst"),
    Audience.EMPLOYER: _("Alleen de werkgever"),
    Audience.SERVICE: _("Alleen de arbodienst"),
    Audience.MEDICAL: _("Alleen de medische kring"),
}


class DocumentLabelForm(PortalForm):
    """What a label is called, where it is, and who opens what has it."""

    name = StringField(_("Naam"), [filled_in(_("Vul een naam in van ten hoogste 60 tekens."))])
    dossier = RadioField(
        _("In welk dossier?"),
        [filled_in(_("Kies in welk dossier het kenmerk hoort."))],
        choices=[SelectChoice(EMPLOYEE, _("Van een werknemer")), SelectChoice(EMPLOYER, _("Van een werkgever"))],
    )
    audience = RadioField(
        _("Wie kan documenten met dit kenmerk openen?"),
        [filled_in(_("Kies wie documenten met dit kenmerk kan openen."))],
        choices=[SelectChoice(audience.value, words) for audience, words in AUDIENCES.items()],
    )
    is_limited = BooleanField(_("Bij de werkgever alleen voor wie ook documenten met een beperkt kenmerk mag zien"))

    @classmethod
    def of(cls, content: LabelContent) -> DocumentLabelForm:
        """The form of a label that is there, or what was typed in it."""
        return cls(
            name=content.name,
            dossier=EMPLOYER if content.of_employer else EMPLOYEE,
            audience=content.audience.value,
            is_limited=content.is_limited,
        )

    def content(self) -> LabelContent:
        """What was typed, after `validate_on_submit`."""
        return LabelContent(
            typed(self.name), self.dossier.data == EMPLOYER, Audience(self.audience.data), bool(self.is_limited.data)
        )

    def content_of(self, content: LabelContent) -> LabelContent:
        """What was typed of a label of which only the name and the limit can be changed."""
        return LabelContent(typed(self.name), content.of_employer, content.audience, bool(self.is_limited.data))
