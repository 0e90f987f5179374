"""What can go wrong in this package."""

from __future__ import annotations


class AuditError(Exception):
    """The root of every error of this package."""


class LogUnavailable(AuditError):
    """The entry could not be written. Nothing may be shown or changed: no log, no service (design 3)."""

    def __init__(self) -> None:
        super().__init__("the log cannot be written")


class EventFieldError(AuditError, ValueError):
    """A detail that the action demands is missing, one that it does not know was given, or a value does not fit.

    This is a mistake in the calling code; the message names fields, never values.
    """
