"""The door through which files come in, as the portal has it: the upload page, the real reader, the real vault.

Whatever comes in is answered with a page of ours within ten seconds; the checks here hold for every file.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from organisation.models import Employee
from tests.pages import Visitor, text_of
from tests.portal.company import Company
from vault.models import EmployeeImport, ImportChunk, RecordPart

URL = "/werknemers/importeren"
MOST_SECONDS = 10
"""Of the processor, since this machine may have other work."""
BORDER = "grens"
RAN = "datakluis-was-here"
"""What the hostile texts of these tests would leave in a page if one of them ran."""


@dataclass(frozen=True)
class Counts:
    """What there is of everything that an import makes."""

    employees: int
    record_parts: int
    imports: int
    pieces: int


@dataclass(frozen=True)
class Answer:
    """What somebody who sent something sees."""

    response: TestResponse = field(repr=False)
    root: Element = field(repr=False)
    seconds: float

    @property
    def status(self) -> int:
        """The status of the response."""
        return self.response.status_code

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return text_of(self.root)

    @property
    def root_text(self) -> str:
        """Every text of the page, those in fields and choices included."""
        return " ".join([self.text, *(value for element in self.root.iter() for value in element.attrib.values())])

    @property
    def heading(self) -> str:
        """The heading of the page."""
        return " ".join(text_of(found) for found in self.root.iter("h1"))

    @property
    def complaint(self) -> str:
        """What stands beside the field with the file, or what the page says whose address was not reached."""
        beside = [text_of(found) for found in self.root.iter() if "invalid-feedback" in (found.get("class") or "")]
        return " ".join(beside) or self.text


class Door:
    """Anna, who may import, in front of the page that takes a file."""

    def __init__(self, company: Company, visitor: Visitor, reached: Callable[[], int]) -> None:
        self.company = company
        self.reached = reached
        self._visitor = visitor
        assert visitor.page is not None
        self._token = visitor.page.form(URL).values["csrf_token"]

    def send(self, data: bytes, name: bytes = b"werknemers.xlsx") -> Answer:
        """Send a file under a name, as a browser does."""
        body = [
            *(f"--{BORDER}", 'Content-Disposition: form-data; name="csrf_token"', "", self._token, f"--{BORDER}"),
            'Content-Disposition: form-data; name="file"; filename="',
        ]
        return self.post(
            data="\r\n".join(body).encode() + name + b'"\r\n\r\n' + data + f"\r\n--{BORDER}--\r\n".encode(),
        )

    def post(self, url: str = URL, **request: Any) -> Answer:
        """Send a request to the page that takes files, or another one, and check the answer."""
        request.setdefault("content_type", f"multipart/form-data; boundary={BORDER}")
        return self._ask(self._visitor.client.post, url, **request)

    def press(self, url: str) -> Answer:
        """Press the button of a page that only needs its token."""
        return self.post(url, data={"csrf_token": self._token}, content_type=None)

    def look(self, url: str) -> Answer:
        """Look at a page, and check it."""
        return self._ask(self._visitor.client.get, url)

    def counts(self) -> Counts:
        """What there is now."""
        with self.company.portal.session() as session:
            tables = (Employee, RecordPart, EmployeeImport, ImportChunk)
            return Counts(*(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables))

    def stream(self, stream: io.RawIOBase, *, chunked: bool = False) -> Answer:
        """Send a body that is not in memory; chunked, it does not say how long it is."""
        ended = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True} if chunked else {}
        return self.post(input_stream=stream, environ_overrides=ended)

    def _ask(self, ask: Callable[..., TestResponse], url: str, **request: Any) -> Answer:
        environment = {**self._visitor.environment, **request.pop("environ_overrides", {})}
        began = time.thread_time()
        response = ask(url, base_url=self._visitor.base_url, environ_overrides=environment, **request)
        markup = response.get_data(as_text=True)
        seconds = time.thread_time() - began
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        answer = Answer(response, parser.parse(markup), seconds)
        assert response.status_code < 500, f"{url}: {response.status_code}"
        assert seconds < MOST_SECONDS, f"{url}: {seconds:.1f} s"
        assert "Traceback" not in markup
        if response.status_code != 303:
            assert not parser.errors, f"{url}: {parser.errors[:3]}"
            assert not what_runs(answer.root), f"{url}: {what_runs(answer.root)}"
        assert RAN not in str(response.headers)
        return answer


def what_runs(root: Element) -> list[str]:
    """Everything in a page that a browser would run or fetch and that is not ours."""
    found = []
    for element in root.iter():
        if element.tag == "script" and (text_of(element) or not element.get("nonce")):
            found.append("script")
        if element.tag in {"iframe", "object", "embed", "base", "style", "math"} or element.tag == RAN:
            found.append(str(element.tag))
        found += [name for name in element.attrib if str(name).startswith("on") or name == RAN]
        for name in ("href", "src", "action", "formaction"):
            value = (element.get(name) or "").strip().lower()
            if value.startswith(("javascript:", "data:", "vbscript:")) or RAN in value:
                found.append(value)
    return found
