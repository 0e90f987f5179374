"""What each member sees, by name (K-16)."""

from __future__ import annotations

from database.session import Session
from organisation.member_scopes import MemberScope, member_scopes
from tests.world import World


def test_a_member_sees_all_or_the_departments_by_name(session: Session, world: World) -> None:
    world.hire("Frits", world.employer, "leidinggevende", scope=world.scope("Winkel", "Oven"))
    world.hire("Niek", world.employer, "leidinggevende", scope=world.scope())
    people = {name: world.people[name].id for name in ("Anna", "Frits", "Niek")}

    scopes = member_scopes(session, world.actor("Anna"), people.values())

    assert scopes == {
        people["Anna"]: MemberScope(True, ()),
        people["Frits"]: MemberScope(False, ("Oven", "Winkel")),
        people["Niek"]: MemberScope(False, ()),
    }


def test_of_an_arbo_service_the_units_are_employers(session: Session, world: World) -> None:
    scope = world.scope()
    scope = type(scope)(whole=False, units=frozenset({world.garage.id}))
    cor = world.hire("Cor", world.service, "casemanager_arbo", scope=scope)

    assert member_scopes(session, world.actor("Carla"), [cor.id]) == {cor.id: MemberScope(False, ("Garage Smit",))}


def test_members_of_another_organisation_are_left_out(session: Session, world: World) -> None:

    assert member_scopes(session, world.actor("Anna"), [world.people["Bram"].id, world.people["Carla"].id]) == {}
