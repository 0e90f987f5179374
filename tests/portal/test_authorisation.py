"""Who may use a route: deny by default, permissions, the way to the login, the first steps (design 4; goal A)."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from accounts.actor import Actor
from accounts.models import Person
from accounts.permissions import Permission
from audit.models import AuditEntry
from organisation.models import Membership, MembershipRole
from portal.authorisation import requires, safe_next
from tests.portal.world import World


@pytest.fixture
def anna(world: World) -> World:
    world.app.add_url_rule("/vergeten", "forgotten", lambda: "everyone's data")
    world.app.add_url_rule("/logboek-van-de-test", "guarded", requires(Permission.LOG_READ)(guarded))
    either = requires(Permission.LOG_READ, Permission.START_SEE)(guarded)
    world.app.add_url_rule("/een-van-twee", "either", either)
    world.add("Anna", "werkgever")
    return world


def guarded(*, actor: Actor) -> str:
    title = f"Voor {actor.person_name}"
    return f'<!doctype html><html lang="nl"><head><title>{title}</title></head><body><h1>{title}</h1></body></html>'


def refusals(world: World) -> list[AuditEntry]:
    with world.session() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == "request:refuse")))


def test_a_route_that_declares_nothing_answers_403_to_everyone(anna: World) -> None:
    anna.visitor().get("/vergeten", status=403)
    page = anna.log_in("Anna").get("/vergeten", status=403)

    assert "everyone's data" not in page.text


def test_a_permission_that_the_actor_lacks_is_refused_and_the_refusal_logged(anna: World) -> None:
    page = anna.log_in("Anna").get("/logboek-van-de-test", status=403)

    assert page.heading == "U kunt deze pagina niet openen"
    (entry,) = refusals(anna)
    assert entry.actor_id == anna.people["Anna"].id
    assert entry.organisation_id == anna.employer_id
    assert entry.outcome == "refused"
    assert entry.details == {"endpoint": "guarded", "status": 403, "reason": "permission"}


def test_one_of_several_permissions_is_enough(anna: World) -> None:
    assert anna.log_in("Anna").get("/een-van-twee").heading == "Voor Anna"


def test_a_role_that_is_taken_is_gone_at_the_next_request(anna: World) -> None:
    """Security.md, goal M."""
    visitor = anna.log_in("Anna")
    visitor.get("/")
    with anna.session() as session, session.begin():
        session.execute(delete(MembershipRole).where(MembershipRole.person_id == anna.people["Anna"].id))

    visitor.get("/", status=403)


def test_who_has_lost_the_place_in_the_organisation_gets_no_page(anna: World) -> None:
    visitor = anna.log_in("Anna")
    with anna.session() as session, session.begin():
        session.execute(delete(MembershipRole).where(MembershipRole.person_id == anna.people["Anna"].id))
        session.execute(delete(Membership).where(Membership.person_id == anna.people["Anna"].id))

    visitor.get("/", status=404)


def test_whoever_has_not_logged_in_is_led_to_the_login_and_back(anna: World) -> None:
    visitor = anna.visitor()
    visitor.get("/een-van-twee?pagina=2")
    assert visitor.path == "/inloggen"
    assert visitor.page is not None
    assert visitor.page.form().action == "/inloggen?next=/een-van-twee?pagina%3D2"

    visitor.submit({"login_name": "Anna", "password": anna.people["Anna"].password})
    page = visitor.submit({"code": anna.next_code("Anna")})

    assert page.heading == "Voor Anna"
    assert page.response.request.query_string == b"pagina=2"


def test_a_form_of_a_session_that_ended_leads_to_the_login_without_a_way_back(anna: World) -> None:
    response = anna.visitor().client.post("/toegang/vragen", base_url="https://datakluis.example")

    assert response.status_code == 303
    assert response.headers["Location"] == "/inloggen"


def test_new_terms_come_before_anything_else(anna: World) -> None:
    """L-33."""
    visitor = anna.log_in("Anna")
    with anna.session() as session, session.begin():
        session.get_one(Person, anna.people["Anna"].id).terms_version = "2020-1"

    visitor.get("/een-van-twee")

    assert visitor.path == "/gebruiksvoorwaarden"


@pytest.mark.parametrize("target", ["/werknemers", "/werknemers?pagina=2", "/a/b#c"])
def test_a_path_of_the_portal_is_a_safe_next_page(world: World, target: str) -> None:
    with world.app.test_request_context():
        assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "werknemers",
        "//evil.example",
        "///evil.example",
        "//[no host",
        "https://evil.example",
        "/\\evil",
        "/a\r\nb",
        "/\t/e",
    ],
)
def test_anything_else_leads_to_the_start_page(world: World, target: str | None) -> None:
    with world.app.test_request_context():
        assert safe_next(target) == "/"
