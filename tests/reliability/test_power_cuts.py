"""A power cut loses nothing that was acknowledged, and it would with any weaker setting (goal B2)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.portal.company import Company, copy_company
from tests.portal.conftest import company_template as company_template  # noqa: PLC0414 - a fixture
from tests.reliability.clerks import in_letters
from tests.reliability.power_cut import Figures, Statement, cut_power, record, recorded_statements
from tests.world import card, details
from vault.records import update_record

CHANGES = 40
CUTS = 40


@pytest.fixture(scope="module")
def edits(company_template: Company, tmp_path_factory: pytest.TempPathFactory) -> list[list[Statement]]:
    """The statements of edits by the real portal's verbs, a transaction each."""
    return statements_of_edits(company_template, tmp_path_factory.mktemp("edits"), CHANGES)


def test_the_settings_of_the_engine_lose_nothing(
    company_template: Company, tmp_path: Path, edits: list[list[Statement]]
) -> None:
    figures = cut(company_template, tmp_path, edits, CUTS)

    assert figures == Figures(cuts=CUTS), figures


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_a_weaker_setting_is_caught(
    company_template: Company, tmp_path: Path, edits: list[list[Statement]], synchronous: str
) -> None:
    """Negative controls: the usual advice of WAL with NORMAL, and no syncs at all."""
    figures = cut(company_template, tmp_path, edits, CUTS, synchronous=synchronous)

    assert figures.with_loss > CUTS / 4, figures


def statements_of_edits(original: Company, folder: Path, count: int) -> list[list[Statement]]:
    """Let Anna edit Eva `count` times in a copy of the company, and return what the database was told."""
    company = copy_company(original, folder)
    employee = company.employees["Eva"]
    with recorded_statements(company.portal.services.factory.engine) as transactions:
        for number in range(count):
            with company.preparing() as world:
                update_record(
                    world.session,
                    employee,
                    card=replace(card(), last_name=f"Demir {in_letters(number)}"),
                    details=details(),
                    expected_version=number + 1,
                    actor=world.actor("Anna"),
                )
    company.portal.services.factory.engine.dispose()
    return transactions


def cut(original: Company, folder: Path, edits: list[list[Statement]], cuts: int, **changes: str) -> Figures:
    """Run the edits with the engine's settings but for `changes`, and cut the power."""
    place = folder / "machine"
    place.mkdir()
    database = Path(original.portal.services.settings.database_url.removeprefix("sqlite:///"))
    return cut_power(record(database, place, edits, **changes), place, cuts)
