"""The list of one's own dialogues, its search, and the conversation: the same queries however many (D-01, D-03)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.errors import PermissionDenied
from audit.models import AuditEntry
from crypto.source import SeededSource
from dialogs.closing import close_dialogue
from dialogs.drafts import draft_of, save_draft
from dialogs.errors import InvalidDialogue, NotFound
from dialogs.listing import DialogueFilter, list_dialogues, unread_count
from dialogs.models import DialogueState, Draft
from dialogs.reading import mark_read, news, read_dialogue
from dialogs.searching import SearchWords, search_dialogues
from dialogs.who_can_open import who_can_open_dialogue
from tests.dialogs.guests import answer
from tests.dialogs.talk import Talk
from tests.queries import statements_of


def listed(talk: Talk, name: str, wanted: DialogueFilter | None = None) -> list[str | None]:
    page = list_dialogues(talk.session, talk.world.actor(name), wanted or DialogueFilter())
    return [line.subject for line in page.lines]


def test_the_newest_message_comes_first_and_only_the_own_dialogues_are_there(talk: Talk, source: SeededSource) -> None:
    first = talk.start("Anna", "Hans", subject="Eerste")
    source.advance(timedelta(minutes=1))
    talk.start("Anna", "Hans", "Ilse", subject="Tweede")
    assert listed(talk, "Anna") == listed(talk, "Hans") == ["Tweede", "Eerste"]
    assert listed(talk, "Ilse") == ["Tweede"]
    assert listed(talk, "Bram") == listed(talk, "Carla") == []
    source.advance(timedelta(minutes=1))
    talk.post("Hans", first, "Nog iets")
    assert listed(talk, "Anna") == ["Eerste", "Tweede"]
    assert talk.session.scalars(select(AuditEntry).where(AuditEntry.action == "dialogue:list")).all()[-1].details == {
        "count": 2,
        "page": 1,
        "total": 2,
    }


def test_a_filter_leaves_out_the_rest(talk: Talk) -> None:
    eva = talk.world.employ("MS003", "Yılmaz")
    about = talk.start("Anna", "Hans", subject="Over Eva", employee_id=eva)
    talk.start("Anna", "Hans", subject="Over de bakkerij", employer_id=talk.world.employer.id)
    close_dialogue(talk.session, about.id, "Klaar", talk.world.actor("Anna"))
    assert listed(talk, "Hans", DialogueFilter(employee_id=eva)) == ["Over Eva"]
    assert listed(talk, "Hans", DialogueFilter(employer_id=talk.world.employer.id)) == ["Over de bakkerij"]
    assert listed(talk, "Hans", DialogueFilter(DialogueState.CLOSED)) == ["Over Eva"]
    assert listed(talk, "Hans", DialogueFilter(DialogueState.OPEN)) == ["Over de bakkerij"]


def test_who_left_sees_nothing_of_when_others_wrote(talk: Talk, source: SeededSource) -> None:
    dialogue = talk.start("Anna", "Hans", "Ilse")
    source.advance(timedelta(minutes=1))
    talk.remove("Anna", dialogue, talk.place("Ilse", dialogue).id)
    gone = source.now()
    source.advance(timedelta(minutes=1))
    talk.post("Hans", dialogue, "Later")
    (line,) = list_dialogues(talk.session, talk.world.actor("Ilse"), DialogueFilter()).lines
    assert (line.last_message_at, line.unread) == (gone, 0)


def test_unread_is_what_others_wrote_since(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans", "Ilse")
    talk.post("Hans", dialogue, "Ik kan.")
    hans = talk.world.actor("Hans")
    assert (unread_count(talk.session, talk.world.actor("Anna")), unread_count(talk.session, hans)) == (1, 1)
    mark_read(talk.session, dialogue.id, hans, 2)
    assert unread_count(talk.session, hans) == 0
    talk.post("Anna", dialogue, "Mooi.")
    (line,) = list_dialogues(talk.session, hans, DialogueFilter()).lines
    assert (line.unread, line.participants) == (1, ("Anna", "Ilse"))
    assert unread_count(talk.session, talk.world.actor("Bram")) == 0


def test_who_read_it_when_shows_the_first_time_only(talk: Talk, source: SeededSource) -> None:
    dialogue = talk.start("Anna", "Hans", "Ilse")
    source.advance(timedelta(minutes=1))
    first = source.now()
    mark_read(talk.session, dialogue.id, talk.world.actor("Hans"), 1)
    source.advance(timedelta(minutes=1))
    talk.post("Anna", dialogue, "En zondag?")
    for up_to in (2, 1):
        mark_read(talk.session, dialogue.id, talk.world.actor("Hans"), up_to)
    second = source.now()
    lines = talk.read("Anna", dialogue).messages
    assert [line.read_by for line in lines] == [(("Hans", first),), (("Hans", second),)]
    newer = news(talk.session, dialogue.id, talk.world.actor("Ilse"), 1)
    assert [(line.text, line.read_by) for line in newer] == [("En zondag?", (("Hans", second),))]


def test_a_look_for_news_is_one_query_while_there_is_none(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    hans = talk.world.actor("Hans")
    with statements_of(talk.session) as statements:
        assert news(talk.session, dialogue.id, hans, 1) == ()
    assert len(statements) == 1


def test_pages_go_back_and_forth(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans", text="1")
    for number in range(2, 8):
        talk.post("Anna", dialogue, str(number))

    def numbers(**part: int) -> list[int]:
        seen = read_dialogue(talk.session, dialogue.id, talk.world.actor("Hans"), limit=3, **part)
        assert seen.total == 7
        return [line.number for line in seen.messages]

    assert numbers() == [5, 6, 7]
    assert numbers(before=5) == [2, 3, 4]
    assert numbers(before=2) == [1]
    assert numbers(after=5) == [6, 7]


def counted(talk: Talk, name: str, look: Callable[[Talk, str], object]) -> int:
    """How many statements a look takes the second time, when every grant has been wrapped."""
    look(talk, name)
    with statements_of(talk.session) as statements:
        look(talk, name)
    return len(statements)


def test_a_list_of_fifty_takes_as_many_queries_as_one_of_one(talk: Talk) -> None:
    def look(talk: Talk, name: str) -> object:
        return list_dialogues(talk.session, talk.world.actor(name), DialogueFilter())

    def search(talk: Talk, name: str) -> object:
        return search_dialogues(talk.session, talk.world.actor(name), SearchWords(subject="rooster"))

    talk.start("Anna", "Hans")
    before = [counted(talk, "Hans", act) for act in (look, search)]
    for _ in range(49):
        talk.start("Anna", "Hans")
    assert [counted(talk, "Hans", act) for act in (look, search)] == before
    assert len(listed(talk, "Hans")) == 50


def test_a_conversation_of_many_epochs_takes_as_many_queries_as_a_short_one(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")

    def look(talk: Talk, name: str) -> object:
        return talk.read(name, dialogue)

    before = counted(talk, "Hans", look)
    for number in range(3):
        talk.add("Anna", dialogue, talk.user("Ilse", with_history=False))
        for _ in range(12):
            talk.post("Hans", dialogue, f"Ronde {number}")
        talk.remove("Anna", dialogue, talk.place("Ilse", dialogue).id)
    assert dialogue.epoch_number == 7
    assert len(talk.read("Hans", dialogue).messages) > 40
    assert counted(talk, "Hans", look) == before


def test_the_own_dialogues_are_searched_by_what_only_the_own_keys_open(talk: Talk, source: SeededSource) -> None:
    eva = talk.world.employ("MS003", "Yılmaz")
    talk.start("Anna", "Hans", subject="Rooster van december")
    source.advance(timedelta(days=3))
    talk.start("Anna", "Ilse", subject="Verzuim", employee_id=eva)
    today = source.now().date()

    def found(name: str, **words: object) -> list[str | None]:
        lines = search_dialogues(talk.session, talk.world.actor(name), SearchWords(**words))  # type: ignore[arg-type]
        return [line.subject for line in lines]

    assert found("Anna", subject="ROOSTER") == ["Rooster van december"]
    assert found("Anna", participant="ils") == found("Anna", employee="yılmaz") == ["Verzuim"]
    assert found("Anna", employee="ms003") == found("Anna", since=today) == ["Verzuim"]
    assert found("Anna", until=today - timedelta(days=1)) == ["Rooster van december"]
    assert found("Anna", subject="rooster", participant="ilse") == found("Hans", participant="hans") == []
    assert found("Hans", subject="verzuim") == found("Bram", subject="rooster") == []
    entry = talk.session.scalars(select(AuditEntry).where(AuditEntry.action == "dialogue:search")).all()[0]
    assert entry.details == {"fields": "subject", "count": 1}


def test_an_employee_does_not_search(talk: Talk) -> None:
    guest = answer(talk, talk.start("Anna", "Hans"))
    with pytest.raises(PermissionDenied):
        search_dialogues(talk.session, guest.actor(talk.session), SearchWords(subject="rooster"))
    page = list_dialogues(talk.session, guest.actor(talk.session), DialogueFilter())
    assert [line.subject for line in page.lines] == ["Rooster van december"]


def test_a_draft_is_the_writers_own_and_goes_with_the_message(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    hans = talk.world.actor("Hans")
    for text in ("Ik denk", "Ik denk van wel"):
        save_draft(talk.session, dialogue.id, text, hans)
    assert draft_of(talk.session, dialogue.id, talk.world.actor("Hans")) == "Ik denk van wel"
    assert draft_of(talk.session, dialogue.id, talk.world.actor("Anna")) is None
    (row,) = talk.session.scalars(select(Draft)).all()
    assert b"denk" not in row.sealed
    with pytest.raises(NotFound):
        save_draft(talk.session, dialogue.id, "Stiekem", talk.world.actor("Ilse"))
    with pytest.raises(InvalidDialogue):
        save_draft(talk.session, dialogue.id, "x" * 10_001, hans)
    talk.post("Hans", dialogue, "Ik denk van wel")
    assert draft_of(talk.session, dialogue.id, hans) is None
    save_draft(talk.session, dialogue.id, "Toch niet", hans)
    save_draft(talk.session, dialogue.id, " ", hans)
    assert draft_of(talk.session, dialogue.id, hans) is None


def test_a_draft_under_a_lost_key_is_gone(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans")
    save_draft(talk.session, dialogue.id, "Ik denk", talk.world.actor("Hans"))
    talk.world.renew_key("Hans")
    assert draft_of(talk.session, dialogue.id, talk.world.actor("Hans")) is None


def test_who_can_open_it_is_told_by_the_grants(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans", "Ilse")
    talk.remove("Anna", dialogue, talk.place("Ilse", dialogue).id)
    talk.world.hire_vault_user("Joris", "datakluisgebruiker", "werkgever")
    talk.add("Hans", dialogue, talk.user("Joris", with_history=False))
    told = {
        opener.name: (opener.granted_by, opener.from_start, opener.is_new_open)
        for opener in who_can_open_dialogue(talk.session, dialogue.id, talk.world.actor("Anna"))
    }
    assert told == {
        "Anna": ("Anna", True, True),
        "Hans": ("Anna", True, True),
        "Ilse": ("Anna", True, False),
        "Joris": ("Hans", False, True),
    }
    talk.world.renew_key("Hans")
    names = {one.name for one in who_can_open_dialogue(talk.session, dialogue.id, talk.world.actor("Anna"))}
    assert names == {"Anna", "Ilse", "Joris"}
    with pytest.raises(NotFound):
        who_can_open_dialogue(talk.session, dialogue.id, talk.world.actor("Carla"))


def test_another_page_has_the_rest(talk: Talk) -> None:
    for _ in range(51):
        talk.start("Anna", "Hans")
    page = list_dialogues(talk.session, talk.world.actor("Hans"), DialogueFilter(), page=2)
    assert (len(page.lines), page.number, page.total) == (1, 2, 51)
