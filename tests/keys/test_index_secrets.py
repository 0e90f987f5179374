"""The index secret is one for all generations of a holder, and nobody has it without a grant (design 2.1, 2.5)."""

from __future__ import annotations

from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import select, update

from crypto.errors import UnsealError
from database.session import Session, SessionFactory
from keys.errors import NoKey
from keys.grants import destroy_grants
from keys.holders import create_holder, make_first_generation, make_next_generation
from keys.index_secrets import INDEX, index_secret
from keys.models import DueWork, HolderGeneration, HolderKind
from tests.keys.acts import ORGANISATION, as_new_request, found_vault, new_person, who


def generations(session: Session, holder_id: UUID) -> list[HolderGeneration]:
    """The rows of a holder, the first generation first."""
    rows = select(HolderGeneration).where(HolderGeneration.holder_id == holder_id).order_by(HolderGeneration.number)
    return list(session.scalars(rows.execution_options(populate_existing=True)))


def forget_it(session: Session, holder_id: UUID) -> None:
    """Make the holder what it was before there were indexes."""
    session.execute(update(HolderGeneration).where(HolderGeneration.holder_id == holder_id).values(index_sealed=None))
    session.expire_all()


def test_it_is_the_same_in_every_generation_and_sealed_anew(session: Session) -> None:
    """A withdrawal makes no index anew."""
    anna = new_person(session)
    vault, _ = found_vault(session, anna)
    first = index_secret(session, vault, anna)
    make_next_generation(session, vault, anna, by=who(anna.person_id))
    assert index_secret(session, vault, as_new_request(anna)) == first
    assert len({row.index_sealed for row in generations(session, vault)}) == 2
    assert session.scalar(select(DueWork)) is None


def test_two_holders_have_two(session: Session) -> None:
    anna = new_person(session)
    one, _ = found_vault(session, anna)
    other, _ = found_vault(session, anna)
    assert index_secret(session, one, anna) != index_secret(session, other, anna)


def test_only_what_is_searched_has_one(session: Session) -> None:
    """A person's holder has none: there is nothing to find in it."""
    anna = new_person(session)
    assert generations(session, anna.person_id)[0].index_sealed is None
    service = create_holder(session, HolderKind.SERVICE, ORGANISATION)
    make_first_generation(session, service.id, by=who(anna.person_id))
    assert generations(session, service.id)[0].index_sealed is not None


def test_without_a_grant_nobody_opens_it(session: Session) -> None:
    """D-rule 17; who was withdrawn has no way to it any more, in this generation or the next."""
    anna, bram = new_person(session), new_person(session)
    vault, _ = found_vault(session, anna)
    with pytest.raises(NoKey):
        index_secret(session, vault, bram)
    destroy_grants(session, vault, recipient_id=anna.person_id)
    with pytest.raises(NoKey):
        index_secret(session, vault, as_new_request(anna))


def test_one_that_was_moved_opens_nowhere_else(session: Session) -> None:
    """It is bound to holder and generation, also for someone who opens both."""
    anna = new_person(session)
    one, _ = found_vault(session, anna)
    other, _ = found_vault(session, anna)
    stolen = generations(session, one)[0].index_sealed
    session.execute(update(HolderGeneration).where(HolderGeneration.holder_id == other).values(index_sealed=stolen))
    session.expire_all()
    with pytest.raises(UnsealError):
        index_secret(session, other, anna)


def test_a_holder_that_is_older_gets_one_and_the_work_of_indexing_everything(session: Session) -> None:
    """Due work on the holder itself: all that it opens has not been indexed yet."""
    anna = new_person(session)
    vault, _ = found_vault(session, anna)
    forget_it(session, vault)
    made = index_secret(session, vault, anna)
    assert index_secret(session, vault, as_new_request(anna)) == made
    work = session.scalars(select(DueWork)).one()
    assert (work.holder_id, work.object_id, work.kind, work.organisation_id) == (vault, vault, INDEX, ORGANISATION)


def test_a_holder_that_is_older_takes_it_along_to_its_next_generation(session: Session) -> None:
    anna = new_person(session)
    vault, _ = found_vault(session, anna)
    forget_it(session, vault)
    make_next_generation(session, vault, anna, by=who(anna.person_id))
    assert all(row.index_sealed for row in generations(session, vault))


def test_of_two_who_make_it_at_once_both_go_on_with_the_same(session_factory: SessionFactory) -> None:
    """Otherwise what one of them indexed would never be found."""
    with session_factory() as session:
        anna = new_person(session)
        vault, _ = found_vault(session, anna)
        forget_it(session, vault)
        session.commit()
    barrier, made = Barrier(2), []

    def make() -> None:
        barrier.wait()
        with session_factory() as session, session.begin():
            made.append(index_secret(session, vault, as_new_request(anna)))

    threads = [Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(made) == 2
    assert made[0] == made[1]
