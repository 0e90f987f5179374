"""The recovery sheet of a vault and of a service: who makes it, what it is worth, and its end (design 2.1, 2.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied, WrongCode
from accounts.models import AccountState, Person
from crypto.source import SeededSource
from keys.errors import SheetEnded
from keys.holders import current_generation
from keys.models import DueWork, Grant
from organisation.errors import NotFound
from tests.vault.sheets import NOBODY, entries, mails, make_for, only_sheet, renew_key, vault_of
from tests.world import World
from vault.access import (
    VaultStanding,
    approve,
    list_access,
    request_access,
    standing,
    waiting_requests,
    withdraw_access,
)
from vault.errors import CannotBeNamed, LastKeyHolder, NoVaultAccess, OtherSheetMade, VaultClosed
from vault.recovery import use
from vault.recovery_sheets import (
    Standing,
    find_sheet,
    list_sheets,
    make,
    may_make,
    note_print,
    void,
    ways_back,
    who_can_be_named,
)
from vault.who_can_open import who_can_open

# Making one


def test_a_sheet_is_made_logged_and_told_to_all_concerned(petra: World) -> None:
    petra.hire_vault_user("Frits", "datakluisgebruiker")
    make_for(petra, "Petra")

    line = only_sheet(petra)
    assert (line.named, line.made_by, line.standing, line.is_active) == ("Petra", "Anna", Standing.VALID, True)
    assert len(line.number) == 9
    (entry,) = entries(petra, "recovery_sheet:make")
    assert (entry.object_type, entry.object_id) == ("person", petra.people["Petra"].id)
    assert entry.details == {}
    assert mails(petra, "recovery_sheet_made") == 3


def test_whoever_holds_the_key_or_has_none_of_the_own_is_not_named(petra: World) -> None:
    petra.hire_vault_user("Frits", "datakluisgebruiker")
    petra.hire("Gerda", petra.employer, "leidinggevende")
    petra.session.get_one(Person, petra.people["Gerda"].id).state = AccountState.BLOCKED
    petra.session.flush()

    assert [member.name for member in who_can_be_named(petra.session, petra.actor("Anna"))] == ["Petra"]
    for name in ("Anna", "Frits", "Gerda", "Bram", "Carla"):
        with pytest.raises(CannotBeNamed):
            make_for(petra, name)
    with pytest.raises(CannotBeNamed):
        make(petra.session, NOBODY, None, petra.actor("Anna"))


def test_who_held_the_key_under_a_renewed_one_is_not_named(petra: World) -> None:
    """It is still a grant, and whoever compares the check words makes it one again."""
    petra.hire_vault_user("Frits", "datakluisgebruiker")
    renew_key(petra, "Frits")

    assert [member.name for member in who_can_be_named(petra.session, petra.actor("Anna"))] == ["Petra"]


def test_only_an_administrator_with_the_key_makes_or_voids_one(petra: World) -> None:
    petra.hire_vault_user("Frits", "datakluisgebruiker")
    petra.hire("Hans", petra.employer, "datakluisbeheerder")
    made = make_for(petra, "Petra")

    for name in ("Frits", "Petra"):
        for act in (list_sheets, ways_back, who_can_be_named):
            with pytest.raises(PermissionDenied):
                act(petra.session, petra.actor(name))
        with pytest.raises(PermissionDenied):
            make_for(petra, "Petra", by=name, replaces=made.sheet_id)
        with pytest.raises(PermissionDenied):
            void(petra.session, made.sheet_id, petra.actor(name))
    assert not may_make(petra.session, petra.actor("Hans"))
    with pytest.raises(NoVaultAccess):
        make_for(petra, "Petra", by="Hans", replaces=made.sheet_id)
    with pytest.raises(NoVaultAccess):
        void(petra.session, made.sheet_id, petra.actor("Hans"))


def test_a_vault_that_is_not_open_has_no_sheet(closed_world: World) -> None:
    closed_world.hire("Petra", closed_world.employer, "privacyfunctionaris")
    with pytest.raises(VaultClosed):
        make_for(closed_world, "Petra")


def test_the_sheet_of_another_organisation_is_not_there(petra: World) -> None:
    """D-rule 16."""
    made = make_for(petra, "Petra")

    for act in (find_sheet, void, note_print):
        with pytest.raises(NotFound):
            act(petra.session, made.sheet_id, petra.actor("Bram"))
        with pytest.raises(NotFound):
            act(petra.session, NOBODY, petra.actor("Anna"))


def test_a_new_sheet_replaces_the_one_before_which_opens_nothing_any_more(petra: World) -> None:
    petra.hire("Quinten", petra.employer, "leidinggevende")
    former = make_for(petra, "Petra")
    generation = current_generation(petra.session, vault_of(petra))

    latter = make_for(petra, "Quinten", replaces=former.sheet_id)

    lines = {line.sheet_id: line.standing for line in list_sheets(petra.session, petra.actor("Anna"))}
    assert lines == {former.sheet_id: Standing.VOID, latter.sheet_id: Standing.VALID}
    assert current_generation(petra.session, vault_of(petra)) == generation + 1
    assert entries(petra, "recovery_sheet:void")[0].details == {"reason": "replaced"}
    with pytest.raises(WrongCode):
        use(petra.session, former.printed_half, petra.actor("Petra"))
    use(petra.session, latter.printed_half, petra.actor("Quinten"))
    assert standing(petra.session, petra.actor("Quinten")) is VaultStanding.OPEN


def test_a_sheet_replaces_no_other_than_the_one_that_was_shown(petra: World) -> None:
    """Whoever sends the same form twice would void the paper that is being printed."""
    made = make_for(petra, "Petra")

    for replaces in (None, NOBODY):
        with pytest.raises(OtherSheetMade):
            make_for(petra, "Petra", replaces=replaces)
    assert only_sheet(petra).sheet_id == made.sheet_id


def test_only_who_made_it_prints_it_and_only_while_it_is_active(petra: World) -> None:
    petra.hire_vault_user("Hans", "datakluisbeheerder")
    made = make_for(petra, "Petra")

    assert note_print(petra.session, made.sheet_id, petra.actor("Anna")).named == "Petra"
    assert len(entries(petra, "recovery_sheet:print")) == 1
    with pytest.raises(NotFound):
        note_print(petra.session, made.sheet_id, petra.actor("Hans"))
    void(petra.session, made.sheet_id, petra.actor("Hans"))
    with pytest.raises(NotFound):
        note_print(petra.session, made.sheet_id, petra.actor("Anna"))
    assert len(entries(petra, "recovery_sheet:print")) == 1


# Ending one


def test_declaring_void_destroys_its_grants_and_moves_the_vault_on(petra: World) -> None:
    made = make_for(petra, "Petra")
    generation = current_generation(petra.session, vault_of(petra))

    void(petra.session, made.sheet_id, petra.actor("Anna"))

    assert petra.session.scalars(select(Grant).where(Grant.recipient_id == made.sheet_id)).all() == []
    assert current_generation(petra.session, vault_of(petra)) == generation + 1
    assert petra.session.scalars(select(DueWork.holder_id)).all() == [vault_of(petra)]
    assert only_sheet(petra).standing is Standing.VOID
    (entry,) = entries(petra, "recovery_sheet:void")
    assert (entry.object_id, entry.details) == (petra.people["Petra"].id, {"reason": "withdrawn"})
    with pytest.raises(SheetEnded):
        void(petra.session, made.sheet_id, petra.actor("Anna"))


def test_withdrawing_the_access_of_whom_it_names_voids_it_too(petra: World) -> None:
    """Else the paper would be a way back in for somebody who was put out (K-16)."""
    petra.hire("Frits", petra.employer, "datakluisgebruiker", "leidinggevende")
    made = make_for(petra, "Frits")
    request_access(petra.session, petra.actor("Frits"))
    (request,) = waiting_requests(petra.session, petra.actor("Anna"))
    approve(petra.session, request.admission_id, petra.actor("Anna"))
    assert only_sheet(petra).standing is Standing.VALID

    withdraw_access(petra.session, petra.people["Frits"].id, petra.actor("Anna"))

    assert only_sheet(petra).standing is Standing.VOID
    with pytest.raises(WrongCode):
        use(petra.session, made.printed_half, petra.actor("Frits"))


def test_withdrawing_the_access_of_another_leaves_the_sheet_and_takes_it_along(petra: World) -> None:
    petra.hire_vault_user("Frits", "datakluisgebruiker")
    made = make_for(petra, "Petra")

    withdraw_access(petra.session, petra.people["Frits"].id, petra.actor("Anna"))

    assert only_sheet(petra).standing is Standing.VALID
    use(petra.session, made.printed_half, petra.actor("Petra"))
    assert standing(petra.session, petra.actor("Petra")) is VaultStanding.OPEN


def test_a_sheet_is_no_second_user(petra: World) -> None:
    """The last one with a key can't leave, sheet or no sheet, and no list of people shows it."""
    make_for(petra, "Petra")

    assert [line.name for line in list_access(petra.session, petra.actor("Anna"))] == ["Anna"]
    with pytest.raises(LastKeyHolder):
        withdraw_access(petra.session, petra.people["Anna"].id, petra.actor("Anna"))


