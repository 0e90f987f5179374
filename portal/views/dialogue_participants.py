"""Who takes part in a dialogue, and closing it: each of these asks first and says what happens (D-03, D-07..D-10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.asking_anew import invite_again
from dialogs.closing import LONGEST_REASON, close_dialogue, reopen_dialogue
from dialogs.errors import (
    AlreadyTakesPart,
    ContactChanged,
    DialogueClosed,
    InvalidDialogue,
    LockedOut,
    MustStartAnew,
    NoLongerAuthorised,
    NotFound,
    NothingToReplace,
    NotInvitedYet,
    OtherNotAuthorised,
    TooManyInvitations,
)
from dialogs.participants import add_participant, key_to_compare, leave, readmit, remove_participant
from dialogs.reading import Conversation, DialogueAction, ParticipantView, read_dialogue
from dialogs.replacing import replace_changed, who_comes_instead
from dialogs.substitutes import who_can_be_added
from keys.errors import CheckWordsNotCompared
from organisation.employer_fields import N_
from portal.authorisation import requires
from portal.check_words import compared_generation, not_compared
from portal.dialogue_words import state_of
from portal.forms.base import typed
from portal.forms.dialogues import NewParticipantForm, ParticipantsForm, ReasonForm, choice_of
from portal.forms.faults import place_faults
from portal.services import current_services
from portal.transactions import database
from signing.reading import request_in_dialogue
from vault.errors import NotShared

blueprint = Blueprint("dialogue_participants", __name__, url_prefix="/berichten/<uuid:dialogue_id>")


@blueprint.get("/deelnemers/toevoegen")
@requires(Permission.DIALOGUE_START)
def show_adding(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask whom to add, and what that person may read."""
    return _tried(dialogue_id, lambda: _adding_page(dialogue_id, actor, NewParticipantForm(formdata=None)))


