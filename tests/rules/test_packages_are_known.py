"""A new package is known to every check: each tool is told which packages are ours, since guessing goes wrong."""

from __future__ import annotations

import ast

import pytest

from tests.rules.project_files import package_sources, packages, project_settings

ENVIRONMENT = {"os.environ", "os.environb", "os.getenv"}


def test_every_package_is_type_checked() -> None:
    assert set(packages()) <= set(project_settings()["tool"]["mypy"]["files"])


def test_every_package_sorts_as_ours() -> None:
    assert set(packages()) <= set(project_settings()["tool"]["ruff"]["lint"]["isort"]["known-first-party"])


def test_every_package_has_its_place_in_the_layers() -> None:
    settings = project_settings()["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in settings["contracts"] if contract["id"] == "layers")
    placed = {name.strip() for layer in layers for name in layer.split("|")}

    assert placed == set(settings["root_packages"]) == set(packages())


def test_every_package_but_portal_is_kept_from_the_web_framework() -> None:
    contracts = {contract["id"]: contract for contract in project_settings()["tool"]["importlinter"]["contracts"]}
    kept = {*contracts["domain-without-web"]["source_modules"], *contracts["pure-crypto"]["source_modules"]}

    assert kept == set(packages()) - {"portal"}


def environment_in(code: str) -> list[str]:
    """Return the places where `code` reads the environment."""
    attributes = [ast.unparse(node) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Attribute)]
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom) and node.module == "os"]
    names = [f"os.{alias.name}" for node in imports for alias in node.names]
    return [name for name in attributes + names if name in ENVIRONMENT]


def test_only_portal_reads_the_environment() -> None:
    """Settings are read once, there; crypto is pure (design 4 and 6)."""
    sources = {path: code for path, code in package_sources().items() if not path.startswith("portal/")}

    assert {path: found for path, code in sources.items() if (found := environment_in(code))} == {}


@pytest.mark.parametrize("planted", ["os.environ['KEY']", "os.getenv('KEY')", "from os import environ"])
def test_the_rule_sees_the_environment_being_read(planted: str) -> None:
    assert environment_in(planted)
