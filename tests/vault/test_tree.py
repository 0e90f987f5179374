"""Names in lists: of whom is shared, on both sides (K-19, K-20, S-13, S-15)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select

from accounts.actor import Scope
from accounts.errors import PermissionDenied
from audit.actions import Action
from audit.models import AuditEntry, AuditSubject
from audit.recording import record
from database.session import Session
from tests.world import World, card, details
from vault.records import update_record
from vault.sharing import end_share
from vault.tree import names, names_in_log


def subjects(session: Session, action: str) -> list[set[UUID]]:
    """The people whom each entry of an action is about."""
    entries = session.scalars(select(AuditEntry.id).where(AuditEntry.action == action)).all()
    of_entry = select(AuditSubject.subject_id)
    return [set(session.scalars(of_entry.where(AuditSubject.entry_id == entry_id))) for entry_id in entries]


def grounds(session: Session, person_id: UUID, action: str = "employee:list") -> dict[UUID, str | None]:
    """On what ground a person was shown whom, in the entries of an action."""
    statement = (
        select(AuditSubject.subject_id, AuditSubject.ground)
        .join(AuditEntry, AuditEntry.id == AuditSubject.entry_id)
        .where(AuditEntry.action == action, AuditEntry.actor_id == person_id)
    )
    return dict(session.execute(statement).all())


def count_statements(session: Session, act: Callable[[], object]) -> int:
    """How many statements an act sends to the database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def test_a_name_shows_on_both_sides_while_it_is_shared_and_follows_changes(world: World) -> None:
    """K-19, K-20, S-13, S-15."""
    employee_id = world.employ("MS001", "Yılmaz")
    sides = ("Anna", "Carla")
    for name in sides:
        assert names(world.session, world.actor(name), [employee_id]) == {employee_id: None}
    share = world.share(employee_id)
    for name in sides:
        assert names(world.session, world.actor(name), [employee_id]) == {employee_id: "E. Yılmaz"}
    update_record(
        world.session,
        employee_id,
        card=card("Dijk", prefix="van"),
        details=details(),
        expected_version=1,
        actor=world.actor("Anna"),
    )
    for name in sides:
        assert names(world.session, world.actor(name), [employee_id]) == {employee_id: "E. van Dijk"}
    end_share(world.session, share.id, world.actor("Anna"))
    for name in sides:
        assert names(world.session, world.actor(name), [employee_id]) == {employee_id: None}


def test_who_may_see_no_names_or_waits_for_a_key_sees_anoniem(world: World) -> None:
    """K-15, D-rule 17, design 2.1."""
    world.hire("Gerda", world.employer, "leidinggevende")
    world.hire("Frits", world.employer, "leidinggevende", "datakluisgebruiker")
    world.hire("Cor", world.service, "casemanager_arbo")
    employee_id = world.employ("MS001", "Yılmaz")
    world.share(employee_id)
    for name in ("Gerda", "Frits", "Cor"):
        assert names(world.session, world.actor(name), [employee_id]) == {employee_id: None}


def test_ids_from_elsewhere_get_no_name(world: World) -> None:
    """H-13, D-rule 16: scope is in the query, also for whoever holds the key."""
    world.hire_vault_user("Frits", "datakluisgebruiker", scope=world.scope("Winkel"))
    world.hire_arbo("Cor", scope=Scope(False, frozenset({world.garage.id})))
    elsewhere, theirs = world.employ("MS001", "Yılmaz", "Oven"), world.employ("DV001", "Bos", "Pers", by="Bram")
    world.share(elsewhere)
    world.share(theirs, by="Bram")
    for name in ("Frits", "Cor"):
        assert names(world.session, world.actor(name), [elsewhere, theirs]) == {elsewhere: None, theirs: None}
    unknown = uuid4()
    assert names(world.session, world.actor("Anna"), [theirs, unknown]) == {theirs: None, unknown: None}
    assert names(world.session, world.actor("Dirk"), [elsewhere, theirs]) == {elsewhere: None, theirs: "E. Bos"}
    assert set().union(*subjects(world.session, "employee:list")) == {theirs}


def test_a_list_is_one_entry_with_a_subject_for_each_name_shown(world: World) -> None:
    """Design 3: NEN 7513 LOG1."""
    shared, other = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos")
    world.share(shared)
    names(world.session, world.actor("Carla"), [shared, other])
    assert subjects(world.session, "employee:list") == [{shared}]


def test_the_service_sees_each_name_on_the_ground_of_its_own_share(world: World) -> None:
    """LOG6: each look of the arbo side has the share as its ground; the employer needs none for its own people."""
    people = [world.employ(f"MS{number}", "Bos") for number in range(3)]
    ended, first = world.share(people[0]), world.share(people[1])
    end_share(world.session, ended.id, world.actor("Anna"))
    again = world.share(people[0])
    for name in ("Carla", "Anna"):
        names(world.session, world.actor(name), people)
    by_carla = {people[0]: str(again.id), people[1]: str(first.id)}
    assert grounds(world.session, world.people["Carla"].id) == by_carla
    assert grounds(world.session, world.people["Anna"].id) == dict.fromkeys(by_carla)


def test_a_longer_list_takes_no_more_queries(world: World) -> None:
    """House rule: no query in a loop."""
    people = [world.employ(f"MS{number}", "Bos") for number in range(6)]
    for employee_id in people:
        world.share(employee_id)

    def look(some: list[UUID]) -> int:
        carla = world.actor("Carla")
        return count_statements(world.session, lambda: names(world.session, carla, some))

    look(people)
    assert look(people[:1]) == look(people)


def test_lists_need_their_permission(world: World) -> None:
    """Part C."""
    world.hire("Petra", world.employer, "privacyfunctionaris")
    employee_id = world.employ("MS001", "Yılmaz")
    with pytest.raises(PermissionDenied):
        names(world.session, world.actor("Petra"), [employee_id])


def test_the_log_names_whom_the_readers_own_keys_open(world: World) -> None:
    """Design 3: names appear only to those whose own keys open them."""
    world.hire("Petra", world.employer, "privacyfunctionaris")
    world.hire_vault_user("Ilse", "privacyfunctionaris", "datakluisgebruiker", scope=world.scope("Winkel"))
    here, elsewhere = world.employ("MS001", "Yılmaz"), world.employ("MS002", "Bos", "Oven")
    for name, seen in (("Petra", {}), ("Ilse", {here: "E. Yılmaz"})):
        actor = world.actor(name)
        entry = record(world.session, Action.LOG_READ, by=actor.who)
        assert names_in_log(world.session, actor, [here, elsewhere], entry=entry) == seen
    carla = world.actor("Carla")
    with pytest.raises(PermissionDenied):
        names_in_log(world.session, carla, [here], entry=record(world.session, Action.LOG_READ, by=carla.who))
