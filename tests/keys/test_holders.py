"""Generations: who was removed gets nothing of what comes after (K-16; design 2.1)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select, update

from audit.actions import Action
from audit.models import AuditEntry
from crypto.hybrid import KeyPair, open_with
from crypto.sealing import Context, seal, unseal
from crypto.secret import Secret
from database.session import Session, SessionFactory
from keys.errors import AlreadyFounded, NoGeneration, NoKey, NotFound, PublicKeyForged
from keys.grants import destroy_grants, hand_over_current, recipients
from keys.holders import create_holder, current_generation, make_first_generation, make_next_generation, public_key
from keys.models import Grant, HolderGeneration, HolderKind
from keys.places import place_of_grant, place_of_previous, wrap_key_of
from tests.keys.acts import ORGANISATION, as_new_request, found_vault, new_person, who


def every_secret_opened_by(secret: Secret, grants: list[Grant], generations: list[HolderGeneration]) -> set[bytes]:
    """Return every secret that someone with `secret` and these rows can open, with any row in any order."""
    opened = set()
    for grant in grants:
        place = place_of_grant(
            grant.id,
            holder_id=grant.holder_id,
            generation=grant.generation,
            recipient_id=grant.recipient_id,
            recipient_generation=grant.recipient_generation,
        )
        try:
            opened.add(open_with(KeyPair.from_secret(secret), grant.sealed, place))
        except Exception:
            opened |= _unwrapped(secret, grant.sealed, place)
    known: set[bytes] = set()
    while known != opened:
        known = set(opened)
        for value in known:
            for row in generations:
                place = place_of_previous(row.holder_id, row.number)
                opened |= _unwrapped(Secret(value), row.previous_sealed or b"", place)
    return opened


def _unwrapped(secret: Secret, sealed: bytes, place: Context) -> set[bytes]:
    try:
        return {unseal(wrap_key_of(secret), sealed, place)}
    except Exception:
        return set()


def rows_of(session: Session) -> tuple[list[Grant], list[HolderGeneration]]:
    """Return what a thief of the database has."""
    return list(session.scalars(select(Grant))), list(session.scalars(select(HolderGeneration)))


def test_a_former_recipient_opens_the_first_generation_and_nothing_of_the_second(session: Session) -> None:
    """K-16, with an old copy of the database, the new one, and his own secret."""
    anna, bram = new_person(session), new_person(session)
    vault, first = found_vault(session, anna)
    hand_over_current(session, vault, to=bram.person_id, keys=anna, by=who(anna.person_id))
    as_new_request(bram).secret(session, vault)
    session.flush()
    old_grants, old_generations = rows_of(session)
    for row in [*old_grants, *old_generations]:
        session.expunge(row)

    destroy_grants(session, vault, recipient_id=bram.person_id)
    second = make_next_generation(session, vault, as_new_request(anna), by=who(anna.person_id))

    new_grants, new_generations = rows_of(session)
    grants, generations = [*old_grants, *new_grants], [*old_generations, *new_generations]
    assert every_secret_opened_by(bram._own, grants, generations) == {first.reveal()}
    assert every_secret_opened_by(anna._own, grants, generations) == {first.reveal(), second.reveal()}


def test_those_who_remain_open_both_generations(session: Session) -> None:
    anna, carla = new_person(session), new_person(session)
    vault, first = found_vault(session, anna)
    hand_over_current(session, vault, to=carla.person_id, keys=anna, by=who(anna.person_id))
    second = make_next_generation(session, vault, anna, by=who(anna.person_id))

    for person in (as_new_request(anna), as_new_request(carla)):
        assert person.secret(session, vault) == second
        assert person.secret(session, vault, 2) == second
        assert person.secret(session, vault, 1) == first


def test_someone_admitted_later_opens_what_was_written_before(session: Session) -> None:
    """A newer generation leads to the older ones, through as many as there are."""
    anna = new_person(session)
    vault, first = found_vault(session, anna)
    make_next_generation(session, vault, anna, by=who(anna.person_id))
    third = make_next_generation(session, vault, anna, by=who(anna.person_id))
    eva = new_person(session)
    hand_over_current(session, vault, to=eva.person_id, keys=anna, by=who(anna.person_id))

    assert eva.secret(session, vault) == third
    assert as_new_request(eva).secret(session, vault, 1) == first


def test_a_removed_recipient_is_not_handed_the_next_generation(session: Session) -> None:
    anna, bram = new_person(session), new_person(session)
    vault, _ = found_vault(session, anna)
    hand_over_current(session, vault, to=bram.person_id, keys=anna, by=who(anna.person_id))

    assert destroy_grants(session, vault, recipient_id=bram.person_id) == 1
    make_next_generation(session, vault, anna, by=who(anna.person_id))

    assert [view.recipient_id for view in recipients(session, vault)] == [anna.person_id]
    with pytest.raises(NoKey):
        as_new_request(bram).secret(session, vault)


def test_a_renewed_key_is_never_handed_the_next_generation_by_itself(session: Session) -> None:
    """Design 2.3: neither an administrator who resets a login nor a thief of a mailbox gets in."""
    anna, bram = new_person(session), new_person(session)
    vault, _ = found_vault(session, anna)
    hand_over_current(session, vault, to=bram.person_id, keys=anna, by=who(anna.person_id))
    make_next_generation(session, bram.person_id, bram, by=who(bram.person_id))

    make_next_generation(session, vault, anna, by=who(anna.person_id))

    assert [view.recipient_id for view in recipients(session, vault)] == [anna.person_id]


def test_who_cannot_open_a_holder_cannot_give_it_a_next_generation(session: Session) -> None:
    anna, bram = new_person(session), new_person(session)
    vault, _ = found_vault(session, anna)

    with pytest.raises(NoKey):
        make_next_generation(session, vault, bram, by=who(bram.person_id))


def test_a_holder_is_founded_once(session: Session) -> None:
    """K-07."""
    anna = new_person(session)
    vault, _ = found_vault(session, anna)

    with pytest.raises(AlreadyFounded):
        make_first_generation(session, vault, by=who(anna.person_id))
    assert current_generation(session, vault) == 1


def test_of_many_who_found_a_holder_at_once_one_succeeds(session_factory: SessionFactory) -> None:
    """K-07; security.md, goal K."""
    with session_factory() as session:
        vault = create_holder(session, HolderKind.VAULT, ORGANISATION).id
        session.commit()

    def found(number: int) -> Secret | None:
        with session_factory() as session:
            try:
                secret = make_first_generation(session, vault, by=who(UUID(int=number)))
            except AlreadyFounded:
                return None
            session.commit()
            return secret

    with ThreadPoolExecutor(8) as threads:
        made = [secret for secret in threads.map(found, range(8)) if secret is not None]

    with session_factory() as session:
        assert len(made) == 1
        assert public_key(session, vault).value == KeyPair.from_secret(made[0]).public_key


def test_an_unknown_holder_and_one_without_a_key_are_told_apart_by_name(session: Session) -> None:
    holder = create_holder(session, HolderKind.VAULT, ORGANISATION)

    with pytest.raises(NoGeneration):
        public_key(session, holder.id)
    with pytest.raises(NotFound):
        make_first_generation(session, UUID(int=1), by=who(None))


def test_every_new_public_key_is_in_the_log_of_the_organisation(session: Session) -> None:
    """Design 2.1."""
    anna = new_person(session)
    vault, _ = found_vault(session, anna)
    make_next_generation(session, vault, anna, by=who(anna.person_id))

    made = select(AuditEntry).where(AuditEntry.action == Action.KEY_MAKE, AuditEntry.object_id == vault)
    entries = session.scalars(made).all()
    assert sorted(entry.details["generation"] for entry in entries) == [1, 2]
    assert {entry.organisation_id for entry in entries} == {ORGANISATION}
    assert {entry.details["kind"] for entry in entries} == {"vault"}


def test_a_forged_public_key_is_refused_before_anything_is_sealed_to_it(session: Session) -> None:
    """Who can write the database puts a key of his own in Bram's place."""
    anna, bram = new_person(session), new_person(session)
    vault, _ = found_vault(session, anna)
    own = KeyPair.from_secret(Secret(b"x" * 32)).public_key
    session.execute(update(HolderGeneration).where(HolderGeneration.holder_id == bram.person_id).values(public_key=own))

    with pytest.raises(PublicKeyForged):
        hand_over_current(session, vault, to=bram.person_id, keys=anna, by=who(anna.person_id))
    assert session.scalars(select(Grant.recipient_id).where(Grant.holder_id == vault)).all() == [anna.person_id]


