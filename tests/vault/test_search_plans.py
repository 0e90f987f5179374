"""How the database looks for people: by an index on what is asked for, and never through a whole vault (design 2.5)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.plans import plans_of, reads_a_vault
from tests.vault.test_search import within
from tests.world import TEST_BSN, World
from vault import search as searching
from vault.dossiers import read_employee
from vault.search import SearchWords, search
from vault.share_request_reading import latest_request, waiting_request


@pytest.mark.parametrize("name", ["Anna", "Ilse"])
@pytest.mark.parametrize(
    "words",
    [
        {"last_name": "dijk"},
        {"birth_date": date(1990, 12, 31)},
        {"postcode": "3511AB"},
        {"personnel_number": "1"},
        {"last_name": "dijk", "birth_date": date(1990, 12, 31), "department": "Winkel"},
        {"bsn": TEST_BSN},
    ],
)
def test_no_search_reads_a_whole_vault(
    world: World, monkeypatch: pytest.MonkeyPatch, words: dict[str, object], name: str
) -> None:
    monkeypatch.setattr(searching, "MOST_IN_VIEW", 0)
    world.hire_vault_user("Ilse", "datakluisgebruiker", "bsn_inzage", scope=world.scope("Winkel"))
    world.employ("1", "Dijk")
    given = dict(words)
    if department := given.pop("department", None):
        given["employment"] = within(world, str(department))
    if "bsn" in words and name == "Anna":
        pytest.skip("Anna may not read a BSN")
    with plans_of(world.session.get_bind().engine) as steps:
        assert len(search(world.session, world.actor(name), SearchWords(**given)).hits) == 1  # type: ignore[arg-type]
    assert [found for found in steps if reads_a_vault(found[1])] == []


def test_no_dossier_reads_a_whole_vault(world: World) -> None:
    """S-05: whether there is a request, and whether a share answered one."""
    anna, carla = world.actor("Anna"), world.actor("Carla")
    shared, employee_id = world.employ("1", "Dijk"), world.employ("2", "Bos")
    world.share(shared)
    with plans_of(world.session.get_bind().engine) as steps:
        read_employee(world.session, shared, carla)
        latest_request(world.session, employee_id, carla)
        waiting_request(world.session, employee_id, anna)
    assert [found for found in steps if reads_a_vault(found[1])] == []
