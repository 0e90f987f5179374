"""Documents that are made from forms and sent by mail, and the labels that they have (DOC-10..DOC-18)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.census.canaries import Kind
from tests.census.route import SERVICE, Route

OF_BOTH = ("document_forms.", "document_mail.")
OF_SERVICES = ("document_labels.",)
MAKERS = frozenset({"werkgever", "leidinggevende"}) | SERVICE
MAILERS = frozenset({"werkgever"}) | SERVICE
LABELLERS = frozenset({"klantbeheer"})
LABEL = {"name": "Casus", "dossier": "werknemer", "audience": "service"}

PLAN = {
    "employee": "Zqvx", "employer": "Zqvx", "case_manager": "Zqvx", "first_day": "02-03-2026",
    "analysis_day": "10-04-2026", "possibilities": "Zqvx", "goal": "Terug in het eigen werk", "contact": "Zqvx",
    "evaluation_day": "22-05-2026", "agreements-0-who": "Zqvx", "agreements-0-what": "Zqvx",
    "agreements-0-when": "Zqvx",
}  # fmt: skip
MAIL = {"to": "zqvx@example.org", "subject": "Zqvx", "text": "Zqvx"}

ROUTES: Mapping[tuple[str, str], Route] = {
    ("document_forms.choose", "GET"): Route(MAKERS, needs_key=True),
    ("document_forms.show_new", "GET"): Route(MAKERS, needs_key=True, shows=Kind.PERSON),
    ("document_forms.add", "POST"): Route(MAKERS, needs_key=True, values={**PLAN, "label": "{label}"}),
    ("document_forms.show_change", "GET"): Route(MAKERS, needs_key=True, shows=Kind.PERSON),
    ("document_forms.change", "POST"): Route(MAKERS, needs_key=True, values={**PLAN, "seen": "1"}),
    ("document_forms.download_word", "GET"): Route(MAKERS, needs_key=True),
    ("document_mail.show", "GET"): Route(MAILERS, needs_key=True, shows=Kind.PERSON),
    ("document_mail.send", "POST"): Route(MAILERS, needs_key=True, values=MAIL),
    ("document_labels.show", "GET"): Route(LABELLERS),
    ("document_labels.show_new", "GET"): Route(LABELLERS),
    ("document_labels.add", "POST"): Route(LABELLERS, values=LABEL),
    ("document_labels.show_one", "GET"): Route(LABELLERS),
    ("document_labels.change", "POST"): Route(LABELLERS, values=LABEL),
    ("document_labels.show_retiring", "GET"): Route(LABELLERS),
    ("document_labels.retire", "POST"): Route(LABELLERS),
    ("document_labels.restore", "POST"): Route(LABELLERS),
}
