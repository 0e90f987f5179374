"""Making, changing and opening records (E-02, E-03, E-05, K-26; design 2.2)."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from accounts.errors import PermissionDenied
from audit.actions import Action
from audit.models import AuditEntry, AuditSubject
from audit.recording import record
from crypto.errors import UnsealError
from keys.models import SealedForm
from organisation.errors import NotFound, PersonnelNumberTaken
from organisation.models import Batch, Employee, Employment
from tests.world import TEST_BSN, World, card, details
from vault.access import withdraw_access
from vault.dossiers import read_employee
from vault.errors import EditConflict, InvalidFields, NoVaultAccess
from vault.fields import Card, Details
from vault.models import Part, RecordKey, RecordPart, StaleRecordKey
from vault.records import create_record, open_cards, open_whole, update_record
from vault.sharing import end_share


def whole(world: World, employee_id: UUID, name: str = "Anna") -> tuple[Card, Details]:
    """Card and details, BSN and all, as the person's side opens them."""
    actor = world.actor(name)
    entry = record(world.session, Action.EMPLOYEE_READ, by=actor.who, subjects=[employee_id])
    return open_whole(world.session, actor, employee_id, entry=entry)


def change(world: World, employee_id: UUID, name: str = "Anna", **values: object) -> Employee:
    """Write a next version with another last name."""
    employee = world.session.get_one(Employee, employee_id, populate_existing=True)
    given: dict[str, object] = {
        "card": card("Yılmaz-Bos"),
        "details": details(bsn=None),
        "expected_version": employee.version,
    }
    return update_record(world.session, employee_id, actor=world.actor(name), **{**given, **values})  # type: ignore[arg-type]


def newest_keys(world: World, employee_id: UUID) -> list[RecordKey]:
    """The rows of the newest key of a record."""
    rows = world.session.scalars(
        select(RecordKey).where(RecordKey.employee_id == employee_id).execution_options(populate_existing=True)
    ).all()
    newest = max(row.key_number for row in rows)
    return [row for row in rows if row.key_number == newest]


def test_what_was_typed_in_comes_back(world: World) -> None:
    """E-02, E-03, K-26."""
    employee_id = world.employ("MS001", "Yılmaz")
    assert whole(world, employee_id) == (card("Yılmaz"), details())


def test_no_row_holds_anything_readable(world: World) -> None:
    """K-26: stored encrypted."""
    employee_id = world.employ("MS001", "Yılmaz")
    rows = world.session.scalars(select(RecordPart).where(RecordPart.employee_id == employee_id)).all()
    assert {row.part for row in rows} == {Part.CARD, Part.DETAILS}
    for row in rows:
        for planted in (b"Y\xc4\xb1lmaz", b"1990-12-31", TEST_BSN.encode(), b"Tulpenlaan"):
            assert planted not in row.sealed


def test_adding_needs_the_base_role_and_the_vault(world: World) -> None:
    """Part C: add and edit; K-15: names with the add-on only; D-rule 17: and the key."""
    world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker")
    world.hire("Gerda", world.employer, "werkgever")
    world.hire("Hans", world.employer, "werkgever", "datakluisgebruiker")
    for name, refusal in (("Frits", PermissionDenied), ("Gerda", PermissionDenied), ("Hans", NoVaultAccess)):
        with pytest.raises(refusal):
            world.employ("MS001", "Yılmaz", by=name)
    employee_id = world.employ("MS001", "Yılmaz")
    for name, refusal in (("Frits", PermissionDenied), ("Gerda", PermissionDenied), ("Hans", NoVaultAccess)):
        with pytest.raises(refusal):
            change(world, employee_id, name)


def test_nobody_writes_outside_the_own_scope_or_employer(world: World) -> None:
    """K-08, D-rule 16."""
    world.hire_vault_user("Ilse", "werkgever", "datakluisgebruiker", scope=world.scope("Winkel"))
    elsewhere, theirs = world.employ("MS001", "Yılmaz", "Oven"), world.employ("DV001", "Bos", "Pers", by="Bram")
    with pytest.raises(NotFound):
        world.employ("MS002", "Bos", "Oven", by="Ilse")
    for employee_id in (elsewhere, theirs, uuid4()):
        with pytest.raises(NotFound):
            update_record(
                world.session,
                employee_id,
                card=card(),
                details=details(),
                expected_version=1,
                actor=world.actor("Ilse"),
            )
    here = world.employ("MS003", "Bakker", by="Ilse")
    with pytest.raises(NotFound):
        change(world, here, "Ilse", employment_id=employment_of(world, here), employment=world.employment("Oven"))


