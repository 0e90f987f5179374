"""Nieuwe dialoog: about whom, with whom, and the first message (D-02, D-05, D-07, D-12)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.attachments import waiting_new_files
from dialogs.candidates import Candidates, candidates, find_to_talk_about
from dialogs.contents import LONGEST_TEXT
from dialogs.errors import InvalidDialogue, NotFound
from dialogs.signatures import signature_of
from dialogs.standard_texts import texts_for
from dialogs.starting import LONGEST_SUBJECT, NewDialogue, start_dialogue
from keys.errors import CheckWordsNotCompared
from organisation.employer_reading import find_employer
from organisation.models import OrganisationKind
from organisation.tree import employers_in_scope
from portal.authorisation import requires
from portal.check_words import not_compared
from portal.due_work import do_due_work
from portal.formats import anonymous
from portal.forms.base import typed
from portal.forms.dialogues import NewDialogueForm, choice_of, chosen_files, request_id_of
from portal.services import current_services
from portal.transactions import database
from portal.views.conversations import inserted
from portal.views.dossiers import waiting_page
from vault.errors import NotShared

blueprint = Blueprint("starting_dialogues", __name__, url_prefix="/berichten/nieuw")


@blueprint.get("")
@requires(Permission.DIALOGUE_START)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show the form; where the address does not say what the dialogue is about, that is asked first."""
    if not {"werknemer", "werkgever", "over"} & set(request.args):
        return _choice_page(actor)
    employee_id, employer_id = _about()
    if employee_id and actor.audience == OrganisationKind.SERVICE and (waiting := waiting_page(actor)) is not None:
        return waiting
    do_due_work(actor)
    try:
        found = candidates(database(), actor, employee_id=employee_id, employer_id=employer_id)
    except NotShared:
        return _not_shared(employee_id)
    closing = signature_of(database(), actor)
    form = NewDialogueForm(
        formdata=None,
        text=f"\n\n{closing}" if closing else "",
        request_id=str(current_services().source.new_id()),
    )
    return _page(form, found, actor)


@blueprint.post("")
@requires(Permission.DIALOGUE_START)
def start(*, actor: Actor) -> ResponseReturnValue:
    """Start the dialogue; the same form sent twice starts one."""
    form = NewDialogueForm()
    form.validate_on_submit()
    employee_id, employer_id = _about()
    try:
        if "insert" in request.form:
            form.text.data = inserted(typed(form.text), request.form.get("insertion", ""), actor)
            return _page(form, candidates(database(), actor, employee_id=employee_id, employer_id=employer_id), actor)
        return _started(form, employee_id, employer_id, actor)
    except NotShared:
        return _not_shared(employee_id)


def _started(
    form: NewDialogueForm, employee_id: UUID | None, employer_id: UUID | None, actor: Actor
) -> ResponseReturnValue:
    found = candidates(database(), actor, employee_id=employee_id, employer_id=employer_id)
    draft = NewDialogue(
        subject=typed(form.subject),
        text=typed(form.text),
        employee_id=employee_id,
        employer_id=employer_id,
        participants=form.chosen(found),
        file_ids=tuple(file.id for file in waiting_new_files(database(), chosen_files(), actor)),
        request_id=request_id_of(form.request_id, current_services().source.new_id()),
    )
    try:
        # What is refused leaves nothing behind, not even an entry.
        with database().begin_nested():
            dialogue = start_dialogue(database(), draft, actor, base_url=current_services().settings.base_url)
    except InvalidDialogue as refusal:
        return _page(form, found, actor, form.place(refusal.faults)), 422
    except CheckWordsNotCompared:
        # A key was renewed while the page was open.
        form.participants.errors = [not_compared()]
        found = candidates(database(), actor, employee_id=employee_id, employer_id=employer_id)
        return _page(form, found, actor), 422
    flash(_("De dialoog is gestart. Wie nog geen login heeft, krijgt een uitnodiging per e-mail."), "success")
    return redirect(url_for("conversations.show", dialogue_id=dialogue.id), 303)


def _about() -> tuple[UUID | None, UUID | None]:
    """The employee or the employer that the address names. Raises `NotFound` for what is no id."""
    try:
        employee, employer = (
            UUID(request.args[name]) if name in request.args else None for name in ("werknemer", "werkgever")
        )
    except ValueError:
        raise NotFound from None
    return employee, employer


def _choice_page(actor: Actor) -> str:
    is_service = actor.audience == OrganisationKind.SERVICE
    return render_template(
        "dialogues/about.html",
        employers=employers_in_scope(database(), actor) if is_service else [],
        is_service=is_service,
    )


def _page(form: NewDialogueForm, found: Candidates, actor: Actor, contact_faults: dict[str, str] | None = None) -> str:
    employee_id, employer_id = _about()
    return render_template(
        "dialogues/new.html",
        form=form,
        found=found,
        files=waiting_new_files(database(), chosen_files(), actor),
        choice_of=choice_of,
        ticked=set(form.participants.data or []),
        contact_faults=contact_faults or {},
        employee_id=employee_id,
        employer_id=employer_id,
        about=_about_name(employee_id, employer_id, found, actor),
        texts=texts_for(database(), actor),
        signature=signature_of(database(), actor),
        longest=LONGEST_TEXT,
        longest_subject=LONGEST_SUBJECT,
    )


def _about_name(employee_id: UUID | None, employer_id: UUID | None, found: Candidates, actor: Actor) -> str | None:
    if employee_id is not None:
        employee = found.employee
        return (
            employee.name
            if employee
            else anonymous(find_to_talk_about(database(), actor, employee_id).personnel_number)
        )
    return find_employer(database(), employer_id, actor).name if employer_id is not None else None


def _not_shared(employee_id: UUID | None) -> ResponseReturnValue:
    flash(_("Dit dossier is niet met u gedeeld. U kunt voor deze werknemer geen dialoog starten."), "warning")
    return redirect(url_for("dossiers.show", employee_id=employee_id), 303)
