"""What a recovery sheet is called on pages and on paper, for either side."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from accounts.actor import Actor
from portal.recovery_pdf import PrintedSheet
from portal.services import current_services
from vault.recovery_sheets import SheetLine
from vault.sides import is_employer


def opens(actor: Actor) -> str:
    """What a sheet of the actor's organisation opens, to end a sentence with."""
    if is_employer(actor):
        return str(_("de datakluis van %(name)s", name=actor.organisation_name))
    return str(_("de dossiers van %(name)s", name=actor.organisation_name))


def becomes(actor: Actor) -> str:
    """What its use makes of whom it names, behind a name."""
    return str(_("is datakluisbeheerder") if is_employer(actor) else _("heeft de rol Klantbeheer"))


def printed(line: SheetLine, code: str, actor: Actor) -> PrintedSheet:
    """What stands on the sheet of a line."""
    return PrintedSheet(
        number=line.number,
        organisation=actor.organisation_name,
        opens=opens(actor),
        named=line.named,
        made_by=line.made_by,
        made_at=line.made_at,
        becomes=becomes(actor),
        address=current_services().settings.base_url.rstrip("/") + url_for("recovery.show"),
        code=code,
    )
