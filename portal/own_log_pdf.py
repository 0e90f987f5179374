"""*Wie zag mijn gegevens* as a PDF (LOG10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _

from portal.formats import long_date, short_date
from portal.own_log_words import ShownLine
from portal.plain_pdf import Document, Section, render_document


def render_own_log(
    lines: Sequence[ShownLine], name: str, since: date | None, until: date | None, made_at: datetime
) -> bytes:
    """Return all lines of a period as a PDF."""
    return render_document(
        Document(
            title=_("Wie zag mijn gegevens"),
            footer=_("Gemaakt op %(date)s voor %(name)s.", date=long_date(made_at), name=name),
            made_at=made_at,
            paragraphs=(
                _period(since, until),
                _("Er staat geen naam van een medewerker bij: wel de organisatie en de rol."),
            ),
            sections=(log_section(lines),),
        )
    )


def log_section(lines: Sequence[ShownLine]) -> Section:
    """The lines as a table; with whose data they are about, where that is more than one employer."""
    return Section(
        title=_("Wat er met uw gegevens is gedaan"),
        paragraphs=() if lines else (_("In deze periode is er niets met uw gegevens gedaan."),),
        columns=(_("Wanneer"), _("Wie, in welke rol"), _("Wat"), _("Op welke grond"), _("Gegevens bij")),
        widths=(3, 4, 5, 4, 3),
        rows=tuple(
            (f"{short_date(line.day)}\n{line.times}", f"{line.who}\n{line.role}", line.what, line.ground, line.employer)
            for line in lines
        ),
    )


def _period(since: date | None, until: date | None) -> str:
    if since and until:
        return str(_("Van %(first)s tot en met %(last)s.", first=long_date(since), last=long_date(until)))
    if since:
        return str(_("Vanaf %(first)s.", first=long_date(since)))
    if until:
        return str(_("Tot en met %(last)s.", last=long_date(until)))
    return str(_("Vanaf het begin."))
