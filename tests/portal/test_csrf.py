"""A request that another site made, or that lacks the session's token, changes nothing (security.md, ASVS 3.5.1)."""

from __future__ import annotations

import ast

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from tests.pages import Visitor
from tests.portal.world import World
from tests.rules.project_files import package_sources


def post(visitor: Visitor, token: str | None, **headers: str) -> int:
    data = {"csrf_token": token} if token is not None else {}
    return visitor.client.post("/uitloggen", data=data, headers=headers, base_url=visitor.base_url).status_code


def token_of(visitor: Visitor) -> str:
    return visitor.get("/inloggen").form().values["csrf_token"]


def test_the_token_of_the_session_is_accepted(world: World) -> None:
    visitor = world.visitor()

    assert post(visitor, token_of(visitor)) == 303


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_no_token_or_another_is_refused_and_logged(world: World, token: str | None) -> None:
    visitor = world.visitor()
    token_of(visitor)

    assert post(visitor, token) == 400
    with world.session() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "request:refuse"))
        assert entry.details["reason"] == "forged"


def test_the_token_of_another_session_is_refused(world: World) -> None:
    visitor, other = world.visitor(), world.visitor()
    token_of(visitor)

    assert post(visitor, token_of(other)) == 400


def test_a_visitor_without_a_session_has_no_token_to_guess(world: World) -> None:
    assert post(world.visitor(), "") == 400


def test_the_token_of_before_the_login_is_worth_nothing_after_it(world: World) -> None:
    world.add("Anna", "werkgever")
    visitor = world.visitor()
    before = token_of(visitor)
    world.log_in("Anna", visitor)

    assert post(visitor, before) == 400


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_on_another_site_is_refused_whatever_it_knows(world: World, site: str) -> None:
    visitor = world.visitor()
    token = token_of(visitor)

    assert post(visitor, token, **{"Sec-Fetch-Site": site}) == 400
    assert post(visitor, token, **{"Sec-Fetch-Site": "same-origin"}) == 303


def test_every_form_of_the_portal_builds_on_the_one_with_the_token() -> None:
    """A form that extends FlaskForm itself would bring another token, which no request with it would pass."""
    importers = [
        path
        for path, code in package_sources().items()
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "FlaskForm" for alias in node.names)
    ]

    assert importers == ["portal/forms/base.py"], "let the form extend portal.forms.base.PortalForm"
