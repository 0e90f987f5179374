"""kill -9 of all processes of a server at work: nothing acknowledged is lost, nothing is without its entry (goal B).

A few kills; `make drills` has two hundred. That such a kill is no power cut is what `test_power_cuts` is about.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability.kills import kill_again_and_again, working_site

KILLS = 5
UNTIL_CAUGHT = 40
"""A kill may strike nobody at work, and shows nothing then; the first that shows the mistake is the last."""
CARELESS = ("-m", "tests.reliability.careless")


def test_a_server_that_is_killed_loses_nothing_and_logs_all(tmp_path: Path) -> None:
    with working_site(tmp_path) as site:
        outcome = kill_again_and_again(site, KILLS)

    assert outcome.findings.are_none, outcome.findings
    assert outcome.faults_of_log == []
    assert outcome.kills == KILLS
    assert outcome.no_service == 0
    assert outcome.acknowledged > KILLS
    assert outcome.open > 0, "no kill struck anybody at work"


@pytest.mark.parametrize(("mistake", "found"), [("late-log", "changes_without_entry"), ("early-answer", "lost")])
def test_a_server_with_a_mistake_is_caught(tmp_path: Path, mistake: str, found: str) -> None:
    """Negative controls: committing before the log is written, and acknowledging before the commit."""
    with working_site(tmp_path, *CARELESS, mistake) as site:
        outcome = kill_again_and_again(site, UNTIL_CAUGHT)

    assert getattr(outcome.findings, found), outcome
