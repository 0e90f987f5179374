"""What is told of a finished import (X-22)."""

from __future__ import annotations

import io
from itertools import islice

import pytest

from accounts.errors import PermissionDenied
from organisation.errors import NotFound
from tests.vault.importing.conftest import House
from tests.vault.importing.files import HEADINGS, row, text_file
from vault.importing.jobs import upload
from vault.importing.results import import_result
from vault.importing.writing import write_rows

FILE = text_file([HEADINGS, row(number="A1", bsn=""), row(number="A2", bsn="")])


def test_a_finished_import_tells_how_many_and_since_when(house: House) -> None:
    with house.factory() as session, session.begin():
        actor = house.actor(session)
        number = upload(session, io.BytesIO(FILE), actor).id
    list(write_rows(house.factory, number, actor))

    with house.factory() as session:
        result = import_result(session, number, house.actor(session))
        assert (result.added, result.changed, result.unchanged) == (2, 0, 0)
        assert result.visible_at == session.source.now()


def test_of_an_import_that_is_being_written_nothing_is_told(house: House) -> None:
    with house.factory() as session, session.begin():
        actor = house.actor(session)
        number = upload(session, io.BytesIO(FILE), actor).id
    list(islice(write_rows(house.factory, number, actor), 1))

    with house.factory() as session, pytest.raises(NotFound):
        import_result(session, number, house.actor(session))


def test_the_import_of_another_employer_is_not_there(house: House) -> None:
    """D-rule 16."""
    bram = house.employ("Bram", house.other_employer_id, ["datakluisbeheerder"])
    house.open_vault_as(bram)
    with house.factory() as session, session.begin():
        actor = house.actor(session, bram)
        number = upload(session, io.BytesIO(FILE), actor).id
    list(write_rows(house.factory, number, actor))

    with house.factory() as session:
        assert import_result(session, number, house.actor(session, bram)).added == 2
        with pytest.raises(NotFound):
            import_result(session, number, house.actor(session))


def test_only_whoever_may_import_is_told(house: House) -> None:
    frits = house.employ("Frits", house.employer_id, ["leidinggevende"])

    with house.factory() as session, pytest.raises(PermissionDenied):
        import_result(session, house.employer_id, house.actor(session, frits))
