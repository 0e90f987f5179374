"""What an administrator does to a whole account: block, unblock, open again, reset the login (U-19, U-20; L-20)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from accounts.actor import Actor
from accounts.invitations import send_invitation
from accounts.models import AccountState
from accounts.people import email_of, normalise_email
from accounts.recovering import send_reset
from accounts.standing import Reason
from accounts.states import block, reopen, unblock
from database.session import Session
from keys.recovery_sheets import active_sheet
from organisation.ending_accounts import KeyHeld, what_ends
from organisation.errors import LastWayIn
from organisation.users import change_email, require_changeable


class SentMail(StrEnum):
    """What somebody whose login was reset was sent."""

    INVITATION = "invitation"
    RESET = "reset"


@dataclass(frozen=True)
class LosableKey:
    """What nobody could open any more once somebody has a new key, unless a recovery sheet names another."""

    key: KeyHeld
    has_sheet: bool


def what_a_new_key_loses(session: Session, person_id: uuid.UUID) -> list[LosableKey]:
    """Tell what a reset could close for good, of somebody whom the caller has found to be administered.

    That depends on whether the person still has the back-up code, which nobody else knows (design 2.3).
    """
    return [
        LosableKey(key, _is_named_by_a_sheet(session, key, person_id))
        for key in what_ends(session, person_id).last_ways
    ]


def block_user(session: Session, person_id: uuid.UUID, actor: Actor) -> None:
    """Block an account: its sessions end, its keys stay. Raises as `users.require_changeable`."""
    user = require_changeable(session, person_id, actor)
    block(session, user.person, Reason.BY_HAND, by=actor.who)


def unblock_user(session: Session, person_id: uuid.UUID, actor: Actor) -> None:
    """*Deblokkeren* (U-19). Raises as `users.require_changeable`."""
    user = require_changeable(session, person_id, actor)
    unblock(session, user.person, by=actor.who)


def reopen_user(session: Session, person_id: uuid.UUID, actor: Actor, *, base_url: str) -> None:
    """Let somebody whose account had ended log in again; what it could open is to be asked for again.

    Whoever never had a password is invited anew. Raises as `users.require_changeable`.
    """
    user = require_changeable(session, person_id, actor)
    reopen(session, user.person, by=actor.who)
    if user.person.state == AccountState.INVITED:
        send_invitation(session, user.person, base_url=base_url, by=actor.who)


def reset_login(
    session: Session,
    person_id: uuid.UUID,
    email: str,
    actor: Actor,
    *,
    renews_factors: bool,
    one_reader: bool,
    accepts_loss: bool,
    base_url: str,
) -> SentMail:
    """*Wachtwoord resetten*: send a link to the address that the administrator enters (U-20).

    Another address than before is told to the old one, and becomes the user's; neither it nor the link opens anything.
    Whoever has not answered the invitation gets a new one instead (L-20). Raises as `users.require_changeable`,
    `SharedMailbox`, `accounts.errors.MalformedAddress`, `accounts.errors.AccountNotActive` for whoever is blocked
    or whose account has ended, and `LastWayIn` for whose new key could leave something closed for good, until the
    administrator has accepted that.
    """
    user = require_changeable(session, person_id, actor)
    if not accepts_loss and (losing := what_a_new_key_loses(session, person_id)):
        raise LastWayIn(one.key.holder_id for one in losing)
    is_new = normalise_email(email) != email_of(session, user.person)
    if is_new:
        change_email(session, user.person, email, actor, one_reader=one_reader)
    if user.person.state == AccountState.INVITED:
        send_invitation(session, user.person, base_url=base_url, by=actor.who)
        return SentMail.INVITATION
    send_reset(session, user.person, renews_factors=renews_factors, base_url=base_url, by=actor.who)
    return SentMail.RESET


def _is_named_by_a_sheet(session: Session, key: KeyHeld, person_id: uuid.UUID) -> bool:
    sheet = active_sheet(session, key.holder_id)
    return sheet is not None and sheet.has_effect and sheet.named_person_id != person_id
