"""The tabs of what a group and a user may do and see (U-10..U-18, U-26, U-29; L-30, L-31)."""

from __future__ import annotations

from uuid import UUID

from accounts.permissions import Permission
from organisation.circles import enter_circle, name_first_member
from organisation.memberships import actor_for, take_role
from organisation.models import Membership
from portal.permission_words import WORDS
from tests.organisation.test_authorisations import group
from tests.people import ACCESS_POINT
from tests.portal.company import Company
from tests.world import OPERATOR

RIGHTS = "/beheer/autorisaties"


def test_every_permission_has_words() -> None:
    """U-14: none is missing, and none has the words of another."""
    assert set(WORDS) == set(Permission)
    assert len({str(label) for label in WORDS.values()}) == len(WORDS)


def group_of_carla_s(company: Company) -> UUID:
    """A group of case managers with Cor in it, made by a superbeheerder."""
    with company.preparing() as world:
        made = group(world)
        world.hire_arbo("Cor")
        take_role(world.session, world.people["Cor"].id, "casemanager_arbo", OPERATOR)
        world.session.get_one(Membership, world.people["Cor"].id).group_id = made.id
        return made.id


def permissions(company: Company, name: str) -> frozenset[Permission]:
    """What somebody may do now."""
    with company.portal.session() as session:
        person = company.world.people[name]
        return actor_for(session, person.id, ACCESS_POINT, person.keys()).permissions


def test_what_a_group_may_is_ticked_and_what_is_taken_is_asked_first(company: Company) -> None:
    """U-14, U-17: it works in the running session of a member, at once."""
    group_id = group_of_carla_s(company)
    cor = company.visitor("Cor", "/dossiers")
    carla = company.visitor("Carla", f"{RIGHTS}/groepen/{group_id}")
    assert carla.page is not None
    assert "Beheer feature autorisaties voor Dossiers" in carla.page.text
    page = carla.submit({"permissions": "start:see"}, action=f"{RIGHTS}/groepen/{group_id}")
    assert page.heading == "Rechten afnemen"
    assert "Dossiers en werkgevers zien" in page.text
    cor.get("/dossiers")
    carla.submit(action="")
    assert carla.path == f"{RIGHTS}/groepen/{group_id}"
    cor.get("/dossiers", status=403)
    assert Permission.DOSSIER_READ not in permissions(company, "Cor")


def test_an_add_on_is_given_and_taken(company: Company) -> None:
    """U-26, U-29: what one may not give can't be ticked."""
    person_id = company.world.people["Ilse"].id
    carla = company.visitor("Carla", f"{RIGHTS}/gebruikers/{person_id}")
    assert carla.page is not None
    assert "Datakluisgebruiker" in carla.page.text
    carla.submit({"add_ons": "plaatsvervanging"}, action=f"{RIGHTS}/gebruikers/{person_id}")
    assert Permission.SUBSTITUTION_REGISTER in permissions(company, "Ilse")
    page = company.post(carla, f"{RIGHTS}/gebruikers/{person_id}", {})
    assert page.heading == "Rechten afnemen"
    assert "BSN-inzage" not in page.text
    company.post(carla, f"{RIGHTS}/gebruikers/{person_id}", {"bevestigd": "ja"})
    assert Permission.SUBSTITUTION_REGISTER not in permissions(company, "Ilse")
    assert Permission.BSN_READ in permissions(company, "Ilse")


def test_nobody_changes_the_own_rights(company: Company) -> None:
    """U-18: the page says who can."""
    carla_id = company.world.people["Carla"].id
    carla = company.visitor("Carla", f"{RIGHTS}/gebruikers/{carla_id}")
    assert carla.page is not None
    assert "kan alleen een collega wijzigen" in carla.page.text
    company.post(carla, f"{RIGHTS}/gebruikers/{carla_id}", {"add_ons": "plaatsvervanging"}, status=403)
    for rest in ("organisatie", "gebruikers"):
        page = company.post(carla, f"{RIGHTS}/gebruikers/{carla_id}/{rest}", {"whole": "ja"})
        assert "kan alleen een collega wijzigen" in page.text


