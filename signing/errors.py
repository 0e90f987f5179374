"""What can go wrong with signing. No message ever holds a name, a number or a word of a document."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.errors import PermissionDenied
from organisation.errors import FieldFault, NotFound
from signing.models import RequestState

__all__ = [
    "AlreadyRequested",
    "AuthorityRefused",
    "CannotSign",
    "CheckingBusy",
    "DrawingRefused",
    "FieldFault",
    "InvalidRequest",
    "KeyIsUsedUp",
    "LockedOut",
    "NoAuthority",
    "NotASigner",
    "NotAllSeen",
    "NotFound",
    "NotSignable",
    "NotTheRequester",
    "NotYourTurn",
    "NothingToReplace",
    "NumberMissing",
    "OthersSigned",
    "RequestEnded",
    "SigningError",
    "TimestampUnavailable",
    "TooManyCodes",
]


class SigningError(Exception):
    """The beginning of all errors of this package."""


class KeyIsUsedUp(SigningError):
    """The key of a signature was used before: each makes one."""


class NotSignable(SigningError):
    """A document can't be signed; `code` says why: one of `signing.objections.REASONS`, ``not_pdf`` or ``medical``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TimestampUnavailable(SigningError):
    """The timestamp service gave no token that can be relied on; `reason` is a word for the operator's log.

    There is no signature without one: what needed it waits and is tried again.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InvalidRequest(SigningError):
    """Something of what was typed can't be kept as it is.

    Attributes:
        faults: each of them; `field` is a name in what was handed over, of a signer ``signers`` or, where a part of
            what was typed of one is meant, ``capacity <id>``, ``email <id>`` or ``phone <id>``.
    """

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("wrong fields: " + ", ".join(fault.field for fault in self.faults))


class AlreadyRequested(SigningError):
    """The document is being signed: there is one running request a document."""


class RequestEnded(SigningError):
    """The request takes no more acts; `state` says why: `voided` for a document that got another version (D-rule 33).

    `closing` and `done` are among them: everybody signed.
    """

    def __init__(self, state: RequestState) -> None:
        super().__init__(state.value)
        self.state = state


class LockedOut(SigningError):
    """The actor takes part, but can't open what is new: the own key was renewed, and another participant lets in."""


class NotASigner(SigningError):
    """The actor sees the request, but is not asked to sign, or not any more."""


class NotYourTurn(SigningError):
    """The signer can't do this now: others sign first, or the document was not opened, or it was signed already."""


class NotTheRequester(PermissionDenied):
    """Only who asked for the signatures withdraws the request, or replaces somebody who is to sign."""

    def __init__(self) -> None:
        super().__init__("to change a signing request of somebody else")


class NumberMissing(SigningError):
    """No mobile number is known to which the code can go: the signer has to give one."""


class TooManyCodes(SigningError):
    """Enough codes were sent for one signature within ten minutes."""


class NothingToReplace(SigningError):
    """The signer has signed already, or waits for nothing any more: there is nobody to replace."""


class CannotSign(SigningError):
    """A signature could not be set in this PDF, which is not the one that was prepared for it."""


class CheckingBusy(SigningError):
    """Others have documents checked at this moment; nothing was looked at."""


class NoAuthority(SigningError):
    """This installation has no certificates to sign with yet: `datakluis migrate` makes them."""


class AuthorityRefused(SigningError):
    """A file with certificates can't be used; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OthersSigned(SigningError):
    """Somebody has signed by now, so that the names in the document stay: only the same person can be asked anew."""


class DrawingRefused(SigningError):
    """What was sent as a drawn signature is no small PNG, or too large."""


class NotAllSeen(SigningError):
    """Not every page of the document was shown yet to those who are to sign it."""
