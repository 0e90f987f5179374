"""Forms of sharing a dossier and of withdrawing that (S-02, S-03, S-07)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length

from portal.forms.base import PortalForm, filled_in
from vault.field_checks import clean_explanation
from vault.models import CareQuestionKind
from vault.value_checks import EXPLANATION_LENGTH

# In the order in which people meet them (K-01).
KIND_LABELS = {
    CareQuestionKind.SICK_REPORT: _("Ziekmelding"),
    CareQuestionKind.CASE_MANAGER: _("Contact met casemanager"),
    CareQuestionKind.CONSULTATION: _("Spreekuur"),
    CareQuestionKind.PREGNANCY: _("Zwangerschap"),
    CareQuestionKind.OTHER: _("Anders"),
}


def kind_field(message: Any) -> RadioField:
    """The kind of zorgvraag; `message` says for what it is to be chosen."""
    return RadioField(
        _("Soort zorgvraag"),
        [filled_in(message)],
        choices=[SelectChoice(kind.value, label) for kind, label in KIND_LABELS.items()],
    )


def explanation_field(label: Any, message: Any) -> TextAreaField:
    """A Toelichting of at most 1,000 characters; `message` says what to write."""
    return TextAreaField(
        label,
        [
            # Spaces alone explain nothing.
            DataRequired(message),
            Length(
                max=EXPLANATION_LENGTH,
                message=_("Deze toelichting is te lang: ten hoogste %(max)d tekens."),
            ),
        ],
        # What is checked is what is kept.
        filters=[lambda text: clean_explanation(text or "")],
    )


class ShareForm(PortalForm):
    """The zorgvraag on which a dossier is shared, and the explanation that is kept as the reason."""

    kind = kind_field(_("Kies de zorgvraag waarvoor u deelt."))
    explanation = explanation_field(_("Toelichting"), _("Schrijf in een zin waarom u deelt."))


class WithdrawalForm(PortalForm):
    """Withdrawing the share that was on the page, and no other."""

    share_id = HiddenField()
