"""How the database goes about an import: by whom it is about, and never through the people of all employers."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.plans import plans_of, reads_a_vault
from tests.vault.importing.conftest import House
from tests.vault.importing.files import HEADINGS, row
from tests.vault.importing.test_changing import move_vault_on, share
from tests.vault.importing.test_jobs import keep
from tests.vault.importing.test_writing import actor_of
from vault.importing.jobs import discard
from vault.importing.writing import write_rows


@pytest.mark.parametrize("ends", ["visible", "discarded"])
def test_no_step_of_an_import_reads_a_whole_vault(staff: House, ends: str) -> None:
    share(staff, "B")
    move_vault_on(staff)
    rows = [HEADINGS, row(city="Delft", function="Voorman"), row(number="B", bsn="", city="Delft")]
    import_id, actor = keep(staff, [*rows, row(number="E", bsn="")]), actor_of(staff)
    with plans_of(staff.factory.engine) as steps:
        running = write_rows(staff.factory, import_id, actor)
        next(running)
        if ends == "visible":
            list(running)
        else:
            with staff.factory() as session, session.begin():
                discard(session, import_id, staff.actor(session))
    assert len(steps) > 50
    assert [found for found in steps if reads_a_vault(found[1])] == []
    assert [later for former, later in pairwise(steps) if reads_the_batch_for_each(former[1], later[1])] == []


def reads_the_batch_for_each(former: str, later: str) -> bool:
    """Whether two steps after one another go through the whole batch once for each person in it."""
    return former.startswith("CORRELATED") and "ix_record_part_batch_id" in later
