"""*Inzage geven*, for vault users; and what an employee sees of the own data, which nobody of the town is (LOG10)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.canaries import Kind
from tests.census.route import VAULT, Route

EMPLOYEE = frozenset({"werknemer"})

ROUTES: Mapping[tuple[str, str], Route] = {
    ("own_data_links.show", "GET"): Route(VAULT, shows=Kind.PERSON, needs_key=True),
    # Nobody of the town's employees has joined a dialogue, so that there is nothing to link or to end.
    ("own_data_links.link", "POST"): Route(VAULT, needs_key=True, is_wrong=True),
    ("own_data_links.show_end", "GET"): Route(VAULT, needs_key=True),
    ("own_data_links.end", "POST"): Route(VAULT, needs_key=True),
    ("own_data.show", "GET"): Route(EMPLOYEE),
    ("own_data.show_bsn", "POST"): Route(EMPLOYEE),
    ("own_data.show_correction", "GET"): Route(EMPLOYEE),
    ("own_data.correct", "POST"): Route(EMPLOYEE, values={"text": "Mijn huisnummer is 14."}),
    ("own_data.download_json", "GET"): Route(EMPLOYEE),
    ("own_data.download_pdf", "GET"): Route(EMPLOYEE),
    ("own_documents.show", "GET"): Route(EMPLOYEE),
    ("own_documents.download", "GET"): Route(EMPLOYEE),
    ("own_log.show", "GET"): Route(EMPLOYEE),
    ("own_log.download", "GET"): Route(EMPLOYEE),
}
