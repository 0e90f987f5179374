"""*Wie zag mijn gegevens*: who saw or did what with the own records, when and on which ground (LOG10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.calendar import today
from portal.authorisation import requires
from portal.forms.own_data import PeriodForm
from portal.own_log_pdf import render_own_log
from portal.own_log_words import ShownLine, shown_line
from portal.services import current_services
from portal.transactions import database
from vault.own_log import OwnLog, read_own_log

blueprint = Blueprint("own_log", __name__, url_prefix="/wie-zag-mijn-gegevens")

LINES_ON_A_PAGE = 50
SHOWN_AT_FIRST = timedelta(days=91)


@blueprint.get("")
@requires(Permission.OWN_DATA_READ)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show a page of the period in the address, at first of the last three months; the look itself is logged."""
    form = PeriodForm.from_address()
    if not form.validate():
        return _page(form, None, 1), 422
    if not request.args:
        form.van.process_data(today(database()) - SHOWN_AT_FIRST)
        form.van.day = today(database()) - SHOWN_AT_FIRST
    number = _page_number()
    return _page(form, read_own_log(database(), actor, since=form.since, until=form.until, page=number), number)


@blueprint.get("/pdf")
@requires(Permission.OWN_DATA_READ)
def download(*, actor: Actor) -> ResponseReturnValue:
    """Give the whole period as a PDF."""
    form = PeriodForm.from_address()
    if not form.validate():
        return _page(form, None, 1), 422
    log = read_own_log(database(), actor, since=form.since, until=form.until, for_format="pdf")
    lines = [shown_line(line) for line in log.lines]
    response = make_response(
        render_own_log(lines, actor.person_name, form.van.day, form.tot.day, current_services().source.now())
    )
    response.mimetype = "application/pdf"
    name = f"Wie zag mijn gegevens {today(database()).isoformat()}.pdf"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _page(form: PeriodForm, log: OwnLog | None, number: int) -> str:
    lines: list[ShownLine] = []
    if log is not None:
        lines = [shown_line(line) for line in log.page(number, LINES_ON_A_PAGE)]
    total = len(log.lines) if log else 0
    return render_template(
        "own_log/list.html",
        form=form,
        log=log,
        lines=lines,
        several=bool(log and len(log.employers) > 1),
        page=number,
        pages=max(1, -(-total // LINES_ON_A_PAGE)),
        total=total,
        url_of=lambda page: url_for("own_log.show", pagina=page, **_period(form)),
        pdf_url=url_for("own_log.download", **_period(form)),
    )


def _period(form: PeriodForm) -> dict[str, Any]:
    return {field.name: field.data for field in (form.van, form.tot) if field.data}


def _page_number() -> int:
    return min(max(request.args.get("pagina", 1, type=int), 1), 1_000_000)
