"""Admission of the service's members to its key (design 2.1)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from accounts.models import AccountState
from audit.models import AuditEntry
from delivery.models import OutgoingMessage
from keys.errors import AlreadyDecided, NoKey
from keys.grants import count_recipients
from organisation.admission import (
    Admittance,
    admit,
    admittance,
    ask_admission,
    enter_service,
    refuse,
    service_holder,
    waiting_members,
)
from organisation.errors import NotFound, NotFoundedYet
from organisation.memberships import give_role, take_role
from organisation.registering import create_service
from tests.world import OPERATOR, World


def test_the_first_member_makes_the_key_at_the_first_login(world: World) -> None:
    """Design 2.1: `create-service` makes the first member."""
    oost = create_service(world.session, "Oost", OPERATOR)
    world.hire("Otto", oost, "privacyfunctionaris", "casemanager_arbo")
    world.hire("Olga", oost, "casemanager_arbo")
    assert enter_service(world.session, world.actor("Olga")) is Admittance.NOT_FOUNDED
    with pytest.raises(NotFoundedYet):
        ask_admission(world.session, world.actor("Olga"))
    assert enter_service(world.session, world.actor("Otto")) is Admittance.OPEN
    assert enter_service(world.session, world.actor("Olga")) is Admittance.WAITING
    assert enter_service(world.session, world.actor("Otto")) is Admittance.OPEN


def test_a_colleague_waits_until_someone_with_the_key_admits(world: World) -> None:
    """Design 2.1: *wacht op toelating*; the request is one, and the mail names nobody."""
    world.hire("Cor", world.service, "casemanager_arbo")
    before = len(world.session.scalars(select(OutgoingMessage)).all())
    for _ in range(2):
        assert enter_service(world.session, world.actor("Cor")) is Admittance.WAITING
    (line,) = waiting_members(world.session, world.actor("Carla"))
    assert line.name == "Cor"
    assert len(world.session.scalars(select(OutgoingMessage)).all()) == before + 1
    admit(world.session, line.admission_id, world.actor("Carla"))
    assert enter_service(world.session, world.actor("Cor")) is Admittance.OPEN
    holder_id = service_holder(world.session, world.actor("Cor"))
    assert world.actor("Cor").keys.secret(world.session, holder_id) == world.actor("Carla").keys.secret(
        world.session, holder_id
    )


def test_who_waits_can_admit_nobody(world: World) -> None:
    """Design 2: the permission opens nothing without the key."""
    world.hire("Cor", world.service, "casemanager_arbo")
    enter_service(world.session, world.actor("Cor"))
    (line,) = waiting_members(world.session, world.actor("Cor"))
    for decision in (admit, refuse):
        savepoint = world.session.begin_nested()
        with pytest.raises(NoKey):
            decision(world.session, line.admission_id, world.actor("Cor"))
        savepoint.rollback()
    assert admittance(world.session, world.actor("Cor")) is Admittance.WAITING


def test_a_request_is_decided_once(world: World) -> None:
    """Every one-time thing is one conditional UPDATE."""
    world.hire("Cor", world.service, "casemanager_arbo")
    enter_service(world.session, world.actor("Cor"))
    (line,) = waiting_members(world.session, world.actor("Carla"))
    admit(world.session, line.admission_id, world.actor("Carla"))
    with pytest.raises(AlreadyDecided):
        admit(world.session, line.admission_id, world.actor("Carla"))
    with pytest.raises(AlreadyDecided):
        refuse(world.session, line.admission_id, world.actor("Carla"))


def test_who_was_refused_asks_again_by_an_act_of_his_own(world: World) -> None:
    """Design 2.1: a request makes itself at the first login only."""
    world.hire("Cor", world.service, "casemanager_arbo")
    enter_service(world.session, world.actor("Cor"))
    refuse(world.session, waiting_members(world.session, world.actor("Carla"))[0].admission_id, world.actor("Carla"))
    assert enter_service(world.session, world.actor("Cor")) is Admittance.NOT_ASKED
    assert ask_admission(world.session, world.actor("Cor")) is Admittance.WAITING


def test_another_service_sees_and_decides_nothing(world: World) -> None:
    """D-rule 16: the same answer as for an unknown request."""
    world.hire("Cor", world.service, "casemanager_arbo")
    enter_service(world.session, world.actor("Cor"))
    (line,) = waiting_members(world.session, world.actor("Carla"))
    assert waiting_members(world.session, world.actor("Dirk")) == []
    for decision in (admit, refuse):
        with pytest.raises(NotFound):
            decision(world.session, line.admission_id, world.actor("Dirk"))


def test_who_was_blocked_meanwhile_is_not_admitted(world: World) -> None:
    """Design 2.3: deactivation takes effect at once."""
    cor = world.hire("Cor", world.service, "casemanager_arbo")
    enter_service(world.session, world.actor("Cor"))
    (line,) = waiting_members(world.session, world.actor("Carla"))
    cor.person.state = AccountState.BLOCKED
    world.session.flush()
    assert waiting_members(world.session, world.actor("Carla")) == []
    with pytest.raises(NotFound):
        admit(world.session, line.admission_id, world.actor("Carla"))
    assert count_recipients(world.session, service_holder(world.session, world.actor("Carla"))) == 1


def test_who_may_not_read_dossiers_any_more_is_not_admitted(world: World) -> None:
    """Design 2.1: a role taken between asking and admitting counts, as it does in the vault (D-rule 17)."""
    cor = world.hire("Cor", world.service, "casemanager_arbo")
    enter_service(world.session, world.actor("Cor"))
    (line,) = waiting_members(world.session, world.actor("Carla"))
    take_role(world.session, cor.id, "casemanager_arbo", OPERATOR)
    give_role(world.session, cor.id, "privacyfunctionaris", OPERATOR)
    assert waiting_members(world.session, world.actor("Carla")) == []
    for decision in (admit, refuse):
        with pytest.raises(NotFound):
            decision(world.session, line.admission_id, world.actor("Carla"))


def test_an_employer_has_no_part_in_it(world: World) -> None:
    """D-rules 16 and 18, the other way round."""
    with pytest.raises(PermissionDenied):
        enter_service(world.session, world.actor("Anna"))
    with pytest.raises(PermissionDenied):
        waiting_members(world.session, world.actor("Anna"))
    with pytest.raises(NotFound):
        service_holder(world.session, world.actor("Anna"))


def test_asking_and_admitting_are_in_the_log(world: World) -> None:
    """LOG2: changes of authorisation."""
    cor = world.hire_arbo("Cor")
    statement = select(AuditEntry.action).where(
        AuditEntry.organisation_id == world.service.id, AuditEntry.object_id == cor.id
    )
    actions = set(world.session.scalars(statement))
    assert {"admission:request", "admission:grant"} <= actions
