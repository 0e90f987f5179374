"""The end of an account, and what goes with it (U-09, U-22, L-37; design 2.7; D-rule 18)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.errors import PermissionDenied
from accounts.models import AccountState, Authenticator, Credential, LoginSession, Person
from accounts.sessions import promote_to_complete, start_visitor_session
from accounts.standing import Reason
from audit.models import AuditEntry
from keys.errors import NoKey
from keys.models import Admission, AdmissionState, DueWork, Grant, HolderGeneration
from organisation.account_states import reopen_user
from organisation.admission import Admittance, admittance, enter_service
from organisation.calendar import today
from organisation.ending_accounts import deactivate, end_expired, what_ends
from organisation.errors import LastWayIn, MayNotGrant, NotAMember, NotFound, OwnAccount
from organisation.memberships import person_names
from organisation.models import Membership, MembershipRole
from organisation.removing_users import remove_user
from tests.organisation.user_management import BASE_URL, make_group, make_user
from tests.world import World
from vault.access import ask_access, list_access, request_access
from vault.models import RecordKey, Vault
from vault.next_generations import make_due_generation
from vault.recovery_sheets import list_sheets, make
from vault.rewrapping import rewrap_batch
from vault.sides import find_vault


def grants_of(world: World, name: str) -> int:
    statement = select(func.count()).where(Grant.recipient_id == world.people[name].id)
    return world.session.scalar(statement) or 0


def begin_session(world: World, name: str) -> None:
    person = world.people[name]
    _, visitor = start_visitor_session(world.session)
    promote_to_complete(world.session, visitor, person_id=person.id, key_generation=1, secret=person.secret)


def due(world: World) -> set[str]:
    return set(world.session.scalars(select(DueWork.kind)))


def entry(world: World, action: str) -> AuditEntry:
    return world.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()[-1]


def test_sessions_and_keys_end_at_once_and_the_next_generation_is_left_to_who_can_open(world: World) -> None:
    """Design 2.7: the service's administrator cannot open the vault, and ends the key all the same."""
    world.hire_vault_user("Frits", "datakluisgebruiker", "werkgever")
    world.employ("WK001", "Yılmaz")
    begin_session(world, "Frits")
    holder = find_vault(world.session, world.actor("Anna")).holder_id

    deactivate(world.session, world.people["Frits"].id, world.actor("Carla"))

    assert grants_of(world, "Frits") == 0
    sessions = select(func.count()).where(LoginSession.person_id == world.people["Frits"].id)
    assert world.session.scalar(sessions) == 0
    with pytest.raises(NotAMember):
        world.actor("Frits")
    assert due(world) >= {"next_generation"}
    assert {line.name for line in list_access(world.session, world.actor("Anna"))} == {"Anna"}

    anna = world.actor("Anna")
    assert make_due_generation(world.session, anna)
    assert not make_due_generation(world.session, world.actor("Anna"))
    generations = select(func.max(HolderGeneration.number)).where(HolderGeneration.holder_id == holder)
    assert world.session.scalar(generations) == 2
    assert rewrap_batch(world.session, world.actor("Anna")) == 1
    assert set(world.session.scalars(select(RecordKey.generation).where(RecordKey.holder_id == holder))) == {2}
    assert "next_generation" not in due(world)


def test_only_who_holds_the_key_makes_the_generation_that_is_due(world: World) -> None:
    world.hire_vault_user("Frits", "datakluisgebruiker")
    world.hire("Gerda", world.employer, "leidinggevende")
    deactivate(world.session, world.people["Frits"].id, world.actor("Carla"))
    for name in ("Gerda", "Carla", "Bram"):
        assert not make_due_generation(world.session, world.actor(name))


def test_the_log_of_both_sides_tells_what_went(world: World) -> None:
    world.hire_vault_user("Frits", "datakluisgebruiker")
    begin_session(world, "Frits")
    deactivate(world.session, world.people["Frits"].id, world.actor("Carla"))
    written = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "user:deactivate")).all()
    assert {entry.organisation_id for entry in written} == {world.employer.id, world.service.id}
    details = written[0].details
    assert (details["reason"], details["sessions"], details["keys"], details["kept"]) == ("deactivated", 1, 1, 0)


