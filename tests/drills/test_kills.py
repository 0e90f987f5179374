"""Two hundred kills of a server at work (security.md, goal B1); the everyday suite has a few of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.reliability.kills import kill_again_and_again, working_site

KILLS = 200


def test_a_server_that_is_killed_two_hundred_times_loses_nothing_and_logs_all(
    tmp_path: Path, tell: Callable[[object], None]
) -> None:
    with working_site(tmp_path) as site:
        outcome = kill_again_and_again(site, KILLS)

    tell(outcome)
    assert outcome.findings.are_none, outcome.findings
    assert outcome.faults_of_log == []
    assert outcome.kills == KILLS
    assert outcome.no_service == 0
    assert outcome.acknowledged > 5 * KILLS
    assert outcome.open > KILLS / 2, "few kills struck anybody at work"
