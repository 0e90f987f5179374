"""Who takes part, as acts on keys: with all before, from now on, gone, back (D-03, D-07; design 2.1)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from accounts.errors import PermissionDenied
from dialogs.errors import AlreadyTakesPart, InvalidDialogue, LockedOut, NotFound
from dialogs.models import Dialogue, ParticipantState
from dialogs.participants import leave, readmit
from dialogs.reading import mark_read, news
from keys.errors import CheckWordsNotCompared
from keys.models import Grant
from organisation.ending_accounts import deactivate
from tests.dialogs.talk import Talk

BEFORE, AFTER = "Wie kan er op zaterdag?", "Dit is van later."


def begun(talk: Talk) -> Dialogue:
    return talk.start("Anna", "Hans", text=BEFORE)


def test_who_is_added_from_now_on_opens_nothing_of_before(talk: Talk) -> None:
    """With all grants of that person and the whole database, past every rule of the application."""
    dialogue = begun(talk)
    talk.add("Anna", dialogue, talk.user("Ilse", with_history=False))
    talk.post("Hans", dialogue, AFTER)

    assert talk.open_to("Ilse") == {AFTER}
    assert talk.open_to("Hans") == talk.open_to("Anna") == {BEFORE, AFTER}
    seen = talk.read("Ilse", dialogue)
    assert [line.text or line.event for line in seen.messages] == ["added", AFTER]
    assert seen.total == 2
    assert not any(person.from_start for person in seen.participants if person.is_self)


def test_who_is_added_with_all_before_opens_all(talk: Talk) -> None:
    dialogue = begun(talk)
    talk.add("Anna", dialogue, talk.user("Ilse", with_history=False))
    talk.post("Hans", dialogue, AFTER)
    talk.world.hire_vault_user("Joris", "datakluisgebruiker", "werkgever")

    talk.add("Hans", dialogue, "Joris")
    assert talk.open_to("Joris") == {BEFORE, AFTER}
    assert talk.read("Joris", dialogue).participants[-1].from_start
    # Nobody hands over more than he or she has.
    talk.world.hire_vault_user("Koos", "datakluisgebruiker", "werkgever")
    talk.add("Ilse", dialogue, "Koos")
    assert talk.open_to("Koos") == {AFTER}
    assert [name for name in talk.read("Koos", dialogue).messages if name.author == "Hans"]


def test_who_was_removed_reads_on_what_was_there_and_nothing_new(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans", "Ilse", text=BEFORE)
    talk.remove("Anna", dialogue, talk.place("Ilse", dialogue).id)
    talk.post("Hans", dialogue, AFTER)

    assert talk.open_to("Ilse") == {BEFORE}
    seen = talk.read("Ilse", dialogue)
    assert [line.text for line in seen.messages] == [BEFORE]
    assert seen.can == frozenset()
    assert news(talk.session, dialogue.id, talk.world.actor("Ilse"), 1) == ()
    with pytest.raises(NotFound):
        talk.post("Ilse", dialogue, "Mag ik nog?")
    mark_read(talk.session, dialogue.id, talk.world.actor("Ilse"), 99)
    assert talk.place("Ilse", dialogue).read_up_to == 1
    states = {person.name: person.state for person in talk.read("Anna", dialogue).participants}
    assert states["Ilse"] is ParticipantState.REMOVED


def test_who_left_opens_nothing_that_is_written_afterwards(talk: Talk) -> None:
    """Nor the key of it: the next one who writes opens the epoch, not the one who goes."""
    dialogue = talk.start("Anna", "Hans", "Ilse", text=BEFORE)
    ilse = talk.world.actor("Ilse")
    leave(talk.session, dialogue.id, ilse)
    talk.post("Anna", dialogue, AFTER)

    assert talk.open_to("Ilse") == {BEFORE}
    assert talk.open_to("Hans") == {BEFORE, AFTER}
    assert (dialogue.epoch_due, dialogue.epoch_number) == (False, 2)
    assert [line.event or line.text for line in talk.read("Hans", dialogue).messages] == [BEFORE, "left", AFTER]
    with pytest.raises(NotFound):
        leave(talk.session, dialogue.id, ilse)


def test_who_comes_back_is_the_same_participant_and_opens_nothing_of_between(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans", "Ilse", text=BEFORE)
    place = talk.place("Ilse", dialogue)
    talk.remove("Anna", dialogue, place.id)
    talk.post("Anna", dialogue, "Ondertussen")

    again = talk.add("Anna", dialogue, talk.user("Ilse", with_history=False))
    talk.post("Hans", dialogue, AFTER)
    assert again.id == place.id
    assert talk.open_to("Ilse") == {BEFORE, AFTER}
    talk.remove("Anna", dialogue, place.id)
    talk.add("Anna", dialogue, "Ilse")
    assert talk.open_to("Ilse") == {BEFORE, "Ondertussen", AFTER}


def test_who_takes_part_is_not_added_again(talk: Talk) -> None:
    dialogue = begun(talk)
    with pytest.raises(AlreadyTakesPart):
        talk.add("Anna", dialogue, "Hans")
    assert "Hans" not in {candidate.name for candidate in talk.addable("Anna", dialogue).users}


def test_only_who_started_it_or_added_somebody_takes_that_one_out(talk: Talk) -> None:
    dialogue = begun(talk)
    talk.add("Hans", dialogue, "Ilse")
    for outsider, starter_or_other in (("Hans", "Anna"), ("Ilse", "Hans")):
        with pytest.raises(PermissionDenied):
            talk.remove(outsider, dialogue, talk.place(starter_or_other, dialogue).id)
    with pytest.raises(NotFound):
        talk.remove("Anna", dialogue, talk.place("Anna", dialogue).id)
    other = talk.start("Anna", "Ilse")
    with pytest.raises(NotFound):
        talk.remove("Anna", dialogue, talk.place("Ilse", other).id)
    talk.remove("Hans", dialogue, talk.place("Ilse", dialogue).id)
    assert talk.place("Ilse", dialogue).state == ParticipantState.REMOVED


def test_an_ended_account_hears_nothing_more(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans", "Ilse", text=BEFORE)
    secrets = talk.world.people["Ilse"]
    assert talk.open_to("Ilse") == {BEFORE}
    deactivate(talk.session, secrets.id, talk.world.actor("Carla"))
    assert talk.open_to("Ilse") == set()
    talk.post("Hans", dialogue, AFTER)
    assert (dialogue.epoch_number, talk.place("Ilse", dialogue).state) == (2, ParticipantState.REMOVED)
    talk.post("Hans", dialogue, "Nog een.")
    assert dialogue.epoch_number == 2


def test_a_renewed_key_waits_until_its_check_words_were_compared(talk: Talk) -> None:
    """Design 2.3: neither a thief of a mailbox nor an administrator who resets a login gets in."""
    dialogue = talk.start("Anna", "Hans", "Ilse", text=BEFORE)
    lost = talk.world.people["Ilse"]
    talk.world.renew_key("Ilse")
    talk.post("Anna", dialogue, AFTER)
    assert dialogue.epoch_number == 2
    talk.post("Anna", dialogue, "Nog een.")
    assert dialogue.epoch_number == 2

    assert talk.open_to("Ilse") == set()
    seen = talk.read("Ilse", dialogue)
    assert (seen.subject, seen.messages, seen.locked) == (None, (), True)
    with pytest.raises(LockedOut):
        talk.post("Ilse", dialogue, "Laat mij erin")
    place = talk.place("Ilse", dialogue)
    waiting = [person.name for person in talk.read("Hans", dialogue).participants if person.waits_for_key]
    assert waiting == ["Ilse"]
    with pytest.raises(CheckWordsNotCompared):
        readmit(talk.session, dialogue.id, place.id, talk.world.actor("Hans"), compared=None, with_history=True)

    readmit(talk.session, dialogue.id, place.id, talk.world.actor("Hans"), compared=2, with_history=False)
    talk.post("Hans", dialogue, "Welkom terug.")
    assert talk.open_to("Ilse") == {"Welkom terug."}
    assert not talk.read("Ilse", dialogue).locked
    assert lost.generation == 1
    with pytest.raises(NotFound):
        readmit(talk.session, dialogue.id, place.id, talk.world.actor("Hans"), compared=2, with_history=True)


def test_a_renewed_key_is_let_in_with_all_before(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans", text=BEFORE)
    talk.world.renew_key("Hans")
    place = talk.place("Hans", dialogue)
    readmit(talk.session, dialogue.id, place.id, talk.world.actor("Anna"), compared=2, with_history=True)
    talk.post("Hans", dialogue, AFTER)
    assert talk.open_to("Hans") == {BEFORE, AFTER}


def test_who_comes_back_with_another_key_needs_the_words_compared(talk: Talk) -> None:
    """Else removing and adding somebody again would be a way round the check words."""
    dialogue = talk.start("Anna", "Hans", "Ilse", text=BEFORE)
    talk.world.renew_key("Ilse")
    talk.remove("Anna", dialogue, talk.place("Ilse", dialogue).id)
    with pytest.raises(InvalidDialogue):
        talk.add("Anna", dialogue, "Ilse")
    talk.session.expire_all()
    talk.add("Anna", dialogue, "Ilse", compared=2)
    assert talk.open_to("Ilse") == {BEFORE}


def test_a_renewed_key_is_handed_no_dialogue_before_its_words_were_compared(talk: Talk) -> None:
    """Else who resets a login reads along from there, in whatever its owner is asked to take part in (design 2.3)."""
    talk.world.renew_key("Ilse")
    ilse = talk.user("Ilse")
    for compared in (None, 1, 3):
        with pytest.raises(InvalidDialogue) as refusal:
            talk.start("Anna", replace(ilse, compared=compared))
        assert [fault.field for fault in refusal.value.faults] == [f"compared {ilse.id}"]
        talk.session.expire_all()
    talk.start("Anna", replace(ilse, compared=2), text=BEFORE)
    assert talk.open_to("Ilse") == {BEFORE}

    dialogue = talk.start("Anna", "Hans", text=AFTER)
    for with_history in (True, False):
        with pytest.raises(InvalidDialogue):
            talk.add("Anna", dialogue, talk.user("Ilse", with_history=with_history))
        talk.session.expire_all()
    talk.add("Anna", dialogue, "Ilse", compared=2)
    assert talk.open_to("Ilse") == {BEFORE, AFTER}


def test_a_key_that_is_renewed_while_somebody_chooses_is_handed_nothing(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was compared is looked at once more where the epoch is handed over."""
    dialogue = talk.start("Anna", "Hans", text=BEFORE)
    talk.world.renew_key("Ilse")
    monkeypatch.setattr("dialogs.candidates.renewed_keys", lambda _session, _ids: {})
    for act in (lambda: talk.start("Anna", "Ilse"), lambda: talk.add("Anna", dialogue, "Ilse")):
        with pytest.raises(CheckWordsNotCompared):
            act()
        talk.session.expire_all()
    assert talk.open_to("Ilse") == set()


def test_nobody_hands_an_epoch_to_who_was_not_added(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    talk.post("Anna", dialogue, AFTER)
    held = select(func.count()).where(Grant.recipient_id == talk.world.people["Ilse"].id)
    before = talk.session.scalar(held)
    talk.remove("Anna", dialogue, talk.place("Hans", dialogue).id)
    assert talk.session.scalar(held) == before
    assert talk.open_to("Ilse") == set()
