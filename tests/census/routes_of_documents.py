"""*Trajectendossier* (C.1: read, upload; C.2: generated documents, upload, edit; DOC-01..DOC-23)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.canaries import Kind
from tests.census.route import SERVICE, Route

OF_BOTH = (
    "document_changes.", "document_pages.", "document_uploads.", "documents.search_of_employer",
    "documents.show_of_employer",
)  # fmt: skip
OF_SERVICES = ("documents.search_of_dossier", "documents.show_of_dossier")

OF_EMPLOYER = frozenset({"werkgever", "leidinggevende"})
READERS = OF_EMPLOYER | SERVICE
UPLOADERS = frozenset({"werkgever"}) | SERVICE
WORDS = {"words": "Zqvx"}
FILTERS = ("kenmerk={label}&soort=imported&status=final",)
PERSON = {"personnel_number": "{number}", "last_name": "", "birth_date": ""}
UPLOAD = {"label": "{label}", "save_as": "los"}
RELABEL = {"label": "{label}", "confirmed": "{label}"}


def _document(shows: Kind | None = Kind.PERSON, **values: str) -> Route:
    return Route(READERS, needs_key=True, shows=shows, values=values)


ROUTES: Mapping[tuple[str, str], Route] = {
    ("documents.show_of_employee", "GET"): Route(OF_EMPLOYER, shows=Kind.PERSON, queries=FILTERS),
    ("documents.search_of_employee", "POST"): Route(OF_EMPLOYER, shows=Kind.PERSON, values=WORDS),
    ("documents.show_of_dossier", "GET"): Route(SERVICE, shows=Kind.PERSON, needs_key=True, queries=FILTERS),
    ("documents.search_of_dossier", "POST"): Route(SERVICE, shows=Kind.PERSON, needs_key=True, values=WORDS),
    ("documents.show_of_employer", "GET"): Route(READERS, shows=Kind.ORGANISATION, queries=FILTERS),
    ("documents.search_of_employer", "POST"): Route(READERS, shows=Kind.ORGANISATION, values=WORDS),
    ("document_uploads.show", "GET"): Route(UPLOADERS, needs_key=True, queries=("werkgever={employer}",)),
    ("document_uploads.find", "POST"): Route(
        UPLOADERS, needs_key=True, shows=Kind.PERSON, values=PERSON, others=(PERSON, {"last_name": "{last_name}"})
    ),
    ("document_uploads.show_for_employee", "GET"): Route(UPLOADERS, needs_key=True),
    ("document_uploads.show_for_employer", "GET"): Route(UPLOADERS, needs_key=True),
    ("document_uploads.add_for_employee", "POST"): Route(UPLOADERS, needs_key=True, values=UPLOAD),
    ("document_uploads.add_for_employer", "POST"): Route(
        UPLOADERS, needs_key=True, values={**UPLOAD, "label": "{label_of_employer}"}
    ),
    ("document_pages.show", "GET"): Route(READERS, needs_key=True, shows=Kind.PERSON, queries=("versie=2",)),
    ("document_pages.download", "GET"): Route(READERS, needs_key=True),
    ("document_pages.show_page", "GET"): Route(READERS, needs_key=True),
    ("document_pages.show_picture", "GET"): Route(READERS, needs_key=True),
    ("document_changes.show_name", "GET"): _document(),
    ("document_changes.rename", "POST"): _document(None, name="Anders"),
    ("document_changes.show_version", "GET"): _document(None),
    ("document_changes.add_version", "POST"): _document(None),
    ("document_changes.show_label", "GET"): _document(),
    ("document_changes.relabel", "POST"): _document(None, label="{other_label}", confirmed="{other_label}"),
    ("document_changes.show_removal", "GET"): _document(),
    ("document_changes.remove", "POST"): _document(None),
}
