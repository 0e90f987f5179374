"""From what a verb refuses to a sentence beside the field."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext
from wtforms import Form

from organisation.errors import FieldFault


def place_faults(form: Form, faults: Iterable[FieldFault]) -> None:
    """Put each fault beside the field of that name."""
    for fault in faults:
        form[fault.field].errors = [*form[fault.field].errors, gettext(fault.message)]
