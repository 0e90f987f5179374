"""Through which holder an actor opens records: the employer's vault, or the arbo service (design 2.2)."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from accounts.actor import Actor
from accounts.errors import PermissionDenied
from accounts.permissions import Permission
from database.session import Session
from keys.models import Holder
from organisation.admission import service_holder
from organisation.errors import NotFound
from organisation.models import OrganisationKind
from vault.errors import NoVaultAccess, VaultClosed
from vault.models import Vault


def is_employer(actor: Actor) -> bool:
    """Tell whether the actor belongs to an employer."""
    return actor.audience == OrganisationKind.EMPLOYER


def find_vault(session: Session, actor: Actor) -> Vault:
    """The vault of the actor's own employer.

    Raises `VaultClosed` before it was opened, `NotFound` for an actor of another kind of organisation (D-rule 18).
    """
    if not is_employer(actor):
        raise NotFound
    vault = session.get(Vault, actor.organisation_id)
    if vault is None:
        raise VaultClosed
    return vault


def require_side(session: Session, actor: Actor) -> uuid.UUID:
    """The holder through which the actor opens records.

    Raises `PermissionDenied` for whoever may see no names, `VaultClosed`, and `NoVaultAccess` for whoever has not been
    handed the key (D-rule 17).
    """
    if is_employer(actor):
        actor.require(Permission.VAULT_READ)
        holder_id = find_vault(session, actor).holder_id
    else:
        actor.require(Permission.DOSSIER_READ)
        holder_id = service_holder(session, actor)
    if not actor.keys.can_open(session, holder_id):
        raise NoVaultAccess
    return holder_id


def side_of(session: Session, actor: Actor) -> uuid.UUID | None:
    """The holder through which the actor opens records, or None for whom every name is *Anoniem* for now."""
    try:
        return require_side(session, actor)
    except (PermissionDenied, VaultClosed, NoVaultAccess):
        return None


def may_know_shares(session: Session, actor: Actor) -> bool:
    """Tell whether the actor may know for whom, of those in view, is shared: the base roles see *Anoniem* only."""
    return Permission.SHARE_READ in actor.permissions or side_of(session, actor) is not None


def require_vault(session: Session, actor: Actor) -> uuid.UUID:
    """The holder of the own vault, to write with. Raises as `require_side`, and `NotFound` for the arbo side."""
    find_vault(session, actor)
    return require_side(session, actor)


def keep_generation(session: Session, holder_id: uuid.UUID) -> None:
    """Let a withdrawal wait until this transaction ends.

    Otherwise what is written here could be sealed under the generation that the withdrawal leaves behind, and be open
    to whom it withdrew. SQLite lets other writers wait anyway.
    """
    session.execute(select(Holder.id).where(Holder.id == holder_id).with_for_update(read=True))