def test_another_holders_public_key_with_its_own_code_is_refused(session: Session) -> None:
    """The code of authentication covers the owner: a whole row that was swapped is no use."""
    anna, bram = new_person(session), new_person(session)
    vault, _ = found_vault(session, anna)
    other = session.get_one(HolderGeneration, (new_person(session).person_id, 1))
    session.execute(
        update(HolderGeneration)
        .where(HolderGeneration.holder_id == bram.person_id)
        .values(public_key=other.public_key, public_key_mac=other.public_key_mac)
    )

    with pytest.raises(PublicKeyForged):
        hand_over_current(session, vault, to=bram.person_id, keys=anna, by=who(anna.person_id))


def test_the_public_key_of_another_generation_is_refused(session: Session) -> None:
    """An old key of the same holder, made the newest again, is no use either."""
    anna = new_person(session)
    vault, _ = found_vault(session, anna)
    make_next_generation(session, vault, anna, by=who(anna.person_id))
    old = session.get_one(HolderGeneration, (vault, 1))
    session.execute(
        update(HolderGeneration)
        .where(HolderGeneration.holder_id == vault, HolderGeneration.number == 2)
        .values(public_key=old.public_key, public_key_mac=old.public_key_mac)
    )

    with pytest.raises(PublicKeyForged):
        public_key(session, vault)


def test_a_generation_row_carried_to_another_place_opens_nothing(session: Session) -> None:
    """What was the secret before generation 2 does not open as the one before generation 3."""
    anna = new_person(session)
    vault, first = found_vault(session, anna)
    second = make_next_generation(session, vault, anna, by=who(anna.person_id))
    sealed = session.get_one(HolderGeneration, (vault, 2)).previous_sealed

    assert sealed is not None
    assert Secret(unseal(wrap_key_of(second), sealed, place_of_previous(vault, 2))) == first
    assert _unwrapped(second, sealed, place_of_previous(vault, 3)) == set()
    assert _unwrapped(second, sealed, place_of_previous(UUID(int=1), 2)) == set()


def test_the_keys_of_a_holder_differ_by_purpose(session: Session) -> None:
    """What is wrapped can't be opened with the holder's secret itself."""
    anna = new_person(session)
    vault, secret = found_vault(session, anna)
    place = Context("record_key", UUID(int=1))

    assert unseal(anna.wrap_key(session, vault), seal(wrap_key_of(secret), b"key", place), place) == b"key"
    assert anna.wrap_key(session, vault) != secret


def test_nothing_secret_is_in_a_repr(session: Session) -> None:
    anna = new_person(session)
    vault, _ = found_vault(session, anna)
    anna.secret(session, vault)

    assert repr(anna) == "OpenedKeys()"
    assert "value" not in repr(public_key(session, vault))
    assert not hasattr(anna, "__dict__")
