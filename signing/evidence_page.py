"""The evidence as a PDF for people (*ondertekenbewijs*): PDF/A-3a, with the record itself attached (signing.md 9.4)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from documents.typesetting import Standards, typeset
from signing.evidence import WholeRecord
from signing.record_schema import encode_record, moment_of
from signing.signed_words import local_moment

SOURCE = Path(__file__).resolve().parent.parent / "templates" / "signing" / "evidence.typ"
STANDARDS: Standards = ("a-3a", "ua-1")
"""Made to last and to be read by everybody, and of the kinds that last the one that may have something attached."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def draw_evidence(record: WholeRecord) -> bytes:
    """Return the PDF; the same record gives the same bytes. What people are called is data in it, never source.

    Raises `RecordMalformed` for a record that is not whole.
    """
    # As numbers, the record is attached to the letter, also where the page can't show one of its letters.
    content = {"shown": _as_shown(record), "attached": list(encode_record(record))}
    return typeset(SOURCE, "evidence", content, moment_of(record["made_at"]), STANDARDS)


def _as_shown(content: Any) -> Any:
    """The same with the moments as a clock on the wall showed them."""
    if isinstance(content, str):
        return local_moment(moment_of(content)) if _MOMENT.fullmatch(content) else content
    if isinstance(content, dict):
        return {name: _as_shown(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_as_shown(value) for value in content]
    return content
