"""Ondertekening controleren: anybody may have a signed document checked, and nothing of it is kept (signing.md 9.4)."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.authorisation import public
from portal.forms.signing_check import SigningCheckForm
from portal.services import current_services
from portal.signing_check_words import is_unsigned, shown_problems, shown_signatures, timestamps_word
from portal.timestamps import roots_to_check_with
from portal.transactions import database, release
from portal.uploads import accepts_upload
from signing.checking import check_signed
from signing.errors import CheckingBusy

blueprint = Blueprint("signing_check", __name__, url_prefix="/ondertekening-controleren")

SECONDS_TO_COME_BACK = "10"


@blueprint.get("")
@public
def show() -> ResponseReturnValue:
    """Ask for the document and its evidence."""
    return _page(SigningCheckForm())


@blueprint.post("")
@public
@accepts_upload
def check() -> ResponseReturnValue:
    """Tell what is found in them. They are in memory for as long as that takes, and in no file."""
    form = SigningCheckForm()
    if not form.validate():
        return _page(form), 422
    document, evidence = request.files["document"].read(), _evidence()
    roots = roots_to_check_with(database(), current_services().settings)
    release()
    try:
        findings = check_signed(document, evidence, roots.of_signatures, roots.of_timestamps)
    except CheckingBusy:
        return _page(SigningCheckForm(), is_busy=True), 503, {"Retry-After": SECONDS_TO_COME_BACK}
    return render_template(
        "signing_check/findings.html",
        findings=findings,
        is_unsigned=is_unsigned(findings),
        with_evidence=evidence is not None,
        signatures=shown_signatures(findings),
        problems=shown_problems(findings),
        timestamps=timestamps_word(findings),
    )


def _evidence() -> bytes | None:
    given = request.files.get("evidence")
    # A field in which nobody chose anything comes as an empty file without a name.
    return given.read() if given is not None and given.filename else None


def _page(form: SigningCheckForm, *, is_busy: bool = False) -> str:
    megabytes = current_services().settings.upload_limit_mib
    return render_template("signing_check/form.html", form=form, is_busy=is_busy, megabytes=megabytes)
