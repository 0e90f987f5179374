"""What can be done with a document: the menu *Acties* of its page (DOC-13). Each is refused by its own verb as well."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from documents.models import Audience, Document, DocumentState
from documents.versions import VersionLine


def actions_of(document: Document, versions: tuple[VersionLine, ...], actor: Actor) -> list[dict[str, object]]:
    """The entries of the menu, for what the actor may and the document lets be done."""
    may_edit = Permission.DOCUMENT_EDIT in actor.permissions
    may_decide = may_edit and document.organisation_id == actor.organisation_id
    may_mail = Permission.DOCUMENT_MAIL in actor.permissions and document.audience != Audience.MEDICAL
    has_form = document.template is not None
    is_signed = any(version.state is DocumentState.SIGNED for version in versions)
    entries = (
        (may_edit and has_form, _("Ingevulde gegevens bewerken"), "document_forms.show_change", "pencil"),
        (may_edit, _("Naam wijzigen"), "document_changes.show_name", "pencil"),
        (may_edit, _("Nieuwe versie uploaden"), "document_changes.show_version", "upload"),
        (has_form, _("Downloaden als Word"), "document_forms.download_word", "download"),
        (may_mail, _("E-mailen"), "document_mail.show", "envelope"),
        (may_decide, _("Kenmerk bewerken"), "document_changes.show_label", "key"),
        (may_decide and not is_signed, _("Verwijderen"), "document_changes.show_removal", "trash"),
    )
    return [
        {"label": label, "url": url_for(endpoint, document_id=document.id), "icon": icon}
        for offered, label, endpoint, icon in entries
        if offered
    ]
