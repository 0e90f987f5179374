"""Whom one may invite: from one's own view, and across an agreement only about whom is shared (D-07, D-rule 23)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.actor import Scope
from accounts.errors import PermissionDenied
from audit.models import AuditEntry, AuditSubject
from dialogs.candidates import Candidates, candidates
from dialogs.choosing import NewParticipant
from dialogs.errors import InvalidDialogue, NotFound
from dialogs.models import ParticipantKind
from organisation.contact_persons import Contact, add_contact
from organisation.memberships import give_role
from tests.dialogs.talk import Talk
from tests.organisation.substituting import RIGHT, register
from vault.errors import NotShared
from vault.intake import take_in_shares


@pytest.fixture
def eva(talk: Talk) -> UUID:
    """An employee of Bakkerij Mulder."""
    return talk.world.employ("MS003", "Yılmaz")


def names(found: Candidates) -> set[str]:
    return {candidate.name for candidate in found.users}


def of(talk: Talk, by: str, **about: UUID | None) -> Candidates:
    return candidates(talk.session, talk.world.actor(by), **about)


def test_without_a_subject_it_is_the_colleagues_in_view_who_take_part_in_dialogues(talk: Talk) -> None:
    talk.world.hire("Petra", talk.world.employer, "privacyfunctionaris")
    assert names(of(talk, "Anna")) == {"Hans", "Ilse"}
    assert of(talk, "Anna").employee is None
    assert names(of(talk, "Bram")) == set()
    with pytest.raises(PermissionDenied):
        of(talk, "Petra")


def test_about_an_employee_only_who_sees_that_employee(talk: Talk, eva: UUID) -> None:
    talk.world.hire_vault_user("Frits", "datakluisgebruiker", "werkgever", scope=talk.world.scope("Oven"))
    assert "Frits" in names(of(talk, "Anna"))
    assert names(of(talk, "Anna", employee_id=eva)) == {"Hans", "Ilse"}
    with pytest.raises(NotFound):
        of(talk, "Frits", employee_id=eva)
    with pytest.raises(NotFound):
        talk.start("Anna", "Frits", employee_id=eva)


def test_the_other_side_is_there_once_the_employee_is_shared_and_no_other_employer_ever(talk: Talk, eva: UUID) -> None:
    talk.world.hire_arbo("Cor")
    assert "Carla" not in names(of(talk, "Anna", employee_id=eva))
    with pytest.raises(NotShared):
        of(talk, "Carla", employee_id=eva)
    with pytest.raises(NotShared):
        talk.start("Carla", "Cor", employee_id=eva)

    talk.world.share(eva)
    take_in_shares(talk.session, talk.world.actor("Carla"))
    assert names(of(talk, "Anna", employee_id=eva)) == {"Hans", "Ilse", "Carla", "Cor"}
    assert names(of(talk, "Carla", employee_id=eva)) == {"Cor", "Anna", "Hans", "Ilse"}
    for stranger in ("Dirk", "Bram"):
        with pytest.raises(NotFound):
            of(talk, stranger, employee_id=eva)
    dialogue = talk.start("Carla", "Anna", employee_id=eva)
    assert talk.texts("Anna", dialogue) == ["Wie kan er op zaterdag?"]


def test_who_may_not_know_of_shares_learns_nothing_of_them(talk: Talk, eva: UUID) -> None:
    talk.world.share(eva)
    talk.world.hire("Gerda", talk.world.employer, "leidinggevende")
    assert not names(of(talk, "Gerda", employee_id=eva)) & {"Carla"}
    assert of(talk, "Gerda", employee_id=eva).employee is None


def test_about_an_employer_it_is_who_works_there_and_who_sees_it(talk: Talk) -> None:
    employer = talk.world.employer.id
    talk.world.hire_arbo("Cor", scope=Scope(False, frozenset({talk.world.garage.id})))
    assert names(of(talk, "Carla", employer_id=employer)) == {"Cor", "Anna", "Hans", "Ilse"}
    assert names(of(talk, "Anna", employer_id=employer)) == {"Hans", "Ilse", "Carla"}
    for stranger in ("Dirk", "Bram"):
        with pytest.raises(NotFound):
            of(talk, stranger, employer_id=employer)
    with pytest.raises(NotFound):
        of(talk, "Carla", employer_id=talk.world.other_employer.id)


def test_the_employee_and_contact_persons_come_with_what_the_record_has_of_them(talk: Talk, eva: UUID) -> None:
    found = of(talk, "Anna", employee_id=eva).employee
    assert found is not None
    assert (found.name, found.has_email, found.has_phone) == ("Eva Yılmaz", True, True)
    assert found.phone == "+31612345678"
    subject = select(AuditEntry).join(AuditSubject, AuditSubject.entry_id == AuditEntry.id)
    entries = talk.session.scalars(subject.where(AuditSubject.subject_id == eva)).all()
    assert entries[-1].action == "employee:read"
    assert "Eva" not in repr(found)


def test_who_is_a_contact_person_as_well_is_not_offered_to_himself(talk: Talk) -> None:
    carla, employer = talk.world.actor("Carla"), talk.world.employer.id
    for name, email in (("Anna de Boer", "Anna@example.org"), ("Wil de Wit", "wil@example.org")):
        add_contact(talk.session, employer, None, Contact(name, "HR", "+31600000002", email), carla)

    def offered(by: str) -> set[str]:
        return {candidate.name for candidate in of(talk, by, employer_id=employer).contact_persons}

    assert offered("Anna") == {"Wil de Wit"}
    assert offered("Hans") == {"Anna de Boer", "Wil de Wit"}


def test_two_who_are_invited_have_each_an_address_of_their_own(talk: Talk, eva: UUID) -> None:
    """Of two at one address the second could take part only with the account of the first."""
    carla, employer = talk.world.actor("Carla"), talk.world.employer.id
    wil = add_contact(talk.session, employer, None, Contact("Wil", "HR", None, "eva@bakkerij.example"), carla)
    employee = NewParticipant(ParticipantKind.EMPLOYEE, eva)
    contact = NewParticipant(ParticipantKind.CONTACT_PERSON, wil.id)
    with pytest.raises(InvalidDialogue) as refusal:
        talk.start("Anna", employee, contact, employee_id=eva)
    assert [fault.field for fault in refusal.value.faults] == [f"email {wil.id}"]
    dialogue = talk.start("Anna", employee, employee_id=eva)
    with pytest.raises(InvalidDialogue) as refusal:
        talk.add("Anna", dialogue, contact)
    assert [fault.field for fault in refusal.value.faults] == [f"email {wil.id}"]


def test_a_contact_person_is_invited_at_what_is_known_and_asked_for_the_rest(talk: Talk, eva: UUID) -> None:
    """signing.md 7.2: the number of the record where it has one; a fixed line gets no SMS."""
    carla, employer = talk.world.actor("Carla"), talk.world.employer.id
    for name, phone, email in (("Wil de Wit", "+31600000002", "wil@example.org"), ("Pien Post", "0301234567", None)):
        add_contact(talk.session, employer, None, Contact(name, "HR", phone, email), carla)
    found = {candidate.name: candidate for candidate in of(talk, "Anna", employee_id=eva).contact_persons}
    assert (found["Wil de Wit"].has_email, found["Wil de Wit"].has_phone) == (True, True)
    assert (found["Pien Post"].has_email, found["Pien Post"].has_phone) == (False, False)

    pien = found["Pien Post"].id
    with pytest.raises(InvalidDialogue) as refusal:
        talk.start(
            "Anna", NewParticipant(ParticipantKind.CONTACT_PERSON, pien, "geen adres", "030 1234567"), employee_id=eva
        )
    assert [fault.field for fault in refusal.value.faults] == [f"phone {pien}", f"email {pien}"]


def test_a_substitute_is_offered_and_taken_in_for_all_to_see(talk: Talk, eva: UUID) -> None:
    """Settled in domain.md: added as a visible participant, never silently (D-rule 28)."""
    give_role(talk.session, talk.world.people["Anna"].id, RIGHT, talk.world.actor("Anna").who)
    talk.world.hire_vault_user("Frits", "datakluisgebruiker", "werkgever", scope=talk.world.scope("Oven"))
    dialogue = talk.start("Anna", "Hans", employee_id=eva)
    register(talk.world, "Hans", "Frits", by="Anna")
    assert talk.open_to("Frits") == set()
    with pytest.raises(NotFound):
        talk.read("Frits", dialogue)

    (offered,) = [one for one in talk.addable("Anna", dialogue).users if one.substitutes_for]
    assert (offered.name, offered.substitutes_for) == ("Frits", talk.place("Hans", dialogue).id)
    added = talk.add("Anna", dialogue, "Frits")
    assert added.substitutes_for == talk.place("Hans", dialogue).id
    assert {"Frits"} <= {person.name for person in talk.read("Hans", dialogue).participants}
