"""A renewed key opens nothing, and is granted nothing before its check words were compared (design 2.3)."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from audit.models import AuditEntry
from database.session import Session, SessionFactory
from keys.check_words import COUNT, WORDS, RenewedKey, renewed_key, renewed_keys, require_compared, words_of
from keys.errors import CheckWordsNotCompared, NoGeneration, NoKey, PublicKeyForged
from keys.grants import count_recipients, hand_over_current, holders_opened_by, recipients
from keys.holders import create_holder, make_next_generation
from keys.models import Grant, HolderGeneration, HolderKind
from keys.opened import OpenedKeys
from keys.public_keys import checked_public_key
from keys.renewal import renew_key
from tests.keys.acts import ORGANISATION, as_new_request, found_vault, new_person, who


def renew(session: Session, person: OpenedKeys) -> OpenedKeys:
    """Give a person a new key, and return what it opens."""
    renewed = renew_key(session, person.person_id, by=who(person.person_id))
    return OpenedKeys(person.person_id, renewed.generation, renewed.secret)


def admit(session: Session, holder_id: UUID, person: OpenedKeys, by: OpenedKeys, compared: int | None) -> Grant:
    """Hand the holder to a person."""
    who_admits = who(by.person_id)
    return hand_over_current(session, holder_id, to=person.person_id, keys=by, by=who_admits, compared=compared)


def test_neither_the_new_nor_the_old_key_opens_anything(session: Session) -> None:
    """Also not with the whole of the database: the grants are gone, and no row has the old secret under the new."""
    anna, bram = new_person(session), new_person(session)
    vault, _secret = found_vault(session, anna)
    admit(session, vault, bram, anna, None)
    assert bram.can_open(session, vault)

    renewed = renew(session, bram)

    assert renewed.generation == 2
    for keys in (renewed, as_new_request(bram)):
        assert not keys.can_open(session, vault)
        with pytest.raises(NoKey):
            keys.secret(session, vault)
    with pytest.raises(NoKey):
        renewed.secret(session, bram.person_id, 1)
    assert session.scalar(select(func.count()).where(Grant.recipient_id == bram.person_id)) == 0
    row = session.get_one(HolderGeneration, (bram.person_id, 2))
    assert row.previous_sealed is None
    assert anna.can_open(session, vault)


def test_it_tells_what_closed_and_leaves_others_alone(session: Session) -> None:
    anna, bram = new_person(session), new_person(session)
    first, second = found_vault(session, anna)[0], found_vault(session, anna)[0]
    admit(session, first, bram, anna, None)
    make_next_generation(session, first, anna, by=who(anna.person_id))

    assert holders_opened_by(session, bram.person_id) == {first}
    assert renew_key(session, bram.person_id, by=who(bram.person_id)).closed == {first}
    assert holders_opened_by(session, bram.person_id) == set()
    assert holders_opened_by(session, anna.person_id) == {first, second}
    assert [grant.recipient_id for grant in recipients(session, first)] == [anna.person_id]


def test_what_was_lent_for_a_substitution_goes_and_is_not_asked_for_again(session: Session) -> None:
    anna, bram = new_person(session), new_person(session)
    vault, _secret = found_vault(session, anna)
    admit(session, vault, bram, anna, None).substitution_id = UUID(int=9)

    assert renew_key(session, bram.person_id, by=who(bram.person_id)).closed == set()
    assert count_recipients(session, vault) == 1


def test_the_log_tells_of_the_new_key_and_why(session: Session) -> None:
    anna = new_person(session)
    renew(session, anna)

    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "key:make")).all()
    (entry,) = (entry for entry in entries if "reason" in entry.details)
    assert entry.object_id == anna.person_id
    assert entry.details == {"generation": 2, "kind": "person", "reason": "lost"}


def test_who_never_had_a_key_has_none_to_renew(session: Session) -> None:
    holder = create_holder(session, HolderKind.PERSON, ORGANISATION)

    with pytest.raises(NoGeneration):
        renew_key(session, holder.id, by=who(holder.id))


@pytest.mark.parametrize("compared", [None, 1, 3])
def test_a_renewed_key_is_granted_nothing_unless_its_own_words_were_compared(
    session: Session, compared: int | None
) -> None:
    anna, bram = new_person(session), new_person(session)
    vault, _secret = found_vault(session, anna)
    renewed = renew(session, bram)

    with pytest.raises(CheckWordsNotCompared):
        admit(session, vault, bram, anna, compared)
    assert not renewed.can_open(session, vault)


def test_once_they_were_compared_it_opens_again(session: Session) -> None:
    anna, bram = new_person(session), new_person(session)
    vault, secret = found_vault(session, anna)
    admit(session, vault, bram, anna, None)
    renewed = renew(session, bram)

    admit(session, vault, bram, anna, renewed.generation)

    assert renewed.secret(session, vault) == secret
    assert not as_new_request(bram).can_open(session, vault)


def test_a_key_that_was_renewed_while_somebody_compared_is_granted_nothing(session_factory: SessionFactory) -> None:
    """Who has the mailbox and the phone waits until the rightful owner was called, and then renews once more."""
    with session_factory() as session:
        anna, bram = new_person(session), new_person(session)
        vault, _secret = found_vault(session, anna)
        seen = renew(session, bram).generation
        session.commit()

    def steal() -> None:
        with session_factory() as thief:
            renew(thief, bram)
            thief.commit()

    with session_factory() as session:
        renewal = Thread(target=steal)
        renewal.start()
        renewal.join()
        with pytest.raises(CheckWordsNotCompared):
            admit(session, vault, bram, as_new_request(anna), seen)


def test_a_first_key_needs_no_words(session: Session) -> None:
    anna, bram = new_person(session), new_person(session)
    renew(session, anna)

    require_compared(session, bram.person_id, None)
    assert renewed_key(session, bram.person_id) is None
    assert renewed_keys(session, [anna.person_id, bram.person_id]).keys() == {anna.person_id}


def test_both_sides_see_the_words_of_the_newest_key_only(session: Session) -> None:
    anna = new_person(session)
    renew(session, anna)
    first = renewed_key(session, anna.person_id)
    renew(session, anna)
    second = renewed_key(session, anna.person_id)

    assert first is not None
    assert second is not None
    assert second.words == words_of(anna.person_id, 3, checked_public_key(session, anna.person_id, 3))
    assert len(second.words) == COUNT
    assert first.words != second.words


def test_a_key_that_was_slipped_into_the_database_has_no_words_and_is_granted_nothing(session: Session) -> None:
    anna, bram = new_person(session), new_person(session)
    vault, _secret = found_vault(session, anna)
    renew(session, bram)
    thief = new_person(session)
    forged = checked_public_key(session, thief.person_id, 1)
    of_bram = update(HolderGeneration).where(HolderGeneration.holder_id == bram.person_id, HolderGeneration.number == 2)
    session.execute(of_bram.values(public_key=forged))

    assert renewed_key(session, bram.person_id) == RenewedKey(bram.person_id, 2, ())
    with pytest.raises(PublicKeyForged):
        admit(session, vault, bram, anna, 2)


def test_the_words_say_44_bits_of_holder_generation_and_key() -> None:
    """A vector: other words for the same key would let two people who compare them disagree."""
    anna = UUID(int=1)
    words = words_of(anna, 2, b"a public key")

    assert words == words_of(anna, 2, b"a public key")
    assert len({words, words_of(anna, 3, b"a public key"), words_of(UUID(int=2), 2, b"a public key")}) == 3
    assert words == ("vreedzame", "tombe", "groep", "zintuigen")


def test_the_words_are_told_apart_by_telephone() -> None:
    """2,048 of them; no two begin alike, and none is a letter away from another."""
    words = Path(WORDS).read_text("ascii").split()

    assert len(words) == len(set(words)) == 2048
    assert words == sorted(words)
    assert len({word[:5] for word in words}) == 2048
    assert all(word.isascii() and word.islower() and 4 <= len(word) <= 9 for word in words)
    present = set(words)
    assert not any(near in present for word in words for near in _without_a_letter(word))
    gaps = [word[:place] + "?" + word[place + 1 :] for word in words for place in range(len(word))]
    assert len(gaps) == len(set(gaps))


def _without_a_letter(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(len(word))]
