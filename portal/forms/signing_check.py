"""The form that takes a signed document and its evidence to be checked."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired

from portal.forms.base import PortalForm


class SigningCheckForm(PortalForm):
    """A signed PDF and, where there is one, its evidence."""

    document = FileField(_("Ondertekend document"), [FileRequired(_("Kies het ondertekende document, een PDF."))])
    evidence = FileField(_("Ondertekenbewijs"))
