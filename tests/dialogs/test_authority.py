"""A user may see the employee at every message, and not only when he or she was added (D-07, D-rule 23)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from dialogs.errors import NoLongerAuthorised, OtherNotAuthorised
from dialogs.models import Dialogue, ParticipantState
from dialogs.participants import readmit
from dialogs.reading import DialogueAction
from organisation.memberships import give_role
from organisation.scope_setting import TickedPage, find_owner, set_scope
from tests.dialogs.talk import Talk
from tests.organisation.substituting import RIGHT, register
from vault.intake import take_in_shares

BEFORE, AFTER = "Wie kan er op zaterdag?", "Dit is van later."


@pytest.fixture
def eva(talk: Talk) -> UUID:
    """An employee in the shop."""
    return talk.world.employ("MS003", "Yılmaz")


def narrow(talk: Talk, name: str, *departments: str) -> None:
    """Let an administrator take everything but some departments out of somebody's sight."""
    carla = talk.world.actor("Carla")
    owner = find_owner(talk.session, talk.world.people[name].id, carla, group=False)
    units = talk.world.scope(*departments).units
    set_scope(talk.session, owner, TickedPage(False, units, units), carla)


def states(talk: Talk, by: str, dialogue: Dialogue) -> dict[str, ParticipantState]:
    return {person.name: person.state for person in talk.read(by, dialogue).participants}


def test_who_may_not_see_the_employee_any_more_hears_nothing_new(talk: Talk, eva: UUID) -> None:
    dialogue = talk.start("Anna", "Hans", "Ilse", employee_id=eva)
    narrow(talk, "Hans", "Oven")
    assert states(talk, "Anna", dialogue)["Hans"] is ParticipantState.REMOVED

    talk.post("Anna", dialogue, AFTER)

    assert talk.place("Hans", dialogue).state == ParticipantState.REMOVED
    assert talk.open_to("Hans") == {BEFORE}
    assert talk.open_to("Ilse") == {BEFORE, AFTER}
    assert talk.texts("Hans", dialogue) == [BEFORE]
    told = select(AuditEntry.details).where(AuditEntry.action == "participant:remove")
    assert talk.session.scalars(told).all() == [{"kind": "user"}]


def test_who_may_not_see_the_employee_any_more_adds_nothing_also_as_the_starter(talk: Talk, eva: UUID) -> None:
    dialogue = talk.start("Anna", "Hans", employee_id=eva)
    narrow(talk, "Anna", "Oven")
    with pytest.raises(NoLongerAuthorised):
        talk.post("Anna", dialogue, AFTER)
    seen = talk.read("Anna", dialogue)
    assert seen.barred
    assert seen.can == {DialogueAction.LEAVE}
    assert talk.texts("Anna", dialogue) == [BEFORE]
    assert talk.open_to("Hans") == {BEFORE}
    narrow(talk, "Anna", "Winkel")
    talk.post("Anna", dialogue, AFTER)
    assert talk.texts("Hans", dialogue) == [BEFORE, AFTER]


def test_in_a_dialogue_about_nobody_the_scope_does_not_matter(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    narrow(talk, "Hans", "Oven")
    talk.post("Hans", dialogue, AFTER)
    assert talk.texts("Anna", dialogue) == [BEFORE, AFTER]


def test_without_a_share_nobody_of_the_service_goes_on(talk: Talk, eva: UUID) -> None:
    """D-rule 23."""
    share = talk.world.share(eva)
    take_in_shares(talk.session, talk.world.actor("Carla"))
    dialogue = talk.start("Carla", "Anna", employee_id=eva)
    share.ended_at = talk.session.source.now()
    talk.session.flush()
    with pytest.raises(NoLongerAuthorised):
        talk.post("Carla", dialogue, AFTER)
    talk.post("Anna", dialogue, AFTER)
    assert talk.open_to("Carla") == {BEFORE}


def test_whose_key_was_renewed_is_not_let_in_again_without_the_right(talk: Talk, eva: UUID) -> None:
    dialogue = talk.start("Anna", "Hans", employee_id=eva)
    renewed = talk.world.renew_key("Hans")
    talk.post("Anna", dialogue, AFTER)
    narrow(talk, "Hans", "Oven")
    hans = talk.place("Hans", dialogue)
    with pytest.raises(OtherNotAuthorised):
        readmit(
            talk.session,
            dialogue.id,
            hans.id,
            talk.world.actor("Anna"),
            compared=renewed.generation,
            with_history=True,
        )
    assert talk.open_to("Hans") == set()


def test_a_substitute_takes_part_for_the_absent_as_long_as_that_lasts(talk: Talk, eva: UUID) -> None:
    """M-05: nobody needs to see the employee for it but the one whose work it is."""
    give_role(talk.session, talk.world.people["Anna"].id, RIGHT, talk.world.actor("Anna").who)
    talk.world.hire_vault_user("Frits", "datakluisgebruiker", "werkgever", scope=talk.world.scope("Oven"))
    dialogue = talk.start("Anna", "Hans", employee_id=eva)
    register(talk.world, "Hans", "Frits", by="Anna")
    talk.add("Anna", dialogue, "Frits")
    talk.post("Frits", dialogue, AFTER)
    narrow(talk, "Hans", "Oven")
    with pytest.raises(NoLongerAuthorised):
        talk.post("Frits", dialogue, "Nog hier?")
