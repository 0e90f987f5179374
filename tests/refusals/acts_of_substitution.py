"""Plaatsvervanging, each request with the log and without it."""

from __future__ import annotations

from datetime import timedelta

from organisation.memberships import give_role
from organisation.substitution import list_substitutions, register_substitution
from tests.pages import Visitor
from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, see, send_form, silent
from tests.world import OPERATOR

PAGE = "/instellingen/plaatsvervanging"


def _carla(company: Company, url: str = PAGE) -> Visitor:
    with company.preparing() as world:
        give_role(world.session, world.people["Carla"].id, "plaatsvervanging", OPERATOR)
        if "Cor" not in world.people:
            world.hire_arbo("Cor")
    return company.visitor("Carla", url)


def _end_url(company: Company) -> str:
    _carla(company)
    today = company.portal.source.now().date()
    with company.preparing() as world:
        carla = world.actor("Carla")
        lines = list_substitutions(world.session, carla)
        if lines:
            return f"{PAGE}/{lines[0].id}/beeindigen"
        made = register_substitution(
            world.session,
            absent_id=carla.person_id,
            substitute_id=world.people["Cor"].id,
            starts_on=today,
            ends_on=today + timedelta(days=3),
            actor=carla,
        )
        return f"{PAGE}/{made.id}/beeindigen"


@silent("substitution.show", "names of colleagues, and who does whose work; no employee is on it")
def the_substitutions(company: Company) -> Ask:
    return see(_carla(company), PAGE)


@silent("substitution.ask_end", "asks whether a substitution is to end; it changes nothing")
def the_question_before_a_substitution_ends(company: Company) -> Ask:
    url = _end_url(company)
    return see(company.visitor("Carla"), url)


@act("substitution.register", "substitution:register")
def a_new_substitution(company: Company) -> Ask:
    visitor, first = _carla(company), company.portal.source.now().date() + timedelta(days=30)
    return send_form(
        visitor,
        PAGE,
        {
            "absent_id": company.world.people["Carla"].id,
            "substitute_id": company.world.people["Cor"].id,
            "starts_on": f"{first:%d-%m-%Y}",
            "ends_on": f"{first:%d-%m-%Y}",
            "stap": "bevestigen",
        },
    )


@act("substitution.end", "substitution:end")
def ending_a_substitution(company: Company) -> Ask:
    url = _end_url(company)
    return send_form(company.visitor("Carla", url), url)
