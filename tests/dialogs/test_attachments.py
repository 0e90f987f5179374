"""Files of dialogues: for exactly those who can open the message, and before it for who uploaded them (D-06, D-03)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from audit.models import AuditEntry
from crypto.source import SeededSource
from dialogs.attachments import (
    MOST_BYTES_WAITING,
    MOST_FILES,
    check_upload,
    files_of_dialogue,
    purge_unposted,
    read_attachment,
    remove_attachment,
    remove_new_file,
    waiting_files,
    waiting_new_files,
)
from dialogs.errors import DialogueClosed, InvalidDialogue, NotFound
from dialogs.models import Attachment, Dialogue, DialogueState, Participant, ParticipantState
from dialogs.starting import NewDialogue, start_dialogue
from documents.errors import FileRefused
from documents.kinds import FileKind
from documents.models import FileKey, StoredFile
from documents.storing import Intake, read_content
from tests.dialogs.files import TEXT, add_file, coming_in, intake_in, post_with
from tests.dialogs.talk import BASE_URL, Talk


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    """A store."""
    return intake_in(tmp_path)


def content_for(talk: Talk, intake: Intake, name: str, dialogue: Dialogue, file_id: object) -> bytes:
    """What a file holds for somebody who reads it. Raises `NotFound`."""
    opened = read_attachment(talk.session, dialogue.id, file_id, talk.world.actor(name))  # type: ignore[arg-type]
    return read_content(intake.store, opened.row, opened.key).read()


def rows(talk: Talk) -> tuple[int, ...]:
    """How many rows there are of files."""
    tables = (Attachment, StoredFile, FileKey)
    return tuple(talk.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def entries(talk: Talk) -> list[AuditEntry]:
    """The log of files."""
    actions = ("attachment:upload", "attachment:read", "attachment:remove")
    return list(talk.session.scalars(select(AuditEntry).where(AuditEntry.action.in_(actions))))


def test_a_file_is_read_by_all_who_read_its_message(talk: Talk, intake: Intake) -> None:
    dialogue = talk.start("Anna", "Hans")
    file = add_file(talk, intake, "Anna", dialogue)
    assert (file.name, file.kind, file.size) == ("notitie.txt", FileKind.TEXT, len(TEXT))
    assert waiting_files(talk.session, dialogue.id, talk.world.actor("Anna")) == (file,)
    number = post_with(talk, "Anna", dialogue, file.id)
    for name in ("Anna", "Hans"):
        assert content_for(talk, intake, name, dialogue, file.id) == TEXT
        messages = {message.number: message for message in talk.read(name, dialogue).messages}
        assert messages[number].attachments == (file,)
        assert messages[1].attachments == ()
    assert waiting_files(talk.session, dialogue.id, talk.world.actor("Anna")) == ()
    assert [(entry.action, entry.details) for entry in entries(talk)] == [
        ("attachment:upload", {"kind": "text", "size": len(TEXT)}),
        ("attachment:read", {}),
        ("attachment:read", {}),
    ]
    assert all(entry.object_id == dialogue.id for entry in entries(talk))


def test_until_it_is_posted_a_file_is_its_owners_alone(talk: Talk, intake: Intake) -> None:
    dialogue = talk.start("Anna", "Hans")
    file = add_file(talk, intake, "Anna", dialogue)
    assert content_for(talk, intake, "Anna", dialogue, file.id) == TEXT
    assert waiting_files(talk.session, dialogue.id, talk.world.actor("Hans")) == ()
    hans = talk.world.actor("Hans")
    with pytest.raises(NotFound):
        content_for(talk, intake, "Hans", dialogue, file.id)
    with pytest.raises(NotFound):
        remove_attachment(talk.session, dialogue.id, file.id, hans)
    with pytest.raises(NotFound):
        post_with(talk, "Hans", dialogue, file.id)
    holders = set(talk.session.scalars(select(FileKey.holder_id)))
    assert holders == {talk.world.people["Anna"].id}


def test_who_takes_no_part_finds_no_file(talk: Talk, intake: Intake) -> None:
    dialogue, other = talk.start("Anna", "Hans"), talk.start("Ilse", "Hans")
    file = add_file(talk, intake, "Anna", dialogue)
    post_with(talk, "Anna", dialogue, file.id)
    ilse = talk.world.actor("Ilse")
    for found in (dialogue, other):
        # Also under a dialogue of one's own.
        with pytest.raises(NotFound):
            read_attachment(talk.session, found.id, file.id, ilse)
    for act in (
        lambda: check_upload(talk.session, dialogue.id, ilse),
        lambda: waiting_files(talk.session, dialogue.id, ilse),
        lambda: remove_attachment(talk.session, dialogue.id, file.id, ilse),
        lambda: read_attachment(talk.session, dialogue.id, uuid4(), talk.world.actor("Anna")),
    ):
        with pytest.raises(NotFound):
            act()
    assert files_of_dialogue(talk.session, dialogue.id, ilse) == {}


def test_a_file_is_found_in_its_own_dialogue_only(talk: Talk, intake: Intake) -> None:
    """Also by somebody who takes part in both, and for whom its key opens."""
    dialogue, other = talk.start("Anna", "Hans"), talk.start("Anna", "Hans")
    file = add_file(talk, intake, "Anna", dialogue)
    post_with(talk, "Anna", dialogue, file.id)
    assert content_for(talk, intake, "Hans", dialogue, file.id) == TEXT
    with pytest.raises(NotFound):
        content_for(talk, intake, "Hans", other, file.id)


def test_who_left_reads_what_was_there_and_adds_nothing(talk: Talk, intake: Intake) -> None:
    dialogue = talk.start("Anna", "Hans")
    before = add_file(talk, intake, "Anna", dialogue)
    post_with(talk, "Anna", dialogue, before.id)
    place = talk.session.scalars(select(Participant).where(Participant.person_id == talk.world.people["Hans"].id)).one()
    place.state = ParticipantState.LEFT.value
    dialogue.epoch_due = True
    after = add_file(talk, intake, "Anna", dialogue)
    post_with(talk, "Anna", dialogue, after.id)
    assert content_for(talk, intake, "Hans", dialogue, before.id) == TEXT
    with pytest.raises(NotFound):
        content_for(talk, intake, "Hans", dialogue, after.id)
    with pytest.raises(NotFound):
        check_upload(talk.session, dialogue.id, talk.world.actor("Hans"))
    seen = files_of_dialogue(talk.session, dialogue.id, talk.world.actor("Hans"))
    assert [file.view.id for files in seen.values() for file in files] == [before.id]


def test_a_closed_dialogue_takes_no_files(talk: Talk, intake: Intake) -> None:
    dialogue = talk.start("Anna", "Hans")
    dialogue.state = DialogueState.CLOSED.value
    with pytest.raises(DialogueClosed):
        add_file(talk, intake, "Anna", dialogue)


def test_a_file_is_posted_once_and_in_its_own_dialogue(talk: Talk, intake: Intake) -> None:
    dialogue, other = talk.start("Anna", "Hans"), talk.start("Anna", "Ilse")
    file = add_file(talk, intake, "Anna", dialogue)
    with pytest.raises(NotFound):
        post_with(talk, "Anna", other, file.id)
    post_with(talk, "Anna", dialogue, file.id, file.id)
    with pytest.raises(NotFound):
        post_with(talk, "Anna", dialogue, file.id)
    with pytest.raises(NotFound):
        remove_attachment(talk.session, dialogue.id, file.id, talk.world.actor("Anna"))


def test_a_removed_file_is_gone_at_once(talk: Talk, intake: Intake) -> None:
    dialogue = talk.start("Anna", "Hans")
    file = add_file(talk, intake, "Anna", dialogue)
    remove_attachment(talk.session, dialogue.id, file.id, talk.world.actor("Anna"))
    assert rows(talk) == (0, 0, 0)
    with pytest.raises(NotFound):
        content_for(talk, intake, "Anna", dialogue, file.id)
    assert [entry.action for entry in entries(talk)] == ["attachment:upload", "attachment:remove"]


def test_files_wait_for_a_new_dialogue(talk: Talk, intake: Intake) -> None:
    file, unused = add_file(talk, intake, "Anna", None), add_file(talk, intake, "Anna", None)
    foreign = add_file(talk, intake, "Hans", None)
    anna = talk.world.actor("Anna")
    assert waiting_new_files(talk.session, [file.id, foreign.id], anna) == (file,)
    with pytest.raises(NotFound):
        remove_new_file(talk.session, foreign.id, anna)
    remove_new_file(talk.session, unused.id, anna)
    draft = NewDialogue("Rooster", "", None, None, (talk.user("Hans"),), (file.id,), talk.session.source.new_id())
    stolen = replace(draft, file_ids=(foreign.id,), request_id=talk.session.source.new_id())
    dialogue = start_dialogue(talk.session, draft, anna, base_url=BASE_URL)
    assert content_for(talk, intake, "Hans", dialogue, file.id) == TEXT
    assert waiting_new_files(talk.session, [file.id], anna) == ()
    with pytest.raises(NotFound):
        remove_new_file(talk.session, file.id, anna)
    with pytest.raises(NotFound):
        start_dialogue(talk.session, stolen, anna, base_url=BASE_URL)


def test_a_message_has_so_many_files(talk: Talk, intake: Intake) -> None:
    dialogue = talk.start("Anna", "Hans")
    with pytest.raises(InvalidDialogue) as refused:
        post_with(talk, "Anna", dialogue, *(uuid4() for _number in range(MOST_FILES + 1)))
    assert refused.value.faults[0].field == "files"


def test_a_refused_file_leaves_no_row_and_no_entry(talk: Talk, intake: Intake) -> None:
    dialogue = talk.start("Anna", "Hans")
    with pytest.raises(FileRefused):
        add_file(talk, intake, "Anna", dialogue, b"MZ program")
    assert rows(talk) == (0, 0, 0)
    assert entries(talk) == []


def test_a_file_that_is_not_posted_within_a_day_goes(talk: Talk, intake: Intake) -> None:
    source = talk.session.source
    assert isinstance(source, SeededSource)
    dialogue = talk.start("Anna", "Hans")
    posted, waiting = add_file(talk, intake, "Anna", dialogue), add_file(talk, intake, "Anna", dialogue)
    post_with(talk, "Anna", dialogue, posted.id)
    source.advance(timedelta(hours=24))
    assert purge_unposted(talk.session) == 0
    source.advance(timedelta(seconds=1))
    assert purge_unposted(talk.session) == 1
    assert rows(talk) == (1, 1, 1)
    assert waiting_files(talk.session, dialogue.id, talk.world.actor("Anna")) == ()
    assert waiting.id != posted.id


def test_a_renewed_key_has_nothing_ready_any_more(talk: Talk, intake: Intake) -> None:
    dialogue = talk.start("Hans", "Anna")
    file = add_file(talk, intake, "Hans", dialogue)
    talk.world.renew_key("Hans")
    assert waiting_files(talk.session, dialogue.id, talk.world.actor("Hans")) == ()
    with pytest.raises(NotFound):
        content_for(talk, intake, "Hans", dialogue, file.id)


def test_views_show_no_name_in_their_text(talk: Talk, intake: Intake) -> None:
    dialogue = talk.start("Anna", "Hans")
    file = add_file(talk, intake, "Anna", dialogue, name="diagnose.txt")
    assert "diagnose" not in repr(file)
    coming_in(talk.session, intake, dialogue.organisation_id).discard()


def test_nobody_fills_the_disk_with_what_is_never_posted(talk: Talk, intake: Intake) -> None:
    """A gibibyte waits at most for each person, in all dialogues together; what was posted counts no more."""
    dialogue, other = talk.start("Anna", "Hans"), talk.start("Anna", "Hans")
    file = add_file(talk, intake, "Anna", dialogue)
    talk.session.get_one(StoredFile, file.id).size = MOST_BYTES_WAITING
    talk.session.flush()
    with pytest.raises(FileRefused) as refusal:
        add_file(talk, intake, "Anna", other)
    assert refusal.value.code == "no_room"
    add_file(talk, intake, "Hans", other)
    post_with(talk, "Anna", dialogue, file.id)
    add_file(talk, intake, "Anna", other)
