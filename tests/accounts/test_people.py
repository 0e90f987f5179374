"""People and their addresses: sealed, bound to one person, in one form."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.errors import LoginNameIsAddress, LoginNameTaken
from accounts.models import Person
from accounts.people import create_person, email_of, normalise_email, person_by_id, person_by_login_name
from accounts.terms import TERMS_VERSION, accept_terms, has_accepted
from audit.actions import Action
from audit.models import AuditEntry
from crypto.errors import UnsealError
from database.session import Session
from keys.errors import NotFound
from tests import people
from tests.people import ACCESS_POINT

ORGANISATION = UUID(int=11)


def add(session: Session, login_name: str) -> Person:
    """Add someone who is invited."""
    return create_person(
        session,
        organisation_id=ORGANISATION,
        login_name=login_name,
        display_name=login_name,
        email=f"{login_name}@example.org",
    )


def test_an_address_moved_to_another_person_does_not_open(session: Session) -> None:
    """Who can write the database can't have somebody else's mail sent to an address of his own."""
    anna, dirk = add(session, "anna"), add(session, "dirk")
    anna.email_sealed = dirk.email_sealed

    assert email_of(session, dirk) == "dirk@example.org"
    with pytest.raises(UnsealError):
        email_of(session, anna)


def test_one_address_has_one_code_however_it_was_typed(session: Session) -> None:
    assert normalise_email(" Anna@Example.ORG") == "anna@example.org"
    assert normalise_email("anna@bücher.example.org") == "anna@xn--bcher-kva.example.org"
    assert add(session, "anna").email_lookup != add(session, "dirk").email_lookup


def test_a_login_name_is_one_persons_however_it_is_typed(session: Session) -> None:
    anna = add(session, "anna")

    assert person_by_login_name(session, " AnnA") is anna
    assert person_by_login_name(session, "annaa") is None
    with pytest.raises(LoginNameTaken):
        add(session, "ANNA")


def test_a_login_name_is_no_mail_address_whoever_has_that_address(session: Session) -> None:
    """It would shut out whoever logs in by that address, and must not tell of that person either."""
    with pytest.raises(LoginNameIsAddress):
        add(session, "eva@example.org")


def test_a_person_who_does_not_exist_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        person_by_id(session, UUID(int=404))


def test_accepting_the_terms_is_kept_with_version_and_moment_and_logged(session: Session) -> None:
    """L-33; a new version asks for everyone's consent again."""
    anna = people.sign_up(session, ORGANISATION, "Anna").person
    assert (anna.terms_version, anna.terms_accepted_at) == (TERMS_VERSION, session.source.now())
    assert not has_accepted(anna, "own-1")

    accept_terms(session, anna.id, "own-1", access_point=ACCESS_POINT)

    assert has_accepted(anna, "own-1")
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.TERMS_ACCEPT)).all()
    assert {entry.details["version"] for entry in entries} == {TERMS_VERSION, "own-1"}
