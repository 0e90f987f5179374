"""Beheer > Gebruikers, each request with the log and without it."""

from __future__ import annotations

from uuid import UUID

from accounts.models import Person
from accounts.standing import Reason
from accounts.states import block
from organisation.ending_accounts import deactivate
from tests.organisation.user_management import make_group, make_user, role_id
from tests.portal.company import Company
from tests.refusals.catalogue import Ask, act, filled_in, see, send_form, silent
from tests.world import OPERATOR

USERS = "/beheer/gebruikers"
GROUPS = "/beheer/gebruikersgroepen"
NEW = {
    "given_name": "Nieske", "last_name": "Nieuw", "gender": "female", "email": "nieske@example.org",
    "login_name": "noord.nieuw", "period": "nee",
}  # fmt: skip


def a_group(company: Company, name: str = "Casemanagers") -> UUID:
    with company.preparing() as world:
        return make_group(world, name).id


def a_user(company: Company) -> UUID:
    with company.preparing() as world:
        return make_user(world, make_group(world, "Casemanagers")).id


@silent("users.show_tree", "the tree of groups and users; no employee is on it")
def the_tree(company: Company) -> Ask:
    return see(company.visitor("Carla"), USERS)


@silent("users.search", "users by name; no employee is among them")
def the_search(company: Company) -> Ask:
    return send_form(company.visitor("Carla", USERS), f"{USERS}/zoeken", {"words": "Anna"})


@silent("users.show_new", "an empty form")
def the_form_for_a_new_user(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{USERS}/groep/{a_group(company)}/nieuw")


@act("users.add", "user:create", "invitation:send")
def adding_a_user(company: Company) -> Ask:
    return filled_in(company.visitor("Carla", f"{USERS}/groep/{a_group(company)}/nieuw"), NEW)


@act("users.show", "user:read", status=200, shows="Anna")
def the_page_of_a_user(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{USERS}/{company.world.people['Anna'].id}")


@act("users.change", "user:update")
def changing_a_user(company: Company) -> Ask:
    url = f"{USERS}/{a_user(company)}"
    return filled_in(company.visitor("Carla", url), {"last_name": "Ouder"}, url)


def of_frits(company: Company, act: str) -> str:
    return f"{USERS}/{company.world.people['Frits'].id}/{act}"


@silent("user_accounts.ask_block", "what blocking means, of somebody with an account")
def the_question_before_blocking(company: Company) -> Ask:
    return see(company.visitor("Carla"), of_frits(company, "blokkeren"))


@act("user_accounts.block", "user:block")
def blocking_a_user(company: Company) -> Ask:
    return filled_in(company.visitor("Carla", of_frits(company, "blokkeren")))


@act("user_accounts.lift", "user:unblock")
def unblocking_a_user(company: Company) -> Ask:
    with company.preparing() as world:
        block(world.session, world.session.get_one(Person, world.people["Frits"].id), Reason.BY_HAND, by=OPERATOR)
    url = of_frits(company, "deblokkeren")
    return send_form(company.visitor("Carla", url.removesuffix("/deblokkeren")), url)


@silent("user_accounts.show_reset", "the mail address of somebody with an account")
def the_form_to_reset_a_login(company: Company) -> Ask:
    return see(company.visitor("Carla"), of_frits(company, "wachtwoord-resetten"))


@act("user_accounts.reset", "user:update", "password_reset:send")
def resetting_a_login(company: Company) -> Ask:
    carla = company.visitor("Carla", of_frits(company, "wachtwoord-resetten"))
    return filled_in(carla, {"email": "frits.nieuw@example.org"})


@silent("user_accounts.ask_deactivate", "what goes with an account when it ends")
def the_question_before_deactivating(company: Company) -> Ask:
    return see(company.visitor("Carla"), of_frits(company, "deactiveren"))


@act("user_accounts.end", "user:deactivate")
def deactivating_a_user(company: Company) -> Ask:
    return filled_in(company.visitor("Carla", of_frits(company, "deactiveren")))


@act("user_accounts.reopen", "user:activate")
def activating_a_user(company: Company) -> Ask:
    with company.preparing() as world:
        deactivate(world.session, world.people["Frits"].id, world.actor("Carla"))
    url = of_frits(company, "activeren")
    return send_form(company.visitor("Carla", url.removesuffix("/activeren")), url)


@silent("user_accounts.ask_remove", "what goes with an account when it is removed")
def the_question_before_removing_a_user(company: Company) -> Ask:
    return see(company.visitor("Carla"), of_frits(company, "verwijderen"))


@act("user_accounts.remove", "user:remove", "user:deactivate", "role:take")
def removing_a_user(company: Company) -> Ask:
    return filled_in(company.visitor("Carla", of_frits(company, "verwijderen")))


@silent("user_groups.show_new", "an empty form")
def the_form_for_a_new_group(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{GROUPS}/nieuw/{company.world.service.id}")


@act("user_groups.add", "user_group:create")
def adding_a_group(company: Company) -> Ask:
    with company.preparing() as world:
        role = str(role_id(world, "ad", world.service))
    carla = company.visitor("Carla", f"{GROUPS}/nieuw/{company.world.service.id}")
    return filled_in(carla, {"name": "Deskundigen", "role_id": role})


@silent("user_groups.show", "the name of a group and how many are in it")
def the_page_of_a_group(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{GROUPS}/{a_group(company)}")


@act("user_groups.change", "user_group:rename", "user_group:move")
def changing_a_group(company: Company) -> Ask:
    above, group = a_group(company, "Kantoor"), a_group(company)
    carla = company.visitor("Carla", f"{GROUPS}/{group}")
    return filled_in(carla, {"name": "Anders", "parent_id": str(above)}, f"{GROUPS}/{group}")


@silent("user_groups.ask_remove", "what removing an empty group means")
def the_question_before_removing_a_group(company: Company) -> Ask:
    return see(company.visitor("Carla"), f"{GROUPS}/{a_group(company)}/verwijderen")


@act("user_groups.remove", "user_group:remove")
def removing_a_group(company: Company) -> Ask:
    return filled_in(company.visitor("Carla", f"{GROUPS}/{a_group(company)}/verwijderen"))
