"""Where was I: the dossiers that somebody opened last (H-14, K-25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry, AuditSubject
from crypto.source import SeededSource
from organisation.models import ServiceAgreement
from tests.vault.test_tree import grounds
from tests.world import World
from vault.dossiers import read_employee
from vault.recent_visits import recent_visits
from vault.sharing import end_share


def visit(world: World, source: SeededSource, name: str, *employee_ids: object) -> None:
    """Let somebody open dossiers, a minute apart."""
    for employee_id in employee_ids:
        source.advance(timedelta(minutes=1))
        read_employee(world.session, employee_id, world.actor(name))  # type: ignore[arg-type]


def shown(world: World, name: str) -> list[tuple[str, str | None]]:
    """Numbers and names of the card."""
    return [(line.personnel_number, line.name) for line in recent_visits(world.session, world.actor(name))]


def test_the_last_ten_are_shown_each_once_the_newest_first(world: World, source: SeededSource) -> None:
    """H-14; K-25: the real name, also of who is not shared."""
    people = [world.employ(f"{number:02}", "Bos") for number in range(12)]
    visit(world, source, "Anna", *people, people[3])
    numbers = ["03", "11", "10", "09", "08", "07", "06", "05", "04", "02"]
    assert shown(world, "Anna") == [(number, "E. Bos") for number in numbers]


def test_looking_at_the_card_is_no_visit_and_is_logged_as_a_list(world: World, source: SeededSource) -> None:
    """Design 3: one entry, a subject for each who is named; and the order stays what it was."""
    first, second = world.employ("1", "Bos"), world.employ("2", "Vos")
    visit(world, source, "Anna", first, second)
    assert shown(world, "Anna") == shown(world, "Anna")
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "employee:list")).first()
    assert entry is not None
    assert entry.details == {"count": 2, "purpose": "recent"}
    subjects = world.session.scalars(select(AuditSubject.subject_id).where(AuditSubject.entry_id == entry.id))
    assert set(subjects) == {first, second}


def test_nobody_sees_where_others_were(world: World, source: SeededSource) -> None:
    world.hire_vault_user("Frits", "datakluisgebruiker", "leidinggevende")
    visit(world, source, "Anna", world.employ("1", "Bos"))
    assert shown(world, "Frits") == []
    assert world.session.scalar(select(AuditEntry).where(AuditEntry.action == "employee:list")) is None


def test_arbo_staff_see_the_names_of_whom_is_shared(world: World, source: SeededSource) -> None:
    """K-25, K-19: who is not shared any more is Anoniem at once, on no ground."""
    shared, unshared = world.employ("1", "Bos"), world.employ("2", "Vos")
    share = world.share(shared)
    visit(world, source, "Carla", shared, unshared)
    assert shown(world, "Carla") == [("2", None), ("1", "E. Bos")]
    assert grounds(world.session, world.people["Carla"].id, "employee:list") == {shared: str(share.id)}
    end_share(world.session, share.id, world.actor("Anna"))
    assert shown(world, "Carla") == [("2", None), ("1", None)]


def test_who_left_the_view_is_not_shown(world: World, source: SeededSource) -> None:
    """D-rule 16: scope, and the end of an agreement."""
    world.hire_vault_user("Frits", "datakluisgebruiker", "leidinggevende")
    winkel, oven = world.employ("1", "Bos"), world.employ("2", "Vos", "Oven")
    visit(world, source, "Frits", winkel, oven)
    visit(world, source, "Carla", winkel)
    frits = world.actor("Frits")
    in_scope = replace(frits, scope=world.scope("Winkel"))
    assert [line.personnel_number for line in recent_visits(world.session, in_scope)] == ["1"]
    for agreement in world.session.scalars(select(ServiceAgreement)):
        agreement.ends_on = date(2026, 3, 1)
    world.session.flush()
    assert shown(world, "Carla") == []


def test_without_a_key_the_card_has_numbers(world: World, source: SeededSource) -> None:
    """K-19: a base role."""
    world.hire("Gerda", world.employer, "leidinggevende")
    visit(world, source, "Gerda", world.employ("1", "Bos"))
    assert shown(world, "Gerda") == [("1", None)]


def test_what_is_long_ago_is_forgotten(world: World, source: SeededSource) -> None:
    visit(world, source, "Anna", world.employ("1", "Bos"))
    source.advance(timedelta(weeks=13, minutes=1))
    assert shown(world, "Anna") == []


def test_who_reads_the_log_only_has_no_card(world: World) -> None:
    world.hire("Petra", world.employer, "privacyfunctionaris")
    with pytest.raises(PermissionDenied):
        recent_visits(world.session, world.actor("Petra"))
