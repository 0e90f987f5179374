"""The recovery sheet of a vault and of a service: who makes it, and the way back in with it (design 2.1, 2.3, 2.7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from sqlalchemy import func, select

from accounts.actor import Actor
from accounts.errors import PermissionDenied, TooManyTries, WrongCode
from accounts.models import AccountState, Person
from accounts.permissions import Permission
from audit.models import AuditEntry
from crypto.secret import Secret
from crypto.source import SeededSource
from database.session import SessionFactory
from delivery.models import OutgoingMessage
from keys.errors import NoKey, SheetEnded
from keys.grants import recipients
from keys.holders import current_generation, make_next_generation
from keys.models import Admission, AdmissionState, DueWork, Grant
from keys.recovery_sheets import MadeSheet, sheets_for
from organisation.admission import Admittance, admittance, enter_service
from organisation.errors import NotFound
from organisation.registering import create_service
from organisation.roles import VAULT_ADMINISTRATOR
from tests.world import OPERATOR, World, make_world
from vault.access import (
    VaultStanding,
    approve,
    ask_access,
    list_access,
    request_access,
    standing,
    waiting_requests,
    withdraw_access,
)
from vault.dossiers import read_employee
from vault.errors import CannotBeNamed, LastKeyHolder, NoVaultAccess, OtherSheetMade, VaultClosed
from vault.recovery import (
    SheetLine,
    Standing,
    WaysBack,
    check,
    find_sheet,
    list_sheets,
    make,
    may_make,
    note_print,
    sheets_in_name_of,
    use,
    void,
    ways_back,
    who_can_be_named,
)
from vault.rewrapping import rewrap_batch
from vault.sides import find_vault
from vault.who_can_open import who_can_open

WRONG = Secret(bytes(range(32)))
NOBODY = uuid5(UUID(int=0), "nobody")


def vault_of(world: World) -> UUID:
    return find_vault(world.session, world.actor("Anna")).holder_id


def service_of(world: World) -> UUID:
    assert world.service.holder_id is not None
    return world.service.holder_id


def make_for(world: World, named: str, *, by: str = "Anna", replaces: UUID | None = None) -> MadeSheet:
    """Let an administrator, or a member of the service, make a sheet."""
    return make(world.session, world.people[named].id, replaces, world.actor(by))


def only_sheet(world: World, *, seen_by: str = "Anna") -> SheetLine:
    (line,) = list_sheets(world.session, world.actor(seen_by))
    return line


def renew_key(world: World, name: str) -> None:
    """Give a person a new key, as a forgotten password without a back-up code does."""
    person = world.people[name]
    world.people[name] = replace(
        person, secret=make_next_generation(world.session, person.id, person.keys(), by=world.actor(name).who)
    )


def entries(world: World, action: str) -> list[AuditEntry]:
    statement = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.moment)
    return list(world.session.scalars(statement))


def mails(world: World, kind: str) -> int:
    counted = select(func.count()).select_from(OutgoingMessage).where(OutgoingMessage.kind == kind)
    return world.session.scalar(counted) or 0


@pytest.fixture
def petra(world: World) -> World:
    """The world with Petra, the privacy officer, who has no key of the vault."""
    world.hire("Petra", world.employer, "privacyfunctionaris")
    return world


@pytest.fixture
def paul(world: World) -> World:
    """The world with Paul, the privacy officer of the service, who has no key of it."""
    world.hire("Paul", world.service, "privacyfunctionaris")
    return world


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


# The way back in


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


def test_two_at_once_use_it_once(session_factory: SessionFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL both have read it; the row decides. On SQLite the second finds it used."""
    with session_factory() as session, session.begin():
        world = make_world(session)
        world.hire("Petra", world.employer, "privacyfunctionaris")
        made = make_for(world, "Petra")
        vault = vault_of(world)
    with session_factory() as session, session.begin():
        use(session, made.printed_half, world.actor("Petra", session))
    with session_factory() as session:
        (sheet,) = sheets_for(session, vault)
    before = replace(sheet, state="active", has_effect=True)  # type: ignore[arg-type]
    monkeypatch.setattr("vault.recovery._matching", lambda session, half, action, actor: (before, actor.keys))
    with session_factory() as session, pytest.raises(SheetEnded):
        use(session, made.printed_half, world.actor("Petra", session))
    with session_factory() as session:
        held = [grant for grant in recipients(session, vault) if grant.recipient_id == world.people["Petra"].id]
        assert len(held) == 1


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
