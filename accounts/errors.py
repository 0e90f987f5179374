"""What can go wrong with logging in. No message names a person or holds a password, a code or a token."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class AccountsError(Exception):
    """The root of every error of this package."""


class PermissionDenied(AccountsError):
    """The actor's roles do not give the permission that the act needs."""

    def __init__(self, permission: str) -> None:
        super().__init__(f"the permission {permission} is missing")


class CountedRefusal(AccountsError):
    """A try that failed. It was counted, and logged, before this was raised: *commit*, do not roll back.

    A caller that rolls back gives the visitor the try for free.
    """


class WrongLogin(CountedRefusal):
    """The combination of name and password is not right; which of the two is told to nobody (L-17)."""

    def __init__(self) -> None:
        super().__init__("the combination of name and password is not right")


class AccountBlocked(WrongLogin):
    """The password is right, but the account is blocked (L-18). To the visitor it looks like `WrongLogin`."""


class WrongCode(CountedRefusal):
    """What was given as a second factor is not right, or was used before: a code, or what a security key answered."""

    def __init__(self) -> None:
        super().__init__("the code is not right")


class TooManyTries(CountedRefusal):
    """There were too many wrong tries. `until` is the moment of the next one, or None: not before someone helps."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__("there were too many wrong tries")
        self.until = until


class NotCoupled(AccountsError):
    """This person has no second factor of this kind to check, or none that waits to be coupled."""

    def __init__(self) -> None:
        super().__init__("there is no such second factor")


class AlreadyCoupled(AccountsError):
    """This person has a second factor already; a password alone does not add another."""

    def __init__(self) -> None:
        super().__init__("there is a second factor already")


class LastFactor(AccountsError):
    """This is the last second factor of a person that is enough to log in with; it can't be taken away."""

    def __init__(self) -> None:
        super().__init__("this is the last second factor")


class UsedBefore(AccountsError):
    """What can be used once was used before."""

    def __init__(self) -> None:
        super().__init__("this was used before")


class SessionEnded(AccountsError):
    """The session was ended, or promoted by another request, in the meantime."""

    def __init__(self) -> None:
        super().__init__("the session has ended")


class LoginNameTaken(AccountsError):
    """Somebody has this login name already."""

    def __init__(self) -> None:
        super().__init__("the login name is taken")


class LoginNameIsAddress(AccountsError):
    """A login name has no @: whoever logs in by that mail address, with an own account, would be shut out by it."""

    def __init__(self) -> None:
        super().__init__("a login name has no @")


class MalformedAddress(AccountsError):
    """What was given as a mail address can't be one."""

    def __init__(self) -> None:
        super().__init__("the mail address can't be used")


class MalformedNumber(AccountsError):
    """What was given as a mobile phone number can't be one."""

    def __init__(self) -> None:
        super().__init__("this is no mobile phone number")


class InvitationError(AccountsError):
    """The link of an invitation can't be used."""

    def __init__(self) -> None:
        super().__init__("the link of the invitation can't be used")


class InvitationUnknown(InvitationError):
    """Nobody was sent this link."""


class InvitationUsed(InvitationError):
    """The link was used before."""


class InvitationExpired(InvitationError):
    """The link is older than 24 hours, a newer one was sent, or the account is no longer awaited (L-04)."""


class ProofRefused(AccountsError):
    """A proof of work is not one that this server asked for, is not right, is too old, or was used before."""

    def __init__(self) -> None:
        super().__init__("the proof of work can't be used")


class ResetError(AccountsError):
    """The link to choose a new password can't be used."""

    def __init__(self) -> None:
        super().__init__("the link to choose a new password can't be used")


class ResetUnknown(ResetError):
    """Nobody was sent this link."""


class ResetUsed(ResetError):
    """The link was used before."""


class ResetExpired(ResetError):
    """The link is older than an hour, a newer one was sent, its person has logged in since, or may not log in."""


class FactorMissing(AccountsError):
    """A link to choose a new password was used without the second factor of its person."""

    def __init__(self) -> None:
        super().__init__("no second factor of this person was checked")


class AccountNotActive(AccountsError):
    """The account is invited, blocked or inactive: a new password would not let its person in."""

    def __init__(self) -> None:
        super().__init__("the account is not active")


class Weakness(StrEnum):
    """Why a new password is refused; the Dutch sentence for each is the portal's."""

    TOO_SHORT = "too_short"
    """Fewer than 12 characters (L-25)."""

    TOO_LONG = "too_long"
    """More than 256 characters."""

    BREACHED = "breached"
    """It is in a list of passwords that leaked elsewhere."""

    GUESSABLE = "guessable"
    """Words, names, dates or patterns that a guesser tries first make up most of it."""


class WeakPassword(AccountsError):
    """A new password is refused, for `reason`."""

    def __init__(self, reason: Weakness) -> None:
        super().__init__(f"the new password is refused: {reason}")
        self.reason = reason
