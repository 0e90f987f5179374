"""A file that is refused: a code, and two Dutch sentences that say what is wrong and what to do about it.

It lies here for the packages above that take in files, each of which has sentences of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar


class RefusedFile(Exception):
    """The root of the refusals of files; a message never has anything of what is in the file.

    Attributes:
        sentences: what is wrong and what to do, by code, as Dutch msgids.
        code: which of them.
        parameters: what goes into the first sentence, for `what % parameters` after translation.
    """

    sentences: ClassVar[Mapping[str, tuple[str, str]]]

    def __init__(self, code: str, **parameters: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.parameters: Mapping[str, str | int] = MappingProxyType(parameters)

    @property
    def what(self) -> str:
        """What is wrong: a Dutch msgid with the places of `parameters`."""
        return self.sentences[self.code][0]

    @property
    def advice(self) -> str:
        """What to do about it: a Dutch msgid."""
        return self.sentences[self.code][1]
