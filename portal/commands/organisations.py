"""Adding arbo services, employers and people, and ending an agreement."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

import click
from sqlalchemy import select

from accounts.actor import Scope
from accounts.invitations import invite as invite_person
from audit.recording import Who
from database.session import Session
from organisation import registering, service_agreements
from organisation.circles import name_first_member
from organisation.errors import CircleNeedsGiver, NotAMember, NotFound
from organisation.memberships import add_member, leave
from organisation.models import Department, Organisation, OrganisationKind
from organisation.presets import MEDICAL, PRESETS, SERVICE_MANAGER, SUPER_ADMINISTRATOR
from organisation.registering import find_organisation
from portal.commands.context import one_transaction, open_portal
from portal.services import Services

# Somebody must be able to hand out every right from the first day on (U-18).
FIRST_ROLES = (SERVICE_MANAGER, SUPER_ADMINISTRATOR)
ROLE_NAMES = ", ".join(sorted({preset.key for preset in PRESETS}))


@click.command("create-service")
@click.argument("name")
@click.option("--first-member", required=True, metavar="NAME", help="The name of who makes the service's key at login.")
@click.option("--login", required=True, help="The login name of the first member.")
@click.option("--email", required=True, help="The mail address that gets the invitation.")
@click.option("--role", "roles", multiple=True, default=FIRST_ROLES, show_default=True, help="A role; repeatable.")
def create_service(name: str, first_member: str, login: str, email: str, roles: tuple[str, ...]) -> None:
    """Add an arbo service called NAME and invite its first member."""
    services = open_portal()
    with one_transaction(services, "create-service") as (session, by):
        service = registering.create_service(session, name, by)
        _invite(services, session, service, login, first_member, email, roles, Scope(whole=True), by)
    click.echo(f"Added {name}; {first_member} gets an invitation by mail, which is valid for 24 hours.")


@click.command("create-employer")
@click.argument("name")
@click.option("--service", required=True, help="The name of the arbo service that serves this employer.")
@click.option("--department", "departments", multiple=True, help="A department; repeatable.")
def create_employer(name: str, service: str, departments: tuple[str, ...]) -> None:
    """Add an employer called NAME with its departments."""
    services = open_portal()
    with one_transaction(services, "create-employer") as (session, by):
        served_by = _find(session, service, OrganisationKind.SERVICE)
        registering.create_employer(session, name, served_by.id, departments, by)
    click.echo(f"Added {name} with {len(departments)} departments, served by {service}.")


@click.command("invite", epilog=f"Roles: {ROLE_NAMES}.")
@click.argument("name")
@click.option("--organisation", required=True, help="The name of the employer or arbo service.")
@click.option("--login", required=True, help="The login name.")
@click.option("--email", required=True, help="The mail address that gets the invitation.")
@click.option("--role", "roles", multiple=True, required=True, help="A role; repeatable.")
@click.option("--department", "departments", multiple=True, help="Sees this department only; repeatable.")
@click.option("--employer", "employers", multiple=True, help="Sees this employer only; repeatable.")
def invite(
    name: str,
    organisation: str,
    login: str,
    email: str,
    roles: tuple[str, ...],
    departments: tuple[str, ...],
    employers: tuple[str, ...],
) -> None:
    """Invite the person called NAME; without a scope he or she sees the whole organisation."""
    services = open_portal()
    with one_transaction(services, "invite") as (session, by):
        found = _find_any(session, organisation)
        scope = _scope(session, found, departments, employers)
        _invite(services, session, found, login, name, email, roles, scope, by)
    click.echo(f"{name} gets an invitation by mail, which is valid for 24 hours.")


@click.command("end-agreement")
@click.argument("employer")
@click.option("--service", required=True, help="The name of the arbo service.")
@click.option(
    "--last-day",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The last day on which the service serves the employer.",
)
def end_agreement(employer: str, service: str, last_day: datetime) -> None:
    """Set the last day of the agreement between EMPLOYER and its arbo service.

    After that day, by the Dutch calendar, the service sees nobody of the employer any more, and the worker ends shares.
    """
    services = open_portal()
    with one_transaction(services, "end-agreement") as (session, by):
        served = _find(session, employer, OrganisationKind.EMPLOYER)
        serving = _find(session, service, OrganisationKind.SERVICE)
        service_agreements.end_agreement(session, served.id, serving.id, last_day.date(), by)
    click.echo(f"{service} serves {employer} until {last_day:%Y-%m-%d}, that day included.")


def _invite(
    services: Services,
    session: Session,
    organisation: Organisation,
    login: str,
    name: str,
    email: str,
    roles: tuple[str, ...],
    scope: Scope,
    by: Who,
) -> None:
    person = invite_person(
        session,
        organisation_id=organisation.id,
        login_name=login,
        display_name=name,
        email=email,
        base_url=services.settings.base_url,
        by=by,
    )
    with suppress(NotAMember):
        # Who let an invitation expire is invited again, with the roles and scope of now.
        leave(session, person.id, by)
    add_member(session, person.id, organisation.id, roles, scope, by)
    if MEDICAL in roles:
        _name_first_member(session, organisation, person.id, by)


def _name_first_member(session: Session, organisation: Organisation, person_id: UUID, by: Who) -> None:
    """Let the first with medical rights make the key of the medical circle (U-10)."""
    try:
        name_first_member(session, organisation, person_id, by)
    except CircleNeedsGiver:
        raise click.ClickException(
            f"The first with the role {MEDICAL} must be able to let others in: add --role {SUPER_ADMINISTRATOR}."
        ) from None


def _find(session: Session, name: str, kind: OrganisationKind) -> Organisation:
    try:
        return find_organisation(session, name, kind)
    except NotFound:
        raise click.ClickException(f"There is no {kind.value} called {name}.") from None


def _find_any(session: Session, name: str) -> Organisation:
    found = []
    for kind in (OrganisationKind.EMPLOYER, OrganisationKind.SERVICE):
        try:
            found.append(find_organisation(session, name, kind))
        except NotFound:
            continue
    if not found:
        raise click.ClickException(f"There is no organisation called {name}.")
    if len(found) > 1:
        raise click.ClickException(f"There is both an employer and an arbo service called {name}; rename one.")
    return found[0]


def _scope(
    session: Session, organisation: Organisation, departments: tuple[str, ...], employers: tuple[str, ...]
) -> Scope:
    if organisation.kind == OrganisationKind.EMPLOYER and employers:
        raise click.ClickException("Someone at an employer has departments as scope; use --department.")
    if organisation.kind == OrganisationKind.SERVICE and departments:
        raise click.ClickException("Someone at an arbo service has employers as scope; use --employer.")
    units = [_department_id(session, organisation, name) for name in departments]
    units += [_find(session, name, OrganisationKind.EMPLOYER).id for name in employers]
    return Scope(whole=not units, units=frozenset(units))


def _department_id(session: Session, organisation: Organisation, name: str) -> UUID:
    found = session.scalar(
        select(Department.id).where(Department.organisation_id == organisation.id, Department.name == name.strip())
    )
    if found is None:
        raise click.ClickException(f"{organisation.name} has no department called {name}.")
    return found