# What it is worth


def test_the_vault_keeps_asking_until_two_people_or_one_and_a_sheet_can_open_it(petra: World) -> None:
    anna = petra.actor("Anna")
    assert not ways_back(petra.session, anna).are_enough

    made = make_for(petra, "Petra")
    assert ways_back(petra.session, anna).are_enough
    void(petra.session, made.sheet_id, anna)
    assert not ways_back(petra.session, petra.actor("Anna")).are_enough

    petra.hire_vault_user("Frits", "datakluisgebruiker")
    assert ways_back(petra.session, petra.actor("Anna")).are_enough
    petra.session.get_one(Person, petra.people["Frits"].id).state = AccountState.BLOCKED
    petra.session.flush()
    assert not ways_back(petra.session, petra.actor("Anna")).are_enough


def test_after_a_use_whoever_has_not_logged_in_since_is_no_way_back(petra: World, source: SeededSource) -> None:
    """The sheet was used because passwords were lost: a grant alone says nothing of whose."""
    petra.hire_vault_user("Frits", "datakluisgebruiker")
    made = make_for(petra, "Petra")
    use(petra.session, made.printed_half, petra.actor("Petra"))

    ways = ways_back(petra.session, petra.actor("Petra"))
    assert (ways.people, ways.unseen, ways.are_enough) == (1, 2, False)

    source.advance(timedelta(minutes=1))
    petra.session.get_one(Person, petra.people["Frits"].id).login_at = source.now()
    petra.session.flush()
    ways = ways_back(petra.session, petra.actor("Petra"))
    assert (ways.people, ways.unseen, ways.are_enough) == (2, 1, True)


