"""A page that names what is taken from somebody and asks once, before it is stored (screens.md, *Can't be undone*)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request

CONFIRMED = "bevestigd"


def is_confirmed() -> bool:
    """Whether somebody was asked, and said yes."""
    return CONFIRMED in request.form


def ask_first(title: str, name: str, taken: Sequence[str], back_url: str) -> str:
    """Ask whether `taken` may be taken from `name`; the answer sends the same form once more."""
    kept = [(key, value) for key, value in request.form.items(multi=True) if key != "csrf_token"]
    return render_template(
        "authorisations/taking.html", title=title, name=name, taken=taken, kept=kept, back_url=back_url
    )
