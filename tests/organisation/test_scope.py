"""Scope at every level: folders, employers, departments with those below, single employees, take-over (U-12, U-15)."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select

from accounts.actor import Scope
from organisation.employer_models import EmployerFolder, EmployerPlacement
from organisation.employments import add_employee, known_words
from organisation.errors import NotFound, UnknownUnit
from organisation.finding import EmploymentFilter, is_found
from organisation.member_scopes import member_scopes
from organisation.models import Department, Employee, GroupScope, Membership, UserGroup
from organisation.registering import add_departments
from organisation.scope import organisations_in_view
from organisation.seeing import members_who_see
from organisation.tree import (
    departments_to_choose,
    employees_in_department,
    employers_in_scope,
    employments_of,
    find_department,
    find_employee,
)
from tests.organisation.test_tree import TODAY, add, counts, numbers
from tests.world import OPERATOR, World


def only(*units: UUID, employees: tuple[UUID, ...] = ()) -> Scope:
    """The scope of somebody who sees those units and single employees."""
    return Scope(whole=False, units=frozenset(units), employees=frozenset(employees))


def below(world: World, name: str, parent: str) -> Department:
    """A department below another one of Bakkerij Mulder."""
    department = add_departments(world.session, world.employer.id, [name], OPERATOR)[name]
    department.parent_id = world.departments[parent].id
    world.session.flush()
    world.departments[name] = department
    return department


def group_of(world: World, name: str, *units: UUID, whole: bool = False, takes_over: bool = True) -> UserGroup:
    """Put a member in a new group that sees those units."""
    member = world.session.get_one(Membership, world.people[name].id)
    group = UserGroup(
        id=world.session.source.new_id(),
        organisation_id=member.organisation_id,
        name=f"Groep van {name}",
        whole_scope=whole,
        sees_all_people=False,
        created_at=world.session.source.now(),
    )
    world.session.add(group)
    world.session.flush()
    world.session.add_all(GroupScope(group_id=group.id, unit_id=unit) for unit in units)
    member.group_id, member.takes_over = group.id, takes_over
    world.session.flush()
    return group


def test_a_department_in_scope_has_those_below_it_in_scope(world: World) -> None:
    """O-30, U-15: to any depth, and never those above or beside."""
    below(world, "Kassa", "Winkel")
    below(world, "Zelfscan", "Kassa")
    add(world, "MS001", "Zelfscan"), add(world, "MS002", "Oven"), add(world, "MS003", "Winkel")
    world.hire("Frits", world.employer, "leidinggevende", scope=world.scope("Winkel"))
    world.hire("Gerda", world.employer, "leidinggevende", scope=world.scope("Kassa"))
    assert counts(world, "Frits") == {"Kassa": 0, "Winkel": 1, "Zelfscan": 1}
    assert counts(world, "Gerda") == {"Kassa": 0, "Zelfscan": 1}
    assert numbers(world, "Frits", "Zelfscan") == ["MS001"]


def test_departments_that_lie_below_each_other_end(world: World) -> None:
    """A circle in the tree of departments, which nobody should be able to make, is no endless query."""
    kassa = below(world, "Kassa", "Winkel")
    world.departments["Winkel"].parent_id = kassa.id
    world.session.flush()
    world.hire("Frits", world.employer, "leidinggevende", scope=world.scope("Winkel"))
    assert set(counts(world, "Frits")) == {"Kassa", "Winkel"}


def test_a_single_employee_in_scope_is_all_that_is_seen(world: World) -> None:
    """U-15: the department shows with that one person in it, and nobody else of it is found or counted."""
    seen, hidden = add(world, "MS001"), add(world, "MS002")
    add(world, "MS003", "Oven")
    world.hire("Frits", world.employer, "leidinggevende", scope=only(employees=(seen,)))
    actor = world.actor("Frits")
    assert counts(world, "Frits") == {"Winkel": 1}
    assert numbers(world, "Frits", "Winkel") == ["MS001"]
    assert find_employee(world.session, actor, seen).personnel_number == "MS001"
    with pytest.raises(NotFound):
        find_employee(world.session, actor, hidden)
    with pytest.raises(NotFound):
        find_department(world.session, actor, world.departments["Winkel"].id)
    assert departments_to_choose(world.session, actor) == []
    assert set(employments_of(world.session, actor, [seen, hidden])) == {seen}
    found = select(Employee.personnel_number).where(is_found(actor, TODAY, EmploymentFilter()))
    assert world.session.scalars(found).all() == ["MS001"]
    assert known_words(world.session, actor).functions == ()


def test_of_a_single_employee_the_past_is_seen_too(world: World) -> None:
    """U-15: it is the person who is in scope, wherever he or she works; beside it a department as a whole."""
    moved = add(world, "MS001", "Winkel", ends_on=TODAY.replace(day=1))
    add(world, "MS002", "Oven")
    world.hire("Frits", world.employer, "leidinggevende", scope=only(world.departments["Oven"].id, employees=(moved,)))
    actor = world.actor("Frits")
    assert find_employee(world.session, actor, moved)
    assert numbers(world, "Frits", "Winkel", former=True) == ["MS001"]
    assert numbers(world, "Frits", "Winkel") == []
    assert numbers(world, "Frits", "Oven") == ["MS002"]


def test_a_foreign_employee_in_scope_opens_nothing(world: World) -> None:
    """D-rule 16: not through a row that should not be there either."""
    theirs = add(world, "DV001", "Pers", by="Bram")
    with pytest.raises(UnknownUnit):
        world.hire("Hein", world.employer, "leidinggevende", scope=only(employees=(theirs,)))
    world.hire("Frits", world.employer, "leidinggevende", scope=only())
    world.hire("Cor", world.service, "casemanager_arbo", scope=only())
    for name in ("Frits", "Cor"):
        group_of(world, name, theirs, world.departments["Pers"].id)
        assert counts(world, name) == {}
        with pytest.raises(NotFound):
            find_employee(world.session, world.actor(name), theirs)


def test_arbo_staff_see_a_folder_an_employer_a_department_or_an_employee(world: World) -> None:
    """U-15, O-24: each level shows its employer and no other."""
    baker, smith = add(world, "MS001"), add_garage(world, "GS001")
    folder = EmployerFolder(id=uuid4(), service_id=world.service.id, parent_id=None, name="2. Kantoor Oost")
    world.session.add(folder)
    world.session.flush()
    world.session.get_one(EmployerPlacement, (world.service.id, world.garage.id)).folder_id = folder.id
    world.session.flush()
    scopes = {
        "Cor": only(folder.id),
        "Cees": only(world.garage.id),
        "Coba": only(world.departments["Werkplaats"].id),
        "Cato": only(employees=(smith,)),
    }
    for name, scope in scopes.items():
        world.hire(name, world.service, "casemanager_arbo", scope=scope)
        actor = world.actor(name)
        assert [employer.name for employer in employers_in_scope(world.session, actor)] == ["Garage Smit"], name
        assert counts(world, name) == {"Werkplaats": 1}, name
        assert numbers(world, name, "Werkplaats") == ["GS001"], name
        with pytest.raises(NotFound):
            find_employee(world.session, actor, baker)
        with pytest.raises(NotFound):
            numbers(world, name, "Winkel")


def test_what_is_not_published_is_in_nobodys_view(world: World) -> None:
    """O-23: neither by department nor by employee."""
    smith = add_garage(world, "GS001")
    world.session.get_one(EmployerPlacement, (world.service.id, world.garage.id)).published_at = None
    world.session.flush()
    scope = only(world.departments["Werkplaats"].id, employees=(smith,))
    world.hire("Cor", world.service, "casemanager_arbo", scope=scope)
    assert counts(world, "Cor") == {}
    assert world.session.scalars(organisations_in_view(world.actor("Cor"), TODAY)).all() == []


def test_with_take_over_the_scope_of_the_group_counts(world: World) -> None:
    """U-12: besides the own one; without take-over it does not."""
    frits = world.hire("Frits", world.employer, "leidinggevende", scope=world.scope("Oven"))
    group = group_of(world, "Frits", world.departments["Winkel"].id)
    assert set(counts(world, "Frits")) == {"Oven", "Winkel"}
    group.whole_scope = True
    world.session.flush()
    assert world.actor("Frits").scope.whole
    world.session.get_one(Membership, frits.id).takes_over = False
    world.session.flush()
    assert set(counts(world, "Frits")) == {"Oven"}


def test_a_scope_costs_the_same_number_of_queries_however_large(world: World) -> None:
    """No query in a loop."""
    employees = tuple(add(world, f"MS{number:03}") for number in range(12))
    world.hire(
        "Frits", world.employer, "leidinggevende", scope=only(world.departments["Oven"].id, employees=employees[:1])
    )
    world.hire("Gerda", world.employer, "leidinggevende", scope=only(world.departments["Oven"].id, employees=employees))
    counted: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        counted.append(statement)

    engine = world.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        sizes = []
        for name in ("Frits", "Gerda"):
            counted.clear()
            world.actor(name)
            sizes.append(len(counted))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert sizes[0] == sizes[1]


def test_who_sees_an_employee_is_known_the_other_way_round_too(world: World) -> None:
    """K-16, *Wie kan dit openen?*: by whole, department, one above, the employee, and the group."""
    below(world, "Kassa", "Winkel")
    one = add(world, "MS001", "Kassa")
    world.hire("Whole", world.employer, "leidinggevende")
    world.hire("Above", world.employer, "leidinggevende", scope=world.scope("Winkel"))
    world.hire("Single", world.employer, "leidinggevende", scope=only(employees=(one,)))
    world.hire("Beside", world.employer, "leidinggevende", scope=world.scope("Oven"))
    world.hire("Taking", world.employer, "leidinggevende", scope=only())
    group_of(world, "Taking", world.departments["Kassa"].id)
    world.hire("Leaving", world.employer, "leidinggevende", scope=only())
    group_of(world, "Leaving", world.departments["Kassa"].id, takes_over=False)
    found = names_who_see(world, world.employer.id, one)
    assert found == {"Anna", "Whole", "Above", "Single", "Taking"}
    for name in found:
        assert find_employee(world.session, world.actor(name), one)


def test_arbo_staff_who_see_an_employee_are_known_too(world: World) -> None:
    """The same of the arbo side: by folder, employer and department."""
    one = add(world, "MS001")
    placement = world.session.get_one(EmployerPlacement, (world.service.id, world.employer.id))
    assert placement.folder_id is not None
    world.hire("Folder", world.service, "casemanager_arbo", scope=only(placement.folder_id))
    world.hire("Employer", world.service, "casemanager_arbo", scope=only(world.employer.id))
    world.hire("Elsewhere", world.service, "casemanager_arbo", scope=only(world.garage.id))
    assert names_who_see(world, world.service.id, one) == {"Carla", "Folder", "Employer"}


def test_a_scope_is_told_in_words(world: World) -> None:
    """K-16: folders, departments and personnel numbers, with what is taken over."""
    one = add(world, "MS001")
    frits = world.hire("Frits", world.employer, "leidinggevende", scope=only(employees=(one,)))
    group_of(world, "Frits", world.departments["Oven"].id)
    scope = member_scopes(world.session, world.actor("Anna"), [frits.id])[frits.id]
    assert (scope.whole, scope.units) == (False, ("MS001", "Oven"))


def names_who_see(world: World, organisation_id: UUID, employee_id: UUID) -> set[str]:
    """The names of the members who see an employee."""
    employee = world.session.get_one(Employee, employee_id)
    ids = set(world.session.scalars(members_who_see(organisation_id, employee, TODAY)))
    return {name for name, person in world.people.items() if person.id in ids}


def add_garage(world: World, number: str) -> UUID:
    """Add an employee of Garage Smit as a number, by its own administrator."""
    if "Gijs" not in world.people:
        world.hire("Gijs", world.garage, "werkgever")
    return add_employee(world.session, world.actor("Gijs"), number, world.employment("Werkplaats")).id


def test_a_page_of_a_department_holds_whom_one_sees_only(world: World) -> None:
    """D-rule 46: the page is cut after the filter."""
    numbers_of_all = [add(world, f"MS{number:03}") for number in range(3)]
    world.hire("Frits", world.employer, "leidinggevende", scope=only(employees=(numbers_of_all[2],)))
    lines = employees_in_department(world.session, world.actor("Frits"), world.departments["Winkel"].id)
    assert [line.personnel_number for line in lines] == ["MS002"]
