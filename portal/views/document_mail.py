"""*E-mailen*: sending documents of a dossier by mail, with the warning that others may read along (DOC-14, DOC-15)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from crypto.errors import UnsealError
from delivery.errors import TooManyLetters
from delivery.letters import LONGEST_SUBJECT, LONGEST_TEXT
from documents.errors import FileGone, MailRefused
from documents.listing import DocumentFilter, list_documents
from documents.mailing import TypedMail, find_mailable, mail_document, sender_of
from documents.models import Audience, Document
from documents.opening import read_document
from organisation.errors import NotFound
from portal.authorisation import requires
from portal.document_addresses import dossier_ways, place_of
from portal.forms.base import typed
from portal.forms.document_forms import MailForm
from portal.logs import log_failure
from portal.services import current_services
from portal.session import undo_request
from portal.transactions import database

blueprint = Blueprint("document_mail", __name__, url_prefix="/documenten/<uuid:document_id>/mailen")


@blueprint.get("")
@requires(Permission.DOCUMENT_MAIL)
def show(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the mail to write."""
    document = find_mailable(database(), document_id, actor)
    return _page(MailForm(formdata=None), document, actor)


@blueprint.post("")
@requires(Permission.DOCUMENT_MAIL)
def send(document_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*VERSTUREN*."""
    document = find_mailable(database(), document_id, actor)
    form = MailForm()
    form.offer(())
    if form.validate_on_submit():
        try:
            mail_document(database(), current_services().intake.store, document_id, _typed(form), actor)
            flash(
                _("De e-mail wordt verstuurd. Komt hij bij iemand niet aan, dan krijgt u daarover een e-mail."),
                "success",
            )
            return redirect(url_for("document_pages.show", document_id=document_id), 303)
        except MailRefused as refusal:
            form.place(refusal.faults)
        except TooManyLetters:
            undo_request()
            form.to.errors = [_("U hebt vandaag al veel e-mails verstuurd. Probeer het morgen opnieuw.")]
    return _page(form, document, actor), 422


@blueprint.errorhandler(FileGone)
@blueprint.errorhandler(UnsealError)
def tell_gone(error: FileGone | UnsealError) -> ResponseReturnValue:
    """What lies in the store is not there, or is not what was put there: nothing is sent."""
    log_failure(type(error), error.__traceback__)
    undo_request()
    return render_template("documents/gone.html"), 410


def _typed(form: MailForm) -> TypedMail:
    return TypedMail(
        to=typed(form.to),
        cc=typed(form.cc),
        bcc=typed(form.bcc),
        subject=typed(form.subject),
        text=typed(form.text),
        others=tuple(_ids(form.others.data or [])),
    )


def _ids(values: list[str]) -> list[UUID]:
    """The documents that were ticked. Raises `NotFound` for what is no id."""
    try:
        return [UUID(value) for value in values]
    except ValueError:
        raise NotFound from None


def _page(form: MailForm, document: Document, actor: Actor) -> str:
    place = place_of(document)
    listed = list_documents(database(), place, actor, DocumentFilter())
    form.offer(
        (str(line.id), line.title)
        for line in listed.lines
        if line.id != document.id and line.audience is not Audience.MEDICAL
    )
    return render_template(
        "document_mail/write.html",
        form=form,
        sender=sender_of(database(), actor),
        attachment=read_document(database(), document.id, actor).about.name,
        back=url_for("document_pages.show", document_id=document.id),
        ways=dossier_ways(place, actor),
        longest_subject=LONGEST_SUBJECT,
        longest_text=LONGEST_TEXT,
    )
