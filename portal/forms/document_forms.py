"""The form of a document, built from its template; and that of *E-mailen* (DOC-10, DOC-11, DOC-14)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

from documents.filling_in import Answers, Fault
from documents.models import DocumentLabel
from documents.templates import MOST_ROWS, FieldKind, Rows, Template
from documents.templates import Field as Asked
from portal.document_words import label_words
from portal.forms.base import PortalForm, typed

ROOM = 2
"""How many empty rows there are below those that are filled in."""
MORE_ROWS = 3


class DocumentForm(PortalForm):
    """What every form of a document has: the label of a new one, and of another the version that was changed."""

    label: SelectField
    seen = HiddenField()

    template: Template
    counts: Mapping[str, int]

    @classmethod
    def of(
        cls,
        template: Template,
        stored: Answers | None = None,
        *,
        more: str = "",
        rows: Mapping[str, int] | None = None,
        seen: int | None = None,
    ) -> DocumentForm:
        """The form of a template: as `stored` has it, or without that as it was typed, with `more` rows somewhere.

        With `rows` there are so many of each, for a form that is compared with another.
        """
        counts = {part.name: _count(part, stored, more) for part in template.parts if isinstance(part, Rows)}
        counts = {name: max(count, (rows or counts)[name]) for name, count in counts.items()}
        fields = {name: field for part in template.parts for name, field in _fields(part, counts)}
        # It comes last on the page, and so among what is to be mended.
        fields["label"] = SelectField(_("Kenmerk"), validate_choice=False)
        form_class = type("FormOfTemplate", (cls,), fields)
        form: DocumentForm = (
            form_class() if stored is None else form_class(formdata=None, data={**_flat(stored), "seen": seen})
        )
        form.template, form.counts = template, counts
        form._mark_required()
        return form

    def offer(self, labels: Iterable[DocumentLabel]) -> None:
        """Let one of these labels be chosen; none is beforehand."""
        self.label.flags.required = True
        self.label.choices = [
            SelectChoice("", gettext("Kies een kenmerk")),
            *(SelectChoice(str(label.id), label_words(label)) for label in labels),
        ]

    def answers(self) -> Answers:
        """What was typed."""
        fields = {part.name: typed(self[part.name]) for part in self.template.parts if isinstance(part, Asked)}
        rows = {
            part.name: [
                {column.name: typed(self[_name(part, number, column)]) for column in part.columns}
                for number in range(self.counts[part.name])
            ]
            for part in self.template.parts
            if isinstance(part, Rows)
        }
        return Answers(fields, rows)

    def rows_of(self, part: Rows) -> list[list[Field]]:
        """The fields of each row."""
        return [
            [self[_name(part, number, column)] for column in part.columns] for number in range(self.counts[part.name])
        ]

    def place(self, faults: Mapping[str, Fault]) -> None:
        """Put what is wrong beside its field; that there is no row at all beside the first field of the first."""
        firsts = {part.name: _name(part, 0, part.columns[0]) for part in self.template.parts if isinstance(part, Rows)}
        for where, fault in faults.items():
            field = self[firsts.get(where, where.replace(".", "-"))]
            field.errors = [*field.errors, fault_words(fault)]

    def _mark_required(self) -> None:
        for part in self.template.parts:
            if isinstance(part, Asked):
                self[part.name].flags.required = part.is_required


class MailForm(PortalForm):
    """*E-mailen* (DOC-14)."""

    to = StringField(_("Naar"))
    cc = StringField(_("CC"))
    bcc = StringField(_("BCC"))
    subject = StringField(_("Onderwerp"))
    text = TextAreaField(_("Bericht"))
    others = SelectMultipleField(
        _("Document toevoegen"),
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def offer(self, documents: Iterable[tuple[str, str]]) -> None:
        """Let these documents go along, each with its name; what no mail can do without is asked for."""
        for field in (self.to, self.subject, self.text):
            field.flags.required = True
        self.others.choices = [SelectChoice(value, name) for value, name in documents]

    def place(self, faults: Mapping[str, Fault]) -> None:
        """Put what is wrong beside its field."""
        for name, fault in faults.items():
            self[name].errors = [*self[name].errors, fault_words(fault)]


def fault_words(fault: Fault) -> str:
    """What is wrong, and what would be right."""
    what = gettext(fault.what, **fault.parameters)
    return f"{what} {gettext(fault.advice)}" if fault.advice else str(what)


def _count(part: Rows, stored: Answers | None, more: str) -> int:
    if stored is not None:
        count = len(stored.rows.get(part.name, ())) + ROOM
    else:
        pattern = re.compile(rf"{part.name}-(\d{{1,3}})-[a-z_]+")
        found = (pattern.fullmatch(name) for name in request.form)
        count = max((int(match[1]) + 1 for match in found if match), default=ROOM)
        count += MORE_ROWS if more == part.name else 0
    # Room for one row too many, so that it can be told and nothing is lost.
    return min(max(count, part.least, 1), MOST_ROWS + ROOM)


def _fields(part: Asked | Rows, counts: Mapping[str, int]) -> Iterable[tuple[str, Any]]:
    if isinstance(part, Asked):
        yield part.name, _field(part, gettext(part.label))
        return
    for number in range(counts[part.name]):
        for column in part.columns:
            label = gettext("%(column)s, regel %(number)s", column=gettext(column.label), number=number + 1)
            yield _name(part, number, column), _field(column, label)


def _field(asked: Asked, label: str) -> Any:
    if asked.kind is FieldKind.TEXT:
        return TextAreaField(label, filters=[_with_plain_lines])
    if asked.kind is FieldKind.CHOICE:
        choices = [SelectChoice("", gettext("Kies")), *(SelectChoice(each, gettext(each)) for each in asked.choices)]
        return SelectField(label, choices=choices, validate_choice=False)
    return StringField(label)


def _with_plain_lines(text: object) -> object:
    """The text with its lines as they are kept: browsers send another end of a line."""
    return text.replace("\r\n", "\n") if isinstance(text, str) else text


def _name(part: Rows, number: int, column: Asked) -> str:
    return f"{part.name}-{number}-{column.name}"


def _flat(answers: Answers) -> dict[str, str]:
    rows = {
        f"{name}-{number}-{column}": value
        for name, found in answers.rows.items()
        for number, row in enumerate(found)
        for column, value in row.items()
    }
    return {**answers.fields, **rows}
