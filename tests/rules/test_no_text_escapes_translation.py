"""No Dutch stands in a page or a sentence without being marked for translation (design 7)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jinja2 import Environment

from tests.rules.project_files import package_sources, project_texts
from tools.translations import forms, translated

MARKS = {"_", "gettext", "lazy_gettext", "ngettext", "N_"}
# The name of the product is the same in every language.
NAMES = {"Datakluis"}
SPOKEN = re.compile(r'\b(?:aria-label|aria-description|title|alt|placeholder|data-[a-z-]+)="([^"]*)"')
WORDS = re.compile(r"[^\W\d_]{2,}")
LOOKS_LIKE_WORDS = re.compile(r"[^\W\d_]{2,} [^\W\d_]|[A-Z][a-z]")
DUTCH = re.compile(
    r"\b(?:aan|bij|de|deze|dit|een|geen|het|kies|naar|niet|uit|uw|van|voor|vul|werknemers?|worden|wordt)\b",
    re.IGNORECASE,
)
UNMARKED = {
    "accounts/passwords.py": "words that no password may be made of",
    "database/migrations/versions/0005_documents_and_signing.py": "labels of documents, which are data",
    "documents/drawing.py": "the foot of a document, which is Dutch whoever makes it",
    "organisation/employer_fields.py": "the sectors, under the names that the law gives them",
    "portal/application.py": "the page for when no page can be made; it is in both languages",
    "portal/views/exports.py": "the name of a file",
    "signing/signed_words.py": "what stands in a signed document, which stays Dutch",
    "signing/statements.py": "what somebody agrees with, in the words that the evidence keeps",
    "vault/exporting/columns.py": "a heading of a file, which stays Dutch: an import reads it",
    "vault/exporting/workbook.py": "the name of a sheet of a file",
    "vault/importing/headings.py": "the headings that an import reads",
    "vault/importing/template.py": "the name of a sheet of a file",
    "vault/importing/workbook.py": "a name in the markup of a file",
}
# Commands speak to the operator in a terminal, and what is invented for the demo is Dutch.
NO_SCREENS = ("portal/commands/", "portal/demo/")


def text_in_markup(source: str) -> list[str]:
    """Return what a template shows or has read aloud, outside its expressions and the names of its blocks."""
    pieces, in_class = [], False
    for _line, kind, value in Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).lex(source):
        if kind == "name" and value in {"block", "endblock"}:
            in_class = False
        pieces.append(value if kind == "data" and not in_class else "\0" if kind.endswith("begin") else "")
        if kind == "name" and value.endswith("_class"):
            in_class = True
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", "".join(pieces), flags=re.DOTALL)
    # What is tied to a value, such as `{{ field.id }}-hint`, is a name, and so is an endpoint, such as `users.show`.
    markup = re.sub(r"&[a-z]+;|<!doctype html>|\0-[a-z]+|[a-z_]+\.[a-z_]+", "", markup)
    tags = re.findall(r"<[^>]*>", markup)
    spoken = [value for tag in tags for value in SPOKEN.findall(tag) if LOOKS_LIKE_WORDS.search(value)]
    return spoken + [word for word in WORDS.findall(re.sub(r"<[^>]*>", " ", markup)) if word not in NAMES]


def texts_in_code(source: str, known: set[str]) -> Iterator[str]:
    """Return the texts of a module that look Dutch, or are `known` to be marked elsewhere, and are not marked here."""
    tree = ast.parse(source)
    marked = {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call.func) in MARKS
        for argument in call.args
        for part in ast.walk(argument)
    }
    documenting = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in marked | documenting:
            continue
        if (" " in node.value and DUTCH.search(node.value)) or (node.value in known and node.value[:1].isupper()):
            yield node.value


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def test_no_template_shows_a_text_that_cannot_be_translated() -> None:
    pages = {
        path: text_in_markup(text)
        for path, text in project_texts().items()
        if path.startswith("templates/") and path.endswith((".html", ".txt"))
    }

    assert {path: texts for path, texts in pages.items() if texts} == {}


def test_no_module_holds_a_text_that_cannot_be_translated() -> None:
    known = {text for message in translated() if message.id for text in forms(message.id)} - NAMES
    found = {
        path: texts
        for path, source in package_sources().items()
        if not path.startswith(NO_SCREENS) and (texts := [*texts_in_code(source, known)])
    }

    assert {path: texts for path, texts in found.items() if path not in UNMARKED} == {}
    assert UNMARKED.keys() - found.keys() == set(), "these have no such text any more"


def test_the_rules_see_dutch() -> None:
    assert text_in_markup('<p class="dk-soft">Hallo {{ name }}</p>') == ["Hallo"]
    assert text_in_markup('<a aria-label="Naar boven">{{ _("Boven") }}</a>') == ["Naar boven"]
    assert text_in_markup('<p>{{ _("Hallo") }}, Datakluis</p>') == []
    assert [*texts_in_code('told = "Vul uw naam in."', set())] == ["Vul uw naam in."]
    assert [*texts_in_code('told, asked = _("Vul uw naam in."), "Naam"', {"Naam"})] == ["Naam"]
