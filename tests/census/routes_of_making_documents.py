"""Documents that are made from forms and sent by mail, and the labels that they have (DOC-10..DOC-18)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.route import Route

OF_SERVICES = ("document_labels.",)
LABELLERS = frozenset({"klantbeheer"})
LABEL = {"name": "Casus", "dossier": "werknemer", "audience": "service"}

ROUTES: Mapping[tuple[str, str], Route] = {
    ("document_labels.show", "GET"): Route(LABELLERS),
    ("document_labels.show_new", "GET"): Route(LABELLERS),
    ("document_labels.add", "POST"): Route(LABELLERS, values=LABEL),
    ("document_labels.show_one", "GET"): Route(LABELLERS),
    ("document_labels.change", "POST"): Route(LABELLERS, values=LABEL),
    ("document_labels.show_retiring", "GET"): Route(LABELLERS),
    ("document_labels.retire", "POST"): Route(LABELLERS),
}
