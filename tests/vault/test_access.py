"""Asking for, granting and withdrawing access to the vault (K-07..K-16; D-rules 17 and 18)."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from accounts.models import AccountState, LoginSession
from accounts.permissions import Permission
from audit.models import AuditEntry
from delivery.models import OutgoingMessage
from delivery.outbox import MailKind, open_content
from keys.errors import AlreadyDecided, NoKey
from keys.grants import recipients
from keys.holders import current_generation
from keys.models import Admission, AdmissionState, Grant
from organisation.errors import NotFound
from organisation.memberships import take_role
from tests.world import OPERATOR, World
from vault.access import (
    VaultStanding,
    approve,
    ask_access,
    give_administrator,
    list_access,
    refuse,
    request_access,
    standing,
    take_administrator,
    waiting_requests,
    withdraw_access,
)
from vault.dossiers import Sight, read_employee
from vault.errors import LastAdministrator, LastKeyHolder, NotAVaultUser, NoVaultAccess
from vault.sides import find_vault


def ask(world: World, name: str, *roles: str) -> None:
    """Let a person of the employer log in for the first time."""
    world.hire(name, world.employer, *roles)
    request_access(world.session, world.actor(name))


def test_a_login_asks_once_and_tells_the_administrators_without_names(world: World) -> None:
    """K-11; N-01, D-rule 26."""
    ask(world, "Frits", "leidinggevende", "datakluisgebruiker")
    assert request_access(world.session, world.actor("Frits")) is VaultStanding.WAITING
    (request,) = waiting_requests(world.session, world.actor("Anna"))
    assert (request.name, request.employer) == ("Frits", "Bakkerij Mulder")
    mails = world.session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == MailKind.ACCESS_REQUEST)).all()
    assert [open_content(world.session, mail).to for mail in mails] == ["anna@example.org"]
    assert dict(open_content(world.session, mails[0]).values) == {}


def test_before_the_vault_is_open_nothing_is_asked(closed_world: World) -> None:
    """K-09: first the agreement, then the users."""
    closed_world.hire("Frits", closed_world.employer, "datakluisgebruiker")
    assert request_access(closed_world.session, closed_world.actor("Frits")) is VaultStanding.CLOSED


def test_who_may_see_no_names_asks_nothing(world: World) -> None:
    """K-15: the add-on makes a vault user."""
    world.hire("Gerda", world.employer, "leidinggevende")
    with pytest.raises(PermissionDenied):
        request_access(world.session, world.actor("Gerda"))


def test_akkoord_hands_over_the_key_and_nothing_else_does(world: World) -> None:
    """K-14, K-15, D-rule 17."""
    employee = world.employ("MS001", "Yılmaz")
    ask(world, "Frits", "leidinggevende", "datakluisgebruiker")
    assert read_employee(world.session, employee, world.actor("Frits")).sight is Sight.NO_KEY
    (request,) = waiting_requests(world.session, world.actor("Anna"))
    approve(world.session, request.admission_id, world.actor("Anna"))
    page = read_employee(world.session, employee, world.actor("Frits"))
    assert page.card is not None
    assert page.card.last_name == "Yılmaz"
    assert standing(world.session, world.actor("Frits")) is VaultStanding.OPEN
    line = next(line for line in list_access(world.session, world.actor("Anna")) if line.name == "Frits")
    assert (line.granted_by, line.administrator) == ("Anna", False)
    with pytest.raises(AlreadyDecided):
        approve(world.session, request.admission_id, world.actor("Anna"))


def test_only_an_administrator_with_the_key_approves_or_refuses(world: World) -> None:
    """Design 2: the role opens nothing; D-rule 18: the arbo side has no say."""
    ask(world, "Hans", "datakluisbeheerder")
    ask(world, "Frits", "datakluisgebruiker")
    request = next(r for r in waiting_requests(world.session, world.actor("Anna")) if r.name == "Frits")
    carla = world.actor("Carla")
    forged = replace(carla, permissions=carla.permissions | {Permission.ACCESS_ADMINISTER})
    for decision in (approve, refuse):
        with pytest.raises(NoVaultAccess):
            decision(world.session, request.admission_id, world.actor("Hans"))
        for actor in (world.actor("Frits"), carla):
            with pytest.raises(PermissionDenied):
                decision(world.session, request.admission_id, actor)
        for actor in (world.actor("Bram"), forged):
            with pytest.raises(NotFound):
                decision(world.session, request.admission_id, actor)
    for look in (list_access, waiting_requests):
        with pytest.raises(PermissionDenied):
            look(world.session, carla)
        with pytest.raises(NotFound):
            look(world.session, forged)
    assert [r.name for r in waiting_requests(world.session, world.actor("Bram"))] == []


def test_a_request_of_someone_who_was_blocked_or_lost_the_role_grants_nothing(world: World) -> None:
    """D-rule 17: what counts is who someone is at the moment of Akkoord."""
    ask(world, "Frits", "datakluisgebruiker")
    (request,) = waiting_requests(world.session, world.actor("Anna"))
    frits = world.people["Frits"]

    def refused() -> bool:
        world.session.flush()
        with pytest.raises(NotFound):
            approve(world.session, request.admission_id, world.actor("Anna"))
        return waiting_requests(world.session, world.actor("Anna")) == []

    frits.person.state = AccountState.BLOCKED
    assert refused()
    frits.person.state = AccountState.ACTIVE
    take_role(world.session, frits.id, "datakluisgebruiker", OPERATOR)
    assert refused()


def test_withdrawing_ends_it_at_once(world: World) -> None:
    """K-16, D-rule 17: grants gone, roles gone, sessions gone, the vault a generation further."""
    employee = world.employ("MS001", "Yılmaz")
    frits = world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker")
    holder_id = find_vault(world.session, world.actor("Anna")).holder_id
    was = world.actor("Frits")
    assert read_employee(world.session, employee, was).sight is Sight.OPEN
    withdraw_access(world.session, frits.id, world.actor("Anna"))
    grants = select(Grant).where(Grant.holder_id == holder_id, Grant.recipient_id == frits.id)
    assert world.session.scalars(grants).all() == []
    assert current_generation(world.session, holder_id) == 2
    assert [grant.recipient_id for grant in recipients(world.session, holder_id)] == [world.people["Anna"].id]
    assert world.actor("Frits").roles == ("leidinggevende",)
    fresh = replace(world.actor("Frits"), permissions=was.permissions)
    assert read_employee(world.session, employee, fresh).sight is Sight.NO_KEY
    for generation in (None, 1, 2):
        with pytest.raises(NoKey):
            frits.keys().secret(world.session, holder_id, generation)
    assert read_employee(world.session, employee, world.actor("Anna")).sight is Sight.OPEN


def test_withdrawing_ends_the_sessions_of_that_person_only(world: World) -> None:
    """D-rule 17: withdrawal takes effect at once (sessions!)."""
    world.hire_vault_user("Frits", "datakluisgebruiker")
    now = world.session.source.now()
    for name in ("Anna", "Frits"):
        world.session.add(
            LoginSession(
                id_hash=name.encode(),
                stage="complete",
                person_id=world.people[name].id,
                key_generation=1,
                data_sealed=b"",
                secret_sealed=b"",
                created_at=now,
                active_at=now,
                expires_at=now,
            )
        )
    world.session.flush()
    withdraw_access(world.session, world.people["Frits"].id, world.actor("Anna"))
    assert world.session.scalars(select(LoginSession.id_hash)).all() == [b"Anna"]


def test_whoever_was_withdrawn_asks_again_only_by_an_act_of_his_own(world: World) -> None:
    """K-11: a request makes itself at the first login only."""
    frits = world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker")
    before = world.actor("Frits")
    withdraw_access(world.session, frits.id, world.actor("Anna"))
    back = replace(world.actor("Frits"), permissions=before.permissions)
    assert request_access(world.session, back) is VaultStanding.NOT_ASKED
    assert ask_access(world.session, back) is VaultStanding.WAITING


def test_whoever_was_refused_asks_again_only_by_an_act_of_his_own(world: World) -> None:
    """K-11."""
    ask(world, "Frits", "datakluisgebruiker")
    refuse(world.session, waiting_requests(world.session, world.actor("Anna"))[0].admission_id, world.actor("Anna"))
    assert request_access(world.session, world.actor("Frits")) is VaultStanding.NOT_ASKED
    assert ask_access(world.session, world.actor("Frits")) is VaultStanding.WAITING


def test_the_last_one_who_can_open_the_vault_stays(world: World) -> None:
    """K-16: else all in it would be lost."""
    with pytest.raises(LastKeyHolder):
        withdraw_access(world.session, world.people["Anna"].id, world.actor("Anna"))


def test_the_last_administrator_stays_one(world: World) -> None:
    """D-rule 18: the last administrator cannot drop himself; who waits for a key or is blocked does not count."""
    world.hire_vault_user("Frits", "datakluisgebruiker")
    ask(world, "Hans", "datakluisbeheerder")
    anna = world.people["Anna"].id
    for drop in (withdraw_access, take_administrator):
        with pytest.raises(LastAdministrator):
            drop(world.session, anna, world.actor("Anna"))


def test_a_blocked_colleague_does_not_count_as_one_who_can_open(world: World) -> None:
    """K-16: a key that nobody can use saves nothing."""
    frits = world.hire_vault_user("Frits", "datakluisgebruiker")
    frits.person.state = AccountState.BLOCKED
    world.session.flush()
    with pytest.raises(LastKeyHolder):
        withdraw_access(world.session, world.people["Anna"].id, world.actor("Anna"))


def test_administrator_rights_are_given_and_taken(world: World) -> None:
    """K-16; the person stays a vault user."""
    frits = world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker")
    give_administrator(world.session, frits.id, world.actor("Anna"))
    assert Permission.ACCESS_ADMINISTER in world.actor("Frits").permissions
    take_administrator(world.session, world.people["Anna"].id, world.actor("Frits"))
    assert "datakluisbeheerder" not in world.actor("Anna").roles
    assert "datakluisgebruiker" in world.actor("Anna").roles
    with pytest.raises(PermissionDenied):
        give_administrator(world.session, frits.id, world.actor("Anna"))


def test_an_administrator_may_leave_when_another_stays(world: World) -> None:
    """K-16: the one who leaves makes the generation that he or she is not part of."""
    world.hire_vault_user("Hans", "datakluisbeheerder")
    anna = world.people["Anna"]
    withdraw_access(world.session, anna.id, world.actor("Anna"))
    holder_id = find_vault(world.session, world.actor("Hans")).holder_id
    assert world.actor("Hans").keys.secret(world.session, holder_id, 1)
    with pytest.raises(NoKey):
        anna.keys().secret(world.session, holder_id)


def test_rights_are_given_only_to_who_can_open_the_vault(world: World) -> None:
    """D-rules 16 and 18: not to a stranger, not to the arbo side, not to who waits."""
    ask(world, "Frits", "datakluisgebruiker")
    for person_id in (world.people["Frits"].id, world.people["Carla"].id, world.people["Bram"].id, uuid4()):
        with pytest.raises(NotAVaultUser):
            give_administrator(world.session, person_id, world.actor("Anna"))
        with pytest.raises(NotFound):
            withdraw_access(world.session, person_id, world.actor("Anna"))


def test_an_administrator_whose_rights_were_taken_meanwhile_does_nothing(world: World) -> None:
    """V8.3.2: a change takes effect at once, also in a request that began before it."""
    world.hire_vault_user("Hans", "datakluisbeheerder")
    world.hire_vault_user("Frits", "datakluisgebruiker")
    began = world.actor("Hans")
    take_administrator(world.session, world.people["Hans"].id, world.actor("Anna"))
    with pytest.raises(NoVaultAccess):
        withdraw_access(world.session, world.people["Frits"].id, began)


def test_a_waiting_request_of_whom_access_is_withdrawn_is_cancelled(world: World) -> None:
    """K-11: the counter does not keep what makes no sense any more."""
    frits = world.hire_vault_user("Frits", "datakluisgebruiker")
    holder_id = find_vault(world.session, world.actor("Anna")).holder_id
    world.session.add(
        Admission(
            id=uuid4(),
            organisation_id=world.employer.id,
            holder_id=holder_id,
            recipient_id=frits.id,
            state=AdmissionState.WAITING.value,
            requested_at=world.session.source.now(),
        )
    )
    world.session.flush()
    withdraw_access(world.session, frits.id, world.actor("Anna"))
    assert waiting_requests(world.session, world.actor("Anna")) == []


def test_every_act_is_in_the_log(world: World) -> None:
    """LOG2: changes of authorisation."""
    frits = world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker")
    give_administrator(world.session, frits.id, world.actor("Anna"))
    withdraw_access(world.session, frits.id, world.actor("Anna"))
    statement = select(AuditEntry.action).where(AuditEntry.object_id == frits.id)
    actions = set(world.session.scalars(statement))
    assert {"access:request", "access:grant", "access:withdraw", "role:give", "role:take"} <= actions