def test_someone_with_a_renewed_key_is_no_way_back_until_admitted_again(petra: World) -> None:
    petra.hire_vault_user("Frits", "datakluisgebruiker")
    assert ways_back(petra.session, petra.actor("Anna")).people == 2

    renew_key(petra, "Frits")

    assert ways_back(petra.session, petra.actor("Anna")).people == 1


@pytest.mark.parametrize("how", ["a renewed key", "a blocked account"])
def test_a_sheet_that_nobody_can_use_is_no_way_back(petra: World, how: str) -> None:
    make_for(petra, "Petra")
    if how == "a renewed key":
        renew_key(petra, "Petra")
    else:
        petra.session.get_one(Person, petra.people["Petra"].id).state = AccountState.BLOCKED
        petra.session.flush()

    assert only_sheet(petra).standing is (Standing.RENEWED if how == "a renewed key" else Standing.AWAY)
    assert only_sheet(petra).is_active
    assert not ways_back(petra.session, petra.actor("Anna")).are_enough


def test_a_renewed_key_voids_the_paper(petra: World) -> None:
    made = make_for(petra, "Petra")
    renew_key(petra, "Petra")
    person = petra.people["Petra"]
    actor = petra.actor("Petra")
    renewed = replace(actor, keys=type(actor.keys)(person.id, 2, person.secret))

    for keys in (actor, renewed):
        with pytest.raises(WrongCode):
            use(petra.session, made.printed_half, keys)


def test_who_can_open_names_the_sheet(petra: World) -> None:
    employee = petra.employ("WK001", "Yılmaz")
    assert who_can_open(petra.session, employee, petra.actor("Anna")).sheets == ()

    make_for(petra, "Petra")
    who = who_can_open(petra.session, employee, petra.actor("Anna"))
    assert [(sheet.named, sheet.made_by) for sheet in who.sheets] == [("Petra", "Anna")]
    assert [person.name for person in who.people] == ["Anna"]

    renew_key(petra, "Petra")
    assert who_can_open(petra.session, employee, petra.actor("Anna")).sheets == ()


def test_the_other_side_learns_nothing_of_a_sheet(petra: World) -> None:
    employee = petra.employ("WK001", "Yılmaz")
    petra.share(employee)
    before = who_can_open(petra.session, employee, petra.actor("Carla"))
    make_for(petra, "Petra")

    assert who_can_open(petra.session, employee, petra.actor("Carla")) == before
