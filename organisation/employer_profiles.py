"""Reading and changing the master data of an employer, on behalf of the arbo service that keeps them (O-01..O-11)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from accounts.actor import Actor
from audit.actions import Action
from database.session import Session
from organisation.employer_access import Placed, find_administered, record_for_both
from organisation.employer_fields import N_, NAME_ADVICE, Profile, check_profile, missing_in, profile_of, values_of
from organisation.employer_models import EmployerProfile
from organisation.errors import FieldFault, InvalidValues, NameMissing, ProfileConflict
from organisation.models import Organisation
from organisation.registering import clean_name, name_is_taken

NAME_TAKEN = N_("U hebt al een werkgever met deze naam.")


@dataclass(frozen=True)
class StoredProfile:
    """The name and master data of an employer; version 0 is that of an employer of which nothing was filled in yet."""

    name: str
    profile: Profile
    version: int

    @property
    def missing(self) -> tuple[str, ...]:
        """What must still be filled in before the employer can be published, by the names of the columns (O-25)."""
        return missing_in(values_of(self.profile))


def stored_profile(session: Session, employer: Organisation) -> StoredProfile:
    """The master data of an employer that the caller has found in view."""
    row = session.get(EmployerProfile, employer.id, populate_existing=True)
    if row is None:
        return StoredProfile(employer.name, Profile(), 0)
    return StoredProfile(employer.name, profile_of({name: getattr(row, name) for name in _COLUMNS}), row.version)


def save_profile(
    session: Session, employer_id: uuid.UUID, name: str, profile: Profile, *, expected_version: int, actor: Actor
) -> None:
    """Store the name and master data; once an employer is published nothing mandatory may be missing (O-25).

    Of two who change the same version the second is refused. Raises `PermissionDenied`, `NotFound`, `InvalidValues`,
    `ProfileConflict`.
    """
    placed = find_administered(session, actor, employer_id, lock=True)
    clean = _check_all(session, placed, name, profile, actor)
    before = stored_profile(session, placed.employer)
    if before.version != expected_version:
        raise ProfileConflict
    changed = _changed(before, name, clean)
    if not changed:
        return
    record_for_both(
        session,
        Action.EMPLOYER_UPDATE,
        actor,
        employer_id,
        object_type="organisation",
        object_id=employer_id,
        details=_named(changed),
    )
    placed.employer.name = clean_name(name)
    values = {**values_of(clean), "version": expected_version + 1, "changed_at": session.source.now()}
    session.merge(EmployerProfile(organisation_id=employer_id, **values))
    session.flush()


def _check_all(session: Session, placed: Placed, name: str, profile: Profile, actor: Actor) -> Profile:
    faults: list[FieldFault] = []
    try:
        if name_is_taken(session, actor.organisation_id, clean_name(name), besides=placed.employer.id):
            faults.append(FieldFault("name", NAME_TAKEN))
    except NameMissing:
        faults.append(FieldFault("name", NAME_ADVICE))
    try:
        clean = check_profile(profile, complete=placed.placement.published_at is not None)
    except InvalidValues as refusal:
        raise InvalidValues([*faults, *refusal.faults]) from None
    if faults:
        raise InvalidValues(faults)
    return clean


def _changed(before: StoredProfile, name: str, profile: Profile) -> list[str]:
    was, becomes = values_of(before.profile), values_of(profile)
    changed = [column for column in _COLUMNS if was[column] != becomes[column]]
    return changed if clean_name(name) == before.name else ["name", *changed]


def _named(changed: list[str]) -> dict[str, str | int]:
    """The names of the columns, one for both addresses' parts, so that they fit an entry."""
    short = dict.fromkeys(column if column in _PLAIN else f"{column.partition('_')[0]}_address" for column in changed)
    return {"fields": " ".join(short)}


_COLUMNS = tuple(values_of(Profile()))
_PLAIN = {"name", *(column for column in _COLUMNS if not column.startswith(("visiting_", "postal_")))}
