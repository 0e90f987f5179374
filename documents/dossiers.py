"""Whose dossier a document lies in, and whether the actor may be there (S-08, D-rules 16, 17 and 23)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from accounts.actor import Actor
from database.session import Session
from organisation.employer_reading import find_employer
from organisation.tree import find_employee
from vault.sharing import require_share
from vault.sides import is_employer, require_side


@dataclass(frozen=True)
class DossierPlace:
    """The dossier of an employee or, without one, of an employer."""

    employee_id: UUID | None
    employer_id: UUID


def dossier_of_employee(session: Session, employee_id: UUID, actor: Actor) -> DossierPlace:
    """The dossier of an employee. Raises as `require_dossier` does."""
    employee = find_employee(session, actor, employee_id)
    place = DossierPlace(employee.id, employee.organisation_id)
    require_dossier(session, place, actor)
    return place


def dossier_of_employer(session: Session, employer_id: UUID, actor: Actor) -> DossierPlace:
    """The dossier of an employer itself (DOC-23). Raises as `require_dossier` does."""
    place = DossierPlace(None, employer_id)
    require_dossier(session, place, actor)
    return place


def require_dossier(session: Session, place: DossierPlace, actor: Actor, *, lock: bool = False) -> None:
    """Look whether the actor may be in a dossier; with `lock` no share of it begins or ends during this transaction.

    Raises `organisation.errors.NotFound` for one out of view, `PermissionDenied`, `vault.errors.VaultClosed` and
    `vault.errors.NoVaultAccess` for whoever has no key of the own side, and `vault.errors.NotShared` on the arbo side
    for an employee who is not shared with it.
    """
    if place.employee_id is None:
        find_employer(session, place.employer_id, actor)
    else:
        find_employee(session, actor, place.employee_id, lock=lock)
    require_side(session, actor)
    if place.employee_id is not None and not is_employer(actor):
        require_share(session, place.employee_id, actor)
