"""The words that a form with an employment offers to choose from (E-07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounts.actor import Actor
from organisation.employments import known_words
from portal.forms.employment_fields import KINDS
from portal.transactions import database


def word_lists(actor: Actor) -> Mapping[str, Sequence[str]]:
    """Return for each list of a form what stands in it already, by the id that its fields refer to."""
    known = known_words(database(), actor)
    return {
        "sites": known.sites,
        "function_groups": known.function_groups,
        "functions": known.functions,
        "kinds": tuple(dict.fromkeys((*KINDS, *known.kinds))),
    }