def employment_of(world: World, employee_id: UUID) -> UUID:
    """The id of an employee's only employment."""
    return world.session.scalars(select(Employment.id).where(Employment.employee_id == employee_id)).one()


def test_faults_are_told_before_anything_is_written(world: World) -> None:
    """E-03."""
    with pytest.raises(InvalidFields):
        create_record(
            world.session,
            personnel_number="MS001",
            card=card(postcode="?"),
            details=details(),
            employment=world.employment(),
            actor=world.actor("Anna"),
        )
    assert world.session.scalar(select(func.count()).select_from(Employee)) == 0
    world.employ("MS001", "Yılmaz")
    with pytest.raises(PersonnelNumberTaken):
        world.employ("MS001", "Bos")


def test_a_change_replaces_what_was_there(world: World) -> None:
    """E-05; AVG art. 5: what was corrected is not kept."""
    employee_id = world.employ("MS001", "Yılmaz")
    changed = change(world, employee_id, personnel_number="MS009")
    assert (changed.version, changed.personnel_number) == (2, "MS009")
    versions = world.session.scalars(select(RecordPart.version).where(RecordPart.employee_id == employee_id)).all()
    assert set(versions) == {2}
    assert whole(world, employee_id)[0].last_name == "Yılmaz-Bos"


def test_an_employment_is_corrected_with_the_record(world: World) -> None:
    """E-06, E-11."""
    employee_id = world.employ("MS001", "Yılmaz")
    corrected = world.employment("Oven", function="Bakker", ends_on=date(2026, 12, 31))
    change(
        world, employee_id, employment_id=employment_of(world, employee_id), employment=corrected, employment_version=1
    )
    (line,) = read_employee(world.session, employee_id, world.actor("Anna")).employments
    assert (line.department, line.function, line.ends_on) == ("Oven", "Bakker", date(2026, 12, 31))


def test_of_two_changes_from_one_version_the_second_is_refused(world: World) -> None:
    """Optimistic lock: nothing is overwritten unseen."""
    employee_id = world.employ("MS001", "Yılmaz")
    change(world, employee_id, expected_version=1)
    with pytest.raises(EditConflict):
        change(world, employee_id, expected_version=1, card=card("Anders"))
    assert whole(world, employee_id)[0].last_name == "Yılmaz-Bos"


def test_editing_without_seeing_the_bsn_keeps_it(world: World) -> None:
    """D-rule 37: whoever may not read it can't wipe it by saving a form that lacks it."""
    employee_id = world.employ("MS001", "Yılmaz")
    change(world, employee_id)
    assert whole(world, employee_id)[1].bsn == TEST_BSN
    change(world, employee_id, details=details(bsn="999990020"))
    assert whole(world, employee_id)[1].bsn == "999990020"
    change(world, employee_id, remove_bsn=True)
    assert whole(world, employee_id)[1].bsn is None


def test_an_unshared_record_opens_for_the_vault_only(world: World) -> None:
    """K-19, D-rule 16: no key row, no card."""
    employee_id = world.employ("MS001", "Yılmaz")
    for name in ("Carla", "Dirk", "Bram"):
        actor = world.actor(name)
        entry = record(world.session, Action.EMPLOYEE_READ, by=actor.who)
        assert open_cards(world.session, actor, [employee_id], entry=entry) == {}
        with pytest.raises(NoVaultAccess):
            open_whole(world.session, actor, employee_id, entry=entry)


def test_scope_binds_whoever_holds_the_key_of_the_whole_vault(world: World) -> None:
    """Design 2: scope inside one organisation is a filter in the query."""
    world.hire_vault_user("Frits", "leidinggevende", "datakluisgebruiker", scope=world.scope("Winkel"))
    here, elsewhere = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos", "Oven")
    frits = world.actor("Frits")
    entry = record(world.session, Action.EMPLOYEE_READ, by=frits.who)
    assert set(open_cards(world.session, frits, [here, elsewhere], entry=entry)) == {here}


def test_a_record_of_an_invisible_batch_does_not_open(world: World) -> None:
    """Design 5.2: nothing is half imported."""
    employee_id = world.employ("MS001", "Yılmaz")
    batch = Batch(id=uuid4(), organisation_id=world.employer.id, visible_at=None)
    world.session.add(batch)
    world.session.flush()
    world.session.execute(update(Employee).values(batch_id=batch.id))
    anna = world.actor("Anna")
    entry = record(world.session, Action.EMPLOYEE_READ, by=anna.who)
    assert open_cards(world.session, anna, [employee_id], entry=entry) == {}


