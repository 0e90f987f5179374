"""Beheer > Gebruikers through the pages (U-01..U-09, U-13, U-21; L-03)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import func, select

from accounts.models import Person
from organisation.models import Organisation, UserGroup
from tests.organisation.user_management import make_group, make_user
from tests.pages import Visitor
from tests.portal.company import Company, counted_queries

TREE = "/beheer/gebruikers"
NOBODY = uuid5(UUID(int=0), "nobody")
TYPED = {
    "given_name": "Nieske", "initials": "N.", "infix": "van der", "last_name": "Nieuw", "gender": "female",
    "email": "nieske@example.org", "phone": "", "login_name": "", "period": "nee",
}  # fmt: skip


def group_of(company: Company, name: str, role: str = "casemanager_arbo", *, at: Organisation | None = None) -> UUID:
    with company.preparing() as world:
        return make_group(world, name, role, at=at).id


def user_in(company: Company, group_id: UUID, **other: Any) -> UUID:
    with company.preparing() as world:
        return make_user(world, world.session.get_one(UserGroup, group_id), **other).id


def new_user_page(company: Company, group_id: UUID) -> Visitor:
    return company.visitor("Carla", f"{TREE}/groep/{group_id}/nieuw")


def person_called(company: Company, login_name: str) -> Person:
    with company.portal.session() as session:
        return session.scalars(select(Person).where(Person.login_name == login_name)).one()


def test_the_tree_shows_the_own_service_and_the_employers_that_it_serves(company: Company) -> None:
    """U-02, D-rule 30."""
    page = company.page("Carla", TREE)
    for told in ("Noord", "Werkgevers", "Bakkerij Mulder", "Garage Smit", "Carla"):
        assert told in page.text
    assert "Drukkerij" not in page.text


def test_an_employer_sees_its_own_groups_and_users_only(company: Company) -> None:
    with company.preparing() as world:
        world.hire("Berend", world.employer, "werkgever", "gebruikersbeheer")
        company.portal.people["Berend"] = world.people["Berend"]
    page = company.page("Berend", TREE)
    assert "Bakkerij Mulder" in page.text
    for hidden in ("Werkgevers", "Garage", "Noord"):
        assert hidden not in page.text


def test_a_place_that_is_not_administered_is_not_there(company: Company) -> None:
    group = group_of(company, "Noorders")
    dirk = company.visitor("Dirk")
    for query in (f"groep={group}", f"organisatie={company.world.employer.id}", f"groep={NOBODY}"):
        dirk.get(f"{TREE}?{query}", status=404)
    assert "Zuid" in dirk.get(f"{TREE}?groep=onzin&pagina=9").text


def test_the_three_dots_of_a_group_lead_to_a_new_user_and_a_new_group(company: Company) -> None:
    """U-05, U-06."""
    group = group_of(company, "Casemanagers")
    page = company.page("Carla", f"{TREE}?groep={group}")
    assert f"{TREE}/groep/{group}/nieuw" in page.links()
    assert f"/beheer/gebruikersgroepen/nieuw/{company.world.service.id}?groep={group}" in page.links()
    assert "Menu van Casemanagers" in page.text


def test_a_page_with_very_many_users_takes_no_more_queries(company: Company) -> None:
    group = group_of(company, "Casemanagers")
    carla = company.visitor("Carla", f"{TREE}?groep={group}")
    with counted_queries(company) as few:
        carla.get(f"{TREE}?groep={group}")
    with company.preparing() as world:
        place = world.session.get_one(UserGroup, group)
        for number in range(60):
            make_user(
                world,
                place,
                login_name=f"noord.{number}",
                email=f"noord.{number}@example.org",
                last_name=f"Nummer {number:02}",
            )
    with counted_queries(company) as many:
        page = carla.get(f"{TREE}?groep={group}")
    assert len(many) == len(few)
    assert page.text.count("Nieske") == 50
    assert "Pagina 1 van 2 van deze groep" in page.text
    assert carla.get(f"{TREE}?groep={group}&pagina=2").text.count("Nieske") == 10


def test_a_user_is_added_with_a_login_name_by_the_pattern(company: Company) -> None:
    """U-07, U-08, L-03."""
    carla = new_user_page(company, group_of(company, "Casemanagers"))
    page = carla.submit(TYPED)
    assert "krijgt per e-mail een uitnodiging, die 24 uur geldig is" in page.text
    assert page.heading == "Nieske van der Nieuw"
    assert "Uitgenodigd" in page.text
    assert person_called(company, "noord.nieuw").state == "invited"


def test_a_login_name_is_proposed_before_anything_is_stored(company: Company) -> None:
    carla = new_user_page(company, group_of(company, "Casemanagers"))
    page = carla.submit({**TYPED, "stap": "voorstel"})
    assert page.form().values["login_name"] == "noord.nieuw"
    assert page.form().values["given_name"] == "Nieske"
    with company.portal.session() as session:
        assert session.scalar(select(func.count()).where(Person.login_name == "noord.nieuw")) == 0


def test_bad_input_is_told_beside_the_field_and_kept(company: Company) -> None:
    carla = new_user_page(company, group_of(company, "Casemanagers"))
    page = carla.submit(
        {
            **TYPED,
            "last_name": "",
            "gender": "",
            "email": "geen adres",
            "phone": "12",
            "period": "ja",
            "valid_until": "1-1-2020",
        },
        status=422,
    )
    for told in (
        "Vul een achternaam in.",
        "Kies een geslacht.",
        "Vul een mobiel nummer in, zoals 06 12345678, of met het landnummer ervoor.",
        "Vul een e-mailadres in zoals naam@bedrijf.nl.",
        "De einddatum ligt al achter ons. Kies vandaag of een latere dag.",
    ):
        assert told in page.text
    assert page.form().values["given_name"] == "Nieske"
    taken = carla.submit({**TYPED, "login_name": "anna"}, status=422)
    assert "Deze inlognaam is al van iemand anders. Kies een andere." in taken.text


def test_a_shared_mailbox_asks_whether_one_person_reads_it(company: Company) -> None:
    """L-36, D-rule 54."""
    carla = new_user_page(company, group_of(company, "Casemanagers"))
    page = carla.submit({**TYPED, "email": "info@bakker.example"}, status=422)
    assert "Ik bevestig dat maar één persoon deze postbus leest" in page.text
    carla.submit({"one_reader": "y"})
    assert person_called(company, "noord.nieuw").state == "invited"


def test_an_address_that_another_user_has_is_told_without_whose_it_is(company: Company) -> None:
    carla = new_user_page(company, group_of(company, "Casemanagers"))
    page = carla.submit({**TYPED, "email": "carla@example.org"}, status=422)
    assert "Een andere gebruiker heeft dit e-mailadres ook." in page.text
    carla.submit({"one_reader": "y"})
    person = person_called(company, "noord.nieuw")
    assert person.state == "invited"
    # What was confirmed once is not asked again.
    carla.get(f"{TREE}/{person.id}")
    carla.submit({"given_name": "Anders"}, action=f"{TREE}/{person.id}")
    assert person_called(company, "noord.nieuw").given_name == "Anders"


def test_a_user_is_changed_moved_and_given_a_last_day(company: Company) -> None:
    """U-07, U-09, U-17."""
    group, other = group_of(company, "Casemanagers"), group_of(company, "Loon", "loonspecialist_zw")
    person_id = user_in(company, group)
    carla = company.visitor("Carla", f"{TREE}/{person_id}")
    page = carla.submit(
        {"last_name": "Ouder", "group_id": str(other), "period": "ja", "valid_until": "31-12-2027"},
        action=f"{TREE}/{person_id}",
    )
    assert "De wijzigingen zijn opgeslagen." in page.text
    assert page.heading == "Nieske van der Ouder"
    form = page.form(f"{TREE}/{person_id}")
    assert (form.values["group_id"], form.values["valid_until"]) == (str(other), "31-12-2027")


def test_nothing_is_half_stored(company: Company) -> None:
    """A group that is refused keeps the name from being changed."""
    with company.preparing() as world:
        world.hire("Sevda", world.service, "superbeheerder")
        closed = make_group(world, "Superbeheer", "superbeheerder", by="Sevda").id
    person_id = user_in(company, group_of(company, "Casemanagers"))
    carla = company.visitor("Carla", f"{TREE}/{person_id}")
    values = {"last_name": "Ouder", "group_id": str(closed)}
    carla.submit(values, action=f"{TREE}/{person_id}", status=403)
    assert person_called(company, "noord.nieuw").last_name == "Nieuw"


def test_the_page_of_a_user_tells_the_last_logins_and_is_logged(company: Company) -> None:
    """U-21; LOG2."""
    for _ in range(5):
        company.visitor("Anna")
    page = company.page("Carla", f"{TREE}/{company.world.people['Anna'].id}")
    assert "Laatste inlog" in page.text
    assert page.text.count("22-11-2026") == 4
    written = company.entries("user:read")
    assert {entry.organisation_id for entry in written} == {company.world.employer.id, company.world.service.id}


def test_ones_own_page_and_that_of_somebody_with_more_rights_can_only_be_read(company: Company) -> None:
    carla = company.visitor("Carla", f"{TREE}/{company.world.people['Carla'].id}")
    assert carla.page is not None
    assert "Dit is uw eigen account." in carla.page.text
    with company.preparing() as world:
        sevda = world.hire("Sevda", world.service, "superbeheerder").id
    page = carla.get(f"{TREE}/{sevda}")
    assert "U mag het account van deze gebruiker niet wijzigen." in page.text
    assert [form.action for form in page.forms] == ["/uitloggen"]
    company.post(carla, f"{TREE}/{sevda}", {**TYPED, "login_name": "gekaapt"}, status=403)


def test_users_of_others_are_not_there(company: Company) -> None:
    dirk = company.visitor("Dirk", TREE)
    anna = company.world.people["Anna"].id
    for person_id in (anna, NOBODY):
        dirk.get(f"{TREE}/{person_id}", status=404)
    dirk.get(TREE)
    company.post(dirk, f"{TREE}/{anna}", TYPED, status=404)
    dirk.get(TREE)
    company.post(dirk, f"{TREE}/groep/{group_of(company, 'Noorders')}/nieuw", TYPED, status=404)


def test_a_search_finds_by_part_of_a_name_among_those_administered_only(company: Company) -> None:
    carla = company.visitor("Carla", TREE)
    page = carla.submit({"words": "ann"}, action=f"{TREE}/zoeken")
    assert "1 gebruiker gevonden." in page.text
    assert "Bakkerij Mulder" in page.text
    assert "Niemand gevonden" in carla.submit({"words": "Bram"}, action=f"{TREE}/zoeken").text
    assert "Niemand gevonden" in carla.submit({"words": "%"}, action=f"{TREE}/zoeken").text
    carla.submit({"words": ""}, action=f"{TREE}/zoeken", status=422)


def test_a_login_name_with_an_at_sign_is_refused_beside_its_field(company: Company) -> None:
    """By mail address people log in with an account of their own (D-05)."""
    group_id = group_of(company, "Casemanagers")
    visitor = new_user_page(company, group_id)
    page = visitor.submit({**TYPED, "login_name": "eva@example.org"}, status=422)
    assert "Gebruik geen @ in een inlognaam." in page.text
