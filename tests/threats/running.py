"""A portal that really runs: its own processes, files and log, and people who use it over loopback."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from pyotp import TOTP

from tests.pages import Page, Visitor, elements, text_of

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/uitnodiging/([\w-]{43}))")
KEY = re.compile(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})")
CODE = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){4}")
BORDER = "grens-van-het-formulier"
OPERATE = """
import json, sys
from portal.commands import main
for arguments in json.loads(sys.argv[1]):
    main(arguments, standalone_mode=False)
"""


class Response:
    """An answer over the network, in the shape in which `tests.pages` checks pages."""

    def __init__(self, url: str, status: int, headers: http.client.HTTPMessage, body: bytes) -> None:
        self.status_code, self.headers, self.data = status, headers, body
        # The client follows every redirect itself.
        self.location = None
        self.request = SimpleNamespace(path=urllib.parse.urlsplit(url).path)

    def get_data(self, as_text: bool = False) -> Any:
        """Return the body."""
        return self.data.decode() if as_text else self.data


class LoopbackClient:
    """Fetches and sends over HTTP with cookies, as a browser does."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def get(self, url: str, **_others: Any) -> Response:
        """Fetch a page, through its redirects."""
        return self._send(urllib.request.Request(self._absolute(url)))  # noqa: S310 - loopback only

    def post(self, url: str, *, data: dict[str, Any], **_others: Any) -> Response:
        """Send a form, with files where a value is a pair of stream and name."""
        return self._send(self.request(url, data))

    def request(self, url: str, data: dict[str, Any]) -> urllib.request.Request:
        """Return the request that sends a form."""
        if any(isinstance(value, tuple) for value in data.values()):
            kind, body = f"multipart/form-data; boundary={BORDER}", _multipart(data)
        else:
            kind, body = "application/x-www-form-urlencoded", urllib.parse.urlencode(data).encode()
        return urllib.request.Request(self._absolute(url), body, {"Content-Type": kind})  # noqa: S310

    def open(self, request: urllib.request.Request) -> Any:
        """Send a request and return the answer, of which nothing was read yet."""
        return self._opener.open(request, timeout=60)

    def cookie(self) -> str:
        """Return the value of the cookie of the session."""
        return next(cookie.value or "" for cookie in self.cookies if cookie.name == "datakluis")

    def _send(self, request: urllib.request.Request) -> Response:
        try:
            answer = self.open(request)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Response(answer.url, answer.status, answer.headers, answer.read())

    def _absolute(self, url: str) -> str:
        return urllib.parse.urljoin(self.base_url, url)


