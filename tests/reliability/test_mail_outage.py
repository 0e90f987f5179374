"""Mail away for an hour while people talk: nothing lost, nothing doubled, nothing late (goal H)."""

from __future__ import annotations

from pathlib import Path

import trustme

from crypto.root_key import FileRootKey
from crypto.source import SeededSource, SystemSource
from tests.delivery.test_transports import server_tls
from tests.reliability.mail_outage import Tally, live_through, portal_without_mail


def test_an_hour_without_mail_loses_and_doubles_no_notice(
    sqlite_url: str, source: SeededSource, tmp_path: Path
) -> None:
    FileRootKey.create(tmp_path / "root.key", SystemSource())
    with portal_without_mail(sqlite_url, tmp_path / "root.key", source) as outage:
        tally = live_through(outage, 4, server_tls(trustme.CA(), "127.0.0.1"), turns=2)
    assert tally == Tally(
        notices=tally.notices, lost=0, doubled=0, repeated=tally.repeated, expired_sent=0, invitations=4
    )
    # Two for each dialogue at first, and one more each time that Hans looked.
    assert tally.notices == 2 * 4 + 20
    assert tally.repeated > 0
