"""A service makes and ends agreements of its own, and learns nothing of another's (O-20, O-33, O-34, U-31)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.errors import PermissionDenied
from organisation.calendar import today
from organisation.employer_agreements import (
    add_agreement,
    change_identification,
    end_own_agreement,
    own_agreements,
    remove_agreement,
)
from organisation.employer_models import EmployerPlacement
from organisation.errors import AgreementOverlaps, InUse, InvalidValues, LastDayTooEarly, NotFound
from organisation.models import ServiceAgreement
from organisation.service_agreements import make_agreement, serves
from organisation.tree import employers_in_scope
from tests.organisation.employers import entries, in_folder, logs_with, new_employer, seeing
from tests.world import OPERATOR, World


def add(world: World, first_day: date, last_day: date | None = None, by: str = "Carla") -> ServiceAgreement:
    return add_agreement(
        world.session,
        world.garage.id,
        first_day,
        last_day,
        employer_identification="G-1",
        exchange_number=None,
        actor=world.actor(by),
    )


def running(world: World) -> ServiceAgreement:
    (agreement,) = own_agreements(world.session, world.garage.id, world.actor("Carla"))
    return agreement


def test_a_running_agreement_ends_before_the_next_begins(world: World) -> None:
    day, carla = today(world.session), world.actor("Carla")
    with pytest.raises(AgreementOverlaps):
        add(world, day + timedelta(days=30))
    end_own_agreement(world.session, world.garage.id, running(world).id, day + timedelta(days=9), carla)
    with pytest.raises(AgreementOverlaps):
        add(world, day + timedelta(days=9))
    later = add(world, day + timedelta(days=10))
    assert later.employer_identification == "G-1"
    assert serves(world.session, world.service.id, world.garage.id)
    assert logs_with(world, "service_agreement:make") >= {world.service.id, world.garage.id}


def test_an_agreement_to_come_gives_nothing_to_see_before_its_first_day(world: World) -> None:
    day, carla = today(world.session), world.actor("Carla")
    end_own_agreement(world.session, world.garage.id, running(world).id, day, carla)
    world.session.source.advance(timedelta(days=1))  # type: ignore[attr-defined]
    add(world, day + timedelta(days=5))
    assert [employer.name for employer in employers_in_scope(world.session, carla)] == ["Bakkerij Mulder"]
    world.session.source.advance(timedelta(days=4))  # type: ignore[attr-defined]
    assert [employer.name for employer in employers_in_scope(world.session, carla)] == [
        "Bakkerij Mulder", "Garage Smit",
    ]  # fmt: skip


def test_the_end_can_be_put_off_but_not_into_the_next_one(world: World) -> None:
    day, carla = today(world.session), world.actor("Carla")
    first = running(world)
    end_own_agreement(world.session, world.garage.id, first.id, day + timedelta(days=9), carla)
    add(world, day + timedelta(days=20))
    end_own_agreement(world.session, world.garage.id, first.id, day + timedelta(days=19), carla)
    with pytest.raises(AgreementOverlaps):
        end_own_agreement(world.session, world.garage.id, first.id, day + timedelta(days=20), carla)
    with pytest.raises(LastDayTooEarly):
        end_own_agreement(world.session, world.garage.id, first.id, first.starts_on - timedelta(days=1), carla)
    assert first.ends_on == day + timedelta(days=19)


def test_only_what_has_not_begun_is_removed(world: World) -> None:
    day, carla = today(world.session), world.actor("Carla")
    with pytest.raises(InUse):
        remove_agreement(world.session, world.garage.id, running(world).id, carla)
    end_own_agreement(world.session, world.garage.id, running(world).id, day, carla)
    later = add(world, day + timedelta(days=1))
    remove_agreement(world.session, world.garage.id, later.id, carla)
    assert logs_with(world, "service_agreement:remove") == {world.service.id, world.garage.id}
    assert running(world).ends_on == day


def test_the_numbers_of_exchange_are_kept_and_checked(world: World) -> None:
    carla, agreement = world.actor("Carla"), running(world)
    numbers = {"employer_identification": "G-2", "exchange_number": "A 17"}
    change_identification(world.session, world.garage.id, agreement.id, **numbers, actor=carla)
    assert (agreement.employer_identification, agreement.exchange_number) == ("G-2", "A 17")
    assert entries(world, "service_agreement:update")[0].details == {
        "fields": "employer_identification exchange_number"
    }
    with pytest.raises(InvalidValues) as refusal:
        change_identification(
            world.session,
            world.garage.id,
            agreement.id,
            employer_identification="x" * 41,
            exchange_number="y" * 41,
            actor=carla,
        )
    assert [fault.field for fault in refusal.value.faults] == ["employer_identification", "exchange_number"]


def test_another_services_agreement_with_the_same_employer_stays_unseen(world: World) -> None:
    """Both serve Garage Smit; each sees its own, and neither can touch the other's."""
    session, garage = world.session, world.garage.id
    theirs = make_agreement(session, garage, world.other_service.id, date(2020, 1, 1), None, OPERATOR)
    session.add(EmployerPlacement(service_id=world.other_service.id, employer_id=garage))
    session.flush()
    carla, dirk = world.actor("Carla"), world.actor("Dirk")
    assert theirs.id not in {agreement.id for agreement in own_agreements(session, garage, carla)}
    assert [agreement.id for agreement in own_agreements(session, garage, dirk)] == [theirs.id]
    with pytest.raises(NotFound):
        end_own_agreement(session, garage, theirs.id, today(session), carla)
    with pytest.raises(NotFound):
        remove_agreement(session, garage, theirs.id, carla)
    end_own_agreement(session, garage, running(world).id, today(session), carla)
    assert theirs.ends_on is None


def test_a_service_makes_none_with_an_employer_that_it_never_had(world: World) -> None:
    with pytest.raises(NotFound):
        add(world, date(2030, 1, 1), by="Dirk")
    with pytest.raises(PermissionDenied):
        add(world, date(2030, 1, 1), by="Anna")


def test_it_takes_the_right_and_the_employer_in_scope(world: World) -> None:
    """U-31: a functional administrator without the right, and an office without the employer, change nothing."""
    world.hire_arbo("Bea", roles=("functioneel_beheerder",))
    office = seeing(world.actor("Carla"), in_folder(world, "Oost", world.employer))
    agreement = running(world)
    with pytest.raises(PermissionDenied):
        end_own_agreement(world.session, world.garage.id, agreement.id, today(world.session), world.actor("Bea"))
    with pytest.raises(NotFound):
        end_own_agreement(world.session, world.garage.id, agreement.id, today(world.session), office)
    assert agreement.ends_on is None
    assert new_employer(world)
