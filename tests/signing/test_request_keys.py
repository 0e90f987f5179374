"""Who opens the key of a request, and what becomes of it (design 2.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from accounts.models import AccountState
from crypto.errors import UnsealError
from crypto.sealing import seal
from crypto.secret import Secret
from dialogs.closing import close_dialogue
from dialogs.models import Dialogue
from dialogs.participants import leave
from signing.beginning import SignerRole, add_signer
from signing.entries import SignerEntry, open_entry
from signing.errors import LockedOut
from signing.models import Signer, SigningKind, SigningRequest, SigningRequestKey
from signing.places import place_in_request
from signing.request_keys import is_settled, open_request, open_to_write, rekey, settle_keys
from tests.dialogs.talk import Talk
from tests.signing.rows import bare_request
from tests.world import World

EVA = SignerEntry("Eva Yılmaz", "Bakkerij Mulder", "zichzelf")


@pytest.fixture
def talk(world: World) -> Talk:
    """Hans, Ilse and Anna, vault users of Bakkerij Mulder."""
    world.hire_vault_user("Hans", "datakluisgebruiker", "werkgever")
    world.hire_vault_user("Ilse", "datakluisgebruiker", "werkgever")
    return Talk(world)


def request_in(talk: Talk, dialogue: Dialogue) -> tuple[SigningRequest, Secret, Signer]:
    """A request in a dialogue of Anna's, with its key and one signer."""
    secret = Secret.random(talk.session.source)
    request = bare_request(talk.world, dialogue_id=dialogue.id)
    request.title_sealed = seal(secret, b"Plan.pdf", place_in_request(request, "title_sealed"))
    settle_keys(talk.session, request, secret, talk.world.actor("Anna"))
    signer = add_signer(talk.session, request, secret, EVA, position=1, role=SignerRole.EMPLOYEE)
    return request, secret, signer


def test_whoever_is_in_the_dialogue_opens_the_request_and_nobody_else(talk: Talk) -> None:
    request, secret, signer = request_in(talk, talk.start("Anna", "Hans"))

    found = open_request(talk.session, request, talk.world.actor("Hans"))

    assert found.reveal() == secret.reveal()
    assert open_entry(signer, found) == EVA
    with pytest.raises(LockedOut):
        open_request(talk.session, request, talk.world.actor("Ilse"))


def test_a_later_epoch_has_the_key_from_the_next_visit_on_of_who_opens_both(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    request, _secret, signer = request_in(talk, dialogue)
    talk.add("Anna", dialogue, talk.user("Ilse", with_history=False))
    with pytest.raises(LockedOut):
        open_request(talk.session, request, talk.world.actor("Ilse"))

    fresh = open_to_write(talk.session, request, talk.world.actor("Hans"))

    assert open_request(talk.session, request, talk.world.actor("Ilse")).reveal() == fresh.reveal()
    assert open_entry(signer, fresh) == EVA
    assert open_to_write(talk.session, request, talk.world.actor("Anna")).reveal() == fresh.reveal()


def remove(talk: Talk, dialogue: Dialogue) -> None:
    talk.remove("Anna", dialogue, talk.place("Hans", dialogue).id)


def go(talk: Talk, dialogue: Dialogue) -> None:
    leave(talk.session, dialogue.id, talk.world.actor("Hans"))


def end_account(talk: Talk, _dialogue: Dialogue) -> None:
    talk.world.people["Hans"].person.state = AccountState.INACTIVE.value
    talk.session.flush()


@pytest.mark.parametrize("act", [remove, go, end_account])
def test_who_is_gone_opens_nothing_of_what_is_sealed_afterwards(
    talk: Talk, act: Callable[[Talk, Dialogue], None]
) -> None:
    dialogue = talk.start("Anna", "Hans", "Ilse")
    request, secret, signer = request_in(talk, dialogue)
    hans, anna = talk.world.actor("Hans"), talk.world.actor("Anna")
    assert is_settled(talk.session, request)

    act(talk, dialogue)

    assert not is_settled(talk.session, request)
    fresh = open_to_write(talk.session, request, anna)
    assert is_settled(talk.session, request)
    assert open_request(talk.session, request, talk.world.actor("Ilse")).reveal() == fresh.reveal() != secret.reveal()
    with pytest.raises(LockedOut):
        open_request(talk.session, request, hans)
    with pytest.raises(UnsealError):
        open_entry(signer, secret)


def test_in_a_closed_dialogue_too_who_left_opens_nothing_of_what_is_sealed_afterwards(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    request, secret, _signer = request_in(talk, dialogue)
    close_dialogue(talk.session, dialogue.id, "Klaar.", talk.world.actor("Anna"))
    leave(talk.session, dialogue.id, talk.world.actor("Hans"))

    assert open_to_write(talk.session, request, talk.world.actor("Anna")).reveal() != secret.reveal()
    with pytest.raises(LockedOut):
        open_request(talk.session, request, talk.world.actor("Hans"))


def test_another_key_seals_all_anew_and_the_old_one_opens_nothing(talk: Talk) -> None:
    request, secret, signer = request_in(talk, talk.start("Anna", "Hans"))

    fresh = rekey(talk.session, request, secret, talk.world.actor("Anna"))

    assert open_request(talk.session, request, talk.world.actor("Hans")).reveal() == fresh.reveal() != secret.reveal()
    assert open_entry(signer, fresh) == EVA
    with pytest.raises(UnsealError):
        open_entry(signer, secret)
    rows = talk.session.scalars(select(SigningRequestKey).where(SigningRequestKey.request_id == request.id))
    assert {row.key_number for row in rows} == {2}


def test_sitting_together_only_the_host_opens_the_request(talk: Talk) -> None:
    secret = Secret.random(talk.session.source)
    request = bare_request(talk.world, kind=SigningKind.TOGETHER.value)
    settle_keys(talk.session, request, secret, talk.world.actor("Anna"))

    assert open_request(talk.session, request, talk.world.actor("Anna")).reveal() == secret.reveal()
    with pytest.raises(LockedOut):
        open_request(talk.session, request, talk.world.actor("Hans"))


def test_the_length_of_an_entry_does_not_tell_names_apart() -> None:
    longer = replace(EVA, name="Eva-Maria van den Berg-Yılmaz")

    assert len(EVA.to_bytes()) == len(longer.to_bytes())
    assert SignerEntry.from_bytes(longer.to_bytes()) == longer
    assert "Eva" not in repr(EVA)
