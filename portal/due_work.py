"""Doing what waited for someone with the key, before a page is shown that needs it done (design 2.2, 2.7)."""

from __future__ import annotations

from accounts.actor import Actor
from portal.transactions import database, release
from vault.indexing import index_batch
from vault.intake import take_in_shares
from vault.renewing import renew_batch
from vault.rewrapping import rewrap_batch
from vault.sides import is_employer, side_of


def do_due_work(actor: Actor) -> None:
    """Take in what was shared, index what was changed, and re-wrap or renew a batch of keys; nothing for who has none.

    Where more is due than one batch of the indexes, each is a transaction of its own, so that nobody waits while a
    whole vault is indexed for the first time.
    """
    if side_of(database(), actor) is None:
        return
    rewrap_batch(database(), actor)
    renew_batch(database(), actor)
    if not is_employer(actor):
        take_in_shares(database(), actor)
    while index_batch(database(), actor):
        release()
