"""The classes with which pyHanko writes and reads certificates, signatures and timestamps, made ready for threads."""

from __future__ import annotations

from collections.abc import Iterator

from asn1crypto import core


def set_up_encodings() -> None:
    """Set up each class of asn1crypto that was imported so far; called while a module is imported, by one thread.

    The library does so when a class is first used, and in no way that is safe among threads: two that sign at once in a
    process that has just begun can find a class half set up, or leave it set up twice, after which no signature can be
    made or read in that process any more.
    """
    for known in _below(core.Asn1Value):
        # It has no alternatives of its own to set up, and nothing is ever made of it.
        if known is not core.Choice:
            known()


def _below(known: type[core.Asn1Value]) -> Iterator[type[core.Asn1Value]]:
    for direct in known.__subclasses__():
        yield direct
        yield from _below(direct)
