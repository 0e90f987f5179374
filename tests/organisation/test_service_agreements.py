"""Until when a service serves an employer, by the Dutch calendar (settled: end of a service agreement)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from crypto.source import SeededSource
from database.session import Session
from organisation.errors import LastDayTooEarly, NoServiceAgreement
from organisation.models import ServiceAgreement
from organisation.service_agreements import end_agreement, ended_pairs, serves
from tests.world import OPERATOR, World


def move_to(session: Session, moment: datetime) -> None:
    assert isinstance(session.source, SeededSource)
    session.source.advance(moment - session.source.now())


def pairs(session: Session, on: date) -> set[tuple[object, ...]]:
    return {tuple(row) for row in session.execute(ended_pairs(on))}


@pytest.mark.parametrize(
    ("last_day", "still", "over"),
    [
        # In winter Dutch midnight is 23:00 UTC, in summer 22:00.
        (date(2027, 1, 31), datetime(2027, 1, 31, 22, 59, 59, tzinfo=UTC), datetime(2027, 1, 31, 23, 0, tzinfo=UTC)),
        (date(2027, 6, 30), datetime(2027, 6, 30, 21, 59, 59, tzinfo=UTC), datetime(2027, 6, 30, 22, 0, tzinfo=UTC)),
    ],
)
def test_the_last_day_lasts_until_dutch_midnight(world: World, last_day: date, still: datetime, over: datetime) -> None:
    session, employer, service = world.session, world.employer.id, world.service.id
    end_agreement(session, employer, service, last_day, OPERATOR)
    move_to(session, still)
    assert serves(session, service, employer)
    assert pairs(session, last_day) == set()
    move_to(session, over)
    assert not serves(session, service, employer)
    assert pairs(session, last_day + timedelta(days=1)) == {(employer, service)}


def test_both_sides_read_in_their_log_until_when(world: World) -> None:
    end_agreement(world.session, world.employer.id, world.service.id, date(2027, 1, 31), OPERATOR)
    entries = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "service_agreement:end")).all()
    assert {entry.organisation_id for entry in entries} == {world.employer.id, world.service.id}
    assert {entry.details["last_day"] for entry in entries} == {"2027-01-31"}


def test_a_day_can_be_set_again_while_it_runs_and_may_have_passed(world: World) -> None:
    session, employer, service = world.session, world.employer.id, world.service.id
    for last_day in (date(2027, 1, 31), date(2027, 3, 31)):
        assert end_agreement(session, employer, service, last_day, OPERATOR).ends_on == last_day
    move_to(session, datetime(2027, 2, 1, 12, tzinfo=UTC))
    end_agreement(session, employer, service, date(2027, 1, 31), OPERATOR)
    with pytest.raises(NoServiceAgreement):
        end_agreement(session, employer, service, date(2027, 5, 1), OPERATOR)


def test_what_does_not_run_or_had_not_begun_is_refused(world: World) -> None:
    with pytest.raises(NoServiceAgreement):
        end_agreement(world.session, world.employer.id, world.other_service.id, date(2027, 1, 1), OPERATOR)
    with pytest.raises(LastDayTooEarly):
        end_agreement(world.session, world.employer.id, world.service.id, date(2000, 1, 1), OPERATOR)


def test_a_pair_with_another_agreement_that_runs_has_not_ended(world: World) -> None:
    """Renewed the day after, or a second one beside it; one of another service does not count."""
    session, employer, service = world.session, world.employer.id, world.service.id
    end_agreement(session, employer, service, date(2027, 1, 31), OPERATOR)

    def add(service_id: object) -> None:
        session.add(
            ServiceAgreement(
                id=session.source.new_id(),
                service_id=service_id,
                employer_id=employer,
                starts_on=date(2027, 2, 1),
                ends_on=None,
            )
        )
        session.flush()

    add(world.other_service.id)
    assert pairs(session, date(2027, 2, 1)) == {(employer, service)}
    add(service)
    assert pairs(session, date(2027, 2, 1)) == set()
    assert pairs(session, date(2027, 1, 31)) == set()
