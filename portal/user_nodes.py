"""The tree of groups and users, as the templates draw it (U-01, U-02, U-05, U-06)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.models import Organisation
from organisation.user_tree import GroupLine, UserLine
from portal.user_words import standing_words

EMPLOYERS = "werkgevers"


@dataclass(frozen=True)
class Place:
    """What is open in the tree: an organisation, a group of it or none, and one page of the users there."""

    organisation: Organisation
    group: GroupLine | None
    groups: tuple[GroupLine, ...]
    users: tuple[UserLine, ...]
    count: int
    page: int
    pages: int


@dataclass(frozen=True)
class UserNode:
    """A line of the tree; what has children opens here, what has only a `url` is fetched by following it."""

    id: UUID | str
    label: str
    kind: str
    url: str | None = None
    count: int | None = None
    current: bool = False
    open: bool = False
    note: str = ""
    children: tuple[UserNode, ...] = ()
    menu: tuple[Mapping[str, Any], ...] = ()


def tree_nodes(organisations: Iterable[Organisation], place: Place, actor: Actor) -> tuple[UserNode, ...]:
    """The own organisation and, for an arbo service, its employers below *Werkgevers*; the place itself is open."""
    nodes = [_organisation_node(organisation, place, actor) for organisation in organisations]
    own = [node for node in nodes if node.id == actor.organisation_id]
    others = [node for node in nodes if node.id != actor.organisation_id]
    if not others:
        return tuple(own)
    is_open = place.organisation.id != actor.organisation_id
    employers = UserNode(EMPLOYERS, _("Werkgevers"), "organisation", open=is_open, children=tuple(others))
    return (*own, employers)


def group_menu(group: GroupLine, organisation_id: UUID, actor: Actor) -> tuple[Mapping[str, Any], ...]:
    """The three dots of a group (U-05, U-06)."""
    entries = [(_("Gebruikersgroep bewerken"), url_for("user_groups.show", group_id=group.id), "pencil")]
    if Permission.USER_ADMINISTER in actor.permissions:
        entries = [
            (_("Gebruiker toevoegen"), url_for("users.show_new", group_id=group.id), "plus-lg"),
            (_("Gebruikersgroep toevoegen"), _new_group_url(organisation_id, group.id), "people"),
            *entries,
            (_("Gebruikersgroep verwijderen"), url_for("user_groups.ask_remove", group_id=group.id), "trash"),
        ]
    return _entries(entries)


def organisation_menu(organisation_id: UUID, actor: Actor) -> tuple[Mapping[str, Any], ...]:
    """The three dots of an organisation (U-05)."""
    if Permission.USER_ADMINISTER not in actor.permissions:
        return ()
    return _entries([(_("Gebruikersgroep toevoegen"), _new_group_url(organisation_id, None), "people")])


def _organisation_node(organisation: Organisation, place: Place, actor: Actor) -> UserNode:
    is_open = organisation.id == place.organisation.id
    return UserNode(
        id=organisation.id,
        label=organisation.name,
        kind="organisation",
        url=url_for("users.show_tree", organisatie=organisation.id),
        current=is_open and place.group is None,
        open=is_open,
        children=_level(None, place, actor) if is_open else (),
        menu=organisation_menu(organisation.id, actor),
    )


def _level(parent_id: UUID | None, place: Place, actor: Actor) -> tuple[UserNode, ...]:
    """The groups below a group or at the top and, where that is the place itself, its users."""
    groups = tuple(_group_node(group, place, actor) for group in place.groups if group.parent_id == parent_id)
    here = place.group.id if place.group else None
    return (*groups, *(_user_node(line) for line in place.users)) if parent_id == here else groups


def _group_node(group: GroupLine, place: Place, actor: Actor) -> UserNode:
    is_open = group.id in _way_up(place)
    return UserNode(
        id=group.id,
        label=group.name,
        kind="group",
        url=url_for("users.show_tree", groep=group.id),
        count=group.count,
        current=place.group is not None and group.id == place.group.id,
        open=is_open,
        children=_level(group.id, place, actor) if is_open else (),
        menu=group_menu(group, place.organisation.id, actor),
    )


def _user_node(line: UserLine) -> UserNode:
    url = url_for("users.show", person_id=line.person_id)
    return UserNode(line.person_id, line.name, "person", url, note=standing_words(line.standing))


def _way_up(place: Place) -> set[UUID]:
    """The open group and those above it."""
    by_id = {group.id: group for group in place.groups}
    way: set[UUID] = set()
    here = place.group
    while here is not None and here.id not in way:
        way.add(here.id)
        here = by_id.get(here.parent_id) if here.parent_id else None
    return way


def _new_group_url(organisation_id: UUID, parent_id: UUID | None) -> str:
    return url_for("user_groups.show_new", organisation_id=organisation_id, groep=parent_id)


def _entries(entries: Iterable[tuple[str, str, str]]) -> tuple[Mapping[str, Any], ...]:
    return tuple({"label": label, "url": url, "icon": icon} for label, url, icon in entries)
