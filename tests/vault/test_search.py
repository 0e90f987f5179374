"""Finding an employee in one's own view (K-15, K-23, E-05; design 2.5)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry, AuditSubject
from organisation.employments import add_employment
from organisation.errors import NotFound
from organisation.finding import EmploymentFilter
from organisation.tree import find_employee
from tests.vault.test_tree import grounds
from tests.world import TEST_BSN, World, card, details
from vault.errors import NoVaultAccess, SearchTooShort
from vault.records import create_record
from vault.search import SearchWords, search

BORN = date(1971, 5, 17)


def add(
    world: World,
    number: str,
    last_name: str,
    prefix: str | None = None,
    department: str = "Winkel",
    *,
    bsn: str = TEST_BSN,
    postcode: str | None = "3511AB",
    **employment: object,
) -> UUID:
    """Add an employee with a name in parts."""
    return create_record(
        world.session,
        personnel_number=number,
        card=card(last_name, prefix=prefix, birth_date=BORN, postcode=postcode),
        details=details(bsn=bsn),
        employment=world.employment(department, **employment),
        actor=world.actor("Anna"),
    ).id


def found(world: World, name: str = "Anna", **words: object) -> list[str]:
    """The personnel numbers that someone finds."""
    result = search(world.session, world.actor(name), SearchWords(**words))  # type: ignore[arg-type]
    return [hit.personnel_number for hit in result.hits]


def within(world: World, *departments: str) -> EmploymentFilter:
    """Only people of those departments."""
    return EmploymentFilter(department_ids=frozenset(world.departments[name].id for name in departments))


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("dijk", ["1"]),
        ("Van Dijk", ["1"]),
        ("vandijk", ["1"]),
        ("DIJ", ["1"]),
        ("celik", ["2"]),
        ("Çelik", ["2"]),
        ("de vries-çe", ["2"]),
        ("'t hoen", ["3"]),
        ("hoen", ["3"]),
        ("yilmaz", ["4"]),
        ("Yılmaz", ["4"]),
        ("jk", []),
    ],
)
def test_a_name_is_found_with_and_without_tussenvoegsel_accents_and_case(
    world: World, typed: str, numbers: list[str]
) -> None:
    """E-05; design 2.5: normalised last name without tussenvoegsel."""
    add(world, "1", "Dijk", "van")
    add(world, "2", "Vries-Çelik", "de")
    add(world, "3", "Hoen", "'t")
    add(world, "4", "Yılmaz")
    assert found(world, last_name=typed) == numbers


def test_all_that_is_given_must_fit(world: World) -> None:
    """E-05: last name, birth date, personnel number."""
    add(world, "1", "Dijk", "van")
    world.employ("2", "Dijk")
    assert found(world, birth_date=BORN) == ["1"]
    assert found(world, last_name="dijk") == ["1", "2"]
    assert found(world, last_name="dijk", birth_date=date(1990, 12, 31)) == ["2"]
    assert found(world, last_name="dijk", personnel_number="1") == ["1"]
    assert found(world, personnel_number=" 2 ") == ["2"]
    assert found(world, personnel_number="3") == []


def test_a_hit_has_the_name_for_whoever_may_see_it(world: World) -> None:
    """K-15, K-23: who finds by name sees the name; a base role finds numbers only."""
    world.hire("Gerda", world.employer, "leidinggevende")
    add(world, "1", "Dijk", "van")
    (hit,) = search(world.session, world.actor("Anna"), SearchWords(last_name="dijk")).hits
    assert hit.card is not None
    assert hit.employment is not None
    assert (hit.card.display_name, hit.employment.department) == ("E. van Dijk", "Winkel")
    (hit,) = search(world.session, world.actor("Gerda"), SearchWords(personnel_number="1")).hits
    assert hit.card is None
    with pytest.raises(PermissionDenied):
        search(world.session, world.actor("Gerda"), SearchWords(last_name="dijk"))


def test_without_the_key_names_are_not_searched(world: World) -> None:
    """D-rule 17."""
    world.hire("Frits", world.employer, "datakluisgebruiker")
    with pytest.raises(NoVaultAccess):
        found(world, "Frits", last_name="dijk")


def test_nobody_finds_outside_the_own_view(world: World) -> None:
    """H-13, K-08, D-rule 16."""
    world.hire_vault_user("Frits", "datakluisgebruiker", scope=world.scope("Winkel"))
    add(world, "1", "Dijk", "van", "Oven")
    for name in ("Frits", "Bram"):
        assert found(world, name, last_name="dijk") == []
        assert found(world, name, personnel_number="1") == []
    with pytest.raises(NotFound):
        found(world, "Frits", last_name="dijk", employment=within(world, "Oven"))
    assert found(world, last_name="dijk", employment=within(world, "Oven")) == ["1"]
    assert found(world, last_name="dijk", employment=within(world, "Winkel")) == []


def test_a_hit_tells_nothing_of_employments_outside_the_own_view(world: World) -> None:
    """D-rule 16: the newest employment is in a department that the manager does not see."""
    world.hire_vault_user("Frits", "datakluisgebruiker", scope=world.scope("Winkel"))
    employee_id, anna = world.employ("MS001", "Dijk"), world.actor("Anna")
    elsewhere = world.employment("Oven", starts_on=date(2024, 1, 1), function="Bakker")
    add_employment(world.session, anna, find_employee(world.session, anna, employee_id), elsewhere)

    def function(name: str) -> str | None:
        (hit,) = search(world.session, world.actor(name), SearchWords(personnel_number="MS001")).hits
        return hit.employment.function if hit.employment else None

    assert function("Anna") == "Bakker"
    assert function("Frits") != "Bakker"


def test_the_service_finds_whom_is_shared(world: World) -> None:
    """Design 2.5: the service searches its shared records in the same way; an unshared number stays Anoniem."""
    shared = add(world, "1", "Dijk", "van")
    add(world, "2", "Dijk")
    world.share(shared)
    assert found(world, "Carla", last_name="dijk") == ["1"]
    assert found(world, "Dirk", last_name="dijk") == []
    (hit,) = search(world.session, world.actor("Carla"), SearchWords(personnel_number="2")).hits
    assert hit.card is None


def test_a_search_is_one_entry_about_whoever_is_shown_and_holds_no_words(world: World) -> None:
    """LOG1, LOG5; design 3: one entry and one subject row for each person shown."""
    shown = add(world, "1", "Dijk", "van")
    add(world, "2", "Bos")
    found(world, last_name="van dijk", birth_date=BORN)
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "employee:search")).one()
    assert entry.details == {"fields": "birth_date last_name", "count": 1}
    subjects = world.session.scalars(select(AuditSubject.subject_id).where(AuditSubject.entry_id == entry.id))
    assert set(subjects) == {shown}
    assert repr(SearchWords(last_name="van Dijk")) == "SearchWords()"


@pytest.mark.parametrize("wanted", [{"last_name": "dijk"}, {"personnel_number": "1"}])
def test_the_service_finds_each_on_the_ground_of_its_share(world: World, wanted: dict[str, str]) -> None:
    """LOG6; a personnel number also finds who is not shared, and without a ground shows no name."""
    shared = add(world, "1", "Dijk", "van")
    share = world.share(shared)
    for name in ("Carla", "Anna"):
        found(world, name, **wanted)
    assert grounds(world.session, world.people["Carla"].id, "employee:search") == {shared: str(share.id)}
    assert grounds(world.session, world.people["Anna"].id, "employee:search") == {shared: None}
    unshared = add(world, "2", "Dijk")
    found(world, "Carla", personnel_number="2")
    assert grounds(world.session, world.people["Carla"].id, "employee:search")[unshared] is None


def test_searching_needs_the_permission_to_see_lists(world: World) -> None:
    """Part C: who only reads the log does not browse by number."""
    world.hire("Petra", world.employer, "privacyfunctionaris")
    add(world, "1", "Dijk")
    with pytest.raises(PermissionDenied):
        found(world, "Petra", personnel_number="1")


@pytest.mark.parametrize("words", [{}, {"last_name": "-"}, {"personnel_number": " "}])
def test_a_search_for_next_to_nothing_is_refused(world: World, words: dict[str, str]) -> None:
    """Browsing is what the tree is for."""
    with pytest.raises(SearchTooShort):
        found(world, **words)
