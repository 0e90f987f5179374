"""The way back in with a recovery sheet, of a vault and of a service (design 2.1, 2.7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.actor import Actor
from accounts.errors import PermissionDenied, TooManyTries, WrongCode
from accounts.permissions import Permission
from crypto.secret import Secret
from crypto.source import SeededSource
from keys.errors import NoKey
from keys.holders import current_generation
from keys.models import Admission, AdmissionState, Grant
from keys.recovery_sheets import sheets_for
from organisation.admission import Admittance, admittance, enter_service
from organisation.errors import NotFound
from organisation.presets import VAULT_ADMINISTRATOR
from organisation.registering import create_service
from tests.vault.sheets import entries, mails, make_for, only_sheet, service_of, vault_of
from tests.world import OPERATOR, World
from vault.access import (
    VaultStanding,
    approve,
    ask_access,
    request_access,
    standing,
    waiting_requests,
)
from vault.dossiers import read_employee
from vault.errors import NoVaultAccess
from vault.recovery import check, sheets_in_name_of, use
from vault.recovery_sheets import (
    Standing,
    WaysBack,
    find_sheet,
    make,
    may_make,
    ways_back,
)
from vault.rewrapping import rewrap_batch

WRONG = Secret(bytes(range(32)))


def test_checking_the_code_says_which_sheet_and_opens_nothing(petra: World) -> None:
    made = make_for(petra, "Petra")

    line = check(petra.session, made.printed_half, petra.actor("Petra"))

    assert line.sheet_id == made.sheet_id
    assert standing_of_keys(petra, "Petra") is False
    assert only_sheet(petra).standing is Standing.VALID
    assert [entry.outcome for entry in entries(petra, "recovery_sheet:check")] == ["success"]


def standing_of_keys(world: World, name: str) -> bool:
    return world.actor(name).keys.can_open(world.session, vault_of(world))


def test_the_person_named_gets_in_reads_and_admits_the_others(petra: World) -> None:
    """Design 2.1: after it names are open that were *Anoniem*, and the colleagues come back."""
    employee = petra.employ("WK001", "Yılmaz")
    made = make_for(petra, "Petra")
    petra.hire("Frits", petra.employer, "datakluisgebruiker")
    request_access(petra.session, petra.actor("Frits"))
    generation = current_generation(petra.session, vault_of(petra))

    use(petra.session, made.printed_half, petra.actor("Petra"))

    actor = petra.actor("Petra")
    assert VAULT_ADMINISTRATOR in actor.roles
    card = read_employee(petra.session, employee, actor).card
    assert card is not None
    assert card.last_name == "Yılmaz"
    assert current_generation(petra.session, vault_of(petra)) == generation + 1
    (request,) = waiting_requests(petra.session, actor)
    approve(petra.session, request.admission_id, actor)
    assert standing(petra.session, petra.actor("Frits")) is VaultStanding.OPEN
    assert only_sheet(petra).standing is Standing.USED
    (entry,) = entries(petra, "recovery_sheet:use")
    assert (entry.actor_id, entry.outcome) == (petra.people["Petra"].id, "success")
    assert mails(petra, "recovery_sheet_used") == 2
    rewrap_batch(petra.session, petra.actor("Petra"))
    assert read_employee(petra.session, employee, petra.actor("Frits")).card is not None


def test_the_entry_is_written_before_the_key_is_handed_over(petra: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_for(petra, "Petra")
    seen: list[list[str]] = []

    def look(*_arguments: object, **_values: object) -> None:
        seen.append([entry.action for entry in entries(petra, "recovery_sheet:use")])
        raise NoKey

    monkeypatch.setattr("keys.recovery_sheets.hand_over_current", look)
    with pytest.raises(NoKey):
        use(petra.session, made.printed_half, petra.actor("Petra"))
    assert seen == [["recovery_sheet:use"]]


def test_a_request_that_waited_is_settled_by_the_sheet(petra: World) -> None:
    petra.hire("Frits", petra.employer, "datakluisgebruiker")
    request_access(petra.session, petra.actor("Frits"))
    made = make_for(petra, "Frits")

    use(petra.session, made.printed_half, petra.actor("Frits"))

    assert waiting_requests(petra.session, petra.actor("Frits")) == []
    assert petra.session.scalars(select(Admission.state)).all() == [AdmissionState.ADMITTED]
    assert ask_access(petra.session, petra.actor("Frits")) is VaultStanding.OPEN


def test_who_administers_already_is_given_no_role(petra: World) -> None:
    petra.hire("Hans", petra.employer, "datakluisbeheerder")
    made = make_for(petra, "Hans")
    given = len(entries(petra, "role:give"))

    use(petra.session, made.printed_half, petra.actor("Hans"))

    assert len(entries(petra, "role:give")) == given
    assert standing(petra.session, petra.actor("Hans")) is VaultStanding.OPEN


def test_a_used_sheet_opens_nothing_written_later(petra: World) -> None:
    made = make_for(petra, "Petra")
    use(petra.session, made.printed_half, petra.actor("Petra"))

    with pytest.raises(WrongCode):
        use(petra.session, made.printed_half, petra.actor("Petra"))
    assert petra.session.scalars(select(Grant).where(Grant.recipient_id == made.sheet_id)).all() == []
    assert not ways_back(petra.session, petra.actor("Petra")).sheet


@pytest.mark.parametrize("verb", [check, use])
def test_a_code_of_nothing_of_anothers_and_of_an_ended_sheet_get_the_same_answer(petra: World, verb: object) -> None:
    petra.hire("Quinten", petra.employer, "leidinggevende")
    ended = make_for(petra, "Petra")
    active = make_for(petra, "Quinten", replaces=ended.sheet_id)
    act = check if verb is check else use

    for half in (WRONG, ended.printed_half, active.printed_half):
        with pytest.raises(WrongCode, match="not right"):
            act(petra.session, half, petra.actor("Petra"))
    refused = entries(petra, "recovery_sheet:check" if verb is check else "recovery_sheet:use")
    assert [(entry.outcome, entry.details) for entry in refused] == [("refused", {"reason": "code"})] * 3
    assert not standing_of_keys(petra, "Petra")
    assert len(sheets_for(petra.session, vault_of(petra))) == 2


def test_wrong_codes_are_limited_and_a_right_one_forgets_them(petra: World, source: SeededSource) -> None:
    made = make_for(petra, "Petra")
    for _ in range(4):
        with pytest.raises(WrongCode):
            check(petra.session, WRONG, petra.actor("Petra"))
    check(petra.session, made.printed_half, petra.actor("Petra"))
    for _ in range(5):
        with pytest.raises(WrongCode):
            check(petra.session, WRONG, petra.actor("Petra"))
    with pytest.raises(TooManyTries):
        use(petra.session, made.printed_half, petra.actor("Petra"))
    assert entries(petra, "recovery_sheet:use")[0].details == {"reason": "too many tries"}

    source.advance(timedelta(minutes=6))
    use(petra.session, made.printed_half, petra.actor("Petra"))


def test_the_sheets_in_ones_name_are_shown_to_that_person_only(petra: World) -> None:
    make_for(petra, "Petra")

    assert [line.standing for line in sheets_in_name_of(petra.session, petra.actor("Petra"))] == [Standing.VALID]
    assert sheets_in_name_of(petra.session, petra.actor("Anna")) == []


def test_a_sheet_of_a_former_organisation_is_not_ones_own(petra: World) -> None:
    made = make_for(petra, "Petra")
    elsewhere: Actor = replace(petra.actor("Petra"), organisation_id=petra.other_employer.id)

    assert sheets_in_name_of(petra.session, elsewhere) == []
    with pytest.raises(WrongCode):
        use(petra.session, made.printed_half, elsewhere)


def test_who_may_not_see_the_start_page_uses_no_sheet(petra: World) -> None:
    petra.hire("Bea", petra.employer, "bsn_inzage")
    made = make_for(petra, "Bea")
    for act in (check, use):
        with pytest.raises(PermissionDenied):
            act(petra.session, made.printed_half, petra.actor("Bea"))


# Of a service


def test_the_sheet_of_a_service_is_its_own_way_back(paul: World) -> None:
    """The service moves on as a vault does, and the member gets the role that admits."""
    employee = paul.employ("WK001", "Yılmaz")
    paul.share(employee)
    made = make_for(paul, "Paul", by="Carla")
    assert ways_back(paul.session, paul.actor("Carla")).are_enough
    paul.hire("Cor", paul.service, "casemanager_arbo")
    enter_service(paul.session, paul.actor("Cor"))
    generation = current_generation(paul.session, service_of(paul))

    use(paul.session, made.printed_half, paul.actor("Paul"))

    actor = paul.actor("Paul")
    assert {Permission.ADMISSION_DECIDE, Permission.DOSSIER_READ} <= actor.permissions
    assert admittance(paul.session, actor) is Admittance.OPEN
    card = read_employee(paul.session, employee, actor).card
    assert card is not None
    assert card.last_name == "Yılmaz"
    assert current_generation(paul.session, service_of(paul)) == generation + 1
    assert admittance(paul.session, paul.actor("Carla")) is Admittance.OPEN


def test_a_member_who_may_admit_keeps_the_own_role(paul: World) -> None:
    paul.hire("Cor", paul.service, "casemanager_arbo")
    made = make_for(paul, "Cor", by="Carla")

    use(paul.session, made.printed_half, paul.actor("Cor"))

    assert paul.actor("Cor").roles == ("casemanager_arbo",)


def test_a_service_and_an_employer_keep_their_sheets_apart(petra: World) -> None:
    petra.hire("Paul", petra.service, "privacyfunctionaris")
    of_vault, of_service = make_for(petra, "Petra"), make_for(petra, "Paul", by="Carla")

    with pytest.raises(NotFound):
        find_sheet(petra.session, of_vault.sheet_id, petra.actor("Carla"))
    with pytest.raises(NotFound):
        find_sheet(petra.session, of_service.sheet_id, petra.actor("Anna"))
    for half, name in ((of_vault.printed_half, "Paul"), (of_service.printed_half, "Petra")):
        with pytest.raises(WrongCode):
            use(petra.session, half, petra.actor(name))


def test_a_member_who_was_not_admitted_makes_none(world: World) -> None:
    world.hire("Daan", world.other_service, "klantbeheer")

    assert not may_make(world.session, world.actor("Daan"))
    with pytest.raises(NoVaultAccess):
        make(world.session, world.people["Dirk"].id, None, world.actor("Daan"))


def test_a_service_without_a_key_has_no_way_back_and_makes_no_sheet(world: World) -> None:
    world.hire("Fien", create_service(world.session, "Oost", OPERATOR), "klantbeheer")

    assert ways_back(world.session, world.actor("Fien")) == WaysBack(0, 0, None)
    assert not may_make(world.session, world.actor("Fien"))
    with pytest.raises(NoVaultAccess):
        make(world.session, world.people["Anna"].id, None, world.actor("Fien"))
