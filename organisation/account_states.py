"""What an administrator does to a whole account: block, unblock, open again, reset the login (U-19, U-20; L-20)."""

from __future__ import annotations

import uuid
from enum import StrEnum

from accounts.actor import Actor
from accounts.invitations import send_invitation
from accounts.models import AccountState
from accounts.people import email_of, normalise_email
from accounts.recovering import send_reset
from accounts.standing import Reason
from accounts.states import block, reopen, unblock
from database.session import Session
from organisation.users import change_email, require_changeable


class SentMail(StrEnum):
    """What somebody whose login was reset was sent."""

    INVITATION = "invitation"
    RESET = "reset"


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
    base_url: str,
) -> SentMail:
    """*Wachtwoord resetten*: send a link to the address that the administrator enters (U-20).

    Another address than before is told to the old one, and becomes the user's; neither it nor the link opens anything.
    Whoever has not answered the invitation gets a new one instead (L-20). Raises as `users.require_changeable`,
    `SharedMailbox`, `accounts.errors.MalformedAddress`, and `accounts.errors.AccountNotActive` for whoever is blocked
    or whose account has ended.
    """
    user = require_changeable(session, person_id, actor)
    is_new = normalise_email(email) != email_of(session, user.person)
    if is_new:
        change_email(session, user.person, email, actor, one_reader=one_reader)
    if user.person.state == AccountState.INVITED:
        send_invitation(session, user.person, base_url=base_url, by=actor.who)
        return SentMail.INVITATION
    send_reset(session, user.person, renews_factors=renews_factors, base_url=base_url, by=actor.who)
    return SentMail.RESET
