"""Forms of *Trajectendossier* (DOC-01, DOC-05, DOC-13, DOC-17)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FileField, HiddenField, MultipleFileField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length

from documents.listing import LONGEST_SEARCH, DocumentFilter
from documents.models import DocumentKind, DocumentLabel, DocumentState
from documents.naming import LONGEST_NAME
from organisation.errors import NotFound
from portal.document_words import KINDS, STATES, label_words
from portal.forms.base import PortalForm, filled_in, typed

SEPARATE, MERGED = "los", "samen"


class DocumentFilterForm(PortalForm):
    """What a list is narrowed to; it stands in the address, with words of the program and ids only."""

    class Meta(PortalForm.Meta):
        # It changes nothing and stands in the address.
        csrf = False

    soort = SelectField(_("Soort"))
    kenmerk = SelectField(_("Kenmerk"))
    status = SelectField(_("Status"))

    @classmethod
    def from_address(cls) -> DocumentFilterForm:
        """The form as the address has filled it in. Raises `NotFound` for what is no kind, label or state."""
        form = cls(formdata=request.args)
        form.soort.choices = [("", gettext("Alle soorten")), *((kind.value, words) for kind, words in KINDS.items())]
        form.status.choices = [("", gettext("Elke status")), *((state.value, words) for state, words in STATES.items())]
        for field in (form.soort, form.kenmerk, form.status):
            # An address without the field leaves it at no choice at all.
            field.data = request.args.get(field.name, "")
        return form

    def wanted(self, words: str = "") -> DocumentFilter:
        """What to show. Raises as `from_address` does."""
        try:
            return DocumentFilter(
                kind=DocumentKind(self.soort.data) if self.soort.data else None,
                label_id=UUID(self.kenmerk.data) if self.kenmerk.data else None,
                state=DocumentState(self.status.data) if self.status.data else None,
                words=words,
            )
        except ValueError:
            raise NotFound from None

    def offer(self, labels: Iterable[DocumentLabel]) -> None:
        """Let the labels be chosen that the documents of the dossier have."""
        self.kenmerk.choices = [("", gettext("Alle kenmerken")), *((str(label.id), label.name) for label in labels)]

    def in_address(self) -> dict[str, str]:
        """What is filled in, for an address."""
        return {name: value for name, value in self.data.items() if value}


class TitleSearchForm(PortalForm):
    """Words of titles, which stand in no address."""

    words = StringField(
        _("Zoeken in de titels"), [Length(max=LONGEST_SEARCH, message=_("Gebruik ten hoogste 100 tekens."))]
    )


class LabelForm(PortalForm):
    """One of the labels that somebody can choose."""

    label = SelectField(_("Kenmerk"))

    def offer(self, labels: Iterable[DocumentLabel]) -> None:
        """Let one of these be chosen, each with who sees what has it; none is chosen beforehand."""
        self.label.flags.required = True
        self.label.choices = [("", gettext("Kies een kenmerk")), *((str(one.id), label_words(one)) for one in labels)]

    def chosen(self) -> UUID | None:
        """The label, None with an error where none was chosen."""
        try:
            return UUID(typed(self.label))
        except ValueError:
            self.label.errors = [gettext("Kies een kenmerk. Dat bepaalt wie het document kan openen.")]
            return None


class UploadForm(LabelForm):
    """*Upload document(en)* (DOC-17)."""

    label = SelectField(_("Submap"), validate_choice=False)
    save_as = RadioField(
        _("Opslaan als pdf"),
        choices=[
            SelectChoice(SEPARATE, _("De bestanden los opslaan en niet converteren naar pdf")),
            SelectChoice(MERGED, _("De bestanden samenvoegen en opslaan als één pdf")),
        ],
        default=SEPARATE,
    )
    files = MultipleFileField(_("Bestanden"))

    def offer(self, labels: Iterable[DocumentLabel]) -> None:
        """Offer the labels as `LabelForm` does; files are asked for as well."""
        super().offer(labels)
        self.files.flags.required = True


class RelabelForm(LabelForm):
    """*Kenmerk bewerken*: what was said to change is confirmed with `confirmed`, the id of that label."""

    label = SelectField(_("Kenmerk"), validate_choice=False)
    confirmed = HiddenField()


class NameForm(PortalForm):
    """*Naam wijzigen*."""

    name = StringField(
        _("Naam"),
        [
            filled_in(_("Vul in hoe het document heet.")),
            Length(max=LONGEST_NAME, message=_("Gebruik ten hoogste 120 tekens.")),
        ],
    )


class VersionForm(PortalForm):
    """*Nieuwe versie*."""

    files = FileField(_("Bestand"))


class RemovalForm(PortalForm):
    """*Verwijderen*, which was asked once."""
