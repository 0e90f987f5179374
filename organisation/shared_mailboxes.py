"""Mail addresses by which more people than one are reached (L-36, D-rule 54)."""

from __future__ import annotations

import re
import uuid

from sqlalchemy import select

from accounts.errors import MalformedAddress
from accounts.models import AccountState, Person
from accounts.people import email_lookup, normalise_email
from database.session import Session

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


def is_of_another(session: Session, email: str, organisation_id: uuid.UUID, person_id: uuid.UUID | None = None) -> bool:
    """Tell whether a user of the same organisation, other than this person, is reached at an address; not who.

    Of another organisation nothing is told: an account there is none of an administrator's business.
    """
    try:
        address = normalise_email(email)
    except MalformedAddress:
        return False
    other = select(Person.id).where(
        Person.email_lookup == email_lookup(session, address),
        Person.organisation_id == organisation_id,
        Person.state != AccountState.INACTIVE.value,
    )
    if person_id is not None:
        other = other.where(Person.id != person_id)
    return session.scalar(other.limit(1)) is not None
