"""What the tests of Instellingen > Beveiliging share."""

from __future__ import annotations

import re

from tests.pages import Page, Visitor
from tests.portal.world import World

SECURITY = "/instellingen/beveiliging"
CHECK = SECURITY + "/tweede-stap"
APP = SECURITY + "/app"
SECRET = re.compile(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}")


def go(world: World, visitor: Visitor, url: str, name: str = "Anna") -> Page:
    """Go to a page that asks for a second factor on the way, and give the code of the app."""
    page = visitor.get(url)
    if visitor.path == CHECK:
        visitor.get(CHECK + "?manier=app")
        page = visitor.submit({"code": world.next_code(name)}, action=CHECK + "/app")
    return page


def couple_app(world: World, visitor: Visitor) -> Page:
    """Read the secret on the page, and type what an app would show."""
    assert visitor.page is not None
    found = SECRET.search(visitor.page.text)
    assert found is not None
    return visitor.submit({"code": world.code_of(found[0])}, action=APP)