@pytest.mark.parametrize("act", [deactivate, remove_user])
def test_the_last_way_into_a_vault_is_never_ended_by_hand(world: World, act: object) -> None:
    """D-rule 18: a vault user who may let nobody in does not count."""
    world.hire_vault_user("Frits", "datakluisgebruiker")
    anna = world.people["Anna"].id
    with pytest.raises(LastWayIn) as refused:
        act(world.session, anna, world.actor("Carla"))  # type: ignore[operator]
    assert refused.value.holder_ids == {find_vault(world.session, world.actor("Anna")).holder_id}
    assert grants_of(world, "Anna") == 1
    assert world.actor("Anna").person_name == "Anna"
    assert [key.is_last for key in what_ends(world.session, anna).keys] == [True]


def test_with_another_administrator_inside_the_first_may_go(world: World) -> None:
    world.hire_vault_user("Hans", "datakluisbeheerder")
    deactivate(world.session, world.people["Anna"].id, world.actor("Carla"))
    assert grants_of(world, "Anna") == 0
    with pytest.raises(LastWayIn):
        deactivate(world.session, world.people["Hans"].id, world.actor("Carla"))


def test_another_administrator_who_cannot_log_in_does_not_count(world: World) -> None:
    world.hire_vault_user("Hans", "datakluisbeheerder")
    world.people["Hans"].person.state = AccountState.BLOCKED
    world.session.flush()
    with pytest.raises(LastWayIn):
        deactivate(world.session, world.people["Anna"].id, world.actor("Carla"))


def test_the_last_way_into_a_service_is_kept_too(world: World) -> None:
    world.hire("Sevda", world.service, "superbeheerder")
    with pytest.raises(LastWayIn):
        deactivate(world.session, world.people["Carla"].id, world.actor("Sevda"))
    world.hire_arbo("Cor")
    deactivate(world.session, world.people["Carla"].id, world.actor("Sevda"))


def test_requests_and_sheets_of_the_person_go_with_the_account(world: World) -> None:
    """A sheet that names somebody who cannot log in opens nothing; whoever waits is not admitted any more."""
    gerda = world.hire("Gerda", world.employer, "leidinggevende", "datakluisgebruiker")
    request_access(world.session, world.actor("Gerda"))
    make(world.session, gerda.id, None, world.actor("Anna"))
    deactivate(world.session, gerda.id, world.actor("Carla"))
    states = world.session.scalars(select(Admission.state).where(Admission.recipient_id == gerda.id)).all()
    assert states == [AdmissionState.CANCELLED]
    (sheet,) = list_sheets(world.session, world.actor("Anna"))
    assert not sheet.is_active
    assert entry(world, "recovery_sheet:void").details == {"reason": "account ended"}
    assert "next_generation" in due(world)


def test_who_comes_back_asks_for_admission_again(world: World) -> None:
    world.hire_arbo("Cor")
    deactivate(world.session, world.people["Cor"].id, world.actor("Carla"))
    reopen_user(world.session, world.people["Cor"].id, world.actor("Carla"), base_url=BASE_URL)
    cor = world.actor("Cor")
    assert enter_service(world.session, cor) is Admittance.NOT_ASKED
    assert admittance(world.session, cor) is not Admittance.OPEN
    with pytest.raises(NoKey):
        cor.keys.secret(world.session, world.service.holder_id)  # type: ignore[arg-type]


def test_an_account_that_ended_and_was_opened_again_keeps_its_vault_role_and_no_key(world: World) -> None:
    world.hire_vault_user("Frits", "datakluisgebruiker")
    deactivate(world.session, world.people["Frits"].id, world.actor("Carla"))
    reopen_user(world.session, world.people["Frits"].id, world.actor("Carla"), base_url=BASE_URL)
    ask_access(world.session, world.actor("Frits"))
    waiting = select(Admission.state).where(
        Admission.recipient_id == world.people["Frits"].id, Admission.state == AdmissionState.WAITING.value
    )
    assert world.session.scalars(waiting).all() == ["waiting"]


