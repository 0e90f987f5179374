"""Filling in the templates of mails and SMS, without names and without content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from delivery.languages import Language, translations
from delivery.outbox import MailKind
from delivery.sms import SmsContent, SmsKind

TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True)
class RenderedMail:
    """What a reader sees of a mail."""

    subject: str
    text: str
    html: str


def render(kind: MailKind, values: Mapping[str, str], language: Language = Language.DUTCH) -> RenderedMail:
    """Return the mail of this kind, in `language`, filled with `values`; what is put in HTML is escaped."""
    absent = {"link": None, "login_names": "", "moment": None, "organisation": "", "count": "", "addresses": ""}
    filled = {**absent, "language": language, **values}
    templates = [
        _environment(language).get_template(f"mail/{kind.value}.{ending}") for ending in ("subject.txt", "txt", "html")
    ]
    subject, text, html = (template.render(filled) for template in templates)
    return RenderedMail(subject.strip(), text.strip() + "\n", html)


def render_sms(kind: SmsKind, content: SmsContent, language: Language = Language.DUTCH) -> str:
    """Return the text of an SMS, in `language`; a code ends with the line that a phone fills in by itself."""
    template = _environment(language).get_template(f"sms/{kind.value}.txt")
    return template.render(code=content.code, host=content.host, reference=content.reference).strip()


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment
