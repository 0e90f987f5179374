"""What is said of tries and text messages that were too many, at logging in and setting up."""

from __future__ import annotations

from flask_babel import gettext as _

from accounts.errors import TooManyTries
from delivery.errors import TooManySms
from portal.formats import clock_time


def too_many(refusal: TooManyTries) -> str:
    """Say when to try again, or whom to ask for help."""
    if refusal.until is None:
        return str(
            _(
                "Het is te vaak mislukt. Vraag om hulp: de beheerder van uw organisatie of, als werknemer, degene die "
                "u uitnodigde."
            )
        )
    return str(_("Het is een paar keer mislukt. Probeer het om %(time)s opnieuw.", time=clock_time(refusal.until)))


def too_many_sms(refusal: TooManySms) -> str:
    """Say from when on another code can be sent."""
    return str(
        _(
            "Er zijn te veel codes per sms verstuurd. Vanaf %(time)s kan het weer. Een andere manier kan wel meteen.",
            time=clock_time(refusal.until),
        )
    )
