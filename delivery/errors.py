"""What can go wrong in this package. No text of an error ever holds an address or what a mail says."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class DeliveryError(Exception):
    """The root of every error of this package."""


class MailValueError(DeliveryError, ValueError):
    """A mail was asked for with an address or a value that cannot or may not be in it."""


class SmsValueError(DeliveryError, ValueError):
    """An SMS was asked for with a number, a code or a host that cannot be in it."""


class MailNotFound(DeliveryError):
    """There is no such mail in the demo mailbox."""

    def __init__(self) -> None:
        super().__init__("there is no such mail")


class TooManySms(DeliveryError):
    """A code is not sent by SMS: too many were. `until` is the moment from which one can be sent again (UTC)."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many codes were sent by SMS")
        self.until = until


class TooManyLetters(DeliveryError):
    """A letter is not sent: too many were. `until` is the moment from which one can be sent again (UTC)."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many letters were sent by mail")
        self.until = until


class Reason(StrEnum):
    """Why a message did not leave; it decides what happens to it and to those behind it."""

    UNREACHABLE = "unreachable"
    """No message can leave now: the server is away, silent, or does not accept us as a sender."""

    LATER = "later"
    """This message was refused for now (a mail: 4xx)."""

    NEVER = "never"
    """This message was refused for good (a mail: 5xx), for its recipient or its content."""


class DeliveryFailed(DeliveryError):
    """A transport could not hand over a message, or got no answer whether it was taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the message did not leave: {reason.value}")
        self.reason = reason
