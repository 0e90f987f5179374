"""What employees do with their data through dialogues: joining as oneself, asking to correct, the own documents."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from accounts.models import AccountState
from accounts.permissions import Permission
from audit.models import AuditEntry
from crypto.source import SeededSource
from delivery.models import OutgoingMessage
from dialogs.choosing import Chosen, add_participant_row
from dialogs.contents import Entry
from dialogs.corrections import ask_correction
from dialogs.errors import InvalidDialogue, NobodyToAsk, NotFound
from dialogs.models import Dialogue, ParticipantKind, ParticipantState
from dialogs.own_accounts import joined_account
from dialogs.own_documents import list_documents
from dialogs.participants import leave
from dialogs.posting import post_message
from dialogs.reading import read_dialogue
from dialogs.starting import new_dialogue
from organisation.models import EMPLOYEES_ID
from tests.dialogs.files import add_file, intake_in, post_with
from tests.dialogs.talk import BASE_URL, Talk
from tests.vault.employees import hire_employee, link
from tests.vault.test_records import change
from tests.world import details
from vault.access import withdraw_access


@pytest.fixture
def eva(talk: Talk) -> UUID:
    """Eva, with an account and a record at Bakkerij Mulder; the id is that of the record."""
    hire_employee(talk.world)
    return talk.world.employ("MS001", "Yılmaz")


def begun(talk: Talk, employee_id: UUID, by: str = "Anna") -> Dialogue:
    actor = talk.world.actor(by)
    dialogue = new_dialogue(talk.session, uuid4(), actor, employee_id=employee_id, employer_id=None)
    talk.session.add(dialogue)
    talk.session.flush()
    return dialogue


def join(talk: Talk, employee_id: UUID, by: str = "Anna", name: str = "Eva") -> Dialogue:
    """Rows as they are when an employee has joined a dialogue that somebody started."""
    dialogue = begun(talk, employee_id, by)
    entry = Entry("E. Yılmaz", "Werknemer", ParticipantKind.EMPLOYEE.value)
    person_id = talk.world.people[name].id
    chosen = Chosen(entry, ParticipantKind.EMPLOYEE, person_id, employee_id=employee_id)
    add_participant_row(talk.session, dialogue, chosen, from_epoch=1, added_by=dialogue.started_by)
    return dialogue


def ask(
    talk: Talk, employee_id: UUID, text: str = "Mijn huisnummer is 14.", request_id: UUID | None = None
) -> Dialogue:
    return ask_correction(
        talk.session,
        employee_id,
        "Mijn gegevens",
        text,
        request_id or uuid4(),
        talk.world.actor("Eva"),
        base_url=BASE_URL,
    )


def test_an_account_is_known_from_a_dialogue_of_this_employer_only(talk: Talk, eva: UUID) -> None:
    """Design 2.6: one that the employee has elsewhere does not show."""
    world = talk.world
    theirs = world.employ("DV001", "Yılmaz", "Pers", by="Bram")
    world.hire_arbo("Cor")
    join(talk, theirs, by="Bram")
    join(talk, eva, by="Carla")
    assert joined_account(talk.session, eva, world.actor("Anna")) is None
    join(talk, eva)
    found = joined_account(talk.session, eva, world.actor("Anna"))
    assert found is not None
    assert found.person_id == world.people["Eva"].id
    other = world.employ("MS002", "Bakker")
    assert joined_account(talk.session, other, world.actor("Anna")) is None
    for name, employee_id, refusal in (("Bram", eva, NotFound), ("Carla", eva, PermissionDenied)):
        with pytest.raises(refusal):
            joined_account(talk.session, employee_id, world.actor(name))


def test_who_was_invited_only_or_by_other_data_or_whose_account_ended_does_not_count(
    talk: Talk, eva: UUID, source: SeededSource
) -> None:
    """D-08: whoever reads the former address need not be the employee."""
    dialogue = begun(talk, eva)
    entry = Entry("E. Yılmaz", "Werknemer", ParticipantKind.EMPLOYEE.value)
    invited = Chosen(entry, ParticipantKind.EMPLOYEE, employee_id=eva)
    row = add_participant_row(talk.session, dialogue, invited, from_epoch=1, added_by=dialogue.started_by)
    assert row.state == ParticipantState.INVITED
    anna = talk.world.actor("Anna")
    assert joined_account(talk.session, eva, anna) is None
    join(talk, eva)
    assert joined_account(talk.session, eva, anna) is not None
    source.advance(timedelta(minutes=1))
    change(talk.world, eva, details=details(bsn=None, email="anders@bakkerij.example"))
    assert joined_account(talk.session, eva, anna) is None
    join(talk, eva)
    assert joined_account(talk.session, eva, anna) is not None
    talk.world.people["Eva"].person.state = AccountState.INACTIVE.value
    talk.session.flush()
    assert joined_account(talk.session, eva, anna) is None


def test_who_was_taken_out_again_does_not_count(talk: Talk, eva: UUID) -> None:
    """Somebody who turned out to be another is not shown the record; who left by himself is still the employee."""
    dialogue = join(talk, eva)
    place = talk.place("Eva", dialogue)
    found: list[bool] = []
    for state in (ParticipantState.LEFT, ParticipantState.REMOVED):
        place.state, place.ended_at = state.value, talk.session.source.now()
        talk.session.flush()
        found.append(joined_account(talk.session, eva, talk.world.actor("Anna")) is not None)
    assert found == [True, False]


def test_a_correction_goes_to_who_linked_and_is_the_employers(talk: Talk, eva: UUID) -> None:
    link(talk.world, eva, by="Hans")
    request_id = uuid4()
    dialogue = ask(talk, eva, request_id=request_id)
    assert ask(talk, eva, request_id=request_id).id == dialogue.id
    seen = read_dialogue(talk.session, dialogue.id, talk.world.actor("Hans"))
    assert [message.text for message in seen.messages] == ["Mijn huisnummer is 14."]
    assert (seen.subject, seen.employee_id) == ("Mijn gegevens", eva)
    assert {person.kind for person in seen.participants} == {ParticipantKind.EMPLOYEE, ParticipantKind.USER}
    for name in ("Anna", "Ilse", "Carla", "Bram"):
        with pytest.raises(NotFound):
            read_dialogue(talk.session, dialogue.id, talk.world.actor(name))
    logs = talk.session.scalars(select(AuditEntry).where(AuditEntry.action == "dialogue:start")).all()
    assert {entry.organisation_id for entry in logs} == {EMPLOYEES_ID, talk.world.employer.id}
    assert talk.session.scalars(select(OutgoingMessage.kind)).all().count("dialogue_notice") == 1
    assert Permission.DIALOGUE_START not in talk.world.actor("Eva").permissions
    post_message(talk.session, dialogue.id, "Dank u.", (), uuid4(), talk.world.actor("Eva"), base_url=BASE_URL)


def test_who_linked_and_has_left_is_followed_by_another_who_sees_the_employee(talk: Talk, eva: UUID) -> None:
    world = talk.world
    world.hire_vault_user("Aad", "datakluisgebruiker", "werkgever", scope=world.scope("Oven"))
    world.hire("Aaltje", world.employer, "datakluisgebruiker", "werkgever")
    link(world, eva, by="Hans")
    withdraw_access(talk.session, world.people["Hans"].id, world.actor("Anna"))
    dialogue = ask(talk, eva)
    asked = read_dialogue(talk.session, dialogue.id, world.actor("Eva")).participants
    assert [person.name for person in asked if not person.is_self] == ["Anna"]
    for name in ("Anna", "Ilse"):
        world.people[name].person.state = AccountState.BLOCKED.value
    talk.session.flush()
    with pytest.raises(NobodyToAsk):
        ask(talk, eva)


def test_only_the_own_linked_record_can_be_asked_about(talk: Talk, eva: UUID) -> None:
    other = talk.world.employ("MS002", "Bakker")
    with pytest.raises(NotFound):
        ask(talk, eva)
    link(talk.world, eva)
    for employee_id in (other, uuid4()):
        with pytest.raises(NotFound):
            ask(talk, employee_id)
    with pytest.raises(InvalidDialogue):
        ask(talk, eva, text="  ")
    with pytest.raises(PermissionDenied):
        ask_correction(talk.session, eva, "x", "x", uuid4(), talk.world.actor("Anna"), base_url=BASE_URL)


def test_the_own_documents_are_the_files_that_one_can_open_the_newest_first(
    talk: Talk, eva: UUID, tmp_path: Path, source: SeededSource
) -> None:
    hire_employee(talk.world, "Ed")
    link(talk.world, eva, by="Hans")
    intake, dialogue = intake_in(tmp_path), ask(talk, eva)
    for name in ("eerste.txt", "tweede.txt"):
        source.advance(timedelta(minutes=1))
        post_with(talk, "Hans", dialogue, add_file(talk, intake, "Hans", dialogue, name=name).id)
    add_file(talk, intake, "Hans", dialogue, name="nog niet verstuurd.txt")
    others = talk.start("Anna", "Ilse")
    post_with(talk, "Anna", others, add_file(talk, intake, "Anna", others, name="van anderen.txt").id)
    page = list_documents(talk.session, talk.world.actor("Eva"))
    assert [(line.name, line.author, line.subject) for line in page.lines] == [
        ("tweede.txt", "Hans", "Mijn gegevens"),
        ("eerste.txt", "Hans", "Mijn gegevens"),
    ]
    assert (page.total, page.pages) == (2, 1)
    leave(talk.session, dialogue.id, talk.world.actor("Eva"))
    post_with(talk, "Hans", dialogue, add_file(talk, intake, "Hans", dialogue, name="derde.txt").id)
    assert list_documents(talk.session, talk.world.actor("Eva")).total == 2
    assert list_documents(talk.session, talk.world.actor("Ed")).lines == ()
    with pytest.raises(PermissionDenied):
        list_documents(talk.session, talk.world.actor("Hans"))
