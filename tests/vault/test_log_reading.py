"""Reading a log: what is told of whom, and that the look is logged before a card opens (LOG2, LOG12; design 3)."""

from __future__ import annotations

from uuid import UUID, uuid5

import pytest
from sqlalchemy import event, select

from accounts.errors import PermissionDenied
from audit.actions import Action
from audit.models import AuditEntry, AuditSubject
from audit.reading import LogFilter
from audit.recording import record
from database.session import Session
from organisation.errors import NotFound
from tests.prepared_world import PreparedWorlds
from tests.vault.test_tree import grounds
from tests.world import World
from vault.log_reading import NAMED_ON_A_LINE, first_subjects, people_in_log, read_log
from vault.tree import names

ALL = LogFilter()


@pytest.fixture
def world(session: Session, prepared_worlds: PreparedWorlds) -> World:
    """Bakkerij Mulder with Eva, whom Anna has looked at."""
    made = prepared_worlds.put_into(session)
    eva = made.employ("WK001", "Yılmaz")
    record(session, Action.EMPLOYEE_READ, by=made.actor("Anna").who, subjects=[eva])
    return made


def eva_of(session: Session) -> UUID:
    return session.scalars(select(AuditSubject.subject_id)).first()  # type: ignore[return-value]


def test_names_and_numbers_are_told_of_whom_the_own_keys_open(session: Session, world: World) -> None:
    eva = eva_of(session)

    reading = read_log(session, ALL, 1, world.actor("Anna"))

    assert reading.names == {eva: "E. Yılmaz"}
    assert reading.numbers == {eva: "WK001"}


def test_without_a_key_only_the_number_is_told(session: Session, world: World) -> None:
    world.hire("Petra", world.employer, "privacyfunctionaris")

    reading = read_log(session, ALL, 1, world.actor("Petra"))

    assert reading.names == {}
    assert reading.numbers == {eva_of(session): "WK001"}


def test_the_look_is_written_with_whom_it_shows_before_a_card_is_fetched(session: Session, world: World) -> None:
    """LOG2, design 3."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        statements.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    read_log(session, LogFilter(subject_id=eva_of(session)), 2, world.actor("Anna"))
    event.remove(engine, "before_cursor_execute", note)

    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.LOG_READ))
    assert entry.details == {"filter": "subject", "page": 2}
    told = select(AuditSubject.subject_id).where(AuditSubject.entry_id == entry.id)
    assert list(session.scalars(told)) == [eva_of(session)]
    written = next(index for index, text in enumerate(statements) if "INSERT INTO audit_entry" in text)
    fetched = next(index for index, text in enumerate(statements) if "FROM record_part" in text)
    assert written < fetched


def test_people_of_another_organisation_have_no_name_here(session: Session, world: World) -> None:
    record(session, Action.SHARE_END, by=world.actor("Carla").who, organisation_id=world.employer.id)

    reading = read_log(session, ALL, 1, world.actor("Anna"))

    assert world.people["Anna"].id in reading.people
    assert world.people["Carla"].id not in reading.people
    assert reading.organisations[world.service.id] == "Noord"


def test_a_share_is_told_as_ground_to_its_two_sides_only(session: Session, world: World) -> None:
    """LOG6."""
    share = world.share(eva_of(session))
    for name in ("Carla", "Dirk"):
        record(session, Action.EMPLOYEE_READ, by=world.actor(name).who, ground=str(share.id))
    world.hire("Petra", world.service, "privacyfunctionaris")
    world.hire("Xander", world.other_service, "privacyfunctionaris")

    assert read_log(session, ALL, 1, world.actor("Petra")).shared_on == {str(share.id): share.shared_at}
    assert read_log(session, ALL, 1, world.actor("Xander")).shared_on == {}


def test_the_shares_of_whom_a_list_named_are_told_each_by_its_own(session: Session, world: World) -> None:
    """LOG6."""
    eva, finn = eva_of(session), world.employ("WK002", "Bos")
    shares = [world.share(eva), world.share(finn)]
    names(session, world.actor("Carla"), [eva, finn])
    world.hire("Petra", world.service, "privacyfunctionaris")

    reading = read_log(session, LogFilter(actions=frozenset({Action.EMPLOYEE_LIST})), 1, world.actor("Petra"))

    assert [line.grounds for line in reading.page.lines] == [{eva: str(shares[0].id), finn: str(shares[1].id)}]
    assert reading.shared_on == {str(share.id): share.shared_at for share in shares}


def test_names_in_the_log_of_the_service_are_shown_on_the_ground_of_their_shares(
    session: Session, world: World
) -> None:
    """LOG6, LOG2: the log is a place where the arbo side reads names as well."""
    share = world.share(eva_of(session))
    world.hire_arbo("Cor", roles=("casemanager_arbo", "privacyfunctionaris"))
    names(session, world.actor("Cor"), [share.employee_id])

    reading = read_log(session, ALL, 1, world.actor("Cor"))

    assert reading.names == {share.employee_id: "E. Yılmaz"}
    looked = grounds(session, world.people["Cor"].id, "log:read")
    assert looked == {share.employee_id: str(share.id)}


def test_the_log_of_another_organisation_is_never_read(session: Session, world: World) -> None:
    """D-rule 16, LOG12."""
    reading = read_log(session, ALL, 1, world.actor("Bram"))

    assert {line.entry.organisation_id for line in reading.page.lines} == {world.other_employer.id}


def test_an_employee_of_another_employer_cannot_be_asked_about(session: Session, world: World) -> None:
    """D-rule 16."""
    for stranger in (eva_of(session), uuid5(UUID(int=0), "nobody")):
        with pytest.raises(NotFound):
            read_log(session, LogFilter(subject_id=stranger), 1, world.actor("Bram"))


def test_whom_the_log_can_be_asked_about_are_the_own_people(session: Session, world: World) -> None:
    world.hire("Petra", world.employer, "privacyfunctionaris")

    assert list(people_in_log(session, world.actor("Petra")).values()) == ["Anna", "Petra"]


def test_only_whoever_may_reads_the_log(session: Session, world: World) -> None:
    for attempt in (lambda actor: read_log(session, ALL, 1, actor), lambda actor: people_in_log(session, actor)):
        with pytest.raises(PermissionDenied):
            attempt(world.actor("Carla"))


def test_a_line_tells_of_three_and_first_of_whom_was_asked_for() -> None:
    subjects = tuple(uuid5(UUID(int=0), str(number)) for number in range(5))

    assert first_subjects(subjects) == subjects[:NAMED_ON_A_LINE]
    assert first_subjects(subjects, subjects[4]) == (subjects[4], *subjects[: NAMED_ON_A_LINE - 1])
