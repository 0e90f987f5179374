"""The catalogue of all that can be asked of the portal: which route, what the log must then tell, and what is shown."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from werkzeug.test import TestResponse

from tests.pages import Visitor
from tests.portal.company import Company


@dataclass(frozen=True)
class Ask:
    """A request that is ready to be sent, as often as one likes; a value of bytes is sent as a file.

    With `body` it is what a script sends: these bytes, under `headers`.
    """

    visitor: Visitor
    url: str
    method: str = "GET"
    values: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def send(self) -> TestResponse:
        """Send it as a browser would, but follow no redirect: what counts is this one answer."""
        files = {name: (io.BytesIO(value), "werknemers.csv") for name, value in self.values.items() if _is_file(value)}
        return self.visitor.client.open(
            self.url,
            method=self.method,
            data=self.body or ({**self.values, **files} if self.method == "POST" else None),
            headers=dict(self.headers),
            environ_overrides=self.visitor.environment,
            base_url=self.visitor.base_url,
        )


Prepare: TypeAlias = Callable[[Company], Ask]


@dataclass(frozen=True)
class Act:
    """Something that the log must tell.

    Attributes:
        endpoint: the route.
        entries: the actions that the log gets, whatever else it gets.
        status: of the answer when nothing is wrong; 303 and 200 are what a visitor wants, others are refusals.
        shows: a word that only somebody who may see it gets, on the page of a read.
        keeps: tables in which something stays although the request is refused; each has its reason where it is named.
    """

    name: str
    endpoint: str
    entries: frozenset[str]
    prepare: Prepare = field(repr=False)
    status: int = 303
    shows: str = ""
    keeps: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Silence:
    """A route that does without an entry: why, and which tables it may change all the same."""

    endpoint: str
    reason: str
    prepare: Prepare = field(repr=False)
    status: int = 200
    changes: frozenset[str] = frozenset()


ACTS: list[Act] = []
SILENCES: list[Silence] = []


def act(
    endpoint: str, *entries: str, status: int = 303, shows: str = "", keeps: tuple[str, ...] = ()
) -> Callable[[Prepare], Prepare]:
    """Put what the function prepares in the catalogue."""

    def keep(prepare: Prepare) -> Prepare:
        name = prepare.__name__.replace("_", " ")
        ACTS.append(Act(name, endpoint, frozenset(entries), prepare, status, shows, frozenset(keeps)))
        return prepare

    return keep


def silent(
    endpoint: str, reason: str, *, status: int = 200, changes: tuple[str, ...] = ()
) -> Callable[[Prepare], Prepare]:
    """Put what the function prepares on the list of what does without an entry."""

    def keep(prepare: Prepare) -> Prepare:
        SILENCES.append(Silence(endpoint, reason, prepare, status, frozenset({*changes, "login_session"})))
        return prepare

    return keep


def see(visitor: Visitor, url: str) -> Ask:
    """Asking for a page."""
    return Ask(visitor, url)


def send_form(visitor: Visitor, url: str, values: Mapping[str, Any] | None = None) -> Ask:
    """Sending a form with the token of the page that the visitor sees."""
    assert visitor.page is not None
    token = next(form.values["csrf_token"] for form in visitor.page.forms if "csrf_token" in form.values)
    return Ask(visitor, url, "POST", {"csrf_token": token, **(values or {})})


def filled_in(visitor: Visitor, values: Mapping[str, Any] | None = None, action: str | None = None) -> Ask:
    """Sending a form of the page that the visitor sees, the only one or that to `action`, with all that is in it."""
    assert visitor.page is not None
    form = visitor.page.form(action)
    return Ask(visitor, form.action or visitor.path, "POST", {**form.values, **(values or {})})


def _is_file(value: Any) -> bool:
    return isinstance(value, bytes)
