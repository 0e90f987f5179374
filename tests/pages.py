"""A page as a visitor gets it, checked whenever it is fetched, and filled in through its own forms (habit 14)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

# What needs a label; a hidden field or a button says itself what it is, or says nothing.
UNLABELLED_TYPES = {"hidden", "submit", "button", "image", "reset"}
CONTROLS = {"input", "select", "textarea"}
LANGUAGES = {"nl", "en"}
# The ways out and to another language.
ON_EVERY_PAGE = {"/uitloggen", "/taal"}


def elements(root: Element, tag: str) -> list[Element]:
    """Return the elements with `tag` below `root`, in order of the document."""
    return list(root.iter(tag))


def text_of(element: Element) -> str:
    """Return the text in an element, spaces folded."""
    return " ".join("".join(element.itertext()).split())


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes, how, and what it would send untouched."""

    action: str
    method: str
    values: dict[str, str]


@dataclass(frozen=True)
class Page:
    """An HTML page."""

    response: TestResponse
    root: Element = field(repr=False)

    @property
    def status(self) -> int:
        """The status of the response."""
        return self.response.status_code

    @property
    def heading(self) -> str:
        """The text of the one h1."""
        return text_of(elements(self.root, "h1")[0])

    @property
    def text(self) -> str:
        """What a visitor can read."""
        return text_of(self.root)

    @property
    def forms(self) -> list[Form]:
        """The forms, in order."""
        return [_form(element) for element in elements(self.root, "form")]

    def form(self, action: str | None = None) -> Form:
        """Return the form that goes to `action`, or the only one that stands not on every page."""
        if action is not None:
            return next(form for form in self.forms if form.action == action)
        (form,) = [form for form in self.forms if form.action not in ON_EVERY_PAGE] or self.forms
        return form

    def links(self) -> list[str]:
        """Return where the links lead, in order."""
        return [link.get("href", "") for link in elements(self.root, "a")]


class Visitor:
    """Somebody with a browser: follows links, fills in forms, keeps cookies. Every page is checked."""

    def __init__(self, app: Flask, address: str = "192.0.2.10", base_url: str | None = None) -> None:
        self.client: FlaskClient = app.test_client()
        self.environment = {"REMOTE_ADDR": address}
        self.base_url = base_url
        self.page: Page | None = None

    def get(self, url: str, *, status: int = 200) -> Page:
        """Go to `url`, following redirects."""
        response = self.client.get(
            url, follow_redirects=True, environ_overrides=self.environment, base_url=self.base_url
        )
        return self._keep(response, status)

    def submit(self, values: dict[str, Any] | None = None, *, action: str | None = None, status: int = 200) -> Page:
        """Fill in a form of the present page with `values` and send it, following redirects."""
        assert self.page is not None
        form = self.page.form(action)
        # A form without an action goes to the address of its page.
        target = form.action or self.page.response.request.path
        return self._keep(self._send(target, {**form.values, **(values or {})}), status)

    @property
    def path(self) -> str:
        """Where the visitor is now."""
        assert self.page is not None
        return self.page.response.request.path

    def _send(self, target: str, values: dict[str, Any]) -> TestResponse:
        where: dict[str, Any] = {"environ_overrides": self.environment, "base_url": self.base_url}
        response = self.client.post(target, data=values, **where)
        while response.status_code == 307:
            # The client of werkzeug would send the body that it has already read to its end; browsers send it again.
            response = self.client.post(response.location, data=values, **where)
        return self.client.get(response.location, follow_redirects=True, **where) if response.location else response

    def _keep(self, response: TestResponse, status: int) -> Page:
        assert response.status_code == status, f"{response.request.path}: {response.status_code}"
        self.page = checked(response)
        return self.page


def checked(response: TestResponse) -> Page:
    """Return the page of `response` after every check that holds for all pages."""
    markup = response.get_data(as_text=True)
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    root = parser.parse(markup)
    path = response.request.path
    faults = [*_markup_faults(parser, markup), *_document_faults(root), *_form_faults(root), *_script_faults(root)]
    assert not faults, f"{path}: {'; '.join(faults)}"
    return Page(response, root)


def _markup_faults(parser: html5lib.HTMLParser, markup: str) -> list[str]:
    faults = [f"html: {error} at {place}" for place, error, _values in parser.errors]
    return faults + [f"left over: {sign}" for sign in ("{{", "}}", "{%", "%}") if sign in markup]


def _document_faults(root: Element) -> list[str]:
    faults = []
    headings = elements(root, "h1")
    title = text_of(elements(root, "title")[0]) if elements(root, "title") else ""
    if len(headings) != 1:
        faults.append(f"{len(headings)} h1 instead of one")
    elif not title.startswith(text_of(headings[0])):
        faults.append(f"the title {title!r} does not begin with the h1")
    if root.get("lang") not in LANGUAGES:
        faults.append("no lang")
    ids = Counter(identity for element in root.iter() if (identity := element.get("id")))
    return faults + [f"the id {identity} occurs {count} times" for identity, count in ids.items() if count > 1]


def _form_faults(root: Element) -> list[str]:
    labelled = {label.get("for") for label in elements(root, "label")}
    faults = [
        f"no label for {control.get('name')}"
        for control in root.iter()
        if control.tag in CONTROLS and not _has_label(control, labelled)
    ]
    for form in elements(root, "form"):
        if form.get("method", "get").lower() == "post" and "csrf_token" not in _form(form).values:
            faults.append(f"no token in the form to {form.get('action')}")
    return faults


def _has_label(control: Element, labelled: set[str | None]) -> bool:
    if control.get("type", "text") in UNLABELLED_TYPES:
        return True
    return control.get("id") in labelled or bool(control.get("aria-label") or control.get("aria-labelledby"))


def _script_faults(root: Element) -> list[str]:
    faults = []
    for element in root.iter():
        if element.tag == "script" and (text_of(element) or not element.get("nonce")):
            faults.append("a script inside the page, or without its nonce")
        if element.tag == "style" or element.get("style"):
            faults.append("a style inside the page")
        faults += [f"the handler {name}" for name in element.attrib if str(name).startswith("on")]
    return faults


def _form(element: Element) -> Form:
    values = {}
    for control in element.iter():
        name = control.get("name")
        if control.tag in CONTROLS and name and _is_sent(control):
            values[name] = _value(control)
    return Form(element.get("action", ""), element.get("method", "get").lower(), values)


def _is_sent(control: Element) -> bool:
    if control.get("type") in {"checkbox", "radio"}:
        return control.get("checked") is not None
    if control.get("multiple") is not None:
        # A list of which nothing is chosen sends nothing.
        return any(option.get("selected") is not None for option in elements(control, "option"))
    return control.get("type") not in {"submit", "button", "file"}


def _value(control: Element) -> str:
    if control.tag == "textarea":
        return "".join(control.itertext())
    if control.tag == "select":
        options = elements(control, "option")
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        return chosen[0].get("value", text_of(chosen[0])) if chosen else ""
    return control.get("value", "")
