"""The tree of organisations, departments and people, as the templates draw it (H-13, K-19, K-20)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from organisation.tree import PAGE_SIZE, DepartmentCount, EmploymentLine
from portal.formats import anonymous


@dataclass(frozen=True)
class Node:
    """A line of the tree; what has children opens here, what has only a `url` is fetched by following it."""

    id: UUID
    label: str
    kind: str
    url: str | None = None
    count: int | None = None
    current: bool = False
    open: bool = False
    children: tuple[Node, ...] = ()


@dataclass(frozen=True)
class People:
    """One page of the people of a department, each with the name or as *Anoniem*."""

    department: DepartmentCount
    nodes: tuple[Node, ...]
    page: int
    pages: int
    former: bool


def person_nodes(
    lines: Iterable[EmploymentLine], names: Mapping[UUID, str | None], url_of: Callable[[UUID], str]
) -> tuple[Node, ...]:
    """The people of a list, in its order."""
    return tuple(
        Node(
            id=line.employee_id,
            label=names.get(line.employee_id) or anonymous(line.personnel_number),
            kind="person" if names.get(line.employee_id) else "anonymous",
            url=url_of(line.employee_id),
        )
        for line in lines
    )


def department_nodes(
    departments: Iterable[DepartmentCount], people: People | None, url_of: Callable[[UUID], str]
) -> tuple[Node, ...]:
    """The departments; the chosen one opened, with its people."""
    chosen = people.department.id if people else None
    return tuple(
        Node(
            id=department.id,
            label=department.name,
            kind="department",
            count=department.count,
            url=url_of(department.id),
            current=department.id == chosen,
            open=department.id == chosen,
            children=people.nodes if people and department.id == chosen else (),
        )
        for department in departments
    )


def pages_of(count: int) -> int:
    """How many pages a list of `count` people has; an empty one has one."""
    return max(1, -(-count // PAGE_SIZE))