def _multipart(data: dict[str, Any]) -> bytes:
    parts = []
    for name, value in data.items():
        about, content = f'name="{name}"', value
        if isinstance(value, tuple):
            content, about = value[0].read(), f'{about}; filename="{value[1]}"\r\nContent-Type: text/csv'
        content = content if isinstance(content, bytes) else str(content).encode()
        parts.append(f"--{BORDER}\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join([*parts, f"--{BORDER}--\r\n".encode()])


class Someone(Visitor):
    """A person at a browser that talks to the running server; what only this person knows is kept here."""

    def __init__(self, base_url: str, login: str, password: str = "") -> None:
        self.client = LoopbackClient(base_url)  # type: ignore[assignment]
        self.environment, self.base_url, self.page = {}, base_url, None
        self.login, self.password, self.totp_secret, self.backup_code = login, password, "", ""
        self.token = ""

    @property
    def loopback(self) -> LoopbackClient:
        """The client that this visitor sends with."""
        return self.client  # type: ignore[return-value]

    def sign_up(self, link: str) -> None:
        """Answer an invitation and do all first steps, with an app as the second factor."""
        self.token = link.rpartition("/")[2]
        self.get(link)
        self.submit({"password": self.password, "repeated": self.password})
        self.get("/tweede-stap/app")
        self.totp_secret = _found(KEY, self._text()).replace(" ", "")
        self.submit({"code": TOTP(self.totp_secret).now()})
        self.submit()
        self.backup_code = _found(CODE, self._text())
        self.submit(action="/back-upcode/bewaard")
        self.submit()
        assert self.path == "/", self.path

    def choice(self, name: str, text: str) -> str:
        """Return the value of an option of a list on the page."""
        assert self.page is not None
        listed = next(element for element in elements(self.page.root, "select") if element.get("name") == name)
        return next(option.get("value", "") for option in elements(listed, "option") if text_of(option) == text)

    def link_of(self, text: str) -> str:
        """Return where the first link with `text` in it leads."""
        assert self.page is not None
        links = elements(self.page.root, "a")
        return next(link.get("href", "") for link in links if text in text_of(link))

    def fill(self, values: dict[str, Any], path: str) -> Page:
        """Fill in the form of the page that goes to `path`, or that goes where the page is."""
        assert self.page is not None
        actions = [form.action for form in self.page.forms]
        return self.submit(values, action=path if path in actions else "")

    def button(self, ending: str) -> Page:
        """Push the button of the form whose address ends in `ending`."""
        assert self.page is not None
        return self.submit(action=next(form.action for form in self.page.forms if form.action.endswith(ending)))

    def _text(self) -> str:
        assert self.page is not None
        return self.page.text


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found is not None, text
    return found[1] if pattern.groups else found[0]


@dataclass
class RunningPortal:
    """A server of our own with its worker; `log` is all that its processes write."""

    folder: Path
    changes: dict[str, str] = field(default_factory=dict)
    port: int = 0
    command: tuple[str, ...] = ("-m", "portal", "serve")
    _process: subprocess.Popen[bytes] | None = None
    _log: IO[bytes] | None = None

    def __post_init__(self) -> None:
        for name in ("log", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        """The file of its database."""
        return self.folder / "data" / "datakluis.sqlite3"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that its processes see."""
        own = {
            "DATA_DIRECTORY": str(self.folder / "data"),
            "BASE_URL": self.base_url,
            "LISTEN": f"127.0.0.1:{self.port}",
            "MAIL_FOLDER": str(self.folder / "mail"),
            **self.changes,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DATAKLUIS_")}
        return {
            **kept,
            "TMPDIR": str(self.folder / "tmp"),
            **{f"DATAKLUIS_{name}": value for name, value in own.items() if value},
        }

    def operate(self, *commands: list[str]) -> None:
        """Give commands as the operator."""
        with (self.folder / "log" / "commands").open("ab") as output:
            command = [sys.executable, "-c", OPERATE, json.dumps(commands)]
            subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=output, stderr=output)

    def start(self) -> None:
        """Serve, and wait until it answers."""
        self._log = (self.folder / "log" / "server").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, *self.command],
            cwd=ROOT,
            env=self.environment,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < deadline, self.log()
            assert self._process.poll() is None, self.log()
            time.sleep(0.1)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Stop it; with SIGKILL all its processes at once, in the middle of whatever they do."""
        if self._process is None:
            return
        if number == signal.SIGKILL:
            os.killpg(self._process.pid, number)
        else:
            self._process.terminate()
        self._process.wait(timeout=60)
        self._process = None
        assert self._log is not None
        self._log.close()

    def process_ids(self) -> list[int]:
        """Return the server and its children."""
        assert self._process is not None
        own = self._process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text(encoding="utf-8").split()
        return [own, *map(int, children)]

    def log(self) -> str:
        """Return all that its processes wrote."""
        return "".join(path.read_text("utf-8", "replace") for path in sorted((self.folder / "log").iterdir()))

    def invitation(self, address: str) -> str:
        """Wait for the mail with an invitation to `address`; return the path of its link."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for path in sorted((self.folder / "mail").glob("*.eml")):
                message = message_from_bytes(path.read_bytes())
                text = "".join(
                    part.get_payload(decode=True).decode()  # type: ignore[union-attr]
                    for part in message.walk()
                    if part.get_content_type() == "text/plain"
                )
                found = LINK.search(text)
                if found and address in str(make_header(decode_header(message["To"]))):
                    return found[1]
            time.sleep(0.1)
        raise AssertionError(f"no invitation to {address} has arrived: {self.log()}")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/health", timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False
