"""Forms of asking an employer to share a dossier, and of its answer (design 2.6, D-rule 22)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import HiddenField

from portal.forms.base import PortalForm
from portal.forms.sharing import explanation_field, kind_field


class RequestForm(PortalForm):
    """The zorgvraag on which the arbo service asks for a dossier, and why."""

    kind = kind_field(_("Kies de zorgvraag waarvoor u de gegevens nodig hebt."))
    explanation = explanation_field(_("Toelichting"), _("Schrijf in een zin waarom u de gegevens nodig hebt."))


class RefusalForm(PortalForm):
    """Why the employer does not share."""

    explanation = explanation_field(_("Reden van weigering"), _("Schrijf in een zin waarom u niet deelt."))


class RequestWithdrawalForm(PortalForm):
    """Withdrawing the request that was on the page, and no other."""

    request_id = HiddenField()
