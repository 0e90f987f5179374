"""No log, no service on PostgreSQL, for every act; the everyday tests ask for one in five there (goal D)."""

from __future__ import annotations

import pytest

from tests.portal.company import Company

# fixtures that tests of the portal have too
from tests.portal.conftest import postgresql_companies as postgresql_companies  # noqa: PLC0414 - a fixture
from tests.portal.conftest import postgresql_company as postgresql_company  # noqa: PLC0414 - a fixture
from tests.refusals.catalogue import ACTS, Act
from tests.refusals.faults import insert_refused
from tests.refusals.test_no_log_no_service import assert_no_service, assert_service, named


@pytest.mark.parametrize("act", named(ACTS))
def test_what_cannot_be_logged_is_neither_shown_nor_done_on_postgresql(postgresql_company: Company, act: Act) -> None:
    ask = act.prepare(postgresql_company)

    assert_no_service(postgresql_company, act, ask, insert_refused, "insert refused")

    assert_service(postgresql_company, act, ask)
