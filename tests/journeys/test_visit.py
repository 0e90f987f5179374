"""What goes wrong in a browser window does not go unseen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route

from tests.journeys.visit import Visit

GOOD = '<!doctype html><html lang="nl"><title>Proef</title><main><h1>Proef</h1>{}</main></html>'
STRICT = {"Content-Security-Policy": "default-src 'self'"}


def visit_of(browser: Browser, content: str, headers: dict[str, str] | None = None) -> Visit:
    def answer(route: Route) -> None:
        if "broken" in route.request.url:
            route.abort("connectionreset")
        elif route.request.url.endswith("/"):
            route.fulfill(body=GOOD.format(content), content_type="text/html", headers=headers or {})
        else:
            route.fulfill(status=404)

    visit = Visit(browser, "http://localhost")
    visit.page.route("**/*", answer)
    visit.open("/")
    visit.page.wait_for_load_state("networkidle")
    return visit


def test_a_good_page_passes(browser: Browser) -> None:
    visit = visit_of(browser, "<p>Goed.</p>", STRICT)
    visit.is_on("Proef")
    visit.close()


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        ("<script>console.error('mis')</script>", None),
        ("<script>throw new Error('mis')</script>", None),
        ("<script>document.title = 'anders'</script>", STRICT),
        ('<img src="/missing.png" alt="Afbeelding">', None),
        ('<img src="/broken.png" alt="Afbeelding">', None),
        ('<p style="width: 3000px">Te breed.</p>', None),
        ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', None),
    ],
    ids=["console", "exception", "policy", "missing", "broken", "wide", "axe"],
)
def test_a_page_with_something_wrong_fails(browser: Browser, content: str, headers: dict[str, str] | None) -> None:
    visit = visit_of(browser, content, headers)
    try:
        with pytest.raises(AssertionError):
            visit.is_on("Proef")
    finally:
        visit.troubles.clear()
        visit.close()
