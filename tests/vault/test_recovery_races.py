"""Recovery sheets when several people act at the same moment: each is made, used and ended once."""

from __future__ import annotations

import pytest

from accounts.errors import WrongCode
from database.session import Session, SessionFactory
from keys.errors import SheetEnded
from keys.grants import recipients
from keys.holders import current_generation
from keys.models import SheetState
from keys.recovery_sheets import MadeSheet, sheets_for
from tests.vault.sheets import make_for, vault_of
from tests.vault.test_races import Act, at_once
from tests.world import World, make_world
from vault.access import withdraw_access
from vault.errors import OtherSheetMade
from vault.recovery import use
from vault.recovery_sheets import make, void

TOO_LATE = {WrongCode.__name__, SheetEnded.__name__}


@pytest.fixture
def committed(session_factory: SessionFactory) -> World:
    """A world that others see, with Hans as a second administrator and Petra without a key of the vault."""
    with session_factory() as session:
        world = make_world(session)
        world.hire_vault_user("Hans", "datakluisbeheerder", "werkgever")
        world.hire("Petra", world.employer, "privacyfunctionaris")
        session.commit()
    return world


def made_in(world: World, factory: SessionFactory) -> MadeSheet:
    """A sheet that names Petra, and that others see."""
    with factory() as session:
        world.session = session
        made = make_for(world, "Petra")
        session.commit()
    return made


def using(world: World, made: MadeSheet) -> Act:
    def act(session: Session) -> None:
        use(session, made.printed_half, world.actor("Petra", session))

    return act


def test_a_sheet_is_used_once_however_many_ask_at_once(committed: World, session_factory: SessionFactory) -> None:
    made = made_in(committed, session_factory)

    outcomes = at_once(session_factory, [using(committed, made)] * 4)

    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", *TOO_LATE}
    with session_factory() as session:
        committed.session = session
        vault = vault_of(committed)
        held = [grant.recipient_id for grant in recipients(session, vault)]
        assert held.count(committed.people["Petra"].id) == 1
        assert current_generation(session, vault) == 2


def test_a_sheet_is_used_or_declared_void_but_not_both(committed: World, session_factory: SessionFactory) -> None:
    made = made_in(committed, session_factory)

    def declare_void(session: Session) -> None:
        void(session, made.sheet_id, committed.actor("Anna", session))

    outcomes = at_once(session_factory, [using(committed, made), declare_void])

    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", *TOO_LATE}
    with session_factory() as session:
        committed.session = session
        (sheet,) = sheets_for(session, vault_of(committed))
        can_open = committed.actor("Petra", session).keys.can_open(session, vault_of(committed))
        assert can_open is (sheet.state is SheetState.USED)


def test_two_who_make_one_at_once_make_one(committed: World, session_factory: SessionFactory) -> None:
    """Else one of the two papers would be void before it is printed."""

    def making(name: str) -> Act:
        def act(session: Session) -> None:
            make(session, committed.people["Petra"].id, None, committed.actor(name, session))

        return act

    assert at_once(session_factory, [making("Anna"), making("Hans")]) == [OtherSheetMade.__name__, "done"]


def test_a_sheet_used_during_a_withdrawal_opens_what_is_newest(
    committed: World, session_factory: SessionFactory
) -> None:
    """Both move the vault on; whoever comes second hands over what the first made."""
    made = made_in(committed, session_factory)

    def withdraw(session: Session) -> None:
        withdraw_access(session, committed.people["Hans"].id, committed.actor("Anna", session))

    assert at_once(session_factory, [using(committed, made), withdraw]) == ["done", "done"]
    with session_factory() as session:
        committed.session = session
        assert current_generation(session, vault_of(committed)) == 3
        for name, state in (("Petra", True), ("Anna", True), ("Hans", False)):
            assert committed.actor(name, session).keys.can_open(session, vault_of(committed)) is state