def test_an_account_ends_by_itself_after_its_last_day_and_the_last_way_in_is_kept(world: World) -> None:
    """U-09: it closes, and what nobody else can open stays sealed for when it is opened again."""
    world.hire_vault_user("Frits", "datakluisgebruiker")
    yesterday = today(world.session) - timedelta(days=1)
    world.people["Carla"].person.valid_until = today(world.session)
    for name in ("Frits", "Anna"):
        begin_session(world, name)
        world.people[name].person.valid_until = yesterday
        world.session.flush()
        assert end_expired(world.session) == 1
    assert end_expired(world.session) == 0
    assert (grants_of(world, "Anna"), grants_of(world, "Frits")) == (1, 0)
    states = {name: world.people[name].person.state for name in ("Anna", "Frits", "Carla")}
    assert states == {"Anna": "inactive", "Frits": "inactive", "Carla": "active"}
    kept = [
        entry.details["kept"]
        for entry in world.session.scalars(
            select(AuditEntry).where(
                AuditEntry.action == "user:deactivate", AuditEntry.object_id == world.people["Anna"].id
            )
        )
    ]
    assert kept == [1]
    reopen_user(world.session, world.people["Anna"].id, world.actor("Carla"), base_url=BASE_URL)
    assert world.people["Anna"].person.valid_until is None
    vault = world.session.get_one(Vault, world.employer.id)
    assert world.actor("Anna").keys.secret(world.session, vault.holder_id)


def test_an_account_that_ended_by_itself_is_not_removed_with_the_last_way_in(world: World) -> None:
    """D-rule 18: what was kept for when the account is opened again is not cleared away after all."""
    anna = world.people["Anna"]
    anna.person.valid_until = today(world.session) - timedelta(days=1)
    world.session.flush()
    assert end_expired(world.session) == 1
    with pytest.raises(LastWayIn):
        remove_user(world.session, anna.id, world.actor("Carla"))
    assert world.session.get(Credential, anna.id) is not None

    anna.person.valid_until = None
    reopen_user(world.session, anna.id, world.actor("Carla"), base_url=BASE_URL)
    world.hire_vault_user("Gerda", "datakluisbeheerder")
    anna.person.state, anna.person.state_reason = AccountState.INACTIVE.value, Reason.EXPIRED.value
    world.session.flush()
    remove_user(world.session, anna.id, world.actor("Carla"))
    assert grants_of(world, "Anna") == 0


def test_the_last_day_holds_before_the_worker_comes_by(world: World) -> None:
    """U-09: login and running sessions look at the day themselves."""
    world.people["Anna"].person.valid_until = today(world.session) - timedelta(days=1)
    world.session.flush()
    with pytest.raises(NotAMember):
        world.actor("Anna")


def test_a_removed_user_leaves_a_name_for_the_log_and_nothing_else(world: World) -> None:
    """U-22."""
    cor = world.hire_arbo("Cor")
    remove_user(world.session, cor.id, world.actor("Carla"))
    person = world.session.get_one(Person, cor.id, populate_existing=True)
    assert person_names(world.session, [cor.id]) == {cor.id: "Cor"}
    assert (person.state, person.state_reason) == ("inactive", "removed")
    assert person.email_sealed == person.email_lookup == b""
    assert world.session.get(Credential, cor.id) is None
    assert world.session.scalars(select(Authenticator).where(Authenticator.person_id == cor.id)).all() == []
    assert world.session.get(Membership, cor.id) is None
    assert world.session.scalars(select(MembershipRole).where(MembershipRole.person_id == cor.id)).all() == []
    assert grants_of(world, "Cor") == 0
    for act in (deactivate, remove_user):
        with pytest.raises(NotFound):
            act(world.session, cor.id, world.actor("Carla"))
    group = make_group(world, "Casemanagers")
    assert make_user(world, group, login_name="cor").login_name == "cor"


def test_whom_one_does_not_administer_one_does_not_end(world: World) -> None:
    """D-rules 16 and 30; U-04."""
    world.hire("Sevda", world.service, "superbeheerder")
    world.hire("Frank", world.service, "functioneel_beheerder")
    for act in (deactivate, remove_user):
        with pytest.raises(NotFound):
            act(world.session, world.people["Bram"].id, world.actor("Carla"))
        with pytest.raises(OwnAccount):
            act(world.session, world.people["Carla"].id, world.actor("Carla"))
        with pytest.raises(MayNotGrant):
            act(world.session, world.people["Sevda"].id, world.actor("Carla"))
        with pytest.raises(PermissionDenied):
            act(world.session, world.people["Anna"].id, world.actor("Frank"))
