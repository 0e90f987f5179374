"""Eva with an account of her own beside the company, for tests of what she sees of her data."""

from __future__ import annotations

from uuid import uuid4

from dialogs.choosing import Chosen, add_participant_row
from dialogs.contents import Entry
from dialogs.models import ParticipantKind
from dialogs.starting import new_dialogue
from tests.portal.company import Company
from tests.vault.employees import hire_employee, link


def with_account(company: Company, *, name: str = "Eva", employee: str = "Eva", by: str = "Anna") -> None:
    """Let somebody have an account that joined a dialogue of an employer as one of its employees."""
    with company.preparing() as world:
        if name not in world.people:
            hire_employee(world, name)
        actor = world.actor(by)
        dialogue = new_dialogue(world.session, uuid4(), actor, employee_id=None, employer_id=None)
        world.session.add(dialogue)
        world.session.flush()
        chosen = Chosen(
            Entry(employee, "Werknemer", ParticipantKind.EMPLOYEE.value),
            ParticipantKind.EMPLOYEE,
            world.people[name].id,
            employee_id=company.employees[employee],
        )
        add_participant_row(world.session, dialogue, chosen, from_epoch=1, added_by=actor.person_id)


def linked(company: Company, *, name: str = "Eva", employee: str = "Eva", by: str = "Anna") -> None:
    """The same, linked to the record by somebody with the key."""
    with_account(company, name=name, employee=employee, by=by)
    with company.preparing() as world:
        link(world, company.employees[employee], name, by=by)
