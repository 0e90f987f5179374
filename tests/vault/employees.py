"""Employees with accounts of their own, for tests of what they see of their data."""

from __future__ import annotations

from uuid import UUID

from organisation.models import EMPLOYEES_ID, Organisation
from organisation.presets import EMPLOYEE
from tests.people import SignedUp
from tests.world import World
from vault.models import OwnDataLink
from vault.own_data import link_own_data


def hire_employee(world: World, name: str = "Eva") -> SignedUp:
    """Let somebody have an account of an employee, as joining a dialogue gives it."""
    return world.hire(name, world.session.get_one(Organisation, EMPLOYEES_ID), EMPLOYEE)


def link(world: World, employee_id: UUID, name: str = "Eva", *, by: str = "Anna") -> OwnDataLink:
    """Let somebody with the key link an account."""
    return link_own_data(world.session, employee_id, world.people[name].id, world.actor(by))
