"""Forms of *Ondertekening via sms* (G-04, G-07, G-08)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length

from accounts.security_keys import LONGEST_ANSWER
from dialogs.candidates import Candidate
from dialogs.choosing import NewParticipant
from organisation.errors import FieldFault
from portal.forms.base import PortalForm, filled_in, typed
from portal.forms.dialogues import ParticipantsForm, choice_of
from signing.requesting import DAYS, NewSigner


class SignersForm(ParticipantsForm):
    """Who signs: boxes to tick, and beside each on behalf of whom and, with an order, in which place."""

    participants = SelectMultipleField(_("Ondertekenaars"), validate_choice=False)

    def signers(self, offered: Sequence[Candidate]) -> tuple[NewSigner, ...]:
        """Those who were ticked, of whom are offered, in the order that was given; those without one come last."""
        ticked = set(self.participants.data or [])
        chosen = [candidate for candidate in offered if choice_of(candidate) in ticked]
        chosen.sort(key=lambda candidate: self.place_of(candidate) or len(offered) + 1)
        return tuple(_signer(candidate) for candidate in chosen)

    def place_of(self, candidate: Candidate) -> int | None:
        """In which place somebody signs; None where no number was given."""
        given = request.form.get(f"place {candidate.id}", "").strip()
        return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else None

    def capacity_of(self, candidate: Candidate, fallback: str) -> str:
        """What was typed as *Ondertekening namens*, or what the form begins with."""
        return request.form.get(f"capacity {candidate.id}", fallback)

    def place(self, faults: Iterable[FieldFault]) -> dict[str, str]:
        """Put each fault beside its field; return those about one signer, by the name of that field."""
        renamed = [FieldFault("participants", one.message) if one.field == "signers" else one for one in faults]
        return super().place(renamed)


class SigningRequestForm(SignersForm):
    """*Verstuur verzoek*: who signs, in which order, until when, and what they are told."""

    order = RadioField(
        _("Volgorde"),
        choices=[
            SelectChoice("fixed", _("Na elkaar: wie later komt, krijgt pas bericht als de vorige heeft ondertekend")),
            SelectChoice("free", _("Door elkaar: iedereen krijgt meteen bericht")),
        ],
        default="fixed",
    )
    days = IntegerField(_("Aantal dagen om te ondertekenen"), default=DAYS)
    text = TextAreaField(_("Bericht aan de ondertekenaars"))
    request_id = HiddenField()

    @property
    def lifetime_in_days(self) -> int:
        """For how long the request runs; 0, which is refused, where no number was typed."""
        return self.days.data if isinstance(self.days.data, int) else 0


class ReasonForm(PortalForm):
    """Why somebody declines, or withdraws a request."""

    reason = TextAreaField(_("Reden"), [filled_in(_("Schrijf in een zin waarom."))])


class AgreeingForm(PortalForm):
    """*Verstuur sms*: that somebody agrees, and a number where nobody gave one (G-07)."""

    agreed = BooleanField(_("Ik ga akkoord"), [filled_in(_("Vink aan dat u akkoord gaat, of kies Weigeren."))])
    number = StringField(_("Mobielnummer"), [Length(max=40)])

    def given_number(self) -> str | None:
        """The number that was typed; None where there was no field for it."""
        return typed(self.number) if "number" in request.form else None


class SigningCodeForm(PortalForm):
    """*Validatie code* (G-08)."""

    code = StringField(_("Validatie code"), [filled_in(_("Vul de code uit de sms in")), Length(max=20)])


class SigningAppForm(PortalForm):
    """Signing with an authenticator app instead."""

    agreed = BooleanField(_("Ik ga akkoord"), [filled_in(_("Vink aan dat u akkoord gaat, of kies Weigeren."))])
    code = StringField(_("Code uit uw app"), [filled_in(_("Vul de zes cijfers uit uw app in")), Length(max=20)])


class SigningKeyForm(PortalForm):
    """Signing with a security key or passkey instead; the script of the page fills in what it answered."""

    agreed = BooleanField(_("Ik ga akkoord"), [filled_in(_("Vink aan dat u akkoord gaat, of kies Weigeren."))])
    answer = HiddenField(validators=[Length(min=1, max=LONGEST_ANSWER)])


def one_signer(form: SignersForm, offered: Sequence[Candidate]) -> NewSigner | None:
    """The one who was chosen instead of another; None, with the fault beside the field, where it is not one."""
    chosen = form.signers(offered)
    if len(chosen) == 1:
        return chosen[0]
    form.participants.errors = [gettext("Kies één ondertekenaar.")]
    return None


def _signer(candidate: Candidate) -> NewSigner:
    participant = NewParticipant(
        candidate.kind,
        candidate.id,
        email=request.form.get(f"email {candidate.id}") or None,
        phone=request.form.get(f"phone {candidate.id}") or None,
        compared=request.form.get(f"compared {candidate.id}", type=int),
    )
    return NewSigner(participant, request.form.get(f"capacity {candidate.id}", ""))
