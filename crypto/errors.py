"""What can go wrong in this package. No message ever holds a key, a plaintext or a password."""

from __future__ import annotations


class CryptoError(Exception):
    """The root of every error of this package."""


class UnsealError(CryptoError):
    """A sealed value does not open.

    It is the same error, with the same text, for another key, another place, a changed byte or a value cut short, so
    that it tells an attacker nothing.
    """

    def __init__(self) -> None:
        super().__init__("the sealed value does not open")


class PublicKeyError(CryptoError):
    """The bytes are not a public key of a suite that is known here."""


class MacError(CryptoError):
    """The code does not belong to this message under any live key."""

    def __init__(self) -> None:
        super().__init__("the message authentication code does not match")


class WrongVerifier(CryptoError):
    """The password (or back-up code) is not the one that was set."""

    def __init__(self) -> None:
        super().__init__("the verifier does not match")


class MalformedCode(CryptoError):
    """What was typed cannot be a back-up code, whichever one was given out."""

    def __init__(self) -> None:
        super().__init__("a back-up code is 20 letters A-Z and digits 2-7")


class MalformedRecoveryCode(CryptoError):
    """What was typed cannot be the code of a recovery sheet.

    Attributes:
        length: how many characters there were, of 64.
        lines: which lines hold a slip, the first is 1; none where the length is wrong.
    """

    def __init__(self, length: int, lines: tuple[int, ...]) -> None:
        super().__init__("the code of a recovery sheet is four lines of sixteen letters and digits")
        self.length = length
        self.lines = lines


class RootKeyFileError(CryptoError):
    """A key file cannot be made, read or trusted. The message says what the operator can do."""


class MalformedParameters(CryptoError, ValueError):
    """The stored parameters of Argon2id cannot be read or lie outside the limits."""


class ContextError(CryptoError, ValueError):
    """A context cannot be encoded: a negative or enormous number, or a text that is too long."""


class KeyLengthError(CryptoError, ValueError):
    """A key of another length than the 32 bytes of AES-256."""


class SecretNotCopyable(CryptoError, TypeError):
    """A secret was about to be pickled or copied, which would put it where nobody looks after it."""
