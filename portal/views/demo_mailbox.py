"""The mailbox of the demo: every mail and SMS that would have been sent. These routes exist in the demo only."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from delivery.errors import MailNotFound
from delivery.sms_folder import list_sms
from delivery.transports import list_mails, read_mail
from portal.authorisation import public
from portal.services import current_services

blueprint = Blueprint("demo_mailbox", __name__)


@blueprint.get("/demo/postvak")
@public
def show_all() -> ResponseReturnValue:
    """List the mails and the text messages, the newest first."""
    sms_folder = current_services().settings.sms_folder
    messages = list_sms(sms_folder) if sms_folder is not None else []
    return render_template("demo_mailbox/list.html", mails=list_mails(_folder()), text_messages=messages)


@blueprint.get("/demo/postvak/<name>")
@public
def show_one(name: str) -> ResponseReturnValue:
    """Show one mail as text."""
    try:
        return render_template("demo_mailbox/mail.html", mail=read_mail(_folder(), name))
    except MailNotFound:
        abort(404)


def _folder() -> Path:
    return cast(Path, current_services().settings.mail_folder)
