"""*Mijn gegevens*: what employers hold about one, asking to correct it, and all of it to take away (AVG 15, 16, 20)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.corrections import ask_correction
from dialogs.errors import NobodyToAsk
from organisation.calendar import today
from portal.authorisation import requires
from portal.dialogue_addresses import conversation_url
from portal.errors import refuse
from portal.forms.base import typed
from portal.forms.own_data import CorrectionForm
from portal.own_copy import copy_as_json, copy_as_pdf, gather_copy
from portal.services import current_services
from portal.transactions import database
from vault.errors import BsnUnknown
from vault.own_records import OwnLink, find_own_link, read_own_bsn, read_own_data

blueprint = Blueprint("own_data", __name__, url_prefix="/mijn-gegevens")


@blueprint.get("")
@requires(Permission.OWN_DATA_READ)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show what each employer holds about the actor, or how that comes about."""
    return _page(actor)


@blueprint.post("/<uuid:employee_id>/bsn")
@requires(Permission.OWN_DATA_READ)
def show_bsn(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the same page with the BSN of one employer in full, which the log tells (D-rule 37)."""
    try:
        bsn = read_own_bsn(database(), employee_id, actor)
    except BsnUnknown:
        bsn = None
    return _page(actor, bsns={employee_id: bsn} if bsn else {})


@blueprint.get("/<uuid:employee_id>/klopt-niet")
@requires(Permission.OWN_DATA_READ)
def show_correction(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask what is wrong."""
    return _correction_page(CorrectionForm(), find_own_link(database(), employee_id, actor))


@blueprint.post("/<uuid:employee_id>/klopt-niet")
@requires(Permission.OWN_DATA_READ)
def correct(employee_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Klopt er iets niet?*: start a dialogue about it with the employer, once."""
    link, form = find_own_link(database(), employee_id, actor), CorrectionForm()
    if not form.validate_on_submit():
        return _correction_page(form, link), 422
    try:
        dialogue = ask_correction(
            database(),
            employee_id,
            _("Mijn gegevens kloppen niet"),
            typed(form.text),
            form.once(),
            actor,
            base_url=current_services().settings.base_url,
        )
    except NobodyToAsk:
        refuse(409, "nobody to ask")
        message = _(
            "Bij %(employer)s kan nu niemand uw bericht lezen. Er is niets verstuurd.", employer=link.employer.name
        )
        form.form_errors.append(message)
        return _correction_page(form, link), 409
    flash(_("Uw bericht is verstuurd naar %(employer)s.", employer=link.employer.name), "success")
    return redirect(conversation_url(dialogue.id), 303)


@blueprint.get("/download.json")
@requires(Permission.OWN_DATA_READ, fresh=True)
def download_json(*, actor: Actor) -> ResponseReturnValue:
    """Give all of it as a file that other programs read (AVG 20)."""
    content = copy_as_json(gather_copy(actor, "json"))
    return _file(content, "application/json", "json")


@blueprint.get("/download.pdf")
@requires(Permission.OWN_DATA_READ, fresh=True)
def download_pdf(*, actor: Actor) -> ResponseReturnValue:
    """Give all of it as a document to read (AVG 15)."""
    content = copy_as_pdf(gather_copy(actor, "pdf"))
    return _file(content, "application/pdf", "pdf")


def _page(actor: Actor, bsns: dict[UUID, str] | None = None) -> str:
    records = read_own_data(database(), actor)
    return render_template("own_data/show.html", records=records, bsns=bsns or {}, today=today(database()))


def _correction_page(form: CorrectionForm, link: OwnLink) -> str:
    back = url_for("own_data.show")
    return render_template("own_data/correct.html", form=form, employer=link.employer.name, link=link.link, back=back)


def _file(content: bytes, media_type: str, ending: str) -> Response:
    response = make_response(content)
    response.mimetype = media_type
    day = today(database()).isoformat()
    response.headers.set("Content-Disposition", "attachment", filename=f"Mijn gegevens {day}.{ending}")
    return response
