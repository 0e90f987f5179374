"""The groups of users through the pages (U-02, U-03, U-05, U-13, U-24)."""

from __future__ import annotations

from sqlalchemy import select

from organisation.models import UserGroup
from tests.organisation.user_management import role_id
from tests.portal.company import Company
from tests.portal.test_users import NOBODY, group_of, user_in

GROUPS = "/beheer/gebruikersgroepen"


def role(company: Company, key: str, at: str = "service") -> str:
    with company.preparing() as world:
        return str(role_id(world, key, getattr(world, at)))


def called(company: Company, name: str) -> UserGroup | None:
    with company.portal.session() as session:
        return session.scalars(select(UserGroup).where(UserGroup.name == name)).first()


def test_a_group_is_added_below_another_with_a_role(company: Company) -> None:
    """U-03, U-05."""
    above = group_of(company, "Kantoor Noord")
    carla = company.visitor("Carla", f"{GROUPS}/nieuw/{company.world.service.id}?groep={above}")
    page = carla.submit({"name": "Casemanagers Noord", "role_id": role(company, "casemanager_arbo")})
    assert "De gebruikersgroep is toegevoegd." in page.text
    made = called(company, "Casemanagers Noord")
    assert made is not None
    assert made.parent_id == above


def test_a_group_of_an_employer_is_called_after_it(company: Company) -> None:
    """U-05."""
    page = company.page("Carla", f"{GROUPS}/nieuw/{company.world.garage.id}")
    assert page.form().values["name"] == "Garage Smit"


def test_bad_input_is_told_and_kept(company: Company) -> None:
    carla = company.visitor("Carla", f"{GROUPS}/nieuw/{company.world.service.id}")
    page = carla.submit({"name": "  ", "role_id": ""}, status=422)
    assert "Kies een rol." in page.text
    page = carla.submit({"name": "Nieuw", "role_id": "onzin"}, status=422)
    assert "Kies een van de rollen uit de lijst." in page.text
    assert page.form().values["name"] == "Nieuw"
    page = carla.submit({"name": "Nieuw", "role_id": role(company, "ad"), "parent_id": str(NOBODY)}, status=422)
    assert "Hier past de groep niet" in page.text
    group_of(company, "Bestaat")
    page = carla.submit({"name": "Bestaat", "role_id": role(company, "ad"), "parent_id": ""}, status=422)
    assert "Er is al een gebruikersgroep met deze naam. Kies een andere naam." in page.text


def test_a_group_is_renamed_and_moved_together_or_not_at_all(company: Company) -> None:
    top, low = group_of(company, "Kantoor"), group_of(company, "Kamer")
    carla = company.visitor("Carla", f"{GROUPS}/{low}")
    carla.submit({"name": "Zaal", "parent_id": str(low)}, status=422)
    assert called(company, "Zaal") is None
    page = carla.submit({"name": "Zaal", "parent_id": str(top)})
    assert page.heading == "Zaal"
    moved = called(company, "Zaal")
    assert moved is not None
    assert moved.parent_id == top


def test_removing_a_group_asks_once_and_leaves_one_with_users(company: Company) -> None:
    empty, full = group_of(company, "Leeg"), group_of(company, "Vol")
    user_in(company, full)
    carla = company.visitor("Carla", f"{GROUPS}/{empty}/verwijderen")
    assert carla.page is not None
    assert "Er zit niemand in de groep" in carla.page.text
    assert "De gebruikersgroep is verwijderd." in carla.submit().text
    page = carla.get(f"{GROUPS}/{full}/verwijderen")
    assert "zitten nog gebruikers of andere groepen" in page.text
    company.post(carla, f"{GROUPS}/{full}/verwijderen", status=409)
    assert called(company, "Vol") is not None


def test_groups_of_others_are_not_there(company: Company) -> None:
    """D-rules 16 and 30."""
    group = group_of(company, "Noorders")
    dirk = company.visitor("Dirk")
    for url in (f"{GROUPS}/{group}", f"{GROUPS}/{group}/verwijderen", f"{GROUPS}/nieuw/{company.world.service.id}"):
        dirk.get(url, status=404)
    for url in (f"{GROUPS}/{group}", f"{GROUPS}/{group}/verwijderen", f"{GROUPS}/nieuw/{company.world.employer.id}"):
        dirk.get("/")
        company.post(dirk, url, {"name": "Gekaapt", "role_id": role(company, "ad")}, status=404)