def test_medical_rights_are_given_and_taken_by_somebody_inside(company: Company) -> None:
    """U-10: others are told who can; taking asks first and ends the sessions."""
    with company.preparing() as world:
        sanne = world.hire_arbo("Sanne", roles=("superbeheerder", "medisch"))
        name_first_member(world.session, world.service, sanne.id, OPERATOR)
        enter_circle(world.session, world.actor("Sanne"))
        world.hire_arbo("Super", roles=("superbeheerder",))
        person_id = world.hire_arbo("Cor").id
    url = f"{RIGHTS}/gebruikers/{person_id}"
    outside = company.visitor("Super", url)
    assert outside.page is not None
    assert "Medische rechten geven" not in outside.page.text
    company.post(outside, f"{url}/medisch-geven", {}, status=403)
    inside = company.visitor("Sanne", url)
    inside.submit(action=f"{url}/medisch-geven")
    assert Permission.MEDICAL_READ in permissions(company, "Cor")
    cor = company.visitor("Cor", "/dossiers")
    page = inside.get(f"{url}/medisch-afnemen")
    assert "wordt overal afgemeld" in page.text
    inside.submit(action=f"{url}/medisch-afnemen")
    assert Permission.MEDICAL_READ not in permissions(company, "Cor")
    assert cor.get("/dossiers").heading == "Inloggen"


def test_the_organisation_is_ticked_in_a_tree(company: Company) -> None:
    """U-12, U-15: a level opens at a time; what was not shown stays; taking is asked first."""
    frits, oven = company.world.people["Frits"].id, company.world.departments["Oven"].id
    url = f"{RIGHTS}/gebruikers/{frits}/organisatie"
    carla = company.visitor("Carla", url)
    assert carla.page is not None
    winkel = company.world.departments["Winkel"].id
    opened = carla.get(f"{url}?open={winkel}")
    assert "Anoniem (Persnr: WK002)" in opened.text
    assert "Janssen" not in opened.text
    shown = {"shown": f"{oven} {winkel}", "whole": "nee", "takes_over": "nee"}
    page = company.post(carla, url, {**shown, "ticked": str(oven)})
    assert page.heading == "Minder laten zien"
    assert "Winkel" in page.text
    carla.submit(action="")
    frits_sees = company.page("Frits", "/werknemers")
    assert "Oven" in frits_sees.text
    assert "Winkel" not in frits_sees.text


def test_users_are_ticked_in_a_tree_of_the_own_organisation(company: Company) -> None:
    """U-16: nobody of another organisation is in it, and whoever sends one gets the answer for what does not exist."""
    frits, gerda, bram = (company.world.people[name].id for name in ("Frits", "Gerda", "Bram"))
    url = f"{RIGHTS}/gebruikers/{frits}/gebruikers"
    carla = company.visitor("Carla", url)
    assert carla.page is not None
    assert "Gerda" in carla.page.text
    assert "Bram" not in carla.page.text
    company.post(carla, url, {"shown": str(gerda), "ticked": str(gerda), "whole": "ja"})
    company.post(carla, url, {"shown": str(bram), "ticked": str(bram), "whole": "ja"}, status=404)


def test_sessions_of_a_user_and_a_group_only_get_shorter(company: Company) -> None:
    """L-30, L-31: the page shows what holds now."""
    group_id = group_of_carla_s(company)
    url = f"/beheer/sessies/groepen/{group_id}"
    company.visitor("Carla").get(url, status=403)
    boss = company.visitor("Super", url)
    boss.submit({"inactivity_minutes": "10"}, action="")
    assert boss.page is not None
    assert boss.page.form("").values["inactivity_minutes"] == "10"
    page = boss.submit({"inactivity_minutes": "600"}, action="", status=422)
    assert "ruimer dan de standaard kan niet" in page.text
    page = boss.submit({"inactivity_minutes": "een kwartier"}, action="", status=422)
    assert "Vul een heel aantal minuten in, zoals 30, of laat dit leeg." in page.text
    assert page.form("").values["inactivity_minutes"] == "een kwartier"
    of_user = f"/beheer/sessies/gebruikers/{company.world.people['Cor'].id}"
    boss.get(of_user)
    boss.submit({"lifetime_minutes": "60", "single_session": "y"}, action="")
    assert len(company.entries("session_setting:change")) == 2


def test_what_is_not_ones_own_is_not_found(company: Company) -> None:
    """D-rule 16: every tab, of users and groups of another service and of nobody."""
    group_id, person_id = group_of_carla_s(company), company.world.people["Cor"].id
    dirk = company.visitor("Dirk")
    for url in (
        f"{RIGHTS}/groepen/{group_id}",
        f"{RIGHTS}/groepen/{group_id}/organisatie",
        f"{RIGHTS}/groepen/{group_id}/gebruikers",
        f"{RIGHTS}/gebruikers/{person_id}",
        f"{RIGHTS}/gebruikers/{person_id}/organisatie",
        f"{RIGHTS}/gebruikers/{person_id}/gebruikers",
    ):
        dirk.get(url, status=404)
        company.visitor("Anna").get(url, status=403)