@pytest.mark.parametrize("column", ["sealed", "version", "key"])
def test_ciphertext_that_was_moved_does_not_open(world: World, column: str) -> None:
    """Design 2.1: bound to person, part, version, key and holder."""
    first, second = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos")
    parts = {row.employee_id: row for row in world.session.scalars(select(RecordPart).where(RecordPart.part == "card"))}
    keys = {row.employee_id: row for row in world.session.scalars(select(RecordKey))}
    if column == "sealed":
        parts[first].sealed, parts[second].sealed = parts[second].sealed, parts[first].sealed
        keys[first].sealed, keys[second].sealed = keys[second].sealed, keys[first].sealed
    elif column == "version":
        parts[first].version = 7
        world.session.get_one(Employee, first).version = 7
    else:
        keys[first].since_generation = 0
    world.session.flush()
    anna = world.actor("Anna")
    entry = record(world.session, Action.EMPLOYEE_READ, by=anna.who)
    with pytest.raises(UnsealError):
        open_cards(world.session, anna, [first], entry=entry)


def test_an_old_version_cannot_be_passed_off_as_the_new_one(world: World) -> None:
    """Design 2.1: the version is bound, so that a correction cannot be undone in the database."""
    employee_id = world.employ("MS001", "Yılmaz")
    row = select(RecordPart).where(RecordPart.employee_id == employee_id, RecordPart.part == "card")
    old = world.session.scalars(row).one().sealed
    change(world, employee_id)
    world.session.scalars(row.execution_options(populate_existing=True)).one().sealed = old
    world.session.flush()
    with pytest.raises(UnsealError):
        whole(world, employee_id)


def test_a_key_that_nobody_else_knew_stays(world: World) -> None:
    """Design 2.1: replaced only if it existed at a withdrawal."""
    employee_id = world.employ("MS001", "Yılmaz")
    change(world, employee_id)
    assert [row.key_number for row in newest_keys(world, employee_id)] == [1]


def test_a_withdrawn_user_makes_the_next_change_use_a_new_key(world: World) -> None:
    """Design 2.1; handed again to all who remain, the service among them (S-13)."""
    frits = world.hire_vault_user("Frits", "datakluisgebruiker")
    employee_id, unchanged = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos")
    world.share(employee_id)
    withdraw_access(world.session, frits.id, world.actor("Anna"))
    change(world, employee_id)
    rows = {row.form: row for row in newest_keys(world, employee_id)}
    assert {row.key_number for row in rows.values()} == {2}
    assert rows[SealedForm.WRAPPED].since_generation == 2
    assert whole(world, employee_id)[0].last_name == "Yılmaz-Bos"
    assert whole(world, employee_id, "Carla")[0].last_name == "Yılmaz-Bos"
    assert whole(world, unchanged)[0].last_name == "Bos"
    change(world, employee_id)
    assert {row.key_number for row in newest_keys(world, employee_id)} == {2}


def test_an_ended_share_makes_the_next_change_use_a_new_key(world: World) -> None:
    """S-15, design 2.1: with a copy of the old key nothing that is written later opens."""
    employee_id = world.employ("MS001", "Yılmaz")
    share = world.share(employee_id)
    end_share(world.session, share.id, world.actor("Anna"))
    assert world.session.scalars(select(StaleRecordKey.key_number)).all() == [1]
    change(world, employee_id)
    assert [(row.key_number, row.form) for row in newest_keys(world, employee_id)] == [(2, SealedForm.WRAPPED)]
    assert world.session.scalars(select(StaleRecordKey)).all() == []
    assert whole(world, employee_id)[0].last_name == "Yılmaz-Bos"


def test_adding_and_changing_are_in_the_log_with_the_person_as_subject(world: World) -> None:
    """LOG1; nothing of what was typed is in it."""
    employee_id = world.employ("MS001", "Yılmaz")
    change(world, employee_id)
    statement = (
        select(AuditEntry)
        .join(AuditSubject, AuditSubject.entry_id == AuditEntry.id)
        .where(AuditSubject.subject_id == employee_id)
        .order_by(AuditEntry.action)
    )
    entries = world.session.scalars(statement).all()
    assert [entry.action for entry in entries] == ["employee:create", "employee:update"]
    for entry in entries:
        assert "lmaz" not in str(entry.details)
