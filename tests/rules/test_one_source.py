"""Identifiers, tokens and time come from the one injected source (design 2.6), so that twin worlds can be compared."""

from __future__ import annotations

import ast

import pytest

from tests.rules.project_files import package_sources

# The source itself. Sealing and HPKE draw nonces and ephemeral keys of their own: nothing observable depends on those.
EXEMPT = {"crypto/source.py", "crypto/sealing.py", "crypto/streams.py", "crypto/hybrid.py"}

FORBIDDEN_MODULES = {"random", "secrets"}
FORBIDDEN_NAMES = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "func.current_timestamp",
    "func.now",
    "os.getrandom",
    "os.urandom",
    "pyotp.random_base32",
    "pyotp.random_hex",
    "time.time",
    "time.time_ns",
    "uuid.uuid1",
    "uuid.uuid4",
}


def own_sources_in(code: str) -> list[str]:
    """Return where `code` takes time or chance by itself, as `line: name`."""
    return [f"{line}: {name}" for node in ast.walk(ast.parse(code)) for line, name in _forbidden_in(node)]


def _forbidden_in(node: ast.AST) -> list[tuple[int, str]]:
    match node:
        case ast.Import(names=names):
            found = [alias.name for alias in names if alias.name in FORBIDDEN_MODULES]
        case ast.ImportFrom(module=str(module), names=names):
            found = [module] if module in FORBIDDEN_MODULES else []
            found += [name for alias in names if (name := f"{module}.{alias.name}") in FORBIDDEN_NAMES]
        case ast.Attribute():
            name = ".".join(ast.unparse(node).split(".")[-2:])
            found = [name] if name in FORBIDDEN_NAMES else []
        case _:
            return []
    return [(node.lineno, name) for name in found]


def test_nothing_but_the_source_takes_time_or_chance() -> None:
    sources = {path: code for path, code in package_sources().items() if path not in EXEMPT}
    found = {path: places for path, code in sources.items() if (places := own_sources_in(code))}

    assert found == {}, "take it from session.source or from the Source that is handed over"


@pytest.mark.parametrize(
    "planted",
    [
        "import secrets",
        "from secrets import token_bytes",
        "import random",
        "from uuid import uuid4",
        "from os import urandom",
        "from time import time",
        "import uuid\nid = Column(default=uuid.uuid4)",
        "moment = datetime.now(UTC)",
        "moment = datetime.datetime.utcnow()",
        "today = date.today()",
        "moment = Column(server_default=func.now())",
        "seconds = time.time()",
        "nonce = os.urandom(12)",
        "secret = pyotp.random_base32()",
    ],
)
def test_the_rule_sees_a_source_of_ones_own(planted: str) -> None:
    assert own_sources_in(planted)


@pytest.mark.parametrize("allowed", ["session.source.now()", "time.monotonic()", "uuid.UUID(text)", "source.token(32)"])
def test_the_rule_leaves_the_injected_source_alone(allowed: str) -> None:
    assert own_sources_in(allowed) == []
