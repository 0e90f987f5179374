"""Every mail says in plain Dutch what to do, in text and in HTML, and names nobody."""

from __future__ import annotations

import html5lib
import pytest

from delivery.languages import Language
from delivery.outbox import MailKind
from delivery.rendering import TEMPLATES, render

LINK = "https://datakluis.voorbeeld.nl/start?van=mail&kies=1"
WITH_AND_WITHOUT_LINK = [{"link": LINK}, {}]


def test_every_kind_has_its_three_templates_and_no_template_is_left_over() -> None:
    endings = (".subject.txt", ".txt", ".html")
    expected = {f"{kind}{ending}" for kind in MailKind for ending in endings}
    shared = {"base.html", "base.txt", "parts.html"}

    assert {path.name for path in (TEMPLATES / "mail").iterdir()} - shared == expected


@pytest.mark.parametrize("values", WITH_AND_WITHOUT_LINK, ids=["link", "no link"])
@pytest.mark.parametrize("kind", MailKind)
def test_a_mail_is_complete(kind: MailKind, values: dict[str, str]) -> None:
    mail = render(kind, values)

    assert 0 < len(mail.subject) < 100
    assert "\n" not in mail.subject
    assert mail.text.startswith("Goedendag,")
    assert "Goedendag," in mail.html
    assert not any(left in mail.text + mail.html for left in ("{{", "{%", "None", "Undefined"))


@pytest.mark.parametrize("kind", MailKind)
def test_the_html_of_a_mail_is_in_order(kind: MailKind) -> None:
    parser = html5lib.HTMLParser(strict=True)

    parser.parse(render(kind, {"link": LINK}).html)


@pytest.mark.parametrize("kind", MailKind)
def test_text_and_html_hold_the_same_sentences(kind: MailKind) -> None:
    mail = render(kind, {"link": LINK})
    words = "".join(html5lib.parse(mail.html, namespaceHTMLElements=False).itertext())

    for line in mail.text.split("\n--\n")[0].splitlines():
        assert line.rstrip(":") in words


def test_an_invitation_says_how_long_and_how_often_the_link_works() -> None:
    """L-04."""
    mail = render(MailKind.INVITATION, {"link": LINK})

    assert mail.subject == "Uitnodiging voor Datakluis"
    assert LINK in mail.text.splitlines()
    assert "24 uur" in mail.text
    assert "één keer" in mail.text


def test_the_confirmation_says_that_nothing_need_be_done() -> None:
    """K-09, N-07."""
    mail = render(MailKind.AGREEMENT_CONFIRMATION, {})

    assert mail.subject == "Bevestiging: u bent geregistreerd als ondertekenaar van de verwerkersovereenkomst"
    assert "U hoeft niets te doen" in mail.text


def test_what_is_filled_in_is_escaped_in_html_and_not_in_text() -> None:
    mail = render(MailKind.INVITATION, {"link": LINK})

    assert "van=mail&amp;kies=1" in mail.html
    assert "van=mail&kies=1" not in mail.html
    assert "van=mail&kies=1" in mail.text


def test_an_english_mail_says_the_same_in_english() -> None:
    mail = render(MailKind.INVITATION, {"link": LINK}, Language.ENGLISH)

    assert mail.subject == "Invitation to Datakluis"
    assert mail.text.startswith("Hello,")
    assert '<html lang="en">' in mail.html
    assert LINK in mail.text.splitlines()
