"""In which language a page is: that of who has logged in, else what this browser chose, else Dutch (T-02, design 7).

What a browser asks for by itself (`Accept-Language`) is not followed: the words of law and of the trade are Dutch, and
many who read those well have a browser in another language.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from babel.support import NullTranslations
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale, refresh

from delivery.languages import Language, translations
from portal.formats import add_formats
from portal.session import cookie_attributes, cookie_name

COOKIE = "datakluis-taal"
COOKIE_AGE = timedelta(days=365)
NAMES = {Language.DUTCH: "Nederlands", Language.ENGLISH: "English"}
"""What each language is called by who reads it, so never to be translated."""


class Catalogues(Domain):  # type: ignore[misc]
    """The texts of the screens; mails have the same."""

    def get_translations(self) -> NullTranslations:
        """Return the texts in the language of this request; outside one, in Dutch."""
        locale = get_locale()
        return translations(Language(locale.language) if locale else Language.DUTCH)


def speak_languages(app: Flask) -> None:
    """Let each page of `app` be in the language of who reads it, with its dates and numbers."""
    babel = Babel(app, default_locale=Language.DUTCH, default_timezone="Europe/Amsterdam", locale_selector=_of_request)
    # Flask-Babel reads compiled files only; this takes the place of what it would make at first use.
    babel.domain_instance = Catalogues()
    translations(Language.ENGLISH)
    add_formats(app)
    app.context_processor(_in_templates)
    app.after_request(_keep_in_browser)


def language_of_request() -> Language:
    """Return the language of the page that is being made."""
    return Language(get_locale().language)


def chosen_in_browser() -> Language | None:
    """Return what was chosen in this browser, None when nothing was."""
    given = request.cookies.get(cookie_name(COOKIE), "") if has_request_context() else ""
    return Language(given) if given in list(Language) else None


def speak(language: Language) -> None:
    """Go on with this request in `language`, and let the browser remember it for pages where nobody is known."""
    g.language = language
    refresh()


def _of_request() -> str:
    return cast(str, (g.get("language") or chosen_in_browser() or Language.DUTCH).value)


def _keep_in_browser(response: Response) -> Response:
    language = g.get("language")
    if language is not None and language != chosen_in_browser():
        age = int(COOKIE_AGE.total_seconds())
        response.set_cookie(cookie_name(COOKIE), language.value, max_age=age, **cookie_attributes())
    return response


def _in_templates() -> dict[str, Any]:
    return {"language": language_of_request(), "other_languages": _others()}


def _others() -> list[tuple[Language, str]]:
    # What answers a form can't be asked for again, so it has no way back to it.
    if not has_request_context() or request.method != "GET" or request.endpoint not in current_app.view_functions:
        return []
    return [(language, name) for language, name in NAMES.items() if language is not language_of_request()]
