"""The form that takes a file with employees (X-22)."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired

from portal.forms.base import PortalForm
from vault.importing.errors import FileRefused


class UploadForm(PortalForm):
    """A file; what it is, its content says, not its name."""

    file = FileField(_("Bestand met werknemers"), [FileRequired(_("Kies een .xlsx- of .csv-bestand"))])

    def refuse(self, refusal: FileRefused) -> None:
        """Show beside the field what is wrong with the file and what to do."""
        sentences = gettext(refusal.what, **refusal.parameters), gettext(refusal.advice)
        self.file.errors = [*self.file.errors, " ".join(sentences)]
