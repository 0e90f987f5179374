"""Templates and addresses, compiled once per test process instead of once for the portal of each test.

Both depend on their text alone: the template, and the rule of the address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any
from unittest.mock import patch

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from portal.application import Portal


class TemplatesInMemory(BytecodeCache):
    """Keeps compiled templates by the text that they were compiled from."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._codes[bucket.key, bucket.checksum] = bucket.code


class KnownRule(Rule):
    """A rule whose builder of addresses is that of the same rule in an earlier portal."""

    builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        defaults = tuple(sorted((self.defaults or {}).items()))
        key = self.rule, tuple(self._trace), defaults, append_unknown
        if key not in self.builders:
            self.builders[key] = super()._compile_builder(append_unknown)
        return self.builders[key]


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let every portal that is made meanwhile compile only what none before it has compiled."""
    options = {**Portal.jinja_options, "bytecode_cache": TemplatesInMemory()}
    with patch.object(Portal, "jinja_options", options), patch.object(Portal, "url_rule_class", KnownRule):
        yield
