"""The way back in with a recovery sheet: its code, what will happen, and the key (design 2.1)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.actor import Actor
from accounts.errors import TooManyTries, WrongCode
from accounts.permissions import Permission
from crypto.errors import MalformedRecoveryCode
from crypto.recovery_code import read_code, write_code
from keys.errors import SheetEnded
from portal.authorisation import requires
from portal.errors import refuse as refuse_and_tell
from portal.formats import clock_time
from portal.forms.recovery import RecoveryCodeForm
from portal.recovery_words import becomes, opens
from portal.transactions import database
from vault.recovery import check, sheets_in_name_of, use
from vault.recovery_sheets import Standing

blueprint = Blueprint("recovery", __name__, url_prefix="/herstel")


@blueprint.get("")
@requires(Permission.START_SEE)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Ask for the code of a sheet, and say which sheets are in the visitor's name."""
    return _code_page(actor, RecoveryCodeForm(formdata=None))


@blueprint.post("")
@requires(Permission.START_SEE)
def check_code(*, actor: Actor) -> ResponseReturnValue:
    """Check the code and say what using the sheet will do; nothing is opened yet."""
    form = RecoveryCodeForm()
    if not form.validate_on_submit():
        return _code_page(actor, form), 422
    try:
        half = read_code(form.typed_code)
        line = check(database(), half, actor)
    except (MalformedRecoveryCode, TooManyTries, WrongCode) as refusal:
        return _refused_code_page(actor, form, refusal)
    code = write_code(half)
    return render_template("recovery/confirm.html", line=line, code=code, opens=opens(actor), becomes=becomes(actor))


@blueprint.post("/gebruiken")
@requires(Permission.START_SEE)
def use_sheet(*, actor: Actor) -> ResponseReturnValue:
    """Hand over the key and use the sheet up."""
    form = RecoveryCodeForm()
    if not form.validate_on_submit():
        return _code_page(actor, form), 422
    try:
        use(database(), read_code(form.typed_code), actor)
    except (MalformedRecoveryCode, TooManyTries, WrongCode) as refusal:
        return _refused_code_page(actor, form, refusal)
    except SheetEnded:
        refuse_and_tell(409, "overtaken")
        flash(_("Dit herstelblad is zojuist gebruikt of vervallen. Er is niets gewijzigd."), "error")
        return _code_page(actor, RecoveryCodeForm(formdata=None)), 409
    flash(
        _("U hebt nu de sleutel van %(what)s. Het herstelblad is op. Maak meteen een nieuw.", what=opens(actor)),
        "success",
    )
    return redirect(url_for("recovery_sheets.show"), 303)


def _refused_code_page(actor: Actor, form: RecoveryCodeForm, refusal: Exception) -> ResponseReturnValue:
    form.code.errors = [_reason(refusal)]
    return _code_page(actor, form), 422


def _reason(refusal: Exception) -> str:
    if isinstance(refusal, MalformedRecoveryCode):
        return _slip(refusal)
    if isinstance(refusal, TooManyTries) and refusal.until is not None:
        time = clock_time(refusal.until)
        return str(_("Het is een paar keer mislukt. Probeer het om %(time)s opnieuw.", time=time))
    told = _(
        "Deze code hoort niet bij een geldig herstelblad op uw naam. Kijk of u het nieuwste blad hebt, en of u bent "
        "ingelogd als degene die erop staat."
    )
    return str(told)


def _slip(refusal: MalformedRecoveryCode) -> str:
    if refusal.lines:
        told = ngettext(
            "In regel %(lines)s zit een tikfout. Vergelijk die met het blad.",
            "In de regels %(lines)s zit een tikfout. Vergelijk die met het blad.",
            len(refusal.lines),
            lines=", ".join(map(str, refusal.lines)),
        )
    else:
        told = _("De code heeft 64 tekens, in vier regels van zestien. U vulde er %(count)s in.", count=refusal.length)
    return str(told)


def _code_page(actor: Actor, form: RecoveryCodeForm) -> str:
    sheets = sheets_in_name_of(database(), actor)
    return render_template(
        "recovery/code.html",
        form=form,
        sheets=sheets,
        is_named=any(line.standing is Standing.VALID for line in sheets),
        opens=opens(actor),
        Standing=Standing,
    )
