"""The answer that tells how far the check of a large file is (X-22)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from audit.errors import LogUnavailable
from tests.pages import Visitor
from tests.portal.company import Company
from tests.portal.test_imports import URL, good_rows, import_id, upload
from tests.vault.importing.files import HEADINGS, text_file
from vault.importing.previewing import Checked


@pytest.fixture
def anna(company: Company) -> Visitor:
    return company.visitor("Anna", URL)


def test_progress_is_told_while_a_large_file_is_checked(company: Company, anna: Visitor) -> None:
    upload(anna, text_file([HEADINGS, *good_rows(1_100)]))

    response = anna.client.get(f"{URL}/{import_id(anna)}", base_url=anna.base_url, environ_overrides=anna.environment)
    pieces = [piece.decode() for piece in response.iter_encoded()]
    page = "".join(pieces)

    assert re.findall(r"(\d+) van 1100", page) == ["500", "1000"]
    assert page.index("1000 van 1100") < page.index("1100 van de 1100 rijen kunnen nu worden geïmporteerd")
    assert sum("van 1100" in piece for piece in pieces) == 2, "each step leaves by itself"
    assert response.headers["X-Accel-Buffering"] == "no"


def test_a_check_that_stops_half_way_says_so_on_the_page(
    company: Company, anna: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(anna, text_file([HEADINGS, *good_rows(600)]))
    number = import_id(anna)

    def without_log(*_arguments: Any) -> Any:
        yield Checked(500, 600)
        raise LogUnavailable

    monkeypatch.setattr("portal.views.imports.examine_by_steps", without_log)
    page = anna.get(f"{URL}/{number}")

    assert "De controle is gestopt. Er is niets opgeslagen." in page.text
    assert "Het logboek kan nu niet worden geschreven." in page.text
    assert "rijen kunnen nu worden geïmporteerd" not in page.text
