"""Mails about dialogues: one at most until read, and not a word of what, from whom or about whom (N-01, N-02)."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from accounts.muted_notices import choose_notices
from crypto.source import SeededSource
from delivery.composing import compose
from delivery.models import OutgoingMessage
from delivery.outbox import MailContent, MailKind, open_content
from dialogs.models import Dialogue
from dialogs.notices import choose_overview, send_weekly_overviews, wants_overview
from dialogs.reading import mark_read
from tests.dialogs.talk import BASE_URL, Talk


def mails(talk: Talk, kind: MailKind = MailKind.DIALOGUE_NOTICE) -> list[tuple[OutgoingMessage, MailContent]]:
    rows = select(OutgoingMessage).where(OutgoingMessage.kind == kind.value).order_by(OutgoingMessage.created_at)
    return [(row, open_content(talk.session, row)) for row in talk.session.scalars(rows)]


def mailed(talk: Talk, kind: MailKind = MailKind.DIALOGUE_NOTICE) -> list[str]:
    return sorted(content.to for _row, content in mails(talk, kind))


def read_all(talk: Talk, name: str, dialogue: Dialogue) -> None:
    mark_read(talk.session, dialogue.id, talk.world.actor(name), dialogue.message_count)


def test_there_is_one_notice_until_somebody_has_looked(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans", "Ilse")
    assert mailed(talk) == ["hans@example.org", "ilse@example.org"]
    talk.post("Anna", dialogue, "En zondag?")
    talk.post("Hans", dialogue, "Ik niet.")
    assert mailed(talk) == ["anna@example.org", "hans@example.org", "ilse@example.org"]

    read_all(talk, "Ilse", dialogue)
    talk.post("Anna", dialogue, "En maandag?")
    assert mailed(talk).count("ilse@example.org") == 2
    assert mailed(talk).count("hans@example.org") == 1
    # Of another dialogue there is another notice.
    talk.start("Anna", "Hans", subject="Iets anders")
    assert mailed(talk).count("hans@example.org") == 2


def test_nobody_is_mailed_who_is_gone_waits_for_a_key_or_does_without(talk: Talk) -> None:
    dialogue = talk.start("Anna", "Hans", "Ilse")
    for name in ("Hans", "Ilse"):
        read_all(talk, name, dialogue)
    choose_notices(talk.session, talk.world.actor("Hans"), set())
    talk.world.renew_key("Ilse")
    before = len(mails(talk))
    talk.post("Anna", dialogue, "Is daar iemand?")
    assert len(mails(talk)) == before

    other = talk.start("Ilse", "Anna")
    read_all(talk, "Anna", other)
    talk.remove("Ilse", other, talk.place("Anna", other).id)
    before = len(mails(talk))
    talk.post("Ilse", other, "Alleen nog ik.")
    assert len(mails(talk)) == before


def test_two_mails_about_different_things_are_the_same_byte_for_byte(talk: Talk, source: SeededSource) -> None:
    """But for the link and the id; the number of bytes is the same too."""
    talk.start("Anna", "Hans", subject="Ziekmelding", text="Kort")
    talk.start("Ilse", "Anna", "Hans", subject="Het plan van aanpak bij burn-out", text="Lang " * 900)
    to_hans = [(row, content) for row, content in mails(talk) if content.to == "hans@example.org"]
    assert len(to_hans) == 2
    first, second = (composed(row, content) for row, content in to_hans)
    assert len(first) == len(second)
    assert first != second
    for link, identity in ((content.values["link"], row.message_id) for row, content in to_hans):
        first, second = (
            text.replace(link.encode(), b"LINK").replace(identity.encode(), b"ID") for text in (first, second)
        )
    assert first == second
    assert all(content.values.keys() == {"link", "organisation"} for _row, content in to_hans)
    assert all(content.values["link"].startswith(f"{BASE_URL}/berichten/") for _row, content in to_hans)


def composed(row: OutgoingMessage, content: MailContent) -> bytes:
    mail: EmailMessage = compose(
        MailKind(row.kind), content, sender="noreply@portal.example", identity=row.message_id, date=row.created_at
    )
    mail.set_boundary("the same")
    # A link may be broken over two lines by quoted-printable, which says nothing about it.
    return mail.as_bytes().replace(b"=\r\n", b"")


def test_the_weekly_overview_holds_a_number_and_comes_once_a_week_to_who_wants_it(
    talk: Talk, source: SeededSource
) -> None:
    hans = talk.world.actor("Hans")
    assert not wants_overview(talk.session, hans)
    choose_overview(talk.session, hans, True)
    assert wants_overview(talk.session, hans)
    dialogue = talk.start("Anna", "Hans", "Ilse")
    talk.post("Ilse", dialogue, "Ik kan.")
    assert send_weekly_overviews(talk.session) == 0

    source.advance(timedelta(days=7))
    assert send_weekly_overviews(talk.session) == 1
    assert send_weekly_overviews(talk.session) == 0
    ((_row, content),) = mails(talk, MailKind.DIALOGUE_OVERVIEW)
    assert (content.to, dict(content.values)) == ("hans@example.org", {"count": "2"})

    read_all(talk, "Hans", dialogue)
    source.advance(timedelta(days=7))
    assert send_weekly_overviews(talk.session) == 1
    assert len(mails(talk, MailKind.DIALOGUE_OVERVIEW)) == 1
    choose_overview(talk.session, talk.world.actor("Hans"), False)
    talk.post("Ilse", dialogue, "Nog iets.")
    source.advance(timedelta(days=7))
    assert send_weekly_overviews(talk.session) == 0


@pytest.mark.parametrize("times", [1, 3])
def test_a_choice_for_the_overview_may_be_repeated(talk: Talk, times: int) -> None:
    for _ in range(times):
        choose_overview(talk.session, talk.world.actor("Hans"), True)
    assert wants_overview(talk.session, talk.world.actor("Hans"))
