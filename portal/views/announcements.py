"""Beheer > Mededelingen: what stands on the start page (T-06)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from organisation.announcements import (
    change_announcement,
    find_announcement,
    list_announcements,
    remove_announcement,
    write_announcement,
)
from organisation.calendar import today
from organisation.errors import AnnouncementIncomplete
from organisation.models import Announcement
from portal.authorisation import requires
from portal.forms.announcements import AUDIENCES, AnnouncementForm
from portal.transactions import database

blueprint = Blueprint("announcements", __name__, url_prefix="/beheer/mededelingen")


@blueprint.get("")
@requires(Permission.ANNOUNCEMENT_ADMINISTER)
def show(*, actor: Actor) -> ResponseReturnValue:
    """Show all announcements of the own organisation."""
    return render_template(
        "announcements/list.html",
        announcements=list_announcements(database(), actor),
        audiences={audience.value: label for audience, label in AUDIENCES.items()},
        today=today(database()),
    )


@blueprint.get("/nieuw")
@requires(Permission.ANNOUNCEMENT_ADMINISTER)
def show_new(*, actor: Actor) -> ResponseReturnValue:
    """Show the form for a new announcement."""
    return _form_page(_form())


@blueprint.post("/nieuw")
@requires(Permission.ANNOUNCEMENT_ADMINISTER)
def add(*, actor: Actor) -> ResponseReturnValue:
    """Put an announcement on the start pages."""
    form = _form()
    if not form.validate_on_submit() or not _written(form, None, actor):
        return _form_page(form), 422
    flash(_("De mededeling is opgeslagen."), "success")
    return redirect(url_for("announcements.show"), 303)


@blueprint.get("/<uuid:announcement_id>")
@requires(Permission.ANNOUNCEMENT_ADMINISTER)
def show_one(announcement_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Show the form of one announcement."""
    announcement = find_announcement(database(), announcement_id, actor)
    return _form_page(_form(announcement), announcement)


@blueprint.post("/<uuid:announcement_id>")
@requires(Permission.ANNOUNCEMENT_ADMINISTER)
def change(announcement_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Change an announcement."""
    announcement = find_announcement(database(), announcement_id, actor)
    form = _form(announcement)
    if not form.validate_on_submit() or not _written(form, announcement_id, actor):
        return _form_page(form, announcement), 422
    flash(_("De mededeling is gewijzigd."), "success")
    return redirect(url_for("announcements.show"), 303)


@blueprint.get("/<uuid:announcement_id>/verwijderen")
@requires(Permission.ANNOUNCEMENT_ADMINISTER)
def show_removal(announcement_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Ask once whether an announcement may go."""
    announcement = find_announcement(database(), announcement_id, actor)
    return render_template("announcements/remove.html", announcement=announcement)


@blueprint.post("/<uuid:announcement_id>/verwijderen")
@requires(Permission.ANNOUNCEMENT_ADMINISTER)
def remove(announcement_id: UUID, *, actor: Actor) -> ResponseReturnValue:
    """Take an announcement off the start pages."""
    remove_announcement(database(), announcement_id, actor)
    flash(_("De mededeling is verwijderd."), "success")
    return redirect(url_for("announcements.show"), 303)


def _form(announcement: Announcement | None = None) -> AnnouncementForm:
    return AnnouncementForm.over(today(database()), announcement)


def _form_page(form: AnnouncementForm, announcement: Announcement | None = None) -> str:
    return render_template("announcements/form.html", form=form, announcement=announcement)


def _written(form: AnnouncementForm, announcement_id: UUID | None, actor: Actor) -> bool:
    try:
        if announcement_id is None:
            write_announcement(database(), form.announcement(), actor)
        else:
            change_announcement(database(), announcement_id, form.announcement(), actor)
    except AnnouncementIncomplete:
        # What the form let pass consists of spaces only.
        form.title.errors = [*form.title.errors, _("Vul een titel en een tekst in.")]
        return False
    return True
