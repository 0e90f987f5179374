"""*Gebruiker verwijderen*: an account goes for good, with what it knew of its user (U-22).

The row stays with the name that the log tells; the login name is free for somebody else.
"""

from __future__ import annotations

import uuid

from sqlalchemy import delete, or_, update

from accounts.actor import Actor
from accounts.models import AccountState, Person
from accounts.removing import wipe
from accounts.standing import Reason
from accounts.states import close
from audit.actions import Action
from audit.both_sides import record_on_both_sides
from database.session import Session
from organisation.ending_accounts import end_account, what_ends
from organisation.memberships import leave
from organisation.models import Circle, PeopleScope, SessionSetting
from organisation.users import require_changeable


def remove_user(session: Session, person_id: uuid.UUID, actor: Actor) -> None:
    """End an account as `ending_accounts.deactivate` does, and clear everything but the name.

    Raises as `users.require_changeable`, and `LastWayIn`.
    """
    user = require_changeable(session, person_id, actor)
    record_on_both_sides(
        session,
        Action.USER_REMOVE,
        by=actor.who,
        organisation_id=user.organisation.id,
        object_type="person",
        object_id=person_id,
    )
    # An account that ended by itself may still hold what nobody else could open.
    if user.person.state != AccountState.INACTIVE or what_ends(session, person_id).keys:
        end_account(session, user.person, Reason.REMOVED, by=actor.who)
    _forget_settings(session, person_id)
    leave(session, person_id, actor.who)
    _clear(session, user.person)


def _clear(session: Session, person: Person) -> None:
    wipe(session, person)
    close(session, person, Reason.REMOVED)


def _forget_settings(session: Session, person_id: uuid.UUID) -> None:
    session.execute(
        delete(PeopleScope).where(or_(PeopleScope.owner_id == person_id, PeopleScope.target_id == person_id))
    )
    session.execute(delete(SessionSetting).where(SessionSetting.owner_id == person_id))
    circles = update(Circle).where(Circle.first_member_id == person_id).values(first_member_id=None)
    session.execute(circles.execution_options(synchronize_session=False))
