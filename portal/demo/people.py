"""Letting people of the demo sign up and log in, through the verbs behind the pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from pyotp import TOTP
from sqlalchemy import select

from accounts.actor import Actor, Scope
from accounts.authenticators import STEP_SECONDS, begin_coupling, check_code, confirm_coupling
from accounts.backup_codes import keep_backup_code, make_backup_code, new_backup_code
from accounts.credentials import PersonSecret, backup_salt, open_with_password, password_salt
from accounts.errors import WrongLogin
from accounts.invitations import PATH, accept_invitation, invite
from accounts.login import begin_login, complete_login, finish_password
from accounts.passwords import check_new_password
from accounts.people import person_by_id
from accounts.permissions import Permission
from accounts.second_factors import Factor
from accounts.sms_codes import begin_phone, confirm_phone
from accounts.terms import TERMS_VERSION, accept_terms
from audit.recording import Who
from crypto.passwords import split, stretch
from crypto.secret import Secret
from crypto.source import Source
from database.session import Session
from delivery.models import OutgoingMessage
from delivery.sms import CHANNEL, open_sms
from delivery.transports import read_mail
from keys.opened import OpenedKeys
from organisation.admission import enter_service
from organisation.circles import enter_circle
from organisation.memberships import actor_for, add_member
from organisation.models import OrganisationKind
from portal.demo.accounts import PASSWORD, DemoAccount, Plan
from portal.services import Services
from vault.access import request_access

_AT_ONCE = 2


@dataclass
class DemoPerson:
    """Somebody of the plan, with what he or she carries about: password, phone, back-up code."""

    plan: Plan
    person_id: UUID
    access_point: str
    backup_code: str = field(repr=False)
    stretched: Future[Secret] = field(repr=False)
    stretched_backup: Future[Secret] = field(repr=False)
    totp_secret: str = field(default="", repr=False)
    opened: PersonSecret | None = None

    def code(self, source: Source) -> str:
        """What the app on the phone shows."""
        return TOTP(self.totp_secret).generate_otp(int(source.now().timestamp()) // STEP_SECONDS)

    def actor(self, session: Session) -> Actor:
        """The person as a request would have it."""
        if self.opened is None:
            raise WrongLogin
        keys = OpenedKeys(self.person_id, self.opened.generation, self.opened.secret)
        return actor_for(session, self.person_id, self.access_point, keys)

    def account(self) -> DemoAccount:
        """What the visitor is told."""
        return DemoAccount(
            login=self.plan.login,
            password=PASSWORD,
            totp_secret=self.totp_secret,
            backup_code=self.backup_code,
            role=", ".join(self.plan.roles),
            organisation=self.plan.organisation,
            name=self.plan.name,
            sees=self.plan.sees,
        )


class Stretching:
    """Runs Argon2id at its real cost beside the other work, since each person costs it twice."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._pool = ThreadPoolExecutor(_AT_ONCE)

    def person(self, plan: Plan, person_id: UUID, access_point: str) -> DemoPerson:
        """The person, whose password and new back-up code are being stretched from now on."""
        code, salt_key = new_backup_code(self._services.source), self._services.salt_key
        argon2 = self._services.argon2
        return DemoPerson(
            plan=plan,
            person_id=person_id,
            access_point=access_point,
            backup_code=code,
            stretched=self._pool.submit(stretch, PASSWORD, password_salt(salt_key, person_id), argon2),
            stretched_backup=self._pool.submit(stretch, code, backup_salt(salt_key, person_id), argon2),
        )

    def close(self) -> None:
        """Drop what nobody waits for."""
        self._pool.shutdown(cancel_futures=True)


def send_plan(
    session: Session, plan: Plan, organisation_id: UUID, units: Mapping[str, UUID], *, base_url: str, by: Who
) -> UUID:
    """Invite somebody, with a place and roles as the operator's command gives; return the person's id."""
    person = invite(
        session,
        organisation_id=organisation_id,
        login_name=plan.login,
        display_name=plan.name,
        email=plan.email,
        base_url=base_url,
        by=by,
    )
    scope = frozenset(units[name] for name in plan.departments + plan.employers)
    add_member(session, person.id, organisation_id, plan.roles, Scope(not scope, scope), by)
    return person.id


