"""Doing what waited for someone with the key, before a page is shown that needs it done (design 2.2, 2.7)."""

from __future__ import annotations

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.asking_anew import renew_waiting_invitations
from organisation.substitution import hand_out_keys
from portal.services import current_services
from portal.signing_work import continue_what_waits
from portal.transactions import database, release
from vault.indexing import index_batch
from vault.intake import take_in_shares
from vault.next_generations import make_due_generation
from vault.renewing import renew_batch
from vault.rewrapping import rewrap_batch
from vault.sides import is_employer, side_of


def do_due_work(actor: Actor) -> None:
    """Take in what was shared, index what was changed, re-wrap or renew a batch of keys; nothing for who has none.

    New links into dialogues that were asked for are sent by whoever has their keys (D-rule 32), and signatures that
    waited are set.

    First a generation is made that is due, and the key handed to substitutes who wait for it.

    Where more is due than one batch of the indexes, each is a transaction of its own, so that nobody waits while a
    whole vault is indexed for the first time.
    """
    if Permission.DIALOGUE_READ in actor.permissions:
        renew_waiting_invitations(database(), actor, current_services().settings.base_url)
        continue_what_waits(actor)
    if side_of(database(), actor) is None:
        return
    make_due_generation(database(), actor)
    if not is_employer(actor):
        hand_out_keys(database(), actor)
    rewrap_batch(database(), actor)
    renew_batch(database(), actor)
    if not is_employer(actor):
        take_in_shares(database(), actor)
    while index_batch(database(), actor):
        release()
