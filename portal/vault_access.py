"""How someone stands to what lies under a key, for the banners that say so (design 2.1, K-15)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.permissions import Permission
from portal.errors import refuse
from portal.key_entries import key_givers
from portal.transactions import database
from vault.access import VaultStanding, standing
from vault.sides import find_vault


@dataclass(frozen=True)
class VaultAccess:
    """Whether the vault is open to someone; if not, why, and who can change that.

    `state` is "no_right" for whoever may see no names at all, else a `VaultStanding`.
    """

    state: str
    givers: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Tell whether names can be seen."""
        return self.state == VaultStanding.OPEN


def refuse_without_key(actor: Actor, title: str) -> ResponseReturnValue:
    """Refuse an act or a look that takes the key of the vault, with an entry; the page says who can give the key."""
    refuse(403, "no key")
    return render_template("employees/no_access.html", access=vault_access(actor), title=title), 403


def vault_access(actor: Actor) -> VaultAccess:
    """Return how an employer's member stands to the vault; nothing is opened."""
    if Permission.VAULT_READ not in actor.permissions:
        return VaultAccess("no_right")
    state = standing(database(), actor)
    if state in {VaultStanding.OPEN, VaultStanding.CLOSED}:
        return VaultAccess(state.value)
    holder_id = find_vault(database(), actor).holder_id
    return VaultAccess(state.value, tuple(key_givers(actor, holder_id, Permission.ACCESS_ADMINISTER)))