@blueprint.post("/deelnemers/toevoegen")
@requires(Permission.DIALOGUE_START)
def add(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Add somebody, from now on or with all before."""
    return _tried(dialogue_id, lambda: _add(dialogue_id, actor))


@blueprint.get("/deelnemers/<uuid:participant_id>/verwijderen")
@requires(Permission.DIALOGUE_START)
def show_removal(dialogue_id: UUID, participant_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what it means to take somebody out."""
    conversation, person = _person(dialogue_id, participant_id, actor)
    if not person.can_be_removed:
        raise NotFound
    return render_template("dialogues/remove.html", conversation=conversation, person=person)


@blueprint.post("/deelnemers/<uuid:participant_id>/verwijderen")
@requires(Permission.DIALOGUE_START)
def remove(dialogue_id: UUID, participant_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Take somebody out of the dialogue."""

    def act() -> ResponseReturnValue:
        remove_participant(database(), dialogue_id, participant_id, actor)
        return _back(dialogue_id, _("De deelnemer is verwijderd en kan nieuwe berichten niet lezen."))

    return _tried(dialogue_id, act)


@blueprint.post("/deelnemers/<uuid:participant_id>/uitnodiging")
@requires(Permission.DIALOGUE_START)
def invite_anew(dialogue_id: UUID, participant_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Send a new link to who has not joined; the one before no longer works (*Opnieuw versturen*, D-rule 32)."""

    def act() -> ResponseReturnValue:
        base_url = current_services().settings.base_url
        try:
            invite_again(database(), dialogue_id, participant_id, actor, base_url=base_url)
        except ContactChanged:
            return _refused(dialogue_id, _NOT_ADDED[MustStartAnew]())
        except AlreadyTakesPart:
            return _refused(dialogue_id, _("Deze deelnemer wacht niet op een uitnodiging. Er is niets veranderd."))
        except NotInvitedYet:
            return _refused(dialogue_id, _("Deze deelnemer krijgt de uitnodiging zodra hij of zij aan de beurt is."))
        except TooManyInvitations:
            return _refused(dialogue_id, _("Deze deelnemer kreeg vandaag al vijf uitnodigingen. Probeer het morgen."))
        except LockedOut:
            return _refused(
                dialogue_id, _("Dit kan alleen een deelnemer die alles kan lezen wat de genodigde mag lezen.")
            )
        return _back(dialogue_id, _("Er is een nieuwe uitnodiging verstuurd. De vorige link werkt niet meer."))

    return _tried(dialogue_id, act)


@blueprint.get("/deelnemers/<uuid:participant_id>/vervangen")
@requires(Permission.DIALOGUE_START)
def show_replacing(dialogue_id: UUID, participant_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what happens when somebody whose data have changed is replaced (D-09)."""
    if (signing := request_in_dialogue(database(), dialogue_id, actor)) is not None and signing.is_pending:
        return _to_signing(signing.id)
    return _tried(dialogue_id, lambda: _replacing_page(dialogue_id, participant_id, actor))


@blueprint.post("/deelnemers/<uuid:participant_id>/vervangen")
@requires(Permission.DIALOGUE_START)
def replace(dialogue_id: UUID, participant_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Close the dialogue and start it anew with the present data (D-08..D-10)."""

    if (signing := request_in_dialogue(database(), dialogue_id, actor)) is not None and signing.is_pending:
        return _to_signing(signing.id)

    return _tried(dialogue_id, lambda: _replace(dialogue_id, participant_id, actor))


@blueprint.get("/deelnemers/<uuid:participant_id>/toelaten")
@requires(Permission.DIALOGUE_READ)
def show_readmission(dialogue_id: UUID, participant_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask to compare the check words of somebody whose key was renewed (design 2.3)."""
    conversation, person = _person(dialogue_id, participant_id, actor)
    return _tried(dialogue_id, lambda: _readmission_page(conversation, person, actor))


@blueprint.post("/deelnemers/<uuid:participant_id>/toelaten")
@requires(Permission.DIALOGUE_READ)
def admit_again(dialogue_id: UUID, participant_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Let somebody in again, from now on or with all before."""
    conversation, person = _person(dialogue_id, participant_id, actor)
    form = NewParticipantForm()
    form.validate_on_submit()

    def act() -> ResponseReturnValue:
        if form.history.errors:
            return _readmission_page(conversation, person, actor, form)
        history = form.history.data == "all"
        compared = compared_generation()
        try:
            readmit(database(), dialogue_id, participant_id, actor, compared=compared, with_history=history)
        except NotFound:
            # Who is in the dialogue was found above.
            return _refused(dialogue_id, _("Deze deelnemer heeft geen nieuwe sleutel. Er is niets veranderd."))
        return _back(dialogue_id, _("De deelnemer is weer toegelaten."))

    try:
        return _tried(dialogue_id, act)
    except CheckWordsNotCompared:
        flash(not_compared(), "error")
        return _readmission_page(conversation, person, actor, form)


@blueprint.get("/verlaten")
@requires(Permission.DIALOGUE_READ)
def show_leaving(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what it means to leave."""
    return _question("dialogues/leave.html", dialogue_id, DialogueAction.LEAVE, actor)


@blueprint.post("/verlaten")
@requires(Permission.DIALOGUE_READ)
def leave_for_good(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Leave the dialogue."""
    leave(database(), dialogue_id, actor)
    flash(_("U hebt de dialoog verlaten."), "success")
    return redirect(url_for("dialogues.show_all"), 303)


@blueprint.get("/sluiten")
@requires(Permission.DIALOGUE_START)
def show_closing(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask why the dialogue is closed."""
    return _question("dialogues/close.html", dialogue_id, DialogueAction.CLOSE, actor, ReasonForm(formdata=None))


@blueprint.post("/sluiten")
@requires(Permission.DIALOGUE_START)
def close(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Close the dialogue for a reason that all participants read."""

    def act() -> ResponseReturnValue:
        form = ReasonForm()
        if form.validate_on_submit():
            try:
                with database().begin_nested():
                    close_dialogue(database(), dialogue_id, typed(form.reason), actor)
                return _back(dialogue_id, _("De dialoog is gesloten."))
            except InvalidDialogue as refusal:
                place_faults(form, refusal.faults)
        return _question("dialogues/close.html", dialogue_id, DialogueAction.CLOSE, actor, form), 422

    return _tried(dialogue_id, act)


@blueprint.post("/heropenen")
@requires(Permission.DIALOGUE_START)
def reopen(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Open the dialogue again, for who started it."""

    def act() -> ResponseReturnValue:
        reopen_dialogue(database(), dialogue_id, actor)
        return _back(dialogue_id, _("De dialoog is weer open."))

    return _tried(dialogue_id, act)


def _add(dialogue_id: UUID, actor: Actor) -> ResponseReturnValue:
    form = NewParticipantForm()
    form.validate_on_submit()
    found = who_can_be_added(database(), dialogue_id, actor)
    chosen = form.chosen(found, with_history=form.history.data == "all")
    if len(chosen) != 1:
        form.participants.errors = [_("Kies een deelnemer.")]
    if form.errors:
        return _adding_page(dialogue_id, actor, form), 422
    try:
        with database().begin_nested():
            add_participant(database(), dialogue_id, chosen[0], actor, base_url=current_services().settings.base_url)
    except InvalidDialogue as refusal:
        return _adding_page(dialogue_id, actor, form, form.place(refusal.faults)), 422
    except (AlreadyTakesPart, MustStartAnew, CheckWordsNotCompared) as refusal:
        form.participants.errors = [_NOT_ADDED[type(refusal)]()]
        return _adding_page(dialogue_id, actor, form), 422
    return _back(dialogue_id, _("De deelnemer is toegevoegd."))


_NOT_ADDED: dict[type[Exception], Callable[[], str]] = {
    AlreadyTakesPart: lambda: str(_("Deze persoon doet al mee of is al uitgenodigd.")),
    MustStartAnew: lambda: str(
        _("Van deze persoon zijn nu andere gegevens bekend. Sluit deze dialoog en start een nieuwe.")
    ),
    CheckWordsNotCompared: not_compared,
}


def _replace(dialogue_id: UUID, participant_id: UUID, actor: Actor) -> ResponseReturnValue:
    form = ParticipantsForm()
    coming = who_comes_instead(database(), dialogue_id, participant_id, actor)
    if coming is None:
        return _replacing_page(dialogue_id, participant_id, actor)
    try:
        with database().begin_nested():
            made = replace_changed(
                database(),
                dialogue_id,
                participant_id,
                actor,
                base_url=current_services().settings.base_url,
                email=form.typed_contact("email", coming),
                phone=form.typed_contact("phone", coming),
            )
    except InvalidDialogue as refusal:
        return _replacing_page(dialogue_id, participant_id, actor, form.place(refusal.faults)), 422
    return _back(made.id, _("De oude dialoog is gesloten. Dit is de nieuwe, met de gegevens van nu."))


def _replacing_page(
    dialogue_id: UUID, participant_id: UUID, actor: Actor, faults: Mapping[str, str] | None = None
) -> str:
    """What replacing means, and what has to be given for it; of whom nothing is known any more, what to do instead."""
    coming = who_comes_instead(database(), dialogue_id, participant_id, actor)
    conversation, person = _person(dialogue_id, participant_id, actor)
    return render_template(
        "dialogues/replace.html",
        conversation=conversation,
        person=person,
        coming=coming,
        form=ParticipantsForm(),
        faults=faults or {},
    )


def _adding_page(
    dialogue_id: UUID, actor: Actor, form: NewParticipantForm, contact_faults: dict[str, str] | None = None
) -> str:
    found = who_can_be_added(database(), dialogue_id, actor)
    return render_template(
        "dialogues/add.html",
        conversation=read_dialogue(database(), dialogue_id, actor, limit=0),
        form=form,
        found=found,
        choice_of=choice_of,
        ticked=set(form.participants.data or []),
        contact_faults=contact_faults or {},
    )


def _readmission_page(
    conversation: Conversation, person: ParticipantView, actor: Actor, form: NewParticipantForm | None = None
) -> ResponseReturnValue:
    try:
        renewed = key_to_compare(database(), conversation.id, person.id, actor)
    except NotFound:
        return _refused(conversation.id, _("Deze deelnemer heeft geen nieuwe sleutel. Er is niets veranderd."))
    page = render_template(
        "dialogues/readmit.html",
        conversation=conversation,
        person=person,
        form=form or NewParticipantForm(formdata=None),
        renewed=renewed,
    )
    return page, 422 if form else 200


def _person(dialogue_id: UUID, participant_id: UUID, actor: Actor) -> tuple[Conversation, ParticipantView]:
    conversation = read_dialogue(database(), dialogue_id, actor, limit=0)
    person = next((one for one in conversation.participants if one.id == participant_id), None)
    if person is None:
        raise NotFound
    return conversation, person


def _question(
    template: str, dialogue_id: UUID, action: DialogueAction, actor: Actor, form: ReasonForm | None = None
) -> str:
    conversation = read_dialogue(database(), dialogue_id, actor, limit=0)
    if action not in conversation.can:
        raise NotFound
    return render_template(template, conversation=conversation, form=form, longest=LONGEST_REASON, state_of=state_of)


def _tried(dialogue_id: UUID, act: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Do something to a dialogue; what its state forbids leaves nothing behind and is told on its page."""
    try:
        with database().begin_nested():
            return act()
    except InvalidDialogue as refusal:
        return _refused(dialogue_id, " ".join(_(fault.message) for fault in refusal.faults))
    except tuple(_REFUSALS) as refusal:
        return _tell_refusal(dialogue_id, refusal)


_REFUSALS: Mapping[type[Exception], str] = {
    ContactChanged: N_("Uw e-mailadres of mobiele nummer is gewijzigd. Er is niets veranderd."),
    DialogueClosed: N_("De dialoog is intussen gesloten. Er is niets veranderd."),
    LockedOut: N_("U hebt een nieuwe sleutel. Een andere deelnemer moet u eerst toelaten."),
    NoLongerAuthorised: N_("U mag deze werknemer niet meer zien. Er is niets veranderd."),
    NotShared: N_("Dit dossier is niet meer met u gedeeld. Er is niets veranderd."),
    OtherNotAuthorised: N_("Deze deelnemer mag de werknemer niet meer zien en doet daarom niet meer mee."),
    NothingToReplace: N_("De gegevens van deze deelnemer zijn niet gewijzigd. Er is niets veranderd."),
}


def _tell_refusal(dialogue_id: UUID, refusal: Exception) -> ResponseReturnValue:
    return _refused(dialogue_id, _(_REFUSALS[type(refusal)]))


def _to_signing(request_id: UUID) -> ResponseReturnValue:
    """Where a signature goes by the dialogue, who is replaced is a signer, and that is the matter of its own page."""
    flash(
        _("In deze dialoog loopt een ondertekening. Vervang de ondertekenaar hier, of trek het verzoek eerst in."),
        "warning",
    )
    return redirect(url_for("signing_requests.show", request_id=request_id), 303)


def _back(dialogue_id: UUID, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for("conversations.show", dialogue_id=dialogue_id), 303)


def _refused(dialogue_id: UUID, message: str) -> ResponseReturnValue:
    flash(message, "warning")
    return redirect(url_for("conversations.show", dialogue_id=dialogue_id), 303)
