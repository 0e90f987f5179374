"""The forms of users: adding and changing one, looking for one (U-07, U-09; L-36)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length, Optional, Regexp

from accounts.errors import MalformedNumber
from accounts.models import Person
from accounts.phones import normalise_phone
from organisation.models import UserGroup
from organisation.users import UserData
from organisation.vault_roles import VaultRole
from portal.forms.base import PortalForm, filled_in
from portal.forms.days import DayField
from portal.forms.mailboxes import MailboxForm
from vault.fields import Gender

NO, YES = "nee", "ja"
GENDERS = (
    SelectChoice("", _("Kies een geslacht")),
    SelectChoice(Gender.MALE.value, _("Man")),
    SelectChoice(Gender.FEMALE.value, _("Vrouw")),
    SelectChoice(Gender.OTHER.value, _("Anders")),
)
VAULT_ROLES = {
    VaultRole.NONE: _("Geen: ziet overal Anoniem"),
    VaultRole.USER: _("Datakluisgebruiker"),
    VaultRole.ADMINISTRATOR: _("Datakluisbeheerder"),
}


def _at_most(length: int) -> Length:
    return Length(max=length, message=_("Vul hier ten hoogste %(max)d tekens in."))


class UserForm(MailboxForm):
    """Everything of one user; the names of the fields are those of `UserData` where it has them."""

    given_name = StringField(_("Roepnaam"), [_at_most(60)])
    initials = StringField(_("Voorletters"), [_at_most(20)])
    infix = StringField(_("Tussenvoegsel"), [_at_most(20)])
    last_name = StringField(_("Achternaam"), [filled_in(_("Vul een achternaam in.")), _at_most(80)])
    gender = SelectField(_("Geslacht"), [filled_in(_("Kies een geslacht."))], choices=list(GENDERS))
    email = StringField(_("E-mailadres"), [filled_in(_("Vul een e-mailadres in.")), _at_most(254)])
    phone = StringField(_("Telefoonnummer"), [_at_most(40)])
    login_name = StringField(
        _("Inlognaam"), [_at_most(120), Regexp(r"[^@]*\Z", message=_("Gebruik geen @ in een inlognaam."))]
    )
    group_id = SelectField(_("Gebruikersgroep"), validate_choice=False)
    vault_role = RadioField(_("Datakluis"), [Optional()])
    period = RadioField(
        _("Specifieke geldigheidsperiode account instellen"),
        choices=[SelectChoice(NO, _("Nee")), SelectChoice(YES, _("Ja"))],
        default=NO,
    )
    valid_until = DayField(_("Einddatum account"))

    today: date

    @classmethod
    def over(
        cls, today: date, groups: Iterable[UserGroup], vault_roles: Iterable[VaultRole], values: dict[str, Any]
    ) -> UserForm:
        """The form with `values`, or what was typed in it; without groups or vault roles to choose, none is asked."""
        form = cls(data=values)
        form.today = today
        if values.get("phone_confirmed"):
            del form.phone
        choices = [SelectChoice(str(group.id), group.name) for group in groups]
        if choices:
            form.group_id.choices = choices
        else:
            del form.group_id
        roles = [SelectChoice(role.value, VAULT_ROLES[role]) for role in vault_roles]
        if roles:
            form.vault_role.choices = roles
        else:
            del form.vault_role
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields, so that every fault is shown at once, beside its field."""
        super().validate(extra_validators)
        self._check_phone()
        self._check_period()
        return not self.errors

    def data_of_user(self) -> UserData:
        """What was typed, once the form is valid."""
        return UserData(
            last_name=_clean(self.last_name.data),
            gender=self.gender.data,
            email=_clean(self.email.data),
            login_name=_clean(self.login_name.data),
            given_name=_clean(self.given_name.data),
            initials=_clean(self.initials.data),
            infix=_clean(self.infix.data),
            phone=_clean(self.phone.data) if "phone" in self else None,
            one_reader=bool(self.one_reader.data),
        )

    @property
    def last_day(self) -> date | None:
        """The last day of the account, None for one without an end."""
        return self.valid_until.day if self.period.data == YES else None

    @property
    def chosen_role(self) -> VaultRole | None:
        """Which vault role was chosen, None where there was no choice."""
        return VaultRole(self.vault_role.data) if "vault_role" in self and self.vault_role.data else None

    @property
    def chosen_group(self) -> UUID | None:
        """Which group was chosen, None where there was no choice; whatever is no id was none of ours."""
        try:
            return UUID(self.group_id.data or "") if "group_id" in self else None
        except ValueError:
            return None

    def _check_phone(self) -> None:
        if "phone" not in self or self.phone.errors or not _clean(self.phone.data):
            return
        try:
            normalise_phone(_clean(self.phone.data))
        except MalformedNumber:
            self.phone.errors = [gettext("Vul een mobiel nummer in, zoals 06 12345678, of met het landnummer ervoor.")]

    def _check_period(self) -> None:
        if self.period.data != YES or self.valid_until.errors:
            return
        if self.valid_until.day is None:
            self.valid_until.errors = [gettext("Vul de einddatum in, zoals 31-12-2027.")]
        elif self.valid_until.day < self.today:
            self.valid_until.errors = [gettext("De einddatum ligt al achter ons. Kies vandaag of een latere dag.")]


class UserSearchForm(PortalForm):
    """Looking for a user by name or login name."""

    words = StringField(_("Naam of inlognaam"), [filled_in(_("Vul een naam of inlognaam in.")), _at_most(80)])


def values_of(
    person: Person, email: str, phone: str | None, group_id: UUID | None, vault_role: VaultRole, *, one_reader: bool
) -> dict[str, Any]:
    """What the form of a user who is there holds; `one_reader` says that the address was confirmed before."""
    return {
        "given_name": person.given_name or "",
        "initials": person.initials or "",
        "infix": person.infix or "",
        "last_name": person.last_name or person.display_name,
        "gender": person.gender or "",
        "email": email,
        "one_reader": one_reader,
        "phone": phone or "",
        "phone_confirmed": person.phone_confirmed_at is not None,
        "login_name": person.login_name,
        "group_id": str(group_id) if group_id else "",
        "vault_role": vault_role.value,
        "period": YES if person.valid_until else NO,
        "valid_until": person.valid_until,
    }


def _clean(text: str | None) -> str:
    return " ".join((text or "").split())
