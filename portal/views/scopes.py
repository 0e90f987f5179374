"""Tabs *Beheer autorisatie methode* and *Beheer gebruikersautorisaties*: trees to tick in (U-12, U-15, U-16)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.people import person_by_id
from accounts.permissions import Permission
from organisation.errors import NotFound, OwnRights, UnknownUnit
from organisation.models import UserGroup
from organisation.scope_setting import (
    ScopeOwner,
    TickedPage,
    Ticks,
    find_owner,
    people_of,
    scope_of,
    set_people,
    set_scope,
)
from organisation.scope_tree import Branch, people_tree, scope_tree, shown_ids
from organisation.tree import PAGE_SIZE
from portal.authorisation import requires
from portal.errors import refuse
from portal.taking_away import ask_first, is_confirmed
from portal.transactions import database

blueprint = Blueprint("scopes", __name__, url_prefix="/beheer/autorisaties")


@blueprint.get("/gebruikers/<uuid:person_id>/organisatie")
@requires(Permission.AUTHORISATION_ADMINISTER)
def show_user(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show which part of the organisation somebody sees."""
    return _scope_page(find_owner(database(), person_id, actor, group=False), actor)


@blueprint.post("/gebruikers/<uuid:person_id>/organisatie")
@requires(Permission.AUTHORISATION_ADMINISTER, fresh=True)
def change_user(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store which part of the organisation somebody sees."""
    return _scope_changed(find_owner(database(), person_id, actor, group=False), actor)


@blueprint.get("/groepen/<uuid:group_id>/organisatie")
@requires(Permission.AUTHORISATION_ADMINISTER)
def show_group(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show which part of the organisation a group sees."""
    return _scope_page(find_owner(database(), group_id, actor, group=True), actor)


@blueprint.post("/groepen/<uuid:group_id>/organisatie")
@requires(Permission.AUTHORISATION_ADMINISTER, fresh=True)
def change_group(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store which part of the organisation a group sees."""
    return _scope_changed(find_owner(database(), group_id, actor, group=True), actor)


@blueprint.get("/gebruikers/<uuid:person_id>/gebruikers")
@requires(Permission.AUTHORISATION_ADMINISTER)
def show_people_of_user(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show which colleagues somebody sees."""
    return _people_page(find_owner(database(), person_id, actor, group=False))


@blueprint.post("/gebruikers/<uuid:person_id>/gebruikers")
@requires(Permission.AUTHORISATION_ADMINISTER, fresh=True)
def change_people_of_user(person_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store which colleagues somebody sees."""
    return _people_changed(find_owner(database(), person_id, actor, group=False), actor)


@blueprint.get("/groepen/<uuid:group_id>/gebruikers")
@requires(Permission.AUTHORISATION_ADMINISTER)
def show_people_of_group(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show which colleagues a group sees."""
    return _people_page(find_owner(database(), group_id, actor, group=True))


@blueprint.post("/groepen/<uuid:group_id>/gebruikers")
@requires(Permission.AUTHORISATION_ADMINISTER, fresh=True)
def change_people_of_group(group_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store which colleagues a group sees."""
    return _people_changed(find_owner(database(), group_id, actor, group=True), actor)


def _scope_page(owner: ScopeOwner, actor: Actor) -> str:
    tree = scope_tree(database(), owner, _opened(), _page(), actor)
    return _tree_page("organisation", owner, tree, scope_of(database(), owner), "scopes.show_user", "scopes.show_group")


def _people_page(owner: ScopeOwner) -> str:
    tree = people_tree(database(), owner, _opened())
    ticks, endpoints = people_of(database(), owner), ("scopes.show_people_of_user", "scopes.show_people_of_group")
    return _tree_page("people", owner, tree, ticks, *endpoints)


def _tree_page(what: str, owner: ScopeOwner, tree: list[Branch], ticks: Ticks, of_user: str, of_group: str) -> str:
    def url_of(opened: UUID | None, page: int = 1) -> str:
        return _url(owner, of_user, of_group, opened, page)

    employees = sum(branch.kind == "employee" for branch in _flat(tree))
    return render_template(
        f"scopes/{what}_of_{'group' if owner.is_group else 'user'}.html",
        owner=owner,
        name=_name(owner),
        tree=tree,
        ticks=ticks,
        opened=_opened(),
        page=_page(),
        has_more=employees == PAGE_SIZE,
        url_of=url_of,
        shown=" ".join(sorted(str(each) for each in shown_ids(tree))),
        **_frame(owner),
    )


def _frame(owner: ScopeOwner) -> dict[str, object]:
    """What the frame of the tabs of a user or a group needs."""
    if isinstance(owner.row, UserGroup):
        return {"group": owner.row, "organisation": owner.organisation}
    person = person_by_id(database(), owner.id)
    return {"user": {"person": person, "membership": owner.row, "organisation": owner.organisation}}


def _scope_changed(owner: ScopeOwner, actor: Actor) -> ResponseReturnValue:
    present = scope_of(database(), owner)
    page = _ticked(owner)
    tree = scope_tree(database(), owner, _opened(), _page(), actor)
    own_url = _url(owner, "scopes.show_user", "scopes.show_group", _opened(), _page())
    return _store(owner, page, present, tree, own_url, lambda: set_scope(database(), owner, page, actor))


def _people_changed(owner: ScopeOwner, actor: Actor) -> ResponseReturnValue:
    present = people_of(database(), owner)
    page = _ticked(owner)
    tree = people_tree(database(), owner, _opened())
    own_url = _url(owner, "scopes.show_people_of_user", "scopes.show_people_of_group", _opened(), _page())
    return _store(owner, page, present, tree, own_url, lambda: set_people(database(), owner, page, actor))


def _store(
    owner: ScopeOwner, page: TickedPage, present: Ticks, tree: list[Branch], url: str, change: Callable[[], None]
) -> ResponseReturnValue:
    taken = _taken(page, present, tree)
    if taken and not is_confirmed():
        return ask_first(_("Minder laten zien"), _name(owner), taken, url)
    try:
        change()
    except UnknownUnit:
        raise NotFound from None
    except OwnRights:
        refuse(403, "own rights")
        flash(_("Uw eigen rechten, en die van uw eigen groep, kan alleen een collega wijzigen."), "error")
        return redirect(url, 303)
    flash(_("De autorisaties zijn opgeslagen. Ze gelden meteen."), "success")
    return redirect(url, 303)


def _taken(page: TickedPage, present: Ticks, tree: list[Branch]) -> list[str]:
    labels = {branch.id: branch.label for branch in _flat(tree)}
    gone = (present.targets & page.shown) - page.ticked
    taken = [labels.get(each, str(each)) for each in gone]
    if present.whole and not page.whole:
        taken.append(_("Alles zien"))
    if present.takes_over and not page.takes_over:
        taken.append(_("Wat de groep ziet (autorisatie-overname)"))
    return sorted(taken)


def _flat(branches: Iterable[Branch]) -> Iterable[Branch]:
    for branch in branches:
        yield branch
        yield from _flat(branch.below)


def _ticked(owner: ScopeOwner) -> TickedPage:
    return TickedPage(
        whole=request.form.get("whole") == "ja",
        ticked=_ids(request.form.getlist("ticked")),
        shown=_ids(request.form.get("shown", "").split()),
        takes_over=None if owner.is_group else request.form.get("takes_over") == "ja",
    )


def _ids(values: Iterable[str]) -> frozenset[UUID]:
    """The ids among what was sent; whatever is none is ticked by nobody."""
    found = set()
    for value in values:
        try:
            found.add(UUID(value))
        except ValueError:
            continue
    return frozenset(found)


def _opened() -> UUID | None:
    return request.args.get("open", type=UUID)


def _page() -> int:
    return max(1, min(request.args.get("pagina", 1, type=int), 1000))


def _url(owner: ScopeOwner, of_user: str, of_group: str, opened: UUID | None, page: int) -> str:
    where: dict[str, Any] = {"open": opened, "pagina": page if page > 1 else None}
    if owner.is_group:
        return url_for(of_group, group_id=owner.id, **where)
    return url_for(of_user, person_id=owner.id, **where)


def _name(owner: ScopeOwner) -> str:
    if isinstance(owner.row, UserGroup):
        return owner.row.name
    return person_by_id(database(), owner.id).display_name
