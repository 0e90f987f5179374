"""How far somebody has come who follows a link to choose a new password (design 2.3).

It lies in the visitor's session, sealed under the cookie: the token of the link, and the second factor that was
checked. The key in that session is made up, so that no way of completing a login opens anything with it.
"""

from __future__ import annotations

from uuid import UUID

from accounts.login import SecondFactor
from accounts.models import PasswordReset
from accounts.recovering import find_reset
from accounts.resetting import BACKUP_CODE
from accounts.sessions import FIRST_STEPS
from crypto.secret import Secret
from portal.services import current_services
from portal.session import current_session, enter_password_stage, person_in_session
from portal.transactions import database

TOKEN = "reset_token"
_UNDER_WAY = "reset_under_way"
_FACTOR = "reset_factor"


def begin(reset: PasswordReset) -> None:
    """Go on as someone who has the link, and has shown nothing else yet. Raises `SessionEnded`."""
    token = current_session()[TOKEN]
    enter_password_stage(reset.person_id, Secret.random(current_services().source), FIRST_STEPS)
    current_session()[TOKEN] = token
    current_session()[_UNDER_WAY] = True


def is_under_way() -> bool:
    """Tell whether the second factor that is being asked for is for a new password, not for a login."""
    return bool(current_session().get(_UNDER_WAY))


def note_factor(second_factor: SecondFactor) -> None:
    """Remember that the second factor was right; the back-up code is none here, it is asked for besides."""
    if second_factor.person_id == person_in_session() and second_factor.factor != BACKUP_CODE:
        current_session()[_FACTOR] = second_factor.factor


def reset_in_session() -> PasswordReset:
    """Return the reset of this visitor's link. Raises `ResetError`."""
    return find_reset(database(), token_in_session())


def token_in_session() -> str:
    """Return the token of this visitor's link, empty when there is none."""
    return str(current_session().get(TOKEN, ""))


def factor_in_session(person_id: UUID) -> SecondFactor | None:
    """Return the second factor that was checked in this session."""
    factor = current_session().get(_FACTOR)
    return SecondFactor(person_id, str(factor)) if factor else None
