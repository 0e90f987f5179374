"""People at their browsers, all at once: each edits, shares, withdraws and approves through the real forms."""

from __future__ import annotations

import http.client
import re
import threading
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

import html5lib
from pyotp import TOTP

from tests.pages import Form, _form
from tests.people import SignedUp
from tests.reliability.ledger import Kind, Ledger, State, Thing, Value

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
GONE = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Answer:
    """An answer that was read to its end."""

    status: int
    body: str
    location: str


class Browser:
    """Sends requests over loopback and keeps cookies; it follows nothing and tries nothing twice.

    `address` is the one of this machine that it sends from, `headers` go along with every request.
    """

    def __init__(self, port: int, address: str = "127.0.0.1", headers: Mapping[str, str] | None = None) -> None:
        self._port, self._address, self._headers = port, address, dict(headers or {})
        self._cookies: dict[str, str] = {}

    def get(self, url: str) -> Answer:
        """Fetch a page."""
        return self._send("GET", url, None)

    def post(self, url: str, values: Mapping[str, str]) -> Answer:
        """Send a form."""
        return self._send("POST", url, urllib.parse.urlencode(values))

    def forget(self, cookie: str) -> None:
        """Lose a cookie."""
        del self._cookies[cookie]

    def _send(self, method: str, url: str, body: str | None) -> Answer:
        headers = {**self._headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120, source_address=(self._address, 0))
        try:
            connection.request(method, url, body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            for cookie in response.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self._cookies[name] = value
            return Answer(response.status, text, response.headers.get("Location", ""))
        finally:
            connection.close()


@dataclass
class OfficeHours:
    """When the clerks work: from `open` until `close`."""

    clerks: int = 0
    _idle: int = 0
    _is_open: bool = False
    _is_over: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def open(self) -> None:
        """Let the clerks work."""
        with self._changed:
            self._is_open = True
            self._changed.notify_all()

    def close(self) -> None:
        """Let the clerks begin nothing more."""
        with self._changed:
            self._is_open = False

    def wait(self) -> None:
        """Wait until every clerk knows how the last change ended."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._idle == self.clerks, 120), "a clerk hangs"

    def end(self) -> None:
        """Let the clerks go home."""
        with self._changed:
            self._is_open, self._is_over = False, True
            self._changed.notify_all()

    def goes_on(self) -> bool:
        """Wait until there is work; tell whether there will be more."""
        with self._changed:
            self._idle += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_open or self._is_over)
            self._idle -= 1
            return not self._is_over

    def is_open(self) -> bool:
        """Tell whether it makes sense to begin something."""
        return self._is_open


class Clerk(threading.Thread):
    """Somebody with things of his or her own that nobody else changes."""

    def __init__(self, name: str, person: SignedUp, port: int, ledger: Ledger, hours: OfficeHours) -> None:
        super().__init__(name=name, daemon=True)
        self.browser, self._person, self._ledger, self._hours = Browser(port), person, ledger, hours
        self.employees: list[UUID] = []
        self.colleague: UUID | None = None
        self.requests: list[UUID] = []
        self.surprises: list[str] = []
        self.token = ""
        self._numbers = count()
        hours.clerks += 1

    def log_in(self) -> None:
        """Log in with password and app."""
        page = self.browser.get("/inloggen")
        values = {"login_name": self.name, "password": self._person.password, "csrf_token": token_of(page)}
        assert self.browser.post("/inloggen", values).status == 303
        page = self.browser.get("/inloggen/code")
        code = TOTP(self._person.totp_secret).now()
        answer = self.browser.post("/inloggen/code", {"code": code, "csrf_token": token_of(page)})
        assert (answer.status, answer.location) == (303, "/"), answer.body
        self.token = token_of(self.browser.get("/"))

    def run(self) -> None:
        """Work as long as there are hours; a server that is gone ends a change, not the day."""
        while self._hours.goes_on():
            work = self._work()
            while self._hours.is_open():
                try:
                    next(work)()
                except GONE:
                    break
                except Exception as error:
                    self.surprises.append(f"{self.name}: {error!r}")
                    break

    def _work(self) -> Iterator[Callable[[], None]]:
        while True:
            for employee in self.employees:
                yield lambda employee=employee: self._edit(employee)  # type: ignore[misc]
                yield lambda employee=employee: self._share_or_withdraw(employee)  # type: ignore[misc]
            if self.colleague is not None:
                yield self._give_or_take_rights
            if self.requests:
                yield self._approve

    def _edit(self, employee: UUID) -> None:
        url, thing = f"/werknemers/{employee}/bewerken", (Kind.NAME, employee)
        form = _form_with(self._page(url), "last_name")
        self._ledger.seen(thing, form.values["last_name"])
        name = f"{self.name} {in_letters(next(self._numbers))}"
        self._change(thing, name, url, {**form.values, "last_name": name})

    def _share_or_withdraw(self, employee: UUID) -> None:
        thing = (Kind.SHARED, employee)
        answer = self._get(f"/werknemers/{employee}/delen")
        is_shared = answer.status == 303
        self._ledger.seen(thing, is_shared)
        if is_shared:
            url = f"/werknemers/{employee}/deling-intrekken"
            self._change(thing, False, url, _form_with(self._page(url), "share_id").values)
        else:
            values = {"kind": "sick_report", "explanation": "Belt morgen zelf", "csrf_token": self.token}
            self._change(thing, True, f"/werknemers/{employee}/delen", values)

    def _give_or_take_rights(self) -> None:
        page = self._page("/datakluis-beheer/autorisaties")
        assert self.colleague is not None
        has_rights = f"{self.colleague}/beheer-intrekken" in page
        thing = (Kind.ADMINISTRATOR, self.colleague)
        self._ledger.seen(thing, has_rights)
        act = "beheer-intrekken" if has_rights else "beheer-geven"
        url = f"/datakluis-beheer/autorisaties/{self.colleague}/{act}"
        self._change(thing, not has_rights, url, {"csrf_token": self.token})

    def _approve(self) -> None:
        request = self.requests.pop()
        url = f"/datakluis-beheer/beheeracties/{request}/akkoord"
        self._change((Kind.ADMITTED, request), True, url, {"csrf_token": self.token})

    def _page(self, url: str) -> str:
        answer = self._get(url)
        if answer.status != 200:
            raise UnexpectedAnswer(f"{url}: {answer.status}")
        return answer.body

    def _get(self, url: str) -> Answer:
        answer = self.browser.get(url)
        if answer.status == 503:
            self._ledger.note_no_service()
            raise NoService
        return answer

    def _change(self, thing: Thing, value: Value, url: str, values: Mapping[str, str]) -> None:
        try:
            answer = self.browser.post(url, values)
        except GONE:
            self._ledger.note(thing, value, State.OPEN)
            raise
        if answer.status not in {303, 503}:
            raise UnexpectedAnswer(f"{url}: {answer.status}")
        # A database that dies while it commits cannot tell whether it has: then *no service* is no answer either.
        self._ledger.note(thing, value, State.OK if answer.status == 303 else State.OPEN)


class NoService(ConnectionError):
    """The server is there, but not its database or its log."""


class UnexpectedAnswer(Exception):
    """The server answered what no clerk expects."""


def in_letters(number: int) -> str:
    """Return a number as a name may have it, which is without digits."""
    return "".join(chr(ord("A") + int(digit)) for digit in str(number))


def token_of(answer: Answer) -> str:
    found = TOKEN.search(answer.body)
    assert found is not None, answer
    return found[1]


def _form_with(page: str, name: str) -> Form:
    root = html5lib.parse(page, namespaceHTMLElements=False)
    return next(form for form in map(_form, root.iter("form")) if name in form.values)
