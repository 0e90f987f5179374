"""Beheer > Werkgevers: the list, a new employer, and its master data (O-01..O-11)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.calendar import today
from organisation.employer_access import PAGE_SIZE, find_administered, list_administered, require_whole_scope
from organisation.employer_fields import is_fictitious, values_of
from organisation.employer_profiles import NAME_TAKEN, StoredProfile, save_profile, stored_profile
from organisation.errors import FieldFault, InvalidValues, NameMissing, NameTaken, ProfileConflict
from organisation.registering import add_employer
from portal.authorisation import requires
from portal.differences import Difference, differences
from portal.employer_pages import employer_page
from portal.forms.base import typed, without_nul
from portal.forms.employers import EmployerForm, NewEmployerForm
from portal.forms.faults import place_faults
from portal.transactions import database

blueprint = Blueprint("employer_administration", __name__, url_prefix="/beheer/werkgevers")

LONGEST_SEARCH = 120
UNSHOWN = frozenset({"version", "csrf_token", "same_address"})


@blueprint.get("")
@requires(Permission.EMPLOYER_ADMINISTER)
def show_all(*, actor: Actor) -> ResponseReturnValue:
    """Show the employers that the actor administers, also those that wait to be published."""
    search, page = search_asked(), page_asked()
    found = list_administered(database(), actor, search, page)
    return render_template(
        "employer_administration/list.html",
        found=found,
        search=search,
        page=page,
        pages=pages_of(found.total),
        page_url=lambda number: url_for(".show_all", zoek=search or None, pagina=number),
        may_add=actor.scope.whole,
    )


@blueprint.get("/nieuw")
@requires(Permission.EMPLOYER_ADMINISTER)
def show_new(*, actor: Actor) -> ResponseReturnValue:
    """Ask for the name of a new employer, and from when it is served."""
    require_whole_scope(actor)
    return _new_page(NewEmployerForm(data={"first_day": today(database())}))


@blueprint.post("/nieuw")
@requires(Permission.EMPLOYER_ADMINISTER)
def add(*, actor: Actor) -> ResponseReturnValue:
    """Add the employer; the rest is filled in on its tabs before it is published (O-01, O-23)."""
    require_whole_scope(actor)
    form = NewEmployerForm()
    if not form.validate_on_submit() or form.first_day.day is None:
        return _new_page(form), 422
    try:
        employer = add_employer(database(), typed(form.name), form.first_day.day, actor)
    except (NameMissing, NameTaken) as refusal:
        taken = isinstance(refusal, NameTaken)
        form.name.errors = [_(NAME_TAKEN) if taken else _("Vul een naam in van ten hoogste 120 tekens.")]
        return _new_page(form), 422
    flash(_("De werkgever is toegevoegd. Vul nu de gegevens in; daarna kunt u publiceren."), "success")
    return redirect(url_for(".show", employer_id=employer.id), 303)


@blueprint.get("/<uuid:employer_id>")
@requires(Permission.EMPLOYER_ADMINISTER)
def show(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the tab *Organisatie*."""
    stored = _stored(employer_id, actor)
    return _profile_page(EmployerForm.over(stored), stored, employer_id, actor)


@blueprint.post("/<uuid:employer_id>")
@requires(Permission.EMPLOYER_ADMINISTER)
def save(employer_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Store what was typed, unless somebody else was earlier."""
    stored, form = _stored(employer_id, actor), EmployerForm.over()
    if not form.validate_on_submit():
        return _profile_page(form, stored, employer_id, actor), 422
    try:
        save_profile(
            database(),
            employer_id,
            typed(form.name),
            form.profile(),
            expected_version=form.expected_version,
            actor=actor,
        )
    except InvalidValues as refusal:
        place_faults(form, _shown_faults(form, refusal))
        return _profile_page(form, stored, employer_id, actor), 422
    except ProfileConflict:
        return _conflict_page(form, employer_id, actor), 422
    flash(_("De gegevens van de werkgever zijn opgeslagen."), "success")
    return redirect(url_for(".show", employer_id=employer_id), 303)


def search_asked() -> str:
    """What a list is searched by."""
    return str(without_nul(request.args.get("zoek", ""))).strip()[:LONGEST_SEARCH]


def page_asked() -> int:
    """The page of a list that the address asks for, the first where it asks for none."""
    asked = request.args.get("pagina", "1")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) <= 6 else 1


def pages_of(total: int) -> int:
    """How many pages a list of so many employers has; an empty one has one."""
    return max(1, -(-total // PAGE_SIZE))


def _stored(employer_id: UUID, actor: Actor) -> StoredProfile:
    return stored_profile(database(), find_administered(database(), actor, employer_id).employer)


def _shown_faults(form: EmployerForm, refusal: InvalidValues) -> list[FieldFault]:
    """Without those of a postal address that is the visiting one, where they are shown already."""
    same = bool(form.same_address.data)
    return [fault for fault in refusal.faults if not (same and fault.field.startswith("postal_"))]


def _new_page(form: NewEmployerForm) -> str:
    return render_template("employer_administration/new.html", form=form)


def _profile_page(
    form: EmployerForm,
    stored: StoredProfile,
    employer_id: UUID,
    actor: Actor,
    differing: list[Difference] | None = None,
) -> str:
    fictitious = [name for name, value in values_of(stored.profile).items() if is_fictitious(name, value)]
    return employer_page(
        "employer_administration/profile.html",
        employer_id,
        actor,
        form=form,
        stored=stored,
        fictitious=fictitious,
        differing=differing,
    )


def _conflict_page(form: EmployerForm, employer_id: UUID, actor: Actor) -> str:
    """Show what was typed beside what somebody else stored meanwhile; saving once more is then a choice."""
    stored = _stored(employer_id, actor)
    form.version.data = str(stored.version)
    differing = differences(form, EmployerForm.untyped(stored), UNSHOWN)
    return _profile_page(form, stored, employer_id, actor, differing)
