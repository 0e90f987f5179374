"""Documents in the words of the screens (DOC-02, DOC-04, DOC-09, G-02)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from documents.listing import DocumentLine
from documents.models import Audience, DocumentKind, DocumentLabel, DocumentState
from documents.relabelling import KeyHolder
from keys.models import HolderKind

KINDS: Mapping[DocumentKind, Any] = {
    DocumentKind.GENERATED: _("Datakluis documenten"),
    DocumentKind.IMPORTED: _("Geïmporteerde documenten"),
    DocumentKind.CALL_LETTER: _("Oproepbrieven"),
    DocumentKind.OVERVIEW: _("Overzichtsdocumenten"),
    DocumentKind.EVIDENCE: _("Ondertekenbewijzen"),
}
STATES: Mapping[DocumentState, Any] = {
    DocumentState.FINAL: _("Definitief"),
    DocumentState.SIGNED: _("Definitief - Ondertekend"),
}


def state_words(line: DocumentLine) -> str:
    """*Definitief 2*: the state of a document with the number of its newest version (DOC-12)."""
    return str(gettext("%(state)s %(version)s", state=STATES[line.state], version=line.version))


def label_words(label: DocumentLabel) -> str:
    """A label with who sees what has it, to choose from."""
    if label.audience == Audience.MEDICAL:
        return str(gettext("%(label)s (alleen de medische kring)", label=label.name))
    if label.audience == Audience.SERVICE:
        return str(gettext("%(label)s (alleen de arbodienst)", label=label.name))
    if label.audience == Audience.EMPLOYER:
        return str(gettext("%(label)s (alleen de werkgever)", label=label.name))
    return str(gettext("%(label)s (werkgever en arbodienst)", label=label.name))


def side_words(side: KeyHolder) -> str:
    """Whoever gains or loses the key of a document."""
    if side.kind is HolderKind.MEDICAL:
        return str(gettext("De medische kring van %(organisation)s", organisation=side.organisation))
    if side.kind is HolderKind.VAULT:
        return str(gettext("De datakluisgebruikers van %(organisation)s", organisation=side.organisation))
    return str(gettext("De medewerkers van %(organisation)s", organisation=side.organisation))
