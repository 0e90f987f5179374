"""The accounts of users: adding, changing and moving them (U-04, U-06..U-09, U-11, U-12, U-17; L-03, L-36)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.exc import IntegrityError

from accounts.actor import Actor, Scope
from accounts.errors import LoginNameTaken
from accounts.invitations import send_invitation
from accounts.login import unblock
from accounts.models import AccountState, Person
from accounts.people import (
    check_login_name,
    create_person,
    email_of,
    normalise_email,
    normalise_login_name,
    notify,
    person_by_login_name,
    set_email,
)
from accounts.permissions import Permission
from accounts.phones import normalise_phone, phone_of, set_phone
from accounts.recovering import end_resets
from accounts.states import set_valid_until
from audit.actions import Action
from audit.both_sides import record_on_both_sides
from database.session import Session
from delivery.outbox import MailKind
from organisation.administered import AdministeredUser, find_group, find_user
from organisation.authorisations import require_way_in
from organisation.calendar import today
from organisation.errors import GroupMisplaced, LastDayPassed, OwnAccount, SharedMailbox
from organisation.granting import permissions_of_role, require_may_administer, require_may_grant
from organisation.memberships import add_member
from organisation.models import OrganisationKind, Role, UserGroup
from organisation.scope_reach import require_sees_as_much, sees_as_much
from organisation.session_limits import apply_limits
from organisation.shared_mailboxes import is_of_another, is_shared
from organisation.vault_roles import VaultRole, set_vault_role

NO_ROLE = "none"
NO_GROUP = "none"


@dataclass(frozen=True)
class UserData:
    """What one says of a user (U-07)."""

    last_name: str
    gender: str
    email: str = field(repr=False)
    login_name: str
    given_name: str | None = None
    initials: str | None = None
    infix: str | None = None
    phone: str | None = field(default=None, repr=False)
    one_reader: bool = False
    """Somebody confirmed that an address that looks like a shared one is read by one person (L-36)."""

    @property
    def display_name(self) -> str:
        """How somebody is called on the pages: *Anna de Wit*, or *A.B. de Wit*."""
        parts = [self.given_name or self.initials, self.infix, self.last_name]
        return " ".join(part.strip() for part in parts if part and part.strip())


def add_user(
    session: Session,
    group_id: uuid.UUID,
    data: UserData,
    actor: Actor,
    *,
    base_url: str,
    vault_role: VaultRole = VaultRole.NONE,
    valid_until: date | None = None,
) -> Person:
    """Add a user to a group, with the rights of that group, and send the invitation (U-06, U-17, L-03).

    A user of the own arbo service sees what the group sees (U-12), unless that is more than the actor sees; then, and
    for somebody of an employer, it is still to be ticked. Raises `PermissionDenied`, `NotFound`, `MayNotGrant`,
    `LastDayPassed`, `SharedMailbox`, `accounts.errors.LoginNameTaken`, `accounts.errors.LoginNameIsAddress`,
    `accounts.errors.MalformedAddress`,
    `accounts.errors.MalformedNumber`.
    """
    actor.require(Permission.USER_ADMINISTER)
    found = find_group(session, group_id, actor)
    group, organisation = found.group, found.organisation
    require_may_grant(actor, permissions_of_role(session, group.role_id))
    _check_last_day(session, valid_until)
    _check_mailbox(session, data.email, organisation.id, one_reader=data.one_reader)
    person = _create(session, organisation.id, data)
    details = {"role": _role_key(session, group), "group": str(group.id)}
    _record(session, Action.USER_CREATE, person, actor, details)
    takes_over = organisation.kind == OrganisationKind.SERVICE and sees_as_much(session, group, actor)
    add_member(
        session, person.id, organisation.id, [], Scope(whole=False), actor.who, group=group, takes_over=takes_over
    )
    if vault_role is not VaultRole.NONE:
        set_vault_role(session, person.id, vault_role, actor)
    set_valid_until(session, person, valid_until, by=actor.who)
    send_invitation(session, person, base_url=base_url, by=actor.who)
    return person


def require_changeable(session: Session, person_id: uuid.UUID, actor: Actor) -> AdministeredUser:
    """Somebody whose account the actor may change, kept from others until the transaction ends.

    Raises `PermissionDenied`, `NotFound`, `OwnAccount`, and `MayNotGrant` for somebody who may administer more.
    """
    actor.require(Permission.USER_ADMINISTER)
    user = find_user(session, person_id, actor, lock=True)
    if person_id == actor.person_id:
        raise OwnAccount
    require_may_administer(session, person_id, user.organisation.id, actor)
    return user


def change_user(session: Session, person_id: uuid.UUID, data: UserData, actor: Actor, *, base_url: str) -> None:
    """Change what is said of a user; a phone number that was confirmed is the user's own to change (L-07).

    A new mail address is told to the old one, where links that were sent there are worth nothing any more; it opens
    nothing by itself. Whoever has not answered the invitation gets a new one there.

    Raises as `require_changeable`, `SharedMailbox`, `accounts.errors.LoginNameTaken`, `LoginNameIsAddress`,
    `accounts.errors.MalformedAddress`, `accounts.errors.MalformedNumber`.
    """
    user = require_changeable(session, person_id, actor)
    changed = _changed_fields(session, user.person, data)
    if not changed:
        return
    if "email" in changed:
        _check_mailbox(session, data.email, user.organisation.id, user.person, one_reader=data.one_reader)
    if "login_name" in changed:
        _check_free(session, data.login_name)
    _record(session, Action.USER_UPDATE, user.person, actor, {"fields": " ".join(changed)})
    _write(session, user.person, data)
    if "email" in changed:
        _replace_email(session, user.person, data.email)
        _invite_there(session, user.person, actor, base_url)
    user.person.login_name = normalise_login_name(data.login_name)
    _flush_name(session)
    if "login_name" in changed:
        unblock(session, user.person.login_name)


def change_email(session: Session, person: Person, email: str, actor: Actor, *, one_reader: bool) -> None:
    """Give somebody whom the caller may change another mail address, which the old one is told of.

    Links that were sent to the old one are worth nothing any more. Raises `SharedMailbox`,
    `accounts.errors.MalformedAddress`.
    """
    _check_mailbox(session, email, person.organisation_id, person, one_reader=one_reader)
    normalise_email(email)
    _record(session, Action.USER_UPDATE, person, actor, {"fields": "email"})
    _replace_email(session, person, email)


def move_user(session: Session, person_id: uuid.UUID, group_id: uuid.UUID, actor: Actor) -> None:
    """Put a user in another group of the organisation, whose rights and session limits hold from then on (U-17, L-30).

    Raises as `require_changeable`, `GroupMisplaced` for a group of another organisation, `MayNotGrant`, `LastWayIn`
    when nobody could let others into a key any more, and `PermissionDenied` for who takes over what a group sees, where
    that is more than the actor sees.
    """
    user = require_changeable(session, person_id, actor)
    if user.membership.group_id == group_id:
        return
    found = find_group(session, group_id, actor)
    if found.organisation.id != user.organisation.id:
        raise GroupMisplaced
    require_may_grant(actor, permissions_of_role(session, found.group.role_id))
    if user.membership.takes_over:
        require_sees_as_much(session, found.group, actor)
    before = session.get(UserGroup, user.membership.group_id) if user.membership.group_id else None
    details = {
        "role_from": _role_key(session, before),
        "role_to": _role_key(session, found.group),
        "from": str(before.id) if before else NO_GROUP,
        "to": str(group_id),
    }
    _record(session, Action.USER_MOVE, user.person, actor, details)
    user.membership.group_id = group_id
    session.flush()
    if user.organisation.id == actor.organisation_id:
        had = permissions_of_role(session, before.role_id if before else None)
        require_way_in(session, actor, had - permissions_of_role(session, found.group.role_id))
    apply_limits(session, person_id)


def change_valid_until(session: Session, person_id: uuid.UUID, last_day: date | None, actor: Actor) -> None:
    """Let an account end after a day, or not at all (U-09). Raises as `require_changeable`, and `LastDayPassed`."""
    user = require_changeable(session, person_id, actor)
    if last_day != user.person.valid_until:
        _check_last_day(session, last_day)
        set_valid_until(session, user.person, last_day, by=actor.who)


def invite_again(session: Session, person_id: uuid.UUID, actor: Actor, *, base_url: str) -> None:
    """Send a new invitation to somebody who has not answered; the older link no longer works (L-20).

    For anybody else it does nothing. Raises as `require_changeable`.
    """
    user = require_changeable(session, person_id, actor)
    if user.person.state == AccountState.INVITED:
        send_invitation(session, user.person, base_url=base_url, by=actor.who)


def _create(session: Session, organisation_id: uuid.UUID, data: UserData) -> Person:
    try:
        with session.begin_nested():
            person = create_person(
                session,
                organisation_id=organisation_id,
                login_name=data.login_name,
                display_name=data.display_name,
                email=data.email,
            )
            _write(session, person, data)
            session.flush()
            # Whoever tried the name before somebody had it may have closed its count.
            unblock(session, person.login_name)
    except IntegrityError:
        # Somebody took the name in between.
        raise LoginNameTaken from None
    return person


def _write(session: Session, person: Person, data: UserData) -> None:
    person.display_name = data.display_name
    person.given_name = data.given_name or None
    person.initials = data.initials or None
    person.infix = data.infix or None
    person.last_name = data.last_name
    person.gender = data.gender
    if person.phone_confirmed_at is None:
        _write_phone(session, person, data.phone)


def _write_phone(session: Session, person: Person, phone: str | None) -> None:
    """Keep a number that its owner is still to confirm; one that was confirmed is a second factor, and stays (L-07)."""
    if phone:
        set_phone(session, person, phone)
    else:
        person.phone_sealed = None


def _changed_fields(session: Session, person: Person, data: UserData) -> list[str]:
    """The names of what differs, in the order of the alphabet."""
    texts = {
        "given_name": (person.given_name, data.given_name),
        "initials": (person.initials, data.initials),
        "infix": (person.infix, data.infix),
        "last_name": (person.last_name, data.last_name),
        "gender": (person.gender, data.gender),
        "login_name": (person.login_name, normalise_login_name(data.login_name)),
        "email": (email_of(session, person), normalise_email(data.email)),
    }
    if person.phone_confirmed_at is None:
        texts["phone"] = (phone_of(session, person), normalise_phone(data.phone) if data.phone else None)
    return sorted(name for name, (before, after) in texts.items() if (before or "") != (after or ""))


def _replace_email(session: Session, person: Person, email: str) -> None:
    notify(session, person, MailKind.EMAIL_CHANGED)
    set_email(session, person, email)
    end_resets(session, person.id)


def _invite_there(session: Session, person: Person, actor: Actor, base_url: str) -> None:
    if person.state == AccountState.INVITED:
        send_invitation(session, person, base_url=base_url, by=actor.who)


def _check_mailbox(
    session: Session, email: str, organisation_id: uuid.UUID, person: Person | None = None, *, one_reader: bool
) -> None:
    if one_reader:
        return
    if is_shared(email) or is_of_another(session, email, organisation_id, person.id if person else None):
        raise SharedMailbox


def _check_free(session: Session, login_name: str) -> None:
    check_login_name(login_name)
    if person_by_login_name(session, login_name) is not None:
        raise LoginNameTaken


def _flush_name(session: Session) -> None:
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError:
        raise LoginNameTaken from None


def _check_last_day(session: Session, last_day: date | None) -> None:
    if last_day is not None and last_day < today(session):
        raise LastDayPassed


def _role_key(session: Session, group: UserGroup | None) -> str:
    role = session.get(Role, group.role_id) if group and group.role_id else None
    return role.key if role else NO_ROLE


def _record(session: Session, action: Action, person: Person, actor: Actor, details: dict[str, str]) -> None:
    record_on_both_sides(
        session,
        action,
        by=actor.who,
        organisation_id=person.organisation_id,
        object_type="person",
        object_id=person.id,
        details=details,
    )
