"""Every preset role × every route, against part C of domain.md as a table (issue 4, shown 4).

What a role may is compared with the table for all routes; and through the whole portal, with a login of its own for
each role, for a page of each row.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from organisation.effective_roles import permissions_in_effect
from organisation.models import EMPLOYEES_ID, Organisation, OrganisationKind
from organisation.presets import PRESETS, Preset
from portal.authorisation import Stage, access_of
from tests.matrix.table import ARBO, BEYOND, EMPLOYER, MARKS, OPEN, ROWS, Row, rows_of
from tests.pages import Visitor
from tests.portal.world import World as Portal
from tests.portal.world import make_world as make_portal
from tests.world import World, make_world

SIDES = {
    OrganisationKind.EMPLOYER: "employer",
    OrganisationKind.SERVICE: "arbo",
    OrganisationKind.EMPLOYEES: "employee",
}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with somebody for each preset role, who has that role and no other."""
    folder: Path = tmp_path_factory.mktemp("matrix")
    made = make_portal(folder, f"sqlite:///{folder / 'matrix.sqlite3'}")
    with made.services.factory() as session, session.begin():
        world: World = make_world(session)
        organisations = {
            OrganisationKind.EMPLOYER: world.employer,
            OrganisationKind.SERVICE: world.service,
            OrganisationKind.EMPLOYEES: session.get_one(Organisation, EMPLOYEES_ID),
        }
        for preset in PRESETS:
            world.hire(name_of(preset), organisations[preset.organisation_kind], preset.key)
    made.people = world.people
    yield made
    made.services.factory.engine.dispose()


def name_of(preset: Preset) -> str:
    """Who has a role."""
    return f"{SIDES[preset.organisation_kind]}.{preset.key}"


def routes_of(app: Flask) -> dict[str, frozenset[str]]:
    """Every route that asks for a permission, with those of which one is enough."""
    found = {rule.endpoint: access_of(app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()}
    return {
        name: frozenset(access.permissions) for name, access in found.items() if access and access.stage is Stage.READY
    }


def expected(preset: Preset, rows: list[Row]) -> bool:
    """Whether the table lets a role use what those rows are about."""
    return any(row.allows(SIDES[preset.organisation_kind], preset.key) for row in rows)


def test_every_route_is_in_the_table(portal: Portal) -> None:
    """A new route needs a row: which row of part C does it serve?"""
    assert [endpoint for endpoint in routes_of(portal.app) if not rows_of(endpoint)] == []


def test_the_table_is_whole() -> None:
    """Each row has a mark for each column, each ? a decision, and each deviation something that it deviates from."""
    for row in ROWS:
        columns, marks = (ARBO if row.section == "C.1" else EMPLOYER), row.marks.split()
        assert not marks or len(marks) == len(columns), row.action
        assert set(marks) <= MARKS, row.action
        opened = {role for role, mark in zip(columns, marks, strict=False) if mark == OPEN}
        assert set(row.decided) == opened, row.action
        assert all(reason for _, reason in (*row.decided.values(), *row.deviations.values())), row.action
    known = {preset.key for preset in PRESETS}
    assert known == {*ARBO, *EMPLOYER, *BEYOND}


@pytest.mark.parametrize("preset", PRESETS, ids=name_of)
def test_a_role_may_use_the_routes_that_the_table_says(portal: Portal, preset: Preset) -> None:
    """All routes: what the role gives in the database against what the route asks for."""
    with portal.session() as session:
        held = permissions_in_effect(session, portal.people[name_of(preset)].id)
    wrong = []
    for endpoint, asked in routes_of(portal.app).items():
        allowed, should = bool(held & asked), expected(preset, rows_of(endpoint))
        if allowed != should:
            wrong.append(f"{endpoint}: {'allowed' if allowed else 'refused'}")
    assert wrong == []


@pytest.mark.parametrize("preset", [each for each in PRESETS if not each.is_add_on], ids=name_of)
def test_the_portal_answers_a_role_as_the_table_says(portal: Portal, preset: Preset) -> None:
    """A page of each row, asked for by somebody who has logged in: 403 for whoever may not, and for nobody else."""
    visitor: Visitor = portal.log_in(name_of(preset))
    wrong = []
    for row in ROWS:
        if row.sample:
            response = visitor.client.get(row.sample, environ_overrides=visitor.environment, base_url=visitor.base_url)
            should = expected(preset, [each for each in ROWS if each.sample == row.sample])
            if (response.status_code != 403) != should or response.status_code in {404, 405, 500}:
                wrong.append(f"{row.sample}: {response.status_code}")
    assert wrong == []
