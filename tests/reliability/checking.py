"""Looking whether anything was lost, and whether changes and log tell the same: from outside the server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select, text

from audit.actions import Action
from audit.chaining import seal_pending
from audit.models import AuditEntry, AuditSubject
from audit.recording import record
from audit.verification import verify
from database.session import Session
from keys.models import Admission, AdmissionState
from organisation.models import Employee, MembershipRole, Role
from organisation.presets import VAULT_ADMINISTRATOR
from tests.reliability.ledger import Kind, Ledger
from tests.reliability.site import Site
from tests.world import World
from vault.models import Part, RecordPart, Share
from vault.records import open_cards


@dataclass
class Findings:
    """What is wrong; `entries` is how much there was to compare."""

    lost: list[str] = field(default_factory=list)
    changes_without_entry: list[str] = field(default_factory=list)
    entries_without_change: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    entries: int = 0

    def compare(self, what: str, changes: Counter[object], entries: Counter[object]) -> None:
        """Note the changes that have no entry of their own, and the entries that have no change."""
        self.entries += entries.total()
        self.changes_without_entry += [f"{what} {key}" for key in (changes - entries)]
        self.entries_without_change += [f"{what} {key}" for key in (entries - changes)]

    @property
    def are_none(self) -> bool:
        """Whether all is well."""
        return not (self.lost or self.changes_without_entry or self.entries_without_change or self.damage)


def look(site: Site) -> Findings:
    """Look at the database of a server that is down."""
    findings = Findings()
    with site.session() as world:
        _compare_values(site.ledger, world)
        _compare_edits(findings, site.ledger, world.session)
        _compare_shares(findings, site.ledger, world.session)
        _compare_access(findings, site.ledger, world.session)
        _compare_rights(findings, site.ledger, world.session)
        findings.lost += site.ledger.lost
        findings.damage += _damage(world.session)
    for clerk in site.clerks:
        findings.damage += clerk.surprises
    return findings


def look_at_log(site: Site) -> list[str]:
    """Seal what waits, as the worker would, and read the whole log as `datakluis audit verify` does."""
    with site.session() as world:
        while seal_pending(world.session):
            pass
    with site.session() as world:
        return [str(fault) for fault in verify(world.session).faults]


def _compare_values(ledger: Ledger, world: World) -> None:
    employees = ledger.things(Kind.NAME)
    actor = world.actor("Anna")
    entry = record(world.session, Action.EMPLOYEE_LIST, by=actor.who, subjects=employees)
    for employee, card in open_cards(world.session, actor, employees, entry=entry).items():
        ledger.seen((Kind.NAME, employee), card.last_name)
    running = set(world.session.scalars(select(Share.employee_id).where(Share.ended_at.is_(None))))
    for employee in employees:
        ledger.seen((Kind.SHARED, employee), employee in running)
    administrators = set(world.session.scalars(_ADMINISTRATORS))
    for person in ledger.things(Kind.ADMINISTRATOR):
        ledger.seen((Kind.ADMINISTRATOR, person), person in administrators)
    admitted = set(world.session.scalars(select(Admission.id).where(Admission.state == AdmissionState.ADMITTED)))
    for request in ledger.things(Kind.ADMITTED):
        ledger.seen((Kind.ADMITTED, request), request in admitted)


_ADMINISTRATORS = (
    select(MembershipRole.person_id)
    .join(Role, Role.id == MembershipRole.role_id)
    .where(Role.key == VAULT_ADMINISTRATOR)
)


def _compare_edits(findings: Findings, ledger: Ledger, session: Session) -> None:
    """Each version but the first has its entry, and its two sealed parts; as many as the client knows of."""
    employees = ledger.things(Kind.NAME)
    versions = dict(session.execute(select(Employee.id, Employee.version).where(Employee.id.in_(employees))).all())
    parts = Counter(tuple(row) for row in session.execute(select(RecordPart.employee_id, RecordPart.version)))
    made = Counter((number, version) for number in employees for version in range(2, versions[number] + 1))
    logged = Counter(
        (subject, entry.details["version"]) for subject, entry in _entries_about(session, Action.EMPLOYEE_UPDATE)
    )
    findings.compare("version", Counter(made), Counter(logged))
    for number in employees:
        if not ledger.must_have((Kind.NAME, number), versions[number] - 1):
            findings.lost.append(f"edits of {number}: {versions[number] - 1}")
        if parts[number, versions[number]] != len(Part):
            findings.damage.append(f"the parts of version {versions[number]} of {number}")


def _compare_shares(findings: Findings, ledger: Ledger, session: Session) -> None:
    """Each share, and each withdrawal, has an entry on both sides."""
    shares = list(session.scalars(select(Share)))
    made = Counter((share.id, side) for share in shares for side in (share.organisation_id, share.service_id))
    ended = Counter(
        (share.id, side)
        for share in shares
        if share.ended_at is not None
        for side in (share.organisation_id, share.service_id)
    )
    for what, of_shares, action in (("share", made, Action.SHARE_MAKE), ("withdrawal", ended, Action.SHARE_END)):
        logged = ((entry.object_id, entry.organisation_id) for entry in _entries(session, action))
        findings.compare(what, Counter(of_shares), Counter(logged))
    changes = Counter(share.employee_id for share in shares)
    changes += Counter(share.employee_id for share in shares if share.ended_at is not None)
    for employee in ledger.things(Kind.SHARED):
        if not ledger.must_have((Kind.SHARED, employee), changes[employee]):
            findings.lost.append(f"shares of {employee}: {changes[employee]}")


def _compare_access(findings: Findings, ledger: Ledger, session: Session) -> None:
    """Each request that was granted has its entry."""
    wanted = select(Admission).where(
        Admission.id.in_(ledger.things(Kind.ADMITTED)), Admission.state == AdmissionState.ADMITTED
    )
    admitted = Counter(admission.recipient_id for admission in session.scalars(wanted))
    askers = set(session.scalars(select(Admission.recipient_id).where(Admission.id.in_(ledger.things(Kind.ADMITTED)))))
    granted = (entry.object_id for entry in _entries(session, Action.ACCESS_GRANT) if entry.object_id in askers)
    findings.compare("access", Counter(admitted), Counter(granted))


def _compare_rights(findings: Findings, ledger: Ledger, session: Session) -> None:
    """Rights given and taken by turns: as many entries as changes, and what is now is what the last entry says."""
    administrators = set(session.scalars(_ADMINISTRATORS))
    for person in ledger.things(Kind.ADMINISTRATOR):
        given, taken = (
            sum(entry.object_id == person and entry.details["role"] == VAULT_ADMINISTRATOR for entry in found)
            for found in (_entries(session, Action.ROLE_GIVE), _entries(session, Action.ROLE_TAKE))
        )
        findings.entries += given + taken
        if not ledger.must_have((Kind.ADMINISTRATOR, person), given + taken):
            findings.lost.append(f"rights of {person}: {given + taken}")
        if given - taken > (person in administrators):
            findings.entries_without_change.append(f"rights of {person}")
        if given - taken < (person in administrators):
            findings.changes_without_entry.append(f"rights of {person}")


def _entries(session: Session, action: Action) -> Iterable[AuditEntry]:
    return session.scalars(select(AuditEntry).where(AuditEntry.action == action.value))


def _entries_about(session: Session, action: Action) -> Iterable[tuple[UUID, AuditEntry]]:
    statement = select(AuditSubject.subject_id, AuditEntry).join(AuditEntry, AuditEntry.id == AuditSubject.entry_id)
    return [(row[0], row[1]) for row in session.execute(statement.where(AuditEntry.action == action.value))]


def _damage(session: Session) -> list[str]:
    if session.get_bind().dialect.name != "sqlite":
        return []
    told: list[str] = list(session.scalars(text("PRAGMA integrity_check")))
    broken: list[Mapping[str, object]] = [
        dict(row) for row in session.execute(text("PRAGMA foreign_key_check")).mappings()
    ]
    return [line for line in told if line != "ok"] + [str(row) for row in broken]
