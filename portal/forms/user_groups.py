"""The form of a group of users (U-03, U-05, U-24)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length

from organisation.groups import LONGEST_NAME
from organisation.models import Role, UserGroup
from portal.forms.base import PortalForm, filled_in
from portal.role_words import role_label


class UserGroupForm(PortalForm):
    """A group: its name, where it lies and, for a new one, its role."""

    name = StringField(
        _("Naam van de gebruikersgroep"),
        [
            filled_in(_("Vul een naam in.")),
            Length(max=LONGEST_NAME, message=_("Een naam heeft ten hoogste %(max)d tekens.")),
        ],
    )
    parent_id = SelectField(_("Ligt onder"), validate_choice=False)
    role_id = SelectField(_("Rol van de groep"), [filled_in(_("Kies een rol."))], validate_choice=False)

    @classmethod
    def over(cls, groups: Iterable[UserGroup], top: str, values: dict[str, Any]) -> UserGroupForm:
        """The form with `values`, or what was typed in it; `top` is what the organisation is called."""
        form = cls(data=values)
        choices = [SelectChoice(str(group.id), group.name) for group in groups]
        form.parent_id.choices = [SelectChoice("", top), *choices]
        return form

    def offer(self, roles: Iterable[Role]) -> None:
        """Let one of these roles be chosen."""
        choices = [SelectChoice(str(role.id), role_label(role.key, role.label)) for role in roles]
        self.role_id.choices = [SelectChoice("", gettext("Kies een rol")), *choices]

    @property
    def chosen_parent(self) -> UUID | None:
        """The group above it, None for a place at the top; whatever is no id is no group either."""
        return id_typed(self.parent_id.data)

    @property
    def chosen_role(self) -> UUID:
        """The role, once the form is valid."""
        return id_typed(self.role_id.data) or UUID(int=0)


def id_typed(value: str | None) -> UUID | None:
    """The id that a choice holds: None for none, and one that nothing has for what is no id."""
    if not value:
        return None
    try:
        return UUID(value)
    except ValueError:
        return UUID(int=0)
