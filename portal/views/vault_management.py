"""Datakluis beheer: who can open the vault, who asks to, and the agreements (K-10..K-17, D-rules 17 and 18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from keys.errors import AlreadyDecided, CheckWordsNotCompared, NoGeneration, PublicKeyForged
from organisation.errors import NotFound
from organisation.member_scopes import member_scopes
from portal.authorisation import requires
from portal.check_words import compared_generation, not_compared
from portal.errors import refuse as refuse_and_tell
from portal.key_entries import KeyEntry, key_entries
from portal.session import current_session
from portal.transactions import database, release
from vault.access import (
    AccessLine,
    approve,
    give_administrator,
    list_access,
    refuse,
    take_administrator,
    waiting_requests,
    withdraw_access,
)
from vault.agreements import list_agreements
from vault.errors import LastAdministrator, LastKeyHolder, NotAVaultUser, NoVaultAccess
from vault.recovery_sheets import ways_back
from vault.sides import find_vault
from vault.who_can_open import PersonWhoCanOpen, SheetThatCanOpen, WhoCanOpen, sheets_that_can_open

blueprint = Blueprint("vault_management", __name__, url_prefix="/datakluis-beheer")

REFUSALS = (
    AlreadyDecided,
    LastAdministrator,
    LastKeyHolder,
    NoGeneration,
    NotAVaultUser,
    NoVaultAccess,
    PublicKeyForged,
)


@blueprint.get("/autorisaties")
@requires(Permission.ACCESS_ADMINISTER)
def show(*, actor: Actor) -> ResponseReturnValue:
    """List everybody who can open the vault (K-16)."""
    return _access_page(actor)


@blueprint.get("/beheeracties")
@requires(Permission.ACCESS_ADMINISTER)
def show_actions(*, actor: Actor) -> ResponseReturnValue:
    """Show who asks for access to the vault, a card for each (K-13, K-14)."""
    return _actions_page(actor)


@blueprint.get("/beheerdersovereenkomsten")
@requires(Permission.ACCESS_ADMINISTER)
def show_agreements(*, actor: Actor) -> ResponseReturnValue:
    """List the agreements that belong to the vault (K-17)."""
    frame = _frame("agreements", actor, list_access(database(), actor))
    return render_template("vault_management/agreements.html", agreements=list_agreements(database(), actor), **frame)


@blueprint.post("/beheeracties/<uuid:admission_id>/akkoord")
@requires(Permission.ACCESS_ADMINISTER)
def approve_request(admission_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Akkoord*: hand the key of the vault to the user (K-14, K-15)."""
    told = _("De gebruiker kan de datakluis nu openen en krijgt daarover een e-mail.")
    try:
        approve(database(), admission_id, actor, compared=compared_generation())
    except CheckWordsNotCompared:
        refuse_and_tell(422, "check words")
        flash(not_compared(), "error")
        return _actions_page(actor), 422
    except REFUSALS as refusal:
        return _refused(refusal, actor)
    flash(told, "success")
    return redirect(url_for("vault_management.show_actions"), 303)


