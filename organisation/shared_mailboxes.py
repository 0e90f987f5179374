"""Mail addresses by which more people than one are reached (L-36, D-rule 54)."""

from __future__ import annotations

import re

_OF_MANY = """
    aanmelden admin administratie afdeling algemeen arbo backoffice balie bedrijfsbureau boekhouding contact debiteuren
    directie facturatie facturen factuur financien frontoffice helpdesk hr hrm info inkoop inkomend kantoor
    klantenservice loonadministratie mail management medewerkers noreply office personeel personeelszaken planning post
    postbus pz receptie reception salaris salarisadministratie sales secretariaat service support team verkoop verzuim
    ziekmelding
"""
_WORDS = frozenset(_OF_MANY.split())


def is_shared(email: str) -> bool:
    """Tell whether an address looks like one that more people read: *info@*, *administratie@*, *hr-team@*."""
    words = re.split(r"[^a-z]+", email.strip().lower().partition("@")[0])
    return bool(_WORDS.intersection(words))
