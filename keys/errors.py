"""What can go wrong with keys. No message names a person or holds a secret."""

from __future__ import annotations


class KeysError(Exception):
    """The root of every error of this package."""


class NoKey(KeysError):
    """This person has not been handed the key: nothing that he or she holds opens it."""

    def __init__(self) -> None:
        super().__init__("no key that this person holds opens this")


class NoGeneration(KeysError):
    """The holder has no key yet, so that nothing can be sealed to it."""

    def __init__(self) -> None:
        super().__init__("the holder has no key yet")


class PublicKeyForged(KeysError):
    """A public key in the database is not the one that this server made for that holder and generation."""

    def __init__(self) -> None:
        super().__init__("the public key was not made by this server for this holder")


class GrantForged(KeysError):
    """A secret that was handed over is not that of the holder: somebody else sealed a secret of his own."""

    def __init__(self) -> None:
        super().__init__("the secret that was handed over is not the holder's")


class CheckWordsNotCompared(KeysError):
    """The recipient's key was renewed, and nobody said to have compared the check words of this very key."""

    def __init__(self) -> None:
        super().__init__("the check words of the renewed key were not compared")


class AlreadyFounded(KeysError):
    """The holder has its first key already; somebody else was earlier."""

    def __init__(self) -> None:
        super().__init__("the holder has its first key already")


class AlreadyDecided(KeysError):
    """The request was admitted, refused or withdrawn before."""

    def __init__(self) -> None:
        super().__init__("the request has been decided already")


class NotFound(KeysError):
    """There is no such row for this holder; a foreign one gives the same answer."""

    def __init__(self) -> None:
        super().__init__("there is no such row")


class SheetEnded(KeysError):
    """The recovery sheet was used, or declared void, in the meantime."""

    def __init__(self) -> None:
        super().__init__("the recovery sheet has ended")
