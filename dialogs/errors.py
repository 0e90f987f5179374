"""What can be refused in a dialogue. No message ever holds a word of what is said, nor who takes part."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.errors import InvitationError, PermissionDenied
from organisation.errors import FieldFault, NotFound

__all__ = [
    "AlreadyTakesPart",
    "CodeMissing",
    "ContactChanged",
    "DialogueClosed",
    "DialogueError",
    "FieldFault",
    "InvalidDialogue",
    "InvitedToClosed",
    "LockedOut",
    "MustStartAnew",
    "NoLongerAuthorised",
    "NobodyToAsk",
    "NotFound",
    "NotInvitedYet",
    "NotTheStarter",
    "NothingToReplace",
    "NumberMissing",
    "OtherNotAuthorised",
    "OwnAccountNeeded",
]


class DialogueError(Exception):
    """The root of every error of this package."""


class InvalidDialogue(DialogueError):
    """Something of what was typed can't be kept as it is.

    Attributes:
        faults: each of them; `field` is a name in what was handed over, of a participant ``participants`` or, where the
            address or the number is meant, ``email <id>`` or ``phone <id>``.
    """

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("wrong fields: " + ", ".join(fault.field for fault in self.faults))


class DialogueClosed(DialogueError):
    """The dialogue is closed: it is read, and nothing is added to it (D-09)."""


class InvitedToClosed(DialogueError, InvitationError):
    """The dialogue was closed before the link was used: nobody joins it any more (D-09)."""


class LockedOut(DialogueError):
    """The actor takes part, but can't open what is new: the own key was renewed, and another participant lets in."""


class ContactChanged(DialogueError):
    """The actor's own mail address or mobile number became others: nothing is added here by him or her (D-08)."""


class AlreadyTakesPart(DialogueError):
    """The person takes part in the dialogue, or was invited to it."""


class MustStartAnew(DialogueError):
    """Other data are known of this person by now: the dialogue is closed and started anew, never continued (D-09)."""


class NoLongerAuthorised(DialogueError):
    """The actor may not see the employee any more whom the dialogue is about: nothing is added by him or her (D-07)."""


class NobodyToAsk(DialogueError):
    """Nobody of the employer who has the key of the record takes part in dialogues now."""


class NothingToReplace(DialogueError):
    """The data of this participant have not changed, so that nobody need be replaced (D-09)."""


class NotTheStarter(PermissionDenied):
    """Only who started a dialogue opens it again."""

    def __init__(self) -> None:
        super().__init__("to reopen a dialogue of somebody else")


class NumberMissing(DialogueError):
    """No mobile number is known to which the code of an invitation can go: the recipient has to give one."""


class OtherNotAuthorised(DialogueError):
    """This participant may not see the employee any more whom the dialogue is about, and is not let in again (D-07)."""


class NotInvitedYet(DialogueError):
    """This participant is invited when his turn to sign comes (G-10)."""


class TooManyInvitations(DialogueError):
    """This participant was sent enough invitations for a day."""


class CodeMissing(DialogueError):
    """Nobody has shown the code of this invitation in the last half hour."""


class OwnAccountNeeded(DialogueError):
    """Who was invited takes part with an own account, not with one at an organisation: it shows where one works."""
