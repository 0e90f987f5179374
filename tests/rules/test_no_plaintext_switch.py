"""Only bench/ can make a plaintext twin, in a process of its own: the application has no switch that stops sealing."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable

import pytest

from portal.settings import VARIABLES
from tests.rules.project_files import ROOT, package_sources

# What bench/plaintext.py replaces, and the modules whose own they are.
SEALING = {
    "seal": "crypto/sealing.py",
    "unseal": "crypto/sealing.py",
    "derive": "crypto/derivation.py",
    "seal_to": "crypto/hybrid.py",
    "open_with": "crypto/hybrid.py",
    "KeyPair": "crypto/hybrid.py",
    "aes_256_gcm_encrypt": "crypto/sealing.py",
    "aes_256_gcm_decrypt": "crypto/sealing.py",
}
TWIN = """
import sys
from bench.plaintext import become_plaintext
become_plaintext()
from crypto.secret import Secret
from crypto.sealing import Context
import vault.record_sealing
print(vault.record_sealing.seal(Secret(bytes(32)), b"canary", Context("t", "r")))
"""


def switches_in(path: str, code: str) -> list[str]:
    """Return the places where `code` could put something else in place of a function that seals."""
    return [place for node in ast.walk(ast.parse(code)) for place in _switches(path, node)]


def _switches(path: str, node: ast.AST) -> list[str]:
    found: list[str] = []
    match node:
        case ast.Import(names=names):
            found = [f"imports {alias.name}" for alias in names if alias.name.split(".")[0] == "bench"]
        case ast.ImportFrom(module=str(module)) if module.split(".")[0] == "bench":
            found = [f"imports {module}"]
        case ast.Assign(targets=targets):
            found = [f"assigns {name}" for target in targets if (name := _last_name(target)) in SEALING]
        case ast.Module(body=body):
            found = [f"defines {name}" for name in _defined(body) if SEALING.get(name, path) != path]
        case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value=name), *_]):
            found = [f"sets {name}"] if name in SEALING else []
        case ast.If() | ast.Try() if path.startswith("crypto/"):
            found = [f"defines {name} on a condition" for name in _defined(ast.walk(node)) if name in SEALING]
    return found


def _defined(nodes: Iterable[ast.AST]) -> list[str]:
    return [node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def _last_name(target: ast.AST) -> str:
    return ast.unparse(target).rpartition(".")[2]


def test_nothing_in_the_application_replaces_a_function_that_seals() -> None:
    found = {path: places for path, code in package_sources().items() if (places := switches_in(path, code))}

    assert found == {}


@pytest.mark.parametrize(
    ("path", "planted"),
    [
        ("vault/records.py", "from bench.plaintext import become_plaintext"),
        ("vault/records.py", "import bench.plaintext"),
        ("vault/records.py", "seal = lambda key, plaintext, context: plaintext"),
        ("portal/app.py", "crypto.sealing.seal = keep"),
        ("portal/app.py", "setattr(crypto.sealing, 'unseal', keep)"),
        ("vault/records.py", "def seal(key, plaintext, context):\n    return plaintext"),
        ("crypto/sealing.py", "if FAST:\n    def seal(key, plaintext, context):\n        return plaintext"),
    ],
)
def test_the_rule_sees_a_switch(path: str, planted: str) -> None:
    assert switches_in(path, planted)


def test_no_setting_is_about_sealing() -> None:
    words = ("PLAIN", "SEAL", "ENCRYPT", "CIPHER", "CRYPTO", "INSECURE")

    assert [variable.name for variable in VARIABLES if any(word in variable.name for word in words)] == []


def test_the_twin_is_plain_so_that_there_is_something_to_compare_with() -> None:
    done = subprocess.run([sys.executable, "-c", TWIN], cwd=ROOT, check=True, capture_output=True, text=True)

    assert done.stdout.strip() == repr(b"canary")


def test_the_twin_refuses_to_come_late() -> None:
    late = "import vault.records\nfrom bench.plaintext import become_plaintext\nbecome_plaintext()"
    done = subprocess.run([sys.executable, "-c", late], cwd=ROOT, check=False, capture_output=True, text=True)

    assert "too late" in done.stderr
