"""Recovery sheets: paper and the person whom it names open a holder together, neither does alone (design 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from crypto.errors import UnsealError
from crypto.halves import join_halves
from crypto.hybrid import open_with, seal_to
from crypto.secret import Secret
from database.session import Session
from keys.errors import NoGeneration, NoKey, PublicKeyForged, SheetEnded
from keys.grants import (
    count_recipients,
    ever_recipients,
    hand_over_current,
    recipients,
    recipients_with_present_key,
)
from keys.holders import create_holder, make_next_generation, public_key
from keys.models import Grant, Holder, HolderGeneration, HolderKind, RecoverySheet, SheetState
from keys.opened import OpenedKeys
from keys.places import place_of_half
from keys.recovery_sheets import (
    MadeSheet,
    active_sheet,
    make_sheet,
    open_sheet,
    sheets_for,
    sheets_naming,
    use_sheet,
    void_sheet,
)
from tests.keys.acts import ORGANISATION, as_new_request, found_vault, new_person, who


@dataclass
class House:
    """A vault that Anna can open, and a sheet for it that names Petra."""

    session: Session
    anna: OpenedKeys
    petra: OpenedKeys
    vault: UUID
    secret: Secret
    made: MadeSheet

    def opened(self, half: Secret | None = None, keys: OpenedKeys | None = None) -> OpenedKeys | None:
        """What the sheet opens with a half on paper and somebody's keys."""
        return open_sheet(self.session, self.made.sheet_id, half or self.made.printed_half, keys or self.petra)

    def move_on(self) -> Secret:
        """The vault's next generation, made by Anna."""
        return make_next_generation(self.session, self.vault, self.anna, by=who(self.anna.person_id))

    def row(self) -> RecoverySheet:
        """The sheet in the database."""
        return self.session.get_one(RecoverySheet, self.made.sheet_id, populate_existing=True)

    def change(self, **values: object) -> None:
        """Change the row of the sheet, as who can write the database does."""
        self.session.execute(
            update(RecoverySheet).where(RecoverySheet.id == self.made.sheet_id).values(**values),
            execution_options={"synchronize_session": False},
        )


@pytest.fixture
def house(session: Session) -> House:
    anna, petra = new_person(session), new_person(session)
    vault, secret = found_vault(session, anna)
    made = make_sheet(session, vault, named_person_id=petra.person_id, keys=anna, by=who(anna.person_id))
    return House(session, anna, petra, vault, secret, made)


def renew(session: Session, person: OpenedKeys) -> OpenedKeys:
    """Give a person a new key."""
    number = person.generation + 1
    return OpenedKeys(
        person.person_id, number, make_next_generation(session, person.person_id, person, by=who(person.person_id))
    )


def test_paper_and_person_together_open_what_the_sheet_is_for(house: House) -> None:
    opened = house.opened()

    assert opened is not None
    assert opened.secret(house.session, house.vault) == house.secret


def test_the_person_alone_opens_nothing(house: House) -> None:
    """With every half that the database could tempt to try: nothing, and the sealed half for the one on paper."""
    assert not house.petra.can_open(house.session, house.vault)
    with pytest.raises(NoKey):
        house.petra.secret(house.session, house.vault)
    assert house.opened(Secret(bytes(32))) is None
    assert house.opened(Secret((house.row().half_sealed or b"")[-32:])) is None


def test_the_paper_alone_opens_nothing(house: House) -> None:
    """With somebody else's keys, and taken for the secret of the sheet itself."""
    assert house.opened(keys=new_person(house.session)) is None
    assert house.opened(keys=house.anna) is None
    thief = OpenedKeys(house.made.sheet_id, 1, house.made.printed_half)
    grants = house.session.scalars(select(Grant).where(Grant.recipient_id == house.made.sheet_id)).all()
    assert len(grants) == 1
    with pytest.raises(Exception, match="does not open"):
        thief.secret(house.session, house.vault)


def test_the_half_on_paper_is_in_no_row(house: House) -> None:
    opened = house.opened()
    assert opened is not None
    secret = opened.secret(house.session, house.made.sheet_id)
    half = join_halves(secret, house.made.printed_half)
    for table in (Holder, HolderGeneration, Grant, RecoverySheet):
        for row in house.session.execute(select(*table.__table__.columns)):
            stored = b"".join(value for value in row if isinstance(value, bytes))
            assert house.made.printed_half.reveal() not in stored
            assert half.reveal() not in stored
            assert secret.reveal() not in stored


