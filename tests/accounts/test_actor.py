"""What a verb knows of who acts (design 4)."""

from __future__ import annotations

from uuid import UUID

import pytest

from accounts.actor import Actor, Scope
from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from audit.recording import Who
from crypto.secret import Secret
from keys.opened import OpenedKeys

ANNA = UUID(int=1)
ACTOR = Actor(
    person_id=ANNA,
    person_name="Anna van Dijk",
    organisation_id=UUID(int=11),
    organisation_name="Bouwbedrijf Visser",
    audience="employer",
    roles=("werkgever",),
    permissions=frozenset({Permission.START_SEE}),
    scope=Scope(whole=True),
    access_point="192.0.2.1",
    keys=OpenedKeys(ANNA, 1, Secret(b"s" * 32)),
)


def test_what_the_roles_do_not_give_is_denied() -> None:
    ACTOR.require(Permission.START_SEE)

    for permission in set(Permission) - {Permission.START_SEE}:
        with pytest.raises(PermissionDenied):
            ACTOR.require(permission)


def test_the_log_knows_ids_and_roles_and_no_names() -> None:
    assert ACTOR.who == Who(ANNA, UUID(int=11), ("werkgever",), "192.0.2.1")
    assert "Dijk" not in repr(ACTOR.who)


def test_a_repr_shows_no_keys() -> None:
    assert "keys" not in repr(ACTOR)


def test_permissions_are_in_alphabetical_order_and_follow_one_grammar() -> None:
    names = [permission.name for permission in Permission]

    assert names == sorted(names)
    for permission in Permission:
        resource, action = permission.value.split(":")
        assert permission.name == f"{resource}_{action}".upper()
