"""The recovery sheets of a vault or service: making one, printing it, declaring it void (design 2.1)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from crypto.errors import MalformedRecoveryCode
from crypto.recovery_code import read_code, write_code
from keys.errors import PublicKeyForged, SheetEnded
from keys.recovery_sheets import MadeSheet
from portal.authorisation import requires
from portal.errors import refuse as refuse_and_tell
from portal.forms.recovery import NamingForm
from portal.recovery_pdf import render_sheet
from portal.recovery_words import opens, printed
from portal.transactions import database, release
from vault.access import waiting_requests
from vault.errors import CannotBeNamed, NoVaultAccess, OtherSheetMade
from vault.recovery_sheets import (
    Standing,
    find_sheet,
    list_sheets,
    make,
    may_make,
    note_print,
    void,
    ways_back,
    who_can_be_named,
)
from vault.sides import is_employer

blueprint = Blueprint("recovery_sheets", __name__, url_prefix="/herstelblad")

MAKERS = (Permission.ACCESS_ADMINISTER, Permission.ADMISSION_DECIDE)


@blueprint.get("")
@requires(*MAKERS)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Explain what a recovery sheet is, list those that there are, and offer to make one."""
    return _list_page(actor, NamingForm(formdata=None))


@blueprint.post("")
@requires(*MAKERS, fresh=True)
def make_new(*, actor: Actor) -> ResponseReturnValue:
    """Make a sheet and show, this one time, the page from which it is printed."""
    form = NamingForm()
    form.offer(who_can_be_named(database(), actor))
    if not form.validate_on_submit():
        return _list_page(actor, form), 422
    try:
        made = make(database(), form.named_id, form.replaces_id, actor)
    except NoVaultAccess:
        return _refused(actor, 403, "no key", _("U kunt zelf niet bij de sleutel. Er is niets gemaakt."))
    except (CannotBeNamed, OtherSheetMade, PublicKeyForged) as refusal:
        return _refused(actor, 409, "overtaken", _reason(refusal))
    return _made_page(made, actor)


@blueprint.post("/<uuid:sheet_id>/pdf")
@requires(*MAKERS)
def download(sheet_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Give the code on the page of a new sheet back as a PDF, without having it."""
    try:
        code = write_code(read_code(request.form.get("code", "")))
    except MalformedRecoveryCode:
        abort(400)
    line = note_print(database(), sheet_id, actor)
    release()
    response = make_response(render_sheet(printed(line, code, actor)))
    response.mimetype = "application/pdf"
    response.headers.set("Content-Disposition", "attachment", filename=f"Herstelblad {line.number}.pdf")
    return response


@blueprint.get("/<uuid:sheet_id>/vervallen")
@requires(*MAKERS, fresh=True)
def ask_void(sheet_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what declaring a sheet void means, and ask once."""
    line = find_sheet(database(), sheet_id, actor)
    if not line.is_active:
        return redirect(url_for("recovery_sheets.show"), 303)
    return render_template("recovery_sheets/void.html", line=line, opens=opens(actor))


@blueprint.post("/<uuid:sheet_id>/vervallen")
@requires(*MAKERS, fresh=True)
def declare_void(sheet_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Herstelblad vervallen verklaren*."""
    try:
        void(database(), sheet_id, actor)
    except NoVaultAccess:
        return _refused(actor, 403, "no key", _("U kunt zelf niet bij de sleutel. Er is niets gewijzigd."))
    except SheetEnded:
        return _refused(actor, 409, "overtaken", _("Dit herstelblad was al gebruikt of vervallen."))
    flash(_("Het herstelblad is vervallen en opent niets meer. Vernietig het papier."), "success")
    return redirect(url_for("recovery_sheets.show"), 303)


def _made_page(made: MadeSheet, actor: Actor) -> Response:
    line = find_sheet(database(), made.sheet_id, actor)
    code = write_code(made.printed_half)
    return make_response(render_template("recovery_sheets/made.html", line=line, code=code, opens=opens(actor)))


def _refused(actor: Actor, status: int, word: str, told: str) -> ResponseReturnValue:
    refuse_and_tell(status, word)
    flash(told, "error")
    return _list_page(actor, NamingForm(formdata=None)), status


def _reason(refusal: Exception) -> str:
    reasons = {
        CannotBeNamed: _("Op deze naam kan geen herstelblad meer staan. Kies iemand anders. Er is niets gemaakt."),
        OtherSheetMade: _(
            "Er is intussen al een herstelblad gemaakt, of het vorige is vervallen; kijk hieronder hoe het nu is. "
            "Hebt u dat blad niet kunnen afdrukken? Maak dan een nieuw, dat het vervangt."
        ),
        PublicKeyForged: _(
            "De sleutel van deze persoon is niet door deze server gemaakt. Er is niets overhandigd; waarschuw de "
            "technisch beheerder."
        ),
    }
    return str(reasons[type(refusal)])


def _list_page(actor: Actor, form: NamingForm) -> str:
    sheets = list_sheets(database(), actor)
    members = who_can_be_named(database(), actor)
    active = next((line for line in sheets if line.is_active), None)
    form.offer(members)
    form.replaces.data = str(active.sheet_id) if active else ""
    return render_template(
        "recovery_sheets/list.html",
        form=form,
        sheets=sheets,
        active=active,
        members=members,
        may_make=may_make(database(), actor),
        ways=ways_back(database(), actor),
        requests=waiting_requests(database(), actor) if is_employer(actor) else [],
        is_employer=is_employer(actor),
        opens=opens(actor),
        Standing=Standing,
    )
