"""The check words of whoever looks at a page, for the banners that say what waits (design 2.3)."""

from __future__ import annotations

from flask import Flask, g, request
from flask_babel import gettext as _

from accounts.actor import Actor
from keys.check_words import RenewedKey, renewed_key
from portal.transactions import database


def show_own_check_words(app: Flask) -> None:
    """Let the templates of `app` show visitors the check words of their own renewed key."""
    app.jinja_env.globals["own_check_words"] = own_check_words


def own_check_words() -> RenewedKey | None:
    """Return the renewed key of the actor of this request; None for a first key, and where nobody acts."""
    actor: Actor | None = g.get("actor")
    return renewed_key(database(), actor.person_id) if actor else None


def compared_generation() -> int | None:
    """Return the generation of the key whose words the form says were compared; None when the box was not ticked."""
    return request.form.get("compared", type=int)


def not_compared() -> str:
    """Say why somebody with a renewed key was not admitted."""
    return str(
        _(
            "Er is niemand toegelaten: vergelijk eerst de controlewoorden en vink dat aan. Staan er intussen andere "
            "woorden, dan is de sleutel nog eens vernieuwd; bel dan opnieuw."
        )
    )
