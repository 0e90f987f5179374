"""A browser window of one person, in which no console error, failed request or bad page goes unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Request, Response, expect

DESKTOP = 1100
PHONE = 360
# The first page after a change of the templates is slow, and so is a machine that runs all tests at once.
expect.set_options(timeout=20_000)
# What a link leads to, without which one.
_WHICH = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\?.*|[\w-]{43}")


class Visit:
    """A browser context with one page.

    `inspected` names the kinds of page that axe has seen already; it is shared by the visits of a test.
    """

    def __init__(
        self,
        browser: Browser,
        base_url: str,
        *,
        inspected: set[str] | None = None,
        width: int = DESKTOP,
        scripts: bool = True,
    ) -> None:
        self.base_url = base_url
        self.scripts = scripts
        self.troubles: list[str] = []
        self._inspected = inspected if inspected is not None else set()
        self._expected: set[int] = set()
        self._is_offline = False
        self._context = browser.new_context(
            base_url=base_url,
            viewport={"width": width, "height": 900},
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
            java_script_enabled=scripts,
        )
        self._context.set_default_timeout(20_000)
        self.page = self._context.new_page()
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("requestfailed", self._on_failure)
        self.page.on("response", self._on_response)

    def open(self, address: str) -> None:
        """Go to an address, as from a bookmark or a mail."""
        self.page.goto(address)

    def reload(self) -> None:
        """Ask for the same page again."""
        self.page.reload()

    @contextmanager
    def refused_with(self, status: int) -> Iterator[None]:
        """Let pages answer with `status` meanwhile, which is a failure at any other time."""
        self._expected.add(status)
        yield
        self._expected.discard(status)

    @contextmanager
    def without_connection(self) -> Iterator[None]:
        """Have no connection meanwhile, so that requests fail, which is a failure at any other time."""
        self._context.set_offline(True)
        self._is_offline = True
        yield
        self._context.set_offline(False)
        self._is_offline = False

    def is_on(self, heading: str | re.Pattern[str], *, inspect: bool = True) -> None:
        """Check that the page, or dialog, with this heading is shown, and inspect it."""
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        if inspect:
            self.inspect()

    def inspect(self) -> None:
        """Check that nothing went wrong so far, that the page fits its window, and what axe thinks of it."""
        assert not self.troubles, self.troubles
        if self.scripts:
            self._fits()
            self._is_accessible()

    def link(self, name: str | re.Pattern[str], *, exact: bool = False) -> Locator:
        """The link with this name."""
        return self.page.get_by_role("link", name=name, exact=exact)

    def button(self, name: str | re.Pattern[str], *, exact: bool = False) -> Locator:
        """The button with this name."""
        return self.page.get_by_role("button", name=name, exact=exact)

    def summary(self, name: str) -> Locator:
        """What opens and closes a menu."""
        return self.page.locator("main summary", has_text=name)

    def fill(self, label: str, value: str) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(label, exact=True).fill(value)

    def shows(self, text: str | re.Pattern[str]) -> None:
        """Check that a text stands on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def hides(self, text: str) -> None:
        """Check that a text stands nowhere in what the server sent, seen or not."""
        assert text not in self.page.content(), f"{self.page.url} contains {text}"

    def close(self) -> None:
        """End the visit; fails for whatever went wrong in it."""
        self._context.close()
        assert not self.troubles, self.troubles

    def _fits(self) -> None:
        width = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert width[0] <= width[1], f"{self.page.url} is {width[0]} wide in a window of {width[1]}"

    def _is_accessible(self) -> None:
        heading = self.page.locator("h1").first.inner_text()
        kind = _WHICH.sub("…", self.page.url.removeprefix(self.base_url))
        kind += " (anonymous)" if "Anoniem" in heading else ""
        kind += " (dialog)" if self.page.locator("dialog[open]").count() else ""
        if kind in self._inspected:
            return
        self._inspected.add(kind)
        results = Axe().run(self.page)
        assert results.violations_count == 0, f"{kind}: {results.generate_report()}"

    def _on_console(self, message: ConsoleMessage) -> None:
        # What the browser says about a response is judged by the response.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"console: {message.text}")

    def _on_failure(self, request: Request) -> None:
        # Chromium calls a page that turns out to be a download an aborted one.
        if request.failure != "net::ERR_ABORTED" and not self._is_offline:
            self.troubles.append(f"failed: {request.url} {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self.troubles.append(f"{response.status}: {response.url}")
