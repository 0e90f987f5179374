"""The keys of documents that go along with shares and agreements (design 2.2, 2.7; D-rule 23).

A service gets what the employer keeps for both as long as the employee is shared with it or, of an employer's own
dossier, as long as it serves the employer. What a service put in a dossier itself stays its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, select
from sqlalchemy.orm import aliased

from accounts.actor import Actor
from audit.actions import Action
from audit.recording import record
from crypto.secret import Secret
from database.planning import Unindexed
from database.session import Session
from documents.dossiers import DossierPlace
from documents.finding import serving_holders
from documents.keys import FileKeyOpener, send_file_keys
from documents.models import Audience, Document, DocumentVersion, FileKey
from keys.public_keys import has_key
from organisation.calendar import today
from organisation.models import Organisation
from organisation.service_agreements import ended_pairs
from vault.following import Follower, follow_shares
from vault.models import Share, Vault
from vault.sides import is_employer, keep_generation, side_of

AT_ONCE = 500


class DocumentsOfShares(Follower):
    """What a share means for documents: it hands over keys, and its end destroys them."""

    def begun(self, session: Session, share: Share, actor: Actor) -> None:
        """Send the service the keys of what is for both: of the employer, and of what it put there itself before."""
        vault = session.get_one(Vault, share.organisation_id)
        service = session.get_one(Organisation, share.service_id)
        if service.holder_id is None:
            return
        of_both = and_(
            Document.employee_id == share.employee_id,
            Document.organisation_id.in_([share.organisation_id, share.service_id]),
        )
        waiting = _lacking(of_both, vault.holder_id, service.holder_id)
        logs = {share.organisation_id, share.service_id}
        _send(session, waiting, service.holder_id, actor, logs, {share.employee_id: str(share.id)})

    def ended(self, session: Session, shares: Sequence[Share]) -> None:
        """Destroy the service's keys of the employer's documents."""
        if not shares:
            return
        service = session.get_one(Organisation, shares[0].service_id)
        of_employer = select(DocumentVersion.file_id).join(Document, Document.id == DocumentVersion.document_id)
        files = of_employer.where(
            Document.employee_id.in_([share.employee_id for share in shares]),
            Document.organisation_id == Document.employer_id,
        )
        session.execute(
            delete(FileKey)
            .where(Unindexed(FileKey.holder_id) == service.holder_id, FileKey.file_id.in_(files))
            .execution_options(synchronize_session=False)
        )


def follow_with_documents() -> None:
    """Let documents go along with every share from now on."""
    follow_shares(_OF_SHARES)


def hand_over_to_serving(session: Session, place: DossierPlace, actor: Actor) -> int:
    """Send whoever has to do with an employer's own dossier today the keys that they lack; return how many files.

    They lack them when an agreement began, or the vault was opened, after a document was added. Whoever of the side
    that put them there comes first does it (design 2.7); the caller has found the dossier.
    """
    holder_id = side_of(session, actor)
    if holder_id is None or place.employee_id is not None:
        return 0
    of_side = and_(
        Document.employer_id == place.employer_id,
        Document.employee_id.is_(None),
        Document.organisation_id == actor.organisation_id,
    )
    handed = 0
    for other in _others(session, place.employer_id, actor):
        waiting = _lacking(of_side, holder_id, other)
        handed += _send(session, waiting, other, actor, {actor.organisation_id}, {})
    return handed


def take_back_documents(session: Session) -> int:
    """Destroy the keys that services have of the own dossiers of employers they serve no more; return how many.

    At most 500 at once. It takes no key; until it is done the documents are out of the service's view all the same.
    """
    pairs = ended_pairs(today(session)).subquery()
    statement = (
        select(FileKey.file_id, FileKey.holder_id)
        .join(DocumentVersion, DocumentVersion.file_id == FileKey.file_id)
        .join(Document, Document.id == DocumentVersion.document_id)
        .join(pairs, pairs.c.employer_id == Document.employer_id)
        .join(Organisation, Organisation.id == pairs.c.service_id)
        .where(
            Document.employee_id.is_(None),
            Document.organisation_id == Document.employer_id,
            Unindexed(FileKey.holder_id) == Organisation.holder_id,
        )
        .limit(AT_ONCE)
    )
    found = session.execute(statement).all()
    for holder_id in {holder_id for _file_id, holder_id in found}:
        files = [file_id for file_id, holder in found if holder == holder_id]
        session.execute(delete(FileKey).where(FileKey.holder_id == holder_id, FileKey.file_id.in_(files)))
    return len(found)


_OF_SHARES = DocumentsOfShares()


def _others(session: Session, employer_id: UUID, actor: Actor) -> list[UUID]:
    if is_employer(actor):
        return [holder_id for holder_id in serving_holders(session, employer_id) if has_key(session, holder_id)]
    vault = session.get(Vault, employer_id)
    return [] if vault is None else [vault.holder_id]


def _lacking(condition: ColumnElement[bool], from_holder: UUID, to_holder: UUID) -> Select[FileKey]:
    """The keys of files of documents for both, as one holder has them, that the other holder has not got."""
    theirs = aliased(FileKey)
    has_it = exists().where(theirs.file_id == FileKey.file_id, Unindexed(theirs.holder_id) == to_holder)
    return (
        select(FileKey)
        .join(DocumentVersion, DocumentVersion.file_id == FileKey.file_id)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(
            condition,
            Document.audience == Audience.BOTH.value,
            Unindexed(FileKey.holder_id) == from_holder,
            ~has_it,
        )
    )


def _send(
    session: Session,
    waiting: Select[FileKey],
    holder_id: UUID,
    actor: Actor,
    logs: set[UUID],
    subjects: dict[UUID, str | None],
) -> int:
    rows = list(session.scalars(waiting.execution_options(populate_existing=True)))
    if not rows:
        return 0
    for organisation_id in sorted(logs):
        record(
            session,
            Action.DOCUMENT_HAND,
            by=actor.who,
            organisation_id=organisation_id,
            subjects=subjects,
            object_type="holder",
            object_id=holder_id,
            details={"count": len(rows)},
        )
    keep_generation(session, holder_id)
    opener = FileKeyOpener(session, actor.keys)
    keys: dict[UUID, Secret] = {row.file_id: opener.open(row) for row in rows}
    send_file_keys(session, keys, holder_id, actor.who)
    return len(rows)