def test_the_half_of_one_sheet_fits_no_other(house: House) -> None:
    vault, _ = found_vault(house.session, house.anna)
    by = who(house.anna.person_id)
    other = make_sheet(house.session, vault, named_person_id=house.petra.person_id, keys=house.anna, by=by)

    assert house.opened(other.printed_half) is None
    assert open_sheet(house.session, other.sheet_id, house.made.printed_half, house.petra) is None
    opened = open_sheet(house.session, other.sheet_id, other.printed_half, house.petra)
    assert opened is not None
    with pytest.raises(NoKey):
        opened.secret(house.session, house.vault)


@pytest.mark.parametrize("moved", ["sheet", "for_holder_id", "named_person_id", "named_generation"])
def test_a_half_that_was_moved_opens_nothing(house: House, moved: str) -> None:
    """Other sheet, other holder, other person, other generation: each is part of what is sealed."""
    eva = new_person(house.session)
    other_vault, _ = found_vault(house.session, house.anna)
    keys, half = house.petra, house.made.printed_half
    if moved == "sheet":
        by = who(house.anna.person_id)
        other = make_sheet(house.session, other_vault, named_person_id=keys.person_id, keys=house.anna, by=by)
        half_of_other = house.session.get_one(RecoverySheet, other.sheet_id).half_sealed
        house.change(half_sealed=half_of_other)
        assert house.opened(other.printed_half) is None
    elif moved == "for_holder_id":
        house.change(for_holder_id=other_vault)
    elif moved == "named_person_id":
        house.change(named_person_id=eva.person_id)
        keys = OpenedKeys(eva.person_id, 1, house.petra._own)
    else:
        house.change(named_generation=2)
        keys = OpenedKeys(house.petra.person_id, 2, house.petra._own)

    assert house.opened(half, keys) is None


def test_a_half_is_bound_to_the_generation_of_the_person(house: House) -> None:
    """Also where nothing else would tell: the same pair, another generation."""
    pair = house.petra.key_pair(house.session, house.petra.person_id, 1)
    bound = {"for_holder_id": house.vault, "named_person_id": house.petra.person_id}
    sealed = house.row().half_sealed or b""

    assert len(open_with(pair, sealed, place_of_half(house.made.sheet_id, named_generation=1, **bound))) == 32
    with pytest.raises(UnsealError):
        open_with(pair, sealed, place_of_half(house.made.sheet_id, named_generation=2, **bound))


def test_a_half_that_somebody_else_sealed_to_the_person_opens_nothing(house: House) -> None:
    """Anyone can seal to a public key: what comes out must be the secret behind the sheet's own public key."""
    place = place_of_half(
        house.made.sheet_id, for_holder_id=house.vault, named_person_id=house.petra.person_id, named_generation=1
    )
    house.change(half_sealed=seal_to(public_key(house.session, house.petra.person_id).value, b"k" * 32, place))

    assert house.opened() is None


def test_a_sheet_gets_every_next_generation(house: House) -> None:
    secret = house.move_on()
    opened = house.opened()

    assert opened is not None
    assert opened.secret(house.session, house.vault) == secret
    assert opened.secret(house.session, house.vault, 1) == house.secret


def test_a_sheet_is_nobody(house: House) -> None:
    """It is in no list of people, counts as none, and is named as who has a grant."""
    assert [view.recipient_id for view in recipients(house.session, house.vault)] == [house.anna.person_id]
    assert count_recipients(house.session, house.vault) == 1
    assert ever_recipients(house.session, house.vault) == {house.anna.person_id, house.made.sheet_id}
    assert set(recipients_with_present_key(house.session, house.vault, 1)) == {
        house.anna.person_id,
        house.made.sheet_id,
    }


