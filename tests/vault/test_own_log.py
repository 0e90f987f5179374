"""Who saw or did what with one's own record: compared with the raw log (LOG10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.actions import Action
from audit.models import AuditEntry, AuditSubject
from audit.reading import LogFilter
from audit.recording import record
from crypto.source import SeededSource
from database.calendar import day_of
from organisation.models import EMPLOYEES_ID
from tests.vault.employees import hire_employee, link
from tests.vault.test_own_records import logs_with
from tests.vault.test_records import change
from tests.world import World
from vault.dossiers import read_employee
from vault.log_reading import read_log
from vault.own_data import unlink_own_data
from vault.own_log import Basis, OwnLogLine, read_own_log
from vault.own_records import read_own_data
from vault.sharing import end_share
from vault.tree import names

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def eva(world: World, source: SeededSource) -> UUID:
    """Eva, linked, of whom and of whose colleague both sides have seen and changed things on several days."""
    world.hire_arbo("Cor")
    world.hire("Petra", world.employer, "privacyfunctionaris")
    hire_employee(world)
    employee_id, other = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bakker")
    link(world, employee_id)
    for _ in range(3):
        source.advance(HOUR)
        read_employee(world.session, employee_id, world.actor("Anna"))
        read_employee(world.session, other, world.actor("Anna"))
        read_employee(world.session, employee_id, world.actor("Carla"))
    source.advance(DAY)
    share = world.share(employee_id)
    for name in ("Carla", "Cor"):
        source.advance(HOUR)
        read_employee(world.session, employee_id, world.actor(name))
        names(world.session, world.actor(name), [employee_id, other])
    change(world, employee_id)
    source.advance(DAY)
    end_share(world.session, share.id, world.actor("Anna"))
    read_own_data(world.session, world.actor("Eva"))
    read_log(world.session, LogFilter(subject_id=employee_id), 1, world.actor("Petra"))
    return employee_id


def own_lines(world: World, name: str = "Eva", **period: object) -> tuple[OwnLogLine, ...]:
    return read_own_log(world.session, world.actor(name), **period).lines  # type: ignore[arg-type]


def raw(world: World, employee_ids: Iterable[UUID]) -> Counter[tuple[object, ...]]:
    """What the logs of the organisations tell of these employees: how often, by day, action, role and outcome.

    An act that stands in two logs counts once: as often as it stands in the one that has it more often.
    """
    statement = select(AuditEntry, AuditSubject.subject_id).join(AuditSubject, AuditSubject.entry_id == AuditEntry.id)
    wanted = statement.where(AuditSubject.subject_id.in_(employee_ids), AuditEntry.organisation_id != EMPLOYEES_ID)
    by_log: dict[UUID, Counter[tuple[object, ...]]] = {}
    for entry, subject_id in world.session.execute(wanted):
        is_own = entry.actor_organisation_id == EMPLOYEES_ID
        what = (subject_id, day_of(entry.moment), entry.action, entry.actor_roles, entry.outcome, is_own)
        by_log.setdefault(entry.organisation_id, Counter())[what] += 1
    most: Counter[tuple[object, ...]] = Counter()
    for counted in by_log.values():
        most |= counted
    return most


def shown(lines: Iterable[OwnLogLine]) -> Counter[tuple[object, ...]]:
    counted: Counter[tuple[object, ...]] = Counter()
    for line in lines:
        what = (line.employee_id, line.day, line.action.value, " ".join(line.roles), line.outcome, line.is_own)
        counted[what] += line.times
    return counted


def test_nothing_is_left_out_and_nothing_of_another_person_is_in_it(world: World, eva: UUID) -> None:
    lines = own_lines(world)
    assert shown(lines) == raw(world, [eva])
    assert {line.employee_id for line in lines} == {eva}
    assert len({line.action for line in lines}) >= 8
    moments = [line.last_at for line in lines]
    assert moments == sorted(moments, reverse=True)


def test_the_same_of_one_day_is_one_line(world: World, eva: UUID) -> None:
    looks = [line for line in own_lines(world) if line.action is Action.EMPLOYEE_READ and line.organisation == "Noord"]
    assert [(line.times, line.basis) for line in looks] == [
        (1, Basis.SHARE),
        (1, Basis.SHARE),
        (3, Basis.WITHOUT_NAME),
    ]
    assert len({line.roles for line in looks[:2]}) == 2
    assert looks[2].last_at - looks[2].first_at == 2 * HOUR
    (made,) = [line for line in own_lines(world) if line.action is Action.SHARE_MAKE]
    assert (made.times, made.organisation, made.basis) == (1, "Bakkerij Mulder", Basis.SHARE)


def test_each_line_tells_who_as_what_and_on_which_ground_but_names_nobody(world: World, eva: UUID) -> None:
    lines = own_lines(world)
    (own,) = [line for line in lines if line.action is Action.OWN_DATA_READ]
    assert (own.is_own, own.organisation, own.basis) == (True, None, Basis.OWN)
    (privacy,) = [line for line in lines if line.action is Action.LOG_READ]
    assert (privacy.roles, privacy.organisation, privacy.basis) == (
        ("privacyfunctionaris",),
        "Bakkerij Mulder",
        Basis.EMPLOYER,
    )
    for name in ("Anna", "Carla", "Cor", "Petra"):
        assert name not in repr(lines)


def test_what_stands_in_the_services_log_alone_shows_to_the_employee_and_never_to_the_employer(
    world: World, eva: UUID
) -> None:
    """Design 2.6: of a confidential share the employer learns nothing, also not from the employee's looking."""
    before = read_log(world.session, LogFilter(subject_id=eva), 1, world.actor("Petra")).page.total
    for _ in range(2):
        record(
            world.session,
            Action.EMPLOYEE_READ,
            by=world.actor("Carla").who,
            subjects={eva: str(uuid4())},
            details={"side": "service"},
        )
    lines = own_lines(world)
    confidential = [line for line in lines if line.basis is Basis.CONFIDENTIAL]
    assert [(line.organisation, line.times) for line in confidential] == [("Noord", 2)]
    after = read_log(world.session, LogFilter(subject_id=eva), 1, world.actor("Petra")).page
    # One more since: that Petra herself looked before.
    assert after.total == before + 1
    assert Action.OWN_DATA_LOG.value not in {line.entry.action for line in after.lines}


