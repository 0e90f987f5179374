"""Announcements: for whom, from when to when, and who writes them (T-06)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.models import AuditEntry
from organisation.announcements import (
    AnnouncementData,
    Audience,
    announcements_for,
    change_announcement,
    find_announcement,
    list_announcements,
    remove_announcement,
    write_announcement,
)
from organisation.calendar import today
from organisation.employer_models import EmployerPlacement
from organisation.errors import AnnouncementIncomplete, NotFound
from organisation.models import RolePermission
from organisation.roles import find_roles
from tests.world import World


def data(
    world: World, audience: Audience = Audience.BOTH, *, starts: int = 0, ends: int | None = None
) -> AnnouncementData:
    """An announcement from so many days from now, to so many."""
    day: date = today(world.session)
    last = None if ends is None else day + timedelta(days=ends)
    return AnnouncementData("Gesloten", "Wij zijn dicht.\r\nTot maandag.", audience, day + timedelta(days=starts), last)


def shown(world: World, name: str) -> list[str]:
    """The titles on somebody's start page."""
    return [each.title for each in announcements_for(world.session, world.actor(name))]


@pytest.mark.parametrize(
    ("audience", "own", "employers"), [(Audience.OWN, 1, 0), (Audience.EMPLOYERS, 0, 1), (Audience.BOTH, 1, 1)]
)
def test_it_shows_to_those_it_is_for(world: World, audience: Audience, own: int, employers: int) -> None:
    """Of the service Noord: never to Zuid, nor to an employer that Zuid serves."""
    write_announcement(world.session, data(world, audience), world.actor("Carla"))
    assert (len(shown(world, "Carla")), len(shown(world, "Anna"))) == (own, employers)
    assert (shown(world, "Dirk"), shown(world, "Bram")) == ([], [])


def test_it_shows_on_its_days_only(world: World) -> None:
    """Both the first day and the last belong to it."""
    for starts, ends in ((1, None), (-2, -1), (0, 0), (-3, 3)):
        write_announcement(world.session, data(world, starts=starts, ends=ends), world.actor("Carla"))
    assert len(shown(world, "Anna")) == 2
    assert len(list_announcements(world.session, world.actor("Carla"))) == 4


def test_an_employer_that_is_not_published_sees_none_of_it(world: World) -> None:
    """O-23."""
    write_announcement(world.session, data(world), world.actor("Carla"))
    world.session.get_one(EmployerPlacement, (world.service.id, world.employer.id)).published_at = None
    world.session.flush()
    assert shown(world, "Anna") == []


def test_an_employer_writes_none(world: World) -> None:
    """T-06: also with a role of its own making that would let it."""
    role = find_roles(world.session, "employer", ["werkgever"])[0]
    world.session.add(RolePermission(role_id=role.id, permission=Permission.ANNOUNCEMENT_ADMINISTER.value))
    world.session.flush()
    with pytest.raises(NotFound):
        write_announcement(world.session, data(world), world.actor("Anna"))


def test_what_is_incomplete_is_refused(world: World) -> None:
    """Also when no form was in between."""
    whole = data(world)
    for faulty in (
        replace(whole, title="  "),
        replace(whole, text=""),
        replace(whole, text="x" * 2001),
        replace(whole, ends_on=whole.starts_on - timedelta(days=1)),
    ):
        with pytest.raises(AnnouncementIncomplete):
            write_announcement(world.session, faulty, world.actor("Carla"))


def test_somebody_elses_does_not_exist(world: World) -> None:
    """D-rule 16."""
    written = write_announcement(world.session, data(world), world.actor("Carla"))
    for name, announcement_id in (("Dirk", written.id), ("Carla", uuid4())):
        with pytest.raises(NotFound):
            find_announcement(world.session, announcement_id, world.actor(name))
        with pytest.raises(NotFound):
            change_announcement(world.session, announcement_id, data(world), world.actor(name))
        with pytest.raises(NotFound):
            remove_announcement(world.session, announcement_id, world.actor(name))
    with pytest.raises(PermissionDenied):
        list_announcements(world.session, world.actor("Anna"))


def test_writing_changing_and_removing_is_logged_without_what_was_typed(world: World) -> None:
    """LOG5; what stays the same is not logged."""
    carla = world.actor("Carla")
    written = write_announcement(world.session, data(world), carla)
    change_announcement(world.session, written.id, data(world), carla)
    change_announcement(world.session, written.id, replace(data(world, Audience.OWN), title="Open"), carla)
    assert shown(world, "Carla") == ["Open"]
    remove_announcement(world.session, written.id, carla)
    assert shown(world, "Carla") == []
    entries = list(world.session.scalars(select(AuditEntry).where(AuditEntry.object_type == "announcement")))
    assert sorted((entry.action, tuple(sorted(entry.details.items()))) for entry in entries) == [
        ("announcement:create", (("audience", "both"),)),
        ("announcement:remove", (("audience", "own"),)),
        ("announcement:update", (("fields", "audience title"), ("new", "own"), ("old", "both"))),
    ]
