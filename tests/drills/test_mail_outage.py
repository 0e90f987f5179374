"""A thousand notices and an hour without mail, on both databases (goal H)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import trustme

from crypto.root_key import FileRootKey
from crypto.source import SeededSource, SystemSource
from tests.delivery.test_transports import server_tls
from tests.reliability.mail_outage import live_through, portal_without_mail


def test_an_hour_without_mail_loses_and_doubles_none_of_a_thousand_notices(
    database_url: str, source: SeededSource, tmp_path: Path, tell: Callable[[object], None]
) -> None:
    FileRootKey.create(tmp_path / "root.key", SystemSource())
    with portal_without_mail(database_url, tmp_path / "root.key", source) as outage:
        tally = live_through(outage, 470, server_tls(trustme.CA(), "127.0.0.1"), turns=6)
    tell(tally)
    assert tally.notices == 2 * 470 + 60
    assert (tally.lost, tally.doubled, tally.expired_sent) == (0, 0, 0)
    assert (tally.invitations, tally.repeated > 0) == (470, True)
