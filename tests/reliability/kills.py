"""Killing the server again and again while its people work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.reliability.checking import Findings, look, look_at_log
from tests.reliability.ledger import State
from tests.reliability.site import Site, make_site, moments, open_site


@dataclass
class Outcome:
    """What the kills did: how many struck how much work, what was wrong, and what the log's verification says."""

    kills: int
    findings: Findings
    faults_of_log: list[str]
    acknowledged: int
    open: int
    no_service: int

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.acknowledged} changes acknowledged, {self.open} without an answer, "
            f"{self.no_service} times no service, "
            f"{self.findings.entries} entries compared: lost {len(self.findings.lost)}, "
            f"changes without an entry {len(self.findings.changes_without_entry)}, "
            f"entries without a change {len(self.findings.entries_without_change)}, "
            f"damage {len(self.findings.damage)}, faults of the log {len(self.faults_of_log)}"
        )


@contextmanager
def working_site(folder: Path, *command: str, **changes: str) -> Iterator[Site]:
    """Yield a site with its clerks at work; at the end nothing of it runs."""
    site = make_site(folder, **changes)
    site.portal.command = command or site.portal.command
    site.ask_for_access(2)
    try:
        open_site(site)
        yield site
    finally:
        site.end()


def kill_again_and_again(
    site: Site, kills: int, strike: Callable[[], None] | None = None, recover: Callable[[], None] | None = None
) -> Outcome:
    """Strike `kills` times while the clerks work, looking at the database after each, and let it recover in between.

    Stops at the first thing that is wrong. A strike kills the server unless told otherwise.
    """
    findings, struck = Findings(), 0
    for moment in moments(kills):
        if struck:
            (recover or site.portal.start)()
        site.work(moment, strike or site.kill_server)
        struck += 1
        findings = look(site)
        if not findings.are_none:
            break
        site.ask_for_access()
    counts = site.ledger.counts
    return Outcome(struck, findings, look_at_log(site), counts[State.OK], counts[State.OPEN], site.ledger.no_service)
