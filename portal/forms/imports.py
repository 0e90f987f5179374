"""The forms that take a file with employees and say which of its columns is which (X-22)."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from portal.forms.base import PortalForm
from portal.import_words import field_label
from vault.importing.choosing import ColumnChoice, shown_cell
from vault.importing.errors import FileRefused
from vault.importing.headings import COLUMNS, Column
from vault.importing.layout import Layout


class UploadForm(PortalForm):
    """A file; what it is, its content says, not its name."""

    file = FileField(_("Bestand met werknemers"), [FileRequired(_("Kies een .xlsx- of .csv-bestand"))])

    def refuse(self, refusal: FileRefused) -> None:
        """Show beside the field what is wrong with the file and what to do."""
        sentences = gettext(refusal.what, **refusal.parameters), gettext(refusal.advice)
        self.file.errors = [*self.file.errors, " ".join(sentences)]


class HeadingsForm(PortalForm):
    """Which sheet and which row of headings: only numbers of places in the file, since it stands in the address."""

    class Meta(PortalForm.Meta):
        # It changes nothing.
        csrf = False

    blad = SelectField(_("Werkblad"), validate_choice=False)
    koppen = SelectField(_("In welke rij staan de koppen?"), validate_choice=False)

    @classmethod
    def of(cls, choice: ColumnChoice) -> HeadingsForm:
        """The form as the choice has filled it in."""
        form = cls(formdata=None)
        form.blad.choices = [(str(number), name) for number, name in enumerate(choice.sheets, 1)]
        form.blad.data = str(choice.sheet_number)
        form.koppen.choices = [(rows_word(option), _described(option)) for option in choice.options]
        form.koppen.data = rows_word(choice.layout)
        return form


class ColumnsForm(PortalForm):
    """A field to choose for each column of a file; made by `columns_form`, since every file has other columns."""

    def chosen(self, choice: ColumnChoice) -> Layout | None:
        """The layout that was chosen; None when a column or a required field is wrong, which the form then tells."""
        fields = {index: str(self.column(index).data or "") for index in range(len(choice.layout.labels))}
        chosen = {index: name for index, name in fields.items() if name in _CHOICES}
        for index, name in fields.items():
            if name and index not in chosen:
                self._refuse(index, gettext("Kies een van de velden uit de lijst."))
        layout = choice.layout.with_fields(chosen)
        for index, other in layout.doubled.items():
            told = gettext("Dit veld is al gekozen bij de kolom %(column)s.", column=layout.label(other))
            self._refuse(index, told)
        if layout.missing:
            names = ", ".join(map(field_label, layout.missing_fields))
            self.form_errors = [gettext("Kies ook een kolom voor: %(names)s.", names=names)]
        return None if self.errors else layout

    def column(self, index: int) -> SelectField:
        """The field of a column."""
        field: SelectField = self[f"kolom_{index}"]
        return field

    def _refuse(self, index: int, told: str) -> None:
        field = self.column(index)
        field.errors = [*field.errors, told]


_CHOICES = tuple(column.field for column in COLUMNS)


def columns_form(choice: ColumnChoice) -> ColumnsForm:
    """The form for the columns of a file, filled in as its layout has them."""
    choices = [SelectChoice("", _("Niet gebruiken")), *map(_field_choice, COLUMNS)]
    layout = choice.layout
    fields = {
        f"kolom_{index}": SelectField(
            layout.label(index), choices=choices, default=layout.fields.get(index, ""), validate_choice=False
        )
        for index in range(len(layout.labels))
    }
    form: ColumnsForm = type("ChosenColumnsForm", (ColumnsForm,), fields)()
    return form


def _field_choice(column: Column) -> SelectChoice:
    label = field_label(column.field)
    return SelectChoice(column.field, f"{label} *" if column.required else label)


def rows_word(layout: Layout) -> str:
    """The rows of headings as an address names them: `3-4`."""
    return f"{layout.first_row}-{layout.row}"


def _described(option: Layout) -> str:
    if not option.row:
        return str(gettext("Er zijn geen koppen"))
    labels = ", ".join(shown_cell(label) for label in option.labels if label)[:60]
    if option.first_row == option.row:
        return str(gettext("Rij %(row)s: %(labels)s", row=option.row, labels=labels))
    both = gettext("Rij %(first)s en %(row)s: %(labels)s", first=option.first_row, row=option.row, labels=labels)
    return str(both)
