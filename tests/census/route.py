"""What is written down of a route, and the roles of part C by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.census.canaries import Kind

ADVICE = (
    "the route {} is not in tests/census/oracle.py: write there which preset roles may use it (from the rows of "
    "domain.md that it serves, not from its code), what its form sends, and what it shows"
)
PUBLIC, INVITED, PASSWORD, SIGNED_IN = "public", "invited", "password", "signed in"
SETTING_UP = "setting up"

SAME_FOR_EMPLOYER = (
    "authorisations.", "dialogue_tabs.show_of_employer", "document_uploads.add_for_employer",
    "document_uploads.show_for_employer", "documents.search_of_employer", "documents.show_of_employer", "employers.",
    "scopes.", "user_accounts.", "user_groups.", "users.",
)  # fmt: skip
"""Whose page is the same for all departments of an employer."""

ADMINISTRATOR = frozenset({"datakluisbeheerder"})
VAULT = ADMINISTRATOR | {"datakluisgebruiker"}
WRITERS = ADMINISTRATOR | {"werkgever"}
LISTERS = VAULT | {"werkgever", "leidinggevende"}
SERVICE = frozenset({"klantbeheer", "casemanager_arbo"})
ASKERS = frozenset({"casemanager_arbo"})
LOGGERS = ADMINISTRATOR | {"privacyfunctionaris"}
KEY_GIVERS = ADMINISTRATOR | SERVICE
BSN = frozenset({"bsn_inzage"})
EVERYBODY = LISTERS | SERVICE | LOGGERS


@dataclass(frozen=True)
class Route:
    """What is true of a route.

    Attributes:
        presets: the roles that may use it; of `stage` other than "" everybody at that stage may.
        values: what a form sends; `{employee}` and the like stand for ids of the world (`walking.Walker`).
        shows: what somebody allowed sees there of the own side.
        needs_key: it is refused, or says why, to somebody without the key of the vault or service.
        needs_colleague: it is refused to the only one who can (D-rule 18).
        sheet: it is only for whom a recovery sheet of the town is "named" after, or by whom it was "made".
        whole: only for somebody who sees the whole organisation.
        pairs: it shows with whom of the other side of an agreement somebody can talk (D-07).
        is_wrong: what is sent can't be right, of which whoever may use it is told.
        others: further addresses or values to try, each with ids of all sorts.
    """

    presets: frozenset[str] = frozenset()
    stage: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    shows: Kind | None = None
    needs_key: bool = False
    needs_colleague: bool = False
    sheet: str = ""
    whole: bool = False
    pairs: bool = False
    is_wrong: bool = False
    queries: tuple[str, ...] = ()
    others: tuple[Mapping[str, str], ...] = ()
