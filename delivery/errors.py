"""What can go wrong in this package. No text of an error ever holds an address or what a mail says."""

from __future__ import annotations

from enum import StrEnum


class DeliveryError(Exception):
    """The root of every error of this package."""


class MailValueError(DeliveryError, ValueError):
    """A mail was asked for with an address or a value that cannot or may not be in it."""


class MailNotFound(DeliveryError):
    """There is no such mail in the demo mailbox."""

    def __init__(self) -> None:
        super().__init__("there is no such mail")


class Reason(StrEnum):
    """Why a mail did not leave; it decides what happens to it and to those behind it."""

    UNREACHABLE = "unreachable"
    """No mail can leave now: the server is away, silent, or does not accept us as a sender."""

    LATER = "later"
    """This mail was refused for now (4xx)."""

    NEVER = "never"
    """This mail was refused for good (5xx), for its recipient or its content."""


class DeliveryFailed(DeliveryError):
    """A transport could not hand over a mail, or got no answer whether it was taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the mail did not leave: {reason.value}")
        self.reason = reason
