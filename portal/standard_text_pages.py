"""The pages of standard texts, which are the same for those of the organisation and for one's own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from dialogs.standard_texts import LONGEST_TEXT, change_text, find_text, remove_text, write_text
from organisation.errors import InvalidValues
from portal.forms.faults import place_faults
from portal.forms.standard_texts import StandardTextForm
from portal.transactions import database


@dataclass(frozen=True)
class TextPages:
    """Where the texts stand that are `shared` in an organisation, or those of one user; `view` is the blueprint."""

    view: str
    shared: bool

    def show_new(self) -> str:
        """The form of a new text."""
        return self._form_page(StandardTextForm(), None)

    def add(self, actor: Actor) -> ResponseReturnValue:
        """Keep a new text."""
        form = StandardTextForm()
        if not form.validate_on_submit() or not self._kept(form, None, actor):
            return self._form_page(form, None), 422
        return self._back(_("De standaardtekst is opgeslagen."))

    def show_one(self, text_id: UUID, actor: Actor) -> str:
        """The form of a text that is there. Raises `NotFound`."""
        line = find_text(database(), text_id, actor, shared=self.shared)
        return self._form_page(StandardTextForm(title=line.content.title, text=line.content.text), text_id)

    def change(self, text_id: UUID, actor: Actor) -> ResponseReturnValue:
        """Change a text. Raises `NotFound`."""
        find_text(database(), text_id, actor, shared=self.shared)
        form = StandardTextForm()
        if not form.validate_on_submit() or not self._kept(form, text_id, actor):
            return self._form_page(form, text_id), 422
        return self._back(_("De standaardtekst is gewijzigd."))

    def show_removal(self, text_id: UUID, actor: Actor) -> str:
        """Ask once whether a text may go. Raises `NotFound`."""
        line = find_text(database(), text_id, actor, shared=self.shared)
        return render_template("standard_texts/remove.html", line=line, **self._frame())

    def remove(self, text_id: UUID, actor: Actor) -> ResponseReturnValue:
        """Remove a text for good. Raises `NotFound`."""
        remove_text(database(), text_id, actor, shared=self.shared)
        return self._back(_("De standaardtekst is verwijderd."))

    def _kept(self, form: StandardTextForm, text_id: UUID | None, actor: Actor) -> bool:
        try:
            if text_id is None:
                write_text(database(), form.content(), actor, shared=self.shared)
            else:
                change_text(database(), text_id, form.content(), actor, shared=self.shared)
        except InvalidValues as refusal:
            place_faults(form, refusal.faults)
            return False
        return True

    def _form_page(self, form: StandardTextForm, text_id: UUID | None) -> str:
        return render_template(
            "standard_texts/form.html", form=form, text_id=text_id, longest=LONGEST_TEXT, **self._frame()
        )

    def _frame(self) -> dict[str, object]:
        return {"shared": self.shared, "view": self.view, "back": url_for(f"{self.view}.show")}

    def _back(self, message: str) -> ResponseReturnValue:
        flash(message, "success")
        return redirect(url_for(f"{self.view}.show"), 303)
