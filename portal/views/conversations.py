"""One dialogue: reading it, writing in it, and what is new while one looks (D-01..D-03, D-06)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.actor import Actor
from accounts.permissions import Permission
from dialogs.asking_anew import renew_waiting_invitations
from dialogs.attachments import waiting_files
from dialogs.contents import LONGEST_TEXT
from dialogs.drafts import draft_of, save_draft
from dialogs.errors import ContactChanged, DialogueClosed, InvalidDialogue, LockedOut, NoLongerAuthorised
from dialogs.posting import post_message
from dialogs.reading import Conversation, DialogueAction, MessageView, mark_read, news, read_dialogue
from dialogs.signatures import signature_of
from dialogs.standard_texts import texts_for
from dialogs.who_can_open import who_can_open_dialogue
from portal.authorisation import requires
from portal.dialogue_words import dialogue_key_entries, event_sentence, state_of
from portal.forms.base import typed
from portal.forms.dialogues import MessageForm, chosen_files, request_id_of
from portal.forms.faults import place_faults
from portal.services import current_services
from portal.signing_words import STATES, STATUSES
from portal.transactions import database
from signing.reading import SigningAct, request_in_dialogue

blueprint = Blueprint("conversations", __name__, url_prefix="/berichten")

LAST_NUMBER = 2**31 - 1


@blueprint.get("/<uuid:dialogue_id>")
@requires(Permission.DIALOGUE_READ)
def show(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the newest messages, or those before a number, which are read from now on."""
    renew_waiting_invitations(database(), actor, current_services().settings.base_url)
    return conversation_page(dialogue_id, actor)


@blueprint.post("/<uuid:dialogue_id>")
@requires(Permission.DIALOGUE_READ)
def post(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Post a message; the same form sent twice posts it once."""
    form = MessageForm()
    form.validate_on_submit()
    if "insert" in request.form:
        return conversation_page(dialogue_id, actor, _with_inserted(form, actor))
    try:
        # What is refused leaves nothing behind, not even an entry.
        with database().begin_nested():
            _post(dialogue_id, form, actor)
    except InvalidDialogue as refusal:
        place_faults(form, refusal.faults)
        return conversation_page(dialogue_id, actor, form), 422
    except DialogueClosed:
        flash(_("De dialoog is intussen gesloten. Uw bericht is niet verstuurd."), "warning")
    except NoLongerAuthorised:
        flash(_("U mag deze werknemer niet meer zien. Uw bericht is niet verstuurd."), "warning")
    except LockedOut:
        flash(_("U hebt een nieuwe sleutel en kunt hier pas schrijven als een deelnemer u toelaat."), "warning")
    except ContactChanged:
        flash(
            _("Uw e-mailadres of mobiele nummer is gewijzigd. In deze dialoog kunt u niet meer schrijven."), "warning"
        )
    return redirect(url_for("conversations.show", dialogue_id=dialogue_id, _anchor="nieuwste"), 303)


@blueprint.get("/<uuid:dialogue_id>/nieuws")
@requires(Permission.DIALOGUE_READ, quiet=True)
def show_news(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show what came after a number, and nothing where nothing did; it does not count as activity (design 2.3)."""
    after = max(request.args.get("na", 0, type=int), 0)
    messages = news(database(), dialogue_id, actor, after)
    if not messages:
        return Response(status=204)
    mark_read(database(), dialogue_id, actor, messages[-1].number)
    return render_template(
        "dialogues/news.html",
        dialogue_id=dialogue_id,
        messages=messages,
        event_sentence=event_sentence,
        announcement=_announcement(messages),
    )


@blueprint.post("/<uuid:dialogue_id>/concept")
@requires(Permission.DIALOGUE_READ)
def keep_draft(dialogue_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Keep what was typed and not sent, for the next visit."""
    try:
        save_draft(database(), dialogue_id, request.form.get("text", ""), actor)
    except InvalidDialogue:
        return Response(status=422)
    return Response(status=204)


def conversation_page(dialogue_id: UUID, actor: Actor, form: MessageForm | None = None) -> str:
    """Read and render a dialogue; what is shown counts as read. Raises `NotFound`."""
    before = _number_asked()
    conversation = read_dialogue(database(), dialogue_id, actor, before=before)
    if conversation.messages:
        mark_read(database(), dialogue_id, actor, conversation.messages[-1].number)
    may_post = DialogueAction.POST in conversation.can
    starts = Permission.DIALOGUE_START in actor.permissions
    return render_template(
        "dialogues/conversation.html",
        conversation=conversation,
        form=(form or _form(dialogue_id, actor)) if may_post else None,
        files=waiting_files(database(), dialogue_id, actor) if may_post else (),
        texts=texts_for(database(), actor) if may_post and starts else [],
        signature=signature_of(database(), actor) if may_post and starts else "",
        keys=dialogue_key_entries(who_can_open_dialogue(database(), dialogue_id, actor)),
        first_new=_first_new(conversation),
        earlier=_has_earlier(conversation, before),
        before=before,
        longest=LONGEST_TEXT,
        event_sentence=event_sentence,
        state_of=state_of,
        Action=DialogueAction,
        signing=request_in_dialogue(database(), dialogue_id, actor),
        statuses=STATUSES,
        states=STATES,
        Act=SigningAct,
    )


def _number_asked() -> int | None:
    """The number before which messages are asked for; no dialogue has more than the table can count."""
    asked = request.args.get("voor", type=int)
    return None if asked is None else min(max(asked, 0), LAST_NUMBER)


def _form(dialogue_id: UUID, actor: Actor) -> MessageForm:
    draft = draft_of(database(), dialogue_id, actor) or ""
    return MessageForm(formdata=None, text=draft, request_id=str(current_services().source.new_id()))


def _post(dialogue_id: UUID, form: MessageForm, actor: Actor) -> None:
    wanted = set(chosen_files())
    post_message(
        database(),
        dialogue_id,
        typed(form.text),
        [file.id for file in waiting_files(database(), dialogue_id, actor) if file.id in wanted],
        request_id_of(form.request_id, current_services().source.new_id()),
        actor,
        base_url=current_services().settings.base_url,
    )


def _with_inserted(form: MessageForm, actor: Actor) -> MessageForm:
    """The form with a standard text or the closing words below what was typed, for who has no scripts."""
    form.text.data = inserted(typed(form.text), request.form.get("insertion", ""), actor)
    return form


def inserted(text: str, wanted: str, actor: Actor) -> str:
    """What was typed with the wanted standard text, or the closing words, below it."""
    offered = {str(line.id): line.content.text for line in texts_for(database(), actor)}
    offered["signature"] = signature_of(database(), actor)
    return f"{text.rstrip()}\n\n{offered.get(wanted, '')}".strip()


def _first_new(conversation: Conversation) -> int | None:
    """The number of the first message of somebody else that was not read before, for the mark above it."""
    unread = (m.number for m in conversation.messages if m.number > conversation.read_up_to and not m.is_own)
    return next(unread, None)


def _has_earlier(conversation: Conversation, before: int | None) -> bool:
    shown = len(conversation.messages)
    if before is None:
        return conversation.total > shown
    return bool(shown) and conversation.messages[0].number > 1 and shown == 50


def _announcement(messages: tuple[MessageView, ...]) -> str:
    others = [message for message in messages if not message.is_own and message.text is not None]
    if not others:
        return ""
    if len(others) == 1:
        return str(_("Nieuw bericht van %(name)s", name=others[0].author))
    return str(ngettext("%(num)d nieuw bericht", "%(num)d nieuwe berichten", len(others)))