@blueprint.post("/beheeracties/<uuid:admission_id>/niet-akkoord")
@requires(Permission.ACCESS_ADMINISTER)
def refuse_request(admission_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Niet akkoord*: the user does not get the key."""
    told = _("De gebruiker krijgt geen toegang. Wie toch toegang nodig heeft, kan opnieuw vragen.")
    return _act(actor, lambda: refuse(database(), admission_id, actor), told, "vault_management.show_actions")


@blueprint.post("/autorisaties/<uuid:person_id>/beheer-geven")
@requires(Permission.ACCESS_ADMINISTER)
def give_rights(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Beheer rechten geven* (K-16)."""
    _find(person_id, actor)
    told = _("De gebruiker is nu ook datakluisbeheerder.")
    return _act(actor, lambda: give_administrator(database(), person_id, actor), told)


@blueprint.get("/autorisaties/<uuid:person_id>/beheer-intrekken")
@requires(Permission.ACCESS_ADMINISTER)
def ask_take_rights(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what taking the administrator's rights means, and ask once."""
    return render_template("vault_management/take_rights.html", line=_find(person_id, actor))


@blueprint.post("/autorisaties/<uuid:person_id>/beheer-intrekken")
@requires(Permission.ACCESS_ADMINISTER)
def take_rights(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Take the administrator's rights; the person keeps the key (K-16)."""
    _find(person_id, actor)
    told = _("De beheerrechten zijn ingetrokken. De gebruiker kan de datakluis nog wel openen.")
    after = "start.show" if person_id == actor.person_id else "vault_management.show"
    return _act(actor, lambda: take_administrator(database(), person_id, actor), told, after)


@blueprint.get("/autorisaties/<uuid:person_id>/toegang-intrekken")
@requires(Permission.ACCESS_ADMINISTER, fresh=True)
def ask_withdraw(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Say what goes when access is withdrawn, and ask once."""
    return render_template("vault_management/withdraw.html", line=_find(person_id, actor))


@blueprint.post("/autorisaties/<uuid:person_id>/toegang-intrekken")
@requires(Permission.ACCESS_ADMINISTER, fresh=True)
def withdraw(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """*Toegang intrekken*: the key is destroyed, open sessions end, the vault moves on (K-16, D-rule 17)."""
    # Whoever withdraws another deletes that one's session row: of two who do it at once, neither may hold its own.
    release()
    line = _find(person_id, actor)
    told = _("%(name)s kan de datakluis niet meer openen.", name=line.name)
    if person_id != actor.person_id:
        return _act(actor, lambda: withdraw_access(database(), person_id, actor), told)

    def leave() -> None:
        # The verb ends all sessions of the person; this one must not be saved any more.
        current_session().end()
        withdraw_access(database(), person_id, actor)

    return _act(actor, leave, _("U kunt de datakluis niet meer openen en bent uitgelogd."), after="login.show_password")


def _act(
    actor: Actor, verb: Callable[[], None], told: str, after: str = "vault_management.show"
) -> ResponseReturnValue:
    """Do it and go back with a notice of what happened, or say why nothing did; that is in the log then."""
    try:
        verb()
    except REFUSALS as refusal:
        return _refused(refusal, actor)
    flash(told, "success")
    return redirect(url_for(after), 303)


def _refused(refusal: Exception, actor: Actor) -> ResponseReturnValue:
    status, word = (403, "no key") if isinstance(refusal, NoVaultAccess) else (409, "overtaken")
    refuse_and_tell(status, word)
    flash(_reason(refusal), "error")
    return _access_page(actor), status


def _actions_page(actor: Actor) -> str:
    frame = _frame("actions", actor, list_access(database(), actor))
    scopes = member_scopes(database(), actor, [request.person_id for request in frame["requests"]])
    return render_template("vault_management/actions.html", scopes=scopes, **frame)


def _access_page(actor: Actor) -> str:
    lines = list_access(database(), actor)
    return render_template(
        "vault_management/access.html",
        lines=lines,
        scopes=member_scopes(database(), actor, [line.person_id for line in lines]),
        keys=_key_entries(lines, sheets_that_can_open(database(), find_vault(database(), actor).holder_id, actor)),
        **_frame("access", actor, lines),
    )


def _reason(refusal: Exception) -> str:
    reasons = {
        AlreadyDecided: _("Over dit verzoek is al beslist. Er is niets gewijzigd."),
        LastAdministrator: _(
            "Dit is de laatste datakluisbeheerder. Geef eerst iemand anders beheer rechten. Er is niets gewijzigd."
        ),
        LastKeyHolder: _(
            "Dit is de enige die de datakluis kan openen. Zonder sleutel zijn alle gegevens weg; laat eerst iemand "
            "anders toe. Er is niets gewijzigd."
        ),
        NoGeneration: _("Deze gebruiker heeft nog geen sleutel en moet eerst inloggen. Er is niets gewijzigd."),
        NotAVaultUser: _("Deze gebruiker is intussen gewijzigd. Kijk hieronder hoe het nu is. Er is niets gewijzigd."),
        NoVaultAccess: _("U kunt de datakluis zelf niet openen, en dus ook niets beheren. Er is niets gewijzigd."),
        PublicKeyForged: _(
            "De sleutel van deze gebruiker is niet door deze server gemaakt. Er is niets overhandigd; "
            "waarschuw de technisch beheerder."
        ),
    }
    return str(reasons[type(refusal)])


def _find(person_id: UUID, actor: Actor) -> AccessLine:
    for line in list_access(database(), actor):
        if line.person_id == person_id:
            return line
    raise NotFound


def _frame(tab: str, actor: Actor, lines: list[AccessLine]) -> dict[str, Any]:
    """What these tabs share: how many requests wait, and whether the actor can act on them."""
    return {
        "tab": tab,
        "requests": waiting_requests(database(), actor),
        "can_open": any(line.person_id == actor.person_id for line in lines),
        "ways": ways_back(database(), actor),
    }


def _key_entries(lines: list[AccessLine], sheets: tuple[SheetThatCanOpen, ...]) -> list[KeyEntry]:
    people = (PersonWhoCanOpen(line.person_id, line.name, line.since, line.granted_by) for line in lines)
    return key_entries(WhoCanOpen(tuple(people), (), sheets))
