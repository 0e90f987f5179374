"""The browser that dev.py found, started."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from dev import BROWSER_NOTE


def is_found() -> bool:
    """Tell whether a browser has been looked for."""
    return "DATAKLUIS_BROWSER" in os.environ or BROWSER_NOTE.exists()


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Yield a running Chromium."""
    note = json.loads(BROWSER_NOTE.read_text(encoding="utf-8"))
    settings = json.loads(os.environ.get("DATAKLUIS_BROWSER", "null")) or note["browser"]
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", note["node"])
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=settings["exe"] or None,
            args=settings["args"],
            env={**os.environ, **settings["env"]},
        )
        yield started
        started.close()
