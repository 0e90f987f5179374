"""Grants: what one was handed opens for that one, in that place, and for nobody else (design 2.1)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from crypto.errors import UnsealError
from crypto.hybrid import seal_to
from crypto.secret import Secret
from crypto.source import SeededSource
from database.session import Session
from keys.errors import GrantForged, NoGeneration, NoKey
from keys.grants import count_recipients, destroy_grants, hand_over, hand_over_current, recipients
from keys.holders import create_holder, make_next_generation, public_key
from keys.models import Grant, HolderKind, SealedForm
from keys.opened import OpenedKeys
from keys.places import place_of_grant
from tests.keys.acts import ORGANISATION, as_new_request, found_vault, new_person, who


def grant_of(session: Session, holder_id: UUID, person: OpenedKeys) -> Grant:
    """Return the only grant of a holder that a person has."""
    held = select(Grant).where(Grant.holder_id == holder_id, Grant.recipient_id == person.person_id)
    return session.scalars(held.execution_options(populate_existing=True)).one()


def test_who_was_handed_the_secret_opens_it_and_nobody_else_does(session: Session) -> None:
    anna, bram, eva = new_person(session), new_person(session), new_person(session)
    vault, secret = found_vault(session, anna)
    hand_over_current(session, vault, to=bram.person_id, keys=anna, by=who(anna.person_id))

    assert bram.can_open(session, vault)
    assert bram.secret(session, vault) == secret
    assert not eva.can_open(session, vault)
    with pytest.raises(NoKey):
        eva.secret(session, vault)


def test_a_grant_is_wrapped_again_at_first_use_and_opens_as_before(session: Session) -> None:
    """Symmetric from then on: microseconds a row."""
    anna = new_person(session)
    vault, secret = found_vault(session, anna)
    sent = grant_of(session, vault, anna)
    assert (sent.form, sent.sealed[0]) == (SealedForm.SEALED, 2)

    anna.secret(session, vault)

    wrapped = grant_of(session, vault, anna)
    assert (wrapped.form, wrapped.sealed[0]) == (SealedForm.WRAPPED, 1)
    assert as_new_request(anna).secret(session, vault) == secret


def test_the_secret_itself_is_in_no_row(session: Session) -> None:
    anna = new_person(session)
    vault, secret = found_vault(session, anna)
    sealed = grant_of(session, vault, anna).sealed
    anna.secret(session, vault)

    assert secret.reveal() not in sealed
    assert secret.reveal() not in grant_of(session, vault, anna).sealed


@pytest.mark.parametrize("used", [False, True], ids=["as it was sent", "wrapped"])
@pytest.mark.parametrize("moved", ["row", "holder", "generation", "recipient", "recipient_generation"])
def test_a_grant_that_was_moved_opens_nothing(session: Session, moved: str, used: bool) -> None:
    """Other row, other holder, other generation, other recipient: each is part of what is sealed."""
    anna, bram = new_person(session), new_person(session)
    vault, _ = found_vault(session, anna)
    other_vault = create_holder(session, HolderKind.VAULT, ORGANISATION).id
    if used:
        anna.secret(session, vault)
    changes: dict[str, dict[str, object]] = {
        "row": {"id": UUID(int=7)},
        "holder": {"holder_id": other_vault},
        "generation": {"generation": 2},
        "recipient": {"recipient_id": bram.person_id},
        "recipient_generation": {"recipient_generation": 2},
    }
    session.execute(update(Grant).where(Grant.holder_id == vault).values(changes[moved]))
    person = OpenedKeys(
        bram.person_id if moved == "recipient" else anna.person_id,
        2 if moved == "recipient_generation" else 1,
        anna._own,
    )

    with pytest.raises(UnsealError):
        person.secret(session, other_vault if moved == "holder" else vault, 2 if moved == "generation" else 1)


def test_a_secret_that_someone_else_sealed_to_a_public_key_is_refused(session: Session) -> None:
    """Anyone can seal to a public key: who can write the database plants a vault secret that he knows himself."""
    anna = new_person(session)
    vault, _ = found_vault(session, anna)
    grant = grant_of(session, vault, anna)
    place = place_of_grant(grant.id, holder_id=vault, generation=1, recipient_id=anna.person_id, recipient_generation=1)
    grant.sealed = seal_to(public_key(session, anna.person_id).value, b"k" * 32, place)
    session.flush()

    with pytest.raises(GrantForged):
        as_new_request(anna).secret(session, vault)


def test_a_grant_for_a_persons_former_key_does_not_count(session: Session) -> None:
    anna = new_person(session)
    vault, _ = found_vault(session, anna)
    renewed = make_next_generation(session, anna.person_id, anna, by=who(anna.person_id))
    person = OpenedKeys(anna.person_id, 2, renewed)

    assert not person.can_open(session, vault)
    with pytest.raises(NoKey):
        person.secret(session, vault)


def test_someone_with_a_renewed_key_can_be_admitted_again(session: Session) -> None:
    anna, bram = new_person(session), new_person(session)
    vault, secret = found_vault(session, anna)
    hand_over_current(session, vault, to=bram.person_id, keys=anna, by=who(anna.person_id))
    renewed = make_next_generation(session, bram.person_id, bram, by=who(bram.person_id))

    hand_over_current(session, vault, to=bram.person_id, keys=anna, by=who(anna.person_id), compared=2)

    assert OpenedKeys(bram.person_id, 2, renewed).secret(session, vault) == secret


def test_destroying_takes_all_generations_of_that_recipient_and_of_no_other(session: Session) -> None:
    """K-16."""
    anna, bram = new_person(session), new_person(session)
    vault, _ = found_vault(session, anna)
    hand_over_current(session, vault, to=bram.person_id, keys=anna, by=who(anna.person_id))
    make_next_generation(session, vault, anna, by=who(anna.person_id))

    assert destroy_grants(session, vault, recipient_id=bram.person_id) == 2
    assert destroy_grants(session, vault, recipient_id=bram.person_id) == 0
    assert as_new_request(anna).can_open(session, vault)
    with pytest.raises(NoKey):
        as_new_request(bram).secret(session, vault, 1)


def test_the_list_tells_since_when_and_by_whose_hand_first(session: Session, source: SeededSource) -> None:
    """A next generation does not make old recipients look new."""
    anna, bram, carla = new_person(session), new_person(session), new_person(session)
    vault, _ = found_vault(session, anna)
    founded = source.now()
    source.advance(timedelta(days=1))
    hand_over_current(session, vault, to=bram.person_id, keys=anna, by=who(anna.person_id))
    source.advance(timedelta(days=1))
    make_next_generation(session, vault, bram, by=who(bram.person_id))
    hand_over_current(session, vault, to=carla.person_id, keys=bram, by=who(bram.person_id))

    assert [(view.recipient_id, view.since - founded, view.granted_by) for view in recipients(session, vault)] == [
        (anna.person_id, timedelta(0), anna.person_id),
        (bram.person_id, timedelta(days=1), anna.person_id),
        (carla.person_id, timedelta(days=2), bram.person_id),
    ]
    assert count_recipients(session, vault) == 3


def test_a_holder_that_nobody_founded_has_no_recipients(session: Session) -> None:
    vault = create_holder(session, HolderKind.VAULT, ORGANISATION).id

    assert recipients(session, vault) == []
    assert count_recipients(session, vault) == 0


def test_nothing_is_handed_to_someone_without_a_key(session: Session) -> None:
    anna = new_person(session)
    vault, secret = found_vault(session, anna)
    without_key = create_holder(session, HolderKind.PERSON, ORGANISATION).id

    with pytest.raises(NoGeneration):
        hand_over(session, vault, to=without_key, secret=secret, generation=1, by=who(anna.person_id))
    assert session.scalar(select(func.count()).select_from(Grant)) == 1


def test_who_cannot_open_a_holder_cannot_hand_it_over(session: Session) -> None:
    anna, bram, eva = new_person(session), new_person(session), new_person(session)
    vault, _ = found_vault(session, anna)

    with pytest.raises(NoKey):
        hand_over_current(session, vault, to=eva.person_id, keys=bram, by=who(bram.person_id))


def test_a_vault_secret_of_which_one_byte_was_changed_does_not_open(session: Session) -> None:
    anna = new_person(session)
    vault, _ = found_vault(session, anna)
    grant = grant_of(session, vault, anna)
    grant.sealed = grant.sealed[:-1] + bytes([grant.sealed[-1] ^ 1])
    session.flush()

    with pytest.raises(UnsealError):
        as_new_request(anna).secret(session, vault)


def test_the_own_secret_is_the_key_of_the_own_holder(session: Session) -> None:
    anna = new_person(session)

    assert anna.secret(session, anna.person_id) == anna._own
    with pytest.raises(NoKey):
        anna.secret(session, anna.person_id, 2)
    assert isinstance(anna._own, Secret)
