"""Forms of *Digitaal ondertekenen*, with two people on one screen (G-01)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length

from organisation.errors import FieldFault
from portal.forms.base import PortalForm, filled_in, typed
from portal.forms.dialogues import request_id_of
from portal.forms.faults import place_faults
from signing.together import Beside, Consent, NewSitting

EMPLOYEE, SOMEBODY = "employee", "somebody"


class SittingForm(PortalForm):
    """Who sits here: the host, and who sits beside the host."""

    capacity = StringField(_("Ondertekening namens"), [filled_in(_("Vul in namens wie u ondertekent."))])
    # Whatever is not the employee is somebody else.
    who = RadioField(_("Wie zit er naast u?"), [filled_in(_("Kies wie er naast u zit."))], validate_choice=False)
    name = StringField(_("Naam"), [filled_in(_("Vul de naam in van wie naast u zit."))])
    beside_capacity = StringField(
        _("Deze persoon ondertekent namens"), [filled_in(_("Vul in namens wie deze persoon ondertekent."))]
    )
    request_id = HiddenField()

    @classmethod
    def about(cls, *, has_employee: bool, organisation: str = "", request_id: UUID | None = None) -> SittingForm:
        """The form as it is shown first, or what was typed in it."""
        first = EMPLOYEE if has_employee else SOMEBODY
        form = cls(data={"capacity": organisation, "who": first, "request_id": str(request_id or "")})
        choices = [SelectChoice(SOMEBODY, gettext("Iemand anders"))]
        if has_employee:
            choices.insert(0, SelectChoice(EMPLOYEE, gettext("De werknemer van dit dossier")))
        form.who.choices = choices
        return form

    def sitting(self, document_id: UUID, fallback: UUID) -> NewSitting:
        """What was typed."""
        beside = Beside(typed(self.name), typed(self.beside_capacity), is_employee=self.who.data == EMPLOYEE)
        return NewSitting(document_id, request_id_of(self.request_id, fallback), typed(self.capacity), beside)

    def place(self, faults: Iterable[FieldFault]) -> None:
        """Put each fault beside its field."""
        place_faults(self, faults)


class ConsentForm(PortalForm):
    """That somebody agrees: the box, the own name, a drawing or none, and the code if one was sent."""

    agreed = BooleanField(_("Ik ga akkoord"), [filled_in(_("Vink aan dat u akkoord gaat, of kies Stoppen."))])
    name = StringField(_("Uw naam"), [filled_in(_("Typ uw naam zoals die hierboven staat."))])
    drawing = HiddenField()
    code = StringField(_("Validatie code"), [Length(max=40)])
    number = StringField(_("Mobielnummer"), [Length(max=40)])

    def consent(self, drawing: bytes | None) -> Consent:
        """What was typed, with the drawing as it was read."""
        return Consent(typed(self.name), drawing, typed(self.code).strip())


class PresenceForm(PortalForm):
    """That the host states who was there."""

    stated = BooleanField(
        _("Dat verklaar ik"), [filled_in(_("Vink aan dat u dit verklaart. Zonder die verklaring tekent niemand."))]
    )
