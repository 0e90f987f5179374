"""Opening what was handed of many holders at once: the same queries however many, and nothing more than one by one."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, update

from crypto.hybrid import seal_to
from crypto.secret import Secret
from database.session import Session
from keys.errors import GrantForged
from keys.holders import public_key
from keys.models import Grant, SealedForm
from keys.opened import OpenedKeys
from keys.places import place_of_grant
from tests.keys.acts import as_new_request, found_vault, new_person
from tests.queries import statements_of


def found_several(session: Session, founder: OpenedKeys, count: int) -> dict[UUID, Secret]:
    """Several holders of which the founder has a grant, with their secrets."""
    return dict(found_vault(session, founder) for _ in range(count))


def test_many_open_as_one_by_one_and_are_wrapped_again(session: Session) -> None:
    anna, bram = new_person(session), new_person(session)
    secrets, foreign = found_several(session, anna, 3), found_several(session, bram, 1)

    assert anna.preload(session, [*secrets, *foreign]) == secrets.keys()

    with statements_of(session) as statements:
        assert {holder: anna.secret(session, holder, 1) for holder in secrets} == secrets
    assert statements == []
    forms = select(Grant.form).where(Grant.recipient_id == anna.person_id)
    assert set(session.scalars(forms)) == {SealedForm.WRAPPED}
    again = as_new_request(anna)
    again.preload(session, secrets)
    assert {holder: again.secret(session, holder, 1) for holder in secrets} == secrets


@pytest.mark.parametrize("times", [1, 2])
def test_it_takes_as_many_queries_for_one_as_for_twenty(session: Session, times: int) -> None:
    anna = new_person(session)
    some = found_several(session, anna, 21)
    one, others = [*some][:1], [*some][1:]
    counted = []
    for holders in (one, others):
        for _ in range(times):
            with statements_of(session) as statements:
                as_new_request(anna).preload(session, holders)
        counted.append(len(statements))
    assert counted[0] == counted[1] == (3 if times == 1 else 1)


def test_a_secret_that_is_not_the_holders_is_refused_here_too(session: Session) -> None:
    anna = new_person(session)
    vault, _secret = found_vault(session, anna)
    grant = session.scalars(select(Grant).where(Grant.holder_id == vault)).one()
    place = place_of_grant(grant.id, holder_id=vault, generation=1, recipient_id=anna.person_id, recipient_generation=1)
    forged = seal_to(public_key(session, anna.person_id).value, bytes(32), place)
    session.execute(update(Grant).where(Grant.id == grant.id).values(sealed=forged))
    with pytest.raises(GrantForged):
        anna.preload(session, [vault])
