"""What can be done with a document: the menu *Acties* of its page (DOC-13). Each is refused by its own verb as well."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from documents.models import Document, DocumentState
from documents.versions import VersionLine


def actions_of(document: Document, versions: tuple[VersionLine, ...], actor: Actor) -> list[dict[str, object]]:
    """The entries of the menu, for what the actor may and the document lets be done."""
    if Permission.DOCUMENT_EDIT not in actor.permissions:
        return []
    is_own = document.organisation_id == actor.organisation_id
    is_signed = any(version.state is DocumentState.SIGNED for version in versions)
    entries = (
        (True, _("Naam wijzigen"), "document_changes.show_name", "pencil"),
        (True, _("Nieuwe versie uploaden"), "document_changes.show_version", "upload"),
        (is_own, _("Kenmerk bewerken"), "document_changes.show_label", "key"),
        (is_own and not is_signed, _("Verwijderen"), "document_changes.show_removal", "trash"),
    )
    return [
        {"label": label, "url": url_for(endpoint, document_id=document.id), "icon": icon}
        for offered, label, endpoint, icon in entries
        if offered
    ]
