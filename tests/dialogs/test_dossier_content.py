"""What a dialogue is to the rest: content of a shared dossier (S-07), and entries in the logs (design 3)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from audit.models import AuditEntry, AuditSubject
from dialogs.posting import post_message
from organisation.models import EMPLOYEES_ID
from tests.dialogs import guests
from tests.dialogs.talk import BASE_URL, Talk
from vault.errors import ContentBegan
from vault.intake import take_in_shares
from vault.models import Share
from vault.sharing import end_share


@pytest.fixture
def shared(talk: Talk) -> UUID:
    """An employee who is shared with Carla's service, where Cor works as well."""
    employee_id = talk.world.employ("MS003", "Yılmaz")
    talk.world.share(employee_id)
    talk.world.hire_arbo("Cor")
    take_in_shares(talk.session, talk.world.actor("Carla"))
    return employee_id


def may_end(talk: Talk) -> bool:
    share = talk.session.scalars(select(Share)).one()
    try:
        with talk.session.begin_nested():
            end_share(talk.session, share.id, talk.world.actor("Anna"))
            raise EndedInPeace
    except EndedInPeace:
        return True
    except ContentBegan:
        return False


class EndedInPeace(Exception):
    """The share could be ended; what was tried is undone."""


def test_a_dialogue_of_the_employer_alone_is_no_content(talk: Talk, shared: UUID) -> None:
    talk.start("Anna", "Hans", employee_id=shared)
    assert may_end(talk)


def test_a_dialogue_of_the_service_alone_leaves_no_trace_that_the_employer_sees(talk: Talk, shared: UUID) -> None:
    """D-rule 7."""
    dialogue = talk.start("Carla", "Cor", employee_id=shared)
    assert may_end(talk)
    talk.add("Carla", dialogue, "Anna")
    assert not may_end(talk)


def test_a_dialogue_of_both_sides_stands_in_the_way_of_withdrawing(talk: Talk, shared: UUID) -> None:
    talk.start("Carla", "Anna", employee_id=shared)
    assert not may_end(talk)


def test_an_act_stands_in_the_log_of_who_acts_with_the_employee_as_subject(talk: Talk, shared: UUID) -> None:
    dialogue = talk.start("Carla", "Anna", employee_id=shared)
    talk.post("Anna", dialogue, "Dag Carla")
    statement = (
        select(AuditEntry.action, AuditEntry.organisation_id, AuditSubject.subject_id)
        .join(AuditSubject, AuditSubject.entry_id == AuditEntry.id)
        .where(AuditEntry.action.in_(["dialogue:start", "dialogue:post"]))
    )
    assert set(talk.session.execute(statement).all()) == {
        ("dialogue:start", talk.world.service.id, shared),
        ("dialogue:post", talk.world.employer.id, shared),
    }


def test_an_act_of_an_employees_account_stands_in_both_logs_and_says_nothing(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    guest = guests.answer(talk, dialogue)
    request_id = talk.session.source.new_id()
    post_message(talk.session, dialogue.id, "Geheim", (), request_id, guest.actor(talk.session), base_url=BASE_URL)
    entries = talk.session.scalars(select(AuditEntry).where(AuditEntry.action == "dialogue:post")).all()
    assert {entry.organisation_id for entry in entries} == {EMPLOYEES_ID, talk.world.employer.id}
    assert all(entry.details == {"number": 3, "attachments": 0} for entry in entries)
    everything = " ".join(str(entry.details) for entry in talk.session.scalars(select(AuditEntry)))
    for word in ("Geheim", "Rooster", "zaterdag", "Yılmaz", "eva@"):
        assert word not in everything
