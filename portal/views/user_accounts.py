"""Beheer > Gebruikers: the status of an account, and its end (U-09, U-19, U-20, U-22; L-20, L-37)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.errors import AccountNotActive
from accounts.people import email_of
from accounts.permissions import Permission
from accounts.standing import standing_of
from organisation.account_states import (
    SentMail,
    block_user,
    reopen_user,
    reset_login,
    unblock_user,
    what_a_new_key_loses,
)
from organisation.administered import find_user
from organisation.ending_accounts import deactivate, what_ends
from organisation.errors import LastWayIn
from organisation.removing_users import remove_user
from organisation.shared_mailboxes import is_of_another
from organisation.users import require_changeable
from portal.authorisation import requires
from portal.errors import refuse as refuse_and_tell
from portal.forms.base import typed
from portal.forms.user_accounts import ResetForm
from portal.services import current_services
from portal.transactions import database, release

blueprint = Blueprint("user_accounts", __name__, url_prefix="/beheer/gebruikers/<uuid:person_id>")


@blueprint.post("/deblokkeren")
@requires(Permission.USER_ADMINISTER)
def lift(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Deblokkeren*: the status becomes *Actief* (U-19)."""
    unblock_user(database(), person_id, actor)
    flash(_("De gebruiker is gedeblokkeerd en kan weer inloggen."), "success")
    return _back(person_id)


@blueprint.get("/blokkeren")
@requires(Permission.USER_ADMINISTER)
def ask_block(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what blocking means, and ask once."""
    return _question("users/block.html", person_id, actor)


@blueprint.post("/blokkeren")
@requires(Permission.USER_ADMINISTER)
def block(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Block the account: its sessions end at once."""
    release()
    block_user(database(), person_id, actor)
    flash(_("De gebruiker is geblokkeerd en uitgelogd."), "success")
    return _back(person_id)


@blueprint.get("/wachtwoord-resetten")
@requires(Permission.USER_ADMINISTER)
def show_reset(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Wachtwoord resetten*: ask to which address the link goes (U-20)."""
    user = require_changeable(database(), person_id, actor)
    return _reset_page(person_id, ResetForm(data={"email": email_of(database(), user.person)}), actor)


@blueprint.post("/wachtwoord-resetten")
@requires(Permission.USER_ADMINISTER, fresh=True)
def reset(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Send the link; whoever has not answered the invitation gets a new one (L-20)."""
    user = require_changeable(database(), person_id, actor)
    form = ResetForm()
    form.is_of_another = partial(
        is_of_another, database(), organisation_id=user.organisation.id, person_id=user.person.id
    )
    form.asks_loss = bool(what_a_new_key_loses(database(), person_id))
    if not form.validate_on_submit():
        return _reset_page(person_id, form, actor), 422
    try:
        sent = reset_login(
            database(),
            person_id,
            typed(form.email),
            actor,
            renews_factors=bool(form.renews_factors.data),
            one_reader=bool(form.one_reader.data),
            accepts_loss=bool(form.accepts_loss.data),
            base_url=current_services().settings.base_url,
        )
    except AccountNotActive:
        refuse_and_tell(409, "overtaken")
        flash(_("Deze gebruiker is geblokkeerd of niet actief. Deblokkeer of activeer het account eerst."), "error")
        return _reset_page(person_id, form, actor), 409
    flash(_told(sent), "success")
    return _back(person_id)


@blueprint.get("/deactiveren")
@requires(Permission.USER_ADMINISTER)
def ask_deactivate(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Meteen deactiveren*: say what goes with the account, and ask once."""
    return _question("users/deactivate.html", person_id, actor)


@blueprint.post("/deactiveren")
@requires(Permission.USER_ADMINISTER, fresh=True)
def end(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """End the account now, with what its key could open (U-09, L-37)."""
    told = _("De gebruiker is gedeactiveerd en kan niet meer inloggen.")
    after = url_for("users.show", person_id=person_id)
    return _end(person_id, actor, deactivate, "users/deactivate.html", told, after)


@blueprint.post("/activeren")
@requires(Permission.USER_ADMINISTER)
def reopen(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Let the user log in again; what was destroyed is to be asked for again."""
    reopen_user(database(), person_id, actor, base_url=current_services().settings.base_url)
    flash(_("De gebruiker kan weer inloggen. Sleutels die weg zijn, moet de gebruiker opnieuw vragen."), "success")
    return _back(person_id)


@blueprint.get("/verwijderen")
@requires(Permission.USER_ADMINISTER)
def ask_remove(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Gebruiker verwijderen*: say what goes with the account, and ask once (U-22)."""
    return _question("users/remove.html", person_id, actor)


@blueprint.post("/verwijderen")
@requires(Permission.USER_ADMINISTER, fresh=True)
def remove(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """End the account for good and clear what it knew (U-22)."""
    organisation_id = find_user(database(), person_id, actor).organisation.id
    after = url_for("users.show_tree", organisatie=organisation_id)
    return _end(person_id, actor, remove_user, "users/remove.html", _("De gebruiker is verwijderd."), after)


def _end(
    person_id: UUID, actor: Actor, verb: Callable[..., None], template: str, told: str, after: str
) -> ResponseReturnValue:
    """Do it and go on, or say on the page that asked why nothing was done."""
    # Of two who end each other's account at once, neither may hold its own session row.
    release()
    try:
        verb(database(), person_id, actor)
    except LastWayIn:
        refuse_and_tell(409, "last way in")
        return _question(template, person_id, actor), 409
    flash(told, "success")
    return redirect(after, 303)


def _question(template: str, person_id: UUID, actor: Actor) -> str:
    user = require_changeable(database(), person_id, actor)
    return render_template(
        template, user=user, ends=what_ends(database(), person_id), standing=standing_of(user.person)
    )


def _reset_page(person_id: UUID, form: ResetForm, actor: Actor) -> str:
    user = find_user(database(), person_id, actor)
    losing = what_a_new_key_loses(database(), person_id)
    return render_template("users/reset.html", user=user, form=form, standing=standing_of(user.person), losing=losing)


def _told(sent: SentMail) -> str:
    if sent is SentMail.INVITATION:
        return str(_("De gebruiker krijgt een nieuwe uitnodiging, die 24 uur geldig is."))
    return str(_("De gebruiker krijgt een e-mail om een nieuw wachtwoord te kiezen. De link is een uur geldig."))


def _back(person_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("users.show", person_id=person_id), 303)
