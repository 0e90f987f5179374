"""What was shared lately, on the start pages (S-06, H-03)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.models import AuditEntry, AuditSubject
from tests.world import World
from vault.models import Share
from vault.recent_shares import LATELY, recent_shares
from vault.sharing import end_share


def test_both_sides_see_the_name_the_newest_first(world: World) -> None:
    for number, name in (("WK001", "Aksoy"), ("WK002", "Bakker")):
        world.share(world.employ(number, name))

    for person in ("Anna", "Carla"):
        lines = recent_shares(world.session, world.actor(person))
        assert {line.personnel_number: line.name for line in lines} == {"WK001": "E. Aksoy", "WK002": "E. Bakker"}
        assert [line.shared_at for line in lines] == sorted((line.shared_at for line in lines), reverse=True)


def test_only_what_is_in_view_is_listed(world: World) -> None:
    """H-13: a vault user of another department, another employer and another service see nothing of it."""
    world.share(world.employ("WK001", "Aksoy"))
    world.hire_vault_user("Frits", "datakluisgebruiker", scope=world.scope("Oven"))

    for person in ("Frits", "Bram", "Dirk"):
        assert recent_shares(world.session, world.actor(person)) == []


def test_a_share_that_ended_and_one_of_long_ago_are_not_listed(world: World) -> None:
    ended = world.share(world.employ("WK001", "Aksoy"))
    old = world.share(world.employ("WK002", "Bakker"))
    end_share(world.session, ended.id, world.actor("Anna"))
    then = world.session.source.now() - LATELY - timedelta(seconds=1)
    world.session.execute(update(Share).where(Share.id == old.id).values(shared_at=then))

    assert recent_shares(world.session, world.actor("Anna")) == []


def test_no_more_than_asked_for(world: World) -> None:
    for number in ("WK001", "WK002", "WK003"):
        world.share(world.employ(number, "Aksoy"))

    assert len(recent_shares(world.session, world.actor("Carla"), limit=2)) == 2


def test_the_list_is_in_the_log_with_whom_it_named(world: World) -> None:
    """Design 3, LOG6: a list is one entry and a subject for each person shown, with the share as its ground."""
    employee_id = world.employ("WK001", "Aksoy")
    share = world.share(employee_id)
    recent_shares(world.session, world.actor("Carla"))

    listed = select(AuditEntry.id).where(
        AuditEntry.action == "employee:list", AuditEntry.actor_id == world.people["Carla"].id
    )
    (entry_id,) = world.session.scalars(listed)
    subjects = select(AuditSubject.subject_id, AuditSubject.ground).where(AuditSubject.entry_id == entry_id)
    assert world.session.execute(subjects).all() == [(employee_id, str(share.id))]


@pytest.mark.parametrize(
    ("person", "permission"), [("Anna", Permission.SHARE_READ), ("Carla", Permission.DOSSIER_READ)]
)
def test_whoever_may_not_see_shares_is_refused(world: World, person: str, permission: Permission) -> None:
    actor = world.actor(person)

    with pytest.raises(PermissionDenied):
        recent_shares(world.session, replace(actor, permissions=actor.permissions - {permission}))