def test_a_renewed_key_of_the_person_named_voids_the_sheet(house: House) -> None:
    """It opens nothing for either key, and gets nothing of the next generation."""
    renewed = renew(house.session, house.petra)
    (sheet,) = sheets_for(house.session, house.vault)

    assert (sheet.state, sheet.has_effect) == (SheetState.ACTIVE, False)
    assert house.opened(keys=renewed) is None
    assert house.opened(keys=house.petra) is None
    house.move_on()
    held = select(Grant.generation).where(Grant.recipient_id == house.made.sheet_id)
    assert house.session.scalars(held).all() == [1]


def test_using_a_sheet_hands_over_the_key_and_ends_it(house: House) -> None:
    opened, (sheet,) = house.opened(), sheets_naming(house.session, house.petra.person_id)
    assert opened is not None
    house.move_on()

    use_sheet(house.session, sheet, opened, by=who(house.petra.person_id))

    assert as_new_request(house.petra).secret(house.session, house.vault, 1) == house.secret
    (used,) = sheets_for(house.session, house.vault)
    assert (used.state, used.has_effect, house.row().half_sealed) == (SheetState.USED, False, None)
    assert house.row().ended_by == house.petra.person_id
    assert house.session.scalars(select(Grant).where(Grant.recipient_id == house.made.sheet_id)).all() == []
    assert house.opened() is None


def test_a_sheet_is_used_once(house: House) -> None:
    """Also by somebody who had opened it before: the conditional UPDATE decides."""
    opened, (sheet,) = house.opened(), sheets_for(house.session, house.vault)
    assert opened is not None
    use_sheet(house.session, sheet, opened, by=who(house.petra.person_id))

    with pytest.raises(SheetEnded):
        use_sheet(house.session, sheet, opened, by=who(house.petra.person_id))
    with pytest.raises(SheetEnded):
        void_sheet(house.session, sheet, by=who(house.anna.person_id))
    assert house.row().state == SheetState.USED


def test_a_void_sheet_opens_nothing_any_more(house: House) -> None:
    opened, (sheet,) = house.opened(), sheets_for(house.session, house.vault)
    assert opened is not None
    assert active_sheet(house.session, house.vault) == sheet

    void_sheet(house.session, sheet, by=who(house.anna.person_id))
    later = house.move_on()

    assert active_sheet(house.session, house.vault) is None
    assert house.opened() is None
    fresh = as_new_request(opened)
    for generation in (1, 2):
        with pytest.raises(NoKey):
            fresh.secret(house.session, house.vault, generation)
    assert as_new_request(house.anna).secret(house.session, house.vault) == later


def test_only_who_can_open_the_holder_makes_a_sheet_for_it(house: House) -> None:
    eva = new_person(house.session)
    with pytest.raises(NoKey):
        make_sheet(house.session, house.vault, named_person_id=house.petra.person_id, keys=eva, by=who(eva.person_id))


def test_a_person_without_a_key_or_with_a_forged_one_is_not_named(house: House) -> None:
    by = who(house.anna.person_id)
    without = create_holder(house.session, HolderKind.PERSON, ORGANISATION).id
    with pytest.raises(NoGeneration):
        make_sheet(house.session, house.vault, named_person_id=without, keys=house.anna, by=by)
    forged: InstrumentedAttribute[bytes] = HolderGeneration.public_key
    row = house.session.get_one(HolderGeneration, (house.petra.person_id, 1))
    house.session.execute(
        update(HolderGeneration)
        .where(HolderGeneration.holder_id == house.petra.person_id)
        .values({forged: row.public_key[:-1] + bytes([row.public_key[-1] ^ 1])})
    )
    with pytest.raises(PublicKeyForged):
        make_sheet(house.session, house.vault, named_person_id=house.petra.person_id, keys=house.anna, by=by)


def test_the_sheets_of_others_are_not_among_those_of_a_holder_or_a_person(house: House) -> None:
    eva = new_person(house.session)
    vault, _ = found_vault(house.session, house.anna)
    hand_over_current(house.session, vault, to=eva.person_id, keys=house.anna, by=who(house.anna.person_id))

    assert sheets_for(house.session, vault) == []
    assert sheets_naming(house.session, eva.person_id) == []
    assert [sheet.sheet_id for sheet in sheets_naming(house.session, house.petra.person_id)] == [house.made.sheet_id]


def test_nothing_of_it_shows_its_secrets(house: House) -> None:
    assert house.made.printed_half.reveal().hex() not in repr(house.made)
    assert "Secret" not in repr(house.made)