def token_in_mailbox(folder: Path, address: str) -> str:
    """The token of the newest invitation to an address, out of the mail itself."""
    for path in sorted(folder.glob("*.eml"), reverse=True):
        mail = read_mail(folder, path.stem)
        found = re.search(re.escape(PATH) + r"([\w-]+)", mail.text)
        if mail.to == address and found:
            return found[1]
    raise LookupError("there is no invitation to this address in the mailbox of the demo")


def sign_up(session: Session, person: DemoPerson, services: Services, mailbox: Path) -> None:
    """Answer the invitation: password, app, back-up code, terms; then ask for keys, as after every first login."""
    plan, parameters, access_point = person.plan, services.argon2, person.access_point
    token = token_in_mailbox(mailbox, plan.email)
    check_new_password(PASSWORD, [plan.login, plan.name, plan.organisation])
    accept_invitation(session, token, person.stretched.result(), parameters, access_point=access_point)
    password_key = split(person.stretched.result()).key
    person.opened = open_with_password(session, person.person_id, password_key)
    person.totp_secret = begin_coupling(session, person.person_id).secret
    factor = confirm_coupling(session, person.person_id, person.code(session.source), access_point=access_point)
    complete_login(session, password_key, factor, access_point=access_point)
    stretched = person.stretched_backup.result()
    make_backup_code(session, person.opened, stretched, parameters, access_point=access_point)
    keep_backup_code(session, person.person_id)
    accept_terms(session, person.person_id, TERMS_VERSION, access_point=access_point)
    if plan.phone:
        _couple_phone(session, person, services)
    ask_for_keys(session, person)


def _couple_phone(session: Session, person: DemoPerson, services: Services) -> None:
    """Type the code that came by SMS; the app stays what is asked first."""
    person_id, access_point = person.person_id, person.access_point
    rules = services.sms_rules
    begin_phone(session, person_id, person.plan.phone, access_point=access_point, rules=rules, adding=True)
    sent = select(OutgoingMessage).where(OutgoingMessage.channel == CHANNEL)
    newest = session.scalars(sent.order_by(OutgoingMessage.created_at.desc(), OutgoingMessage.id).limit(1)).one()
    code = open_sms(session, newest).code or ""
    confirm_phone(session, person_id, code, access_point=access_point, adding=True)
    person_by_id(session, person_id).preferred_factor = Factor.APP


def log_in(session: Session, person: DemoPerson, services: Services) -> None:
    """Log in with password and app; what Argon2id made of the password is remembered, to save minutes."""
    challenge = begin_login(session, person.plan.login, person.access_point, salt_key=services.salt_key)
    accepted = finish_password(session, challenge, person.stretched.result())
    factor = check_code(session, person.person_id, person.code(session.source), access_point=person.access_point)
    complete_login(session, accepted.password_key, factor, access_point=person.access_point)
    ask_for_keys(session, person)


def mistype(session: Session, person: DemoPerson, services: Services) -> None:
    """Log in with a wrong password, which the log keeps."""
    challenge = begin_login(session, person.plan.login, person.access_point, salt_key=services.salt_key)
    try:
        finish_password(session, challenge, Secret.random(session.source, 64))
    except WrongLogin:
        return


def ask_for_keys(session: Session, person: DemoPerson) -> None:
    """Ask for the key of the vault or the service where it is due, as the portal does when someone has logged in."""
    actor = person.actor(session)
    if actor.audience == OrganisationKind.SERVICE and Permission.DOSSIER_READ in actor.permissions:
        enter_service(session, actor)
    if actor.audience == OrganisationKind.SERVICE and Permission.MEDICAL_READ in actor.permissions:
        enter_circle(session, actor)
    if actor.audience == OrganisationKind.EMPLOYER and Permission.VAULT_READ in actor.permissions:
        request_access(session, actor)
