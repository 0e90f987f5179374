"""Adding services, employers and departments."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from audit import PLATFORM_ID
from audit.models import AuditEntry
from keys.holders import has_key
from organisation.errors import NameMissing, NameTaken, NotFound
from organisation.models import Department
from organisation.registering import add_departments, create_employer, create_service
from tests.world import OPERATOR, World


def test_a_service_has_a_holder_without_a_key_until_its_first_member_logs_in(world: World) -> None:
    """Design 2.1, admission."""
    service = create_service(world.session, "Oost", OPERATOR)
    assert service.holder_id is not None
    assert not has_key(world.session, service.holder_id)


def test_a_name_is_given_once_per_kind(world: World) -> None:
    """The operator's commands find organisations by name."""
    with pytest.raises(NameTaken):
        create_service(world.session, " Noord ", OPERATOR)
    create_employer(world.session, "Noord", world.service.id, [], OPERATOR)


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_an_organisation_has_a_name(world: World, name: str) -> None:
    """Nothing without a name can be chosen from a list."""
    with pytest.raises(NameMissing):
        create_service(world.session, name, OPERATOR)


def test_only_a_service_can_serve_an_employer(world: World) -> None:
    """An employer's id, or an unknown one, is no service."""
    for service_id in (world.employer.id, uuid4()):
        with pytest.raises(NotFound):
            create_employer(world.session, "Nieuw", service_id, [], OPERATOR)


def test_departments_that_are_there_are_not_added_again(world: World) -> None:
    """X-22: the button *maak n afdelingen aan* can be pressed twice."""
    answer = add_departments(world.session, world.employer.id, ["winkel", "Kantoor", "Kantoor "], OPERATOR)
    assert answer["winkel"].id == world.departments["Winkel"].id
    assert answer["Kantoor"] is answer["Kantoor "]
    of_employer = select(func.count()).where(Department.organisation_id == world.employer.id)
    assert world.session.scalar(of_employer) == 3


def test_the_same_name_at_another_employer_is_another_department(world: World) -> None:
    """D-rule 16: employers have nothing in common."""
    answer = add_departments(world.session, world.garage.id, ["Winkel"], OPERATOR)
    assert answer["Winkel"].id != world.departments["Winkel"].id


def test_creating_is_in_the_log_of_the_platform(world: World) -> None:
    """Design 3: commands of the operator go to the platform's log."""
    actions = world.session.scalars(select(AuditEntry.action).where(AuditEntry.organisation_id == PLATFORM_ID))
    assert list(actions).count("organisation:create") == 5
