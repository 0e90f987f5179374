"""Asking a log about an employee by number (LOG11)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from accounts.errors import PermissionDenied
from database.session import Session
from organisation.log_subjects import subjects_with_number
from organisation.models import Batch, Employee, ServiceAgreement
from tests.world import World


def test_an_employer_finds_its_own_employee_only(session: Session, world: World) -> None:
    eva = world.employ("WK001", "Yılmaz")
    world.employ("WK001", "Persman", "Pers", by="Bram")

    (found,) = subjects_with_number(session, world.actor("Anna"), "WK001")

    assert (found.employee_id, found.personnel_number, found.employer) == (eva, "WK001", "Bakkerij Mulder")


def test_the_number_must_be_whole(session: Session, world: World) -> None:
    world.employ("WK001", "Yılmaz")

    for part in ("WK", "WK00", "%", "wk001", ""):
        assert subjects_with_number(session, world.actor("Anna"), part) == []


def test_an_arbo_service_finds_one_at_each_employer_that_it_serves(session: Session, world: World) -> None:
    eva = world.employ("WK001", "Yılmaz")
    world.employ("WK001", "Persman", "Pers", by="Bram")
    world.hire("Petra", world.service, "privacyfunctionaris")

    assert [found.employee_id for found in subjects_with_number(session, world.actor("Petra"), "WK001")] == [eva]


def test_a_service_whose_agreement_ended_finds_only_whom_its_log_tells_of(session: Session, world: World) -> None:
    """D-rule 16: who came to the employer since is none of its business, not even as a number."""
    eva, joris = world.employ("WK001", "Yılmaz"), world.employ("WK002", "Janssen")
    world.share(eva)
    world.hire("Petra", world.service, "privacyfunctionaris")
    ended = update(ServiceAgreement).where(ServiceAgreement.employer_id == world.employer.id)
    session.execute(ended.values(starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31)))

    found = {number: subjects_with_number(session, world.actor("Petra"), number) for number in ("WK001", "WK002")}

    assert [subject.employee_id for subject in found["WK001"]] == [eva]
    assert found["WK002"] == []
    assert [subject.employee_id for subject in subjects_with_number(session, world.actor("Anna"), "WK002")] == [joris]


def test_an_import_that_is_being_written_is_not_there_yet(session: Session, world: World) -> None:
    """Design 2.2."""
    eva = world.employ("WK001", "Yılmaz")
    batch = Batch(id=session.source.new_id(), organisation_id=world.employer.id, visible_at=None)
    session.add(batch)
    session.flush()
    session.get_one(Employee, eva).batch_id = batch.id

    assert subjects_with_number(session, world.actor("Anna"), "WK001") == []


@pytest.mark.parametrize("name", ["Carla", "Gerda"])
def test_only_whoever_may_read_the_log_asks(session: Session, world: World, name: str) -> None:
    world.hire("Gerda", world.employer, "leidinggevende")

    with pytest.raises(PermissionDenied):
        subjects_with_number(session, world.actor(name), "WK001")
