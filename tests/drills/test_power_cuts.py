"""Two hundred power cuts of a machine under each setting of SQLite (security.md, goal B2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.portal.company import Company
from tests.portal.conftest import company_template as company_template  # noqa: PLC0414 - a fixture
from tests.reliability.power_cut import Figures
from tests.reliability.test_power_cuts import cut, statements_of_edits

CHANGES = 200
CUTS = 200


def test_only_the_settings_of_the_engine_lose_nothing(
    company_template: Company, tmp_path: Path, tell: Callable[[object], None]
) -> None:
    edits = statements_of_edits(company_template, tmp_path, CHANGES)
    found = {}
    for synchronous in ("FULL", "NORMAL", "OFF"):
        place = tmp_path / synchronous
        place.mkdir()
        found[synchronous] = cut(company_template, place, edits, CUTS, synchronous=synchronous)
        tell(f"{synchronous}: {found[synchronous]}")

    assert found["FULL"] == Figures(cuts=CUTS)
    assert found["NORMAL"].with_loss > CUTS / 4
    assert found["OFF"].with_loss > CUTS / 2