def test_a_period_is_cut_at_its_ends(world: World, eva: UUID, source: SeededSource) -> None:
    everything = own_lines(world)
    middle = sorted({line.day for line in everything})[1]
    moment = min(line.first_at for line in everything if line.day == middle)
    some = own_lines(world, since=moment, until=moment + HOUR)
    assert {line.day for line in some} == {middle}
    assert sum(line.times for line in some) < sum(line.times for line in everything)
    (entry, *_) = world.session.scalars(
        select(AuditEntry).where(AuditEntry.action == Action.OWN_DATA_LOG.value).order_by(AuditEntry.moment.desc())
    )
    assert entry.organisation_id == EMPLOYEES_ID


def test_the_look_itself_is_in_the_own_log_and_in_no_employers(world: World, eva: UUID) -> None:
    own_lines(world)
    assert logs_with(world, "own_data:log") == {EMPLOYEES_ID: [eva]}


def test_who_is_not_linked_sees_nothing_and_others_have_no_such_page(world: World, eva: UUID) -> None:
    hire_employee(world, "Ed")
    assert own_lines(world, "Ed") == ()
    unlink_own_data(world.session, eva, world.actor("Anna"))
    assert own_lines(world) == ()
    for name in ("Anna", "Carla", "Petra"):
        with pytest.raises(PermissionDenied):
            own_lines(world, name)


def test_of_two_employers_both_logs_are_read(world: World, eva: UUID) -> None:
    theirs = world.employ("DV001", "Yılmaz", "Pers", by="Bram")
    link(world, theirs, by="Bram")
    lines = own_lines(world)
    assert shown(lines) == raw(world, [eva, theirs])
    assert {line.employer for line in lines} == {"Bakkerij Mulder", "Drukkerij Visser"}
