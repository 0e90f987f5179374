"""A request of everybody's own in the town, in the own dialogue: who asks is the only one to sign (G-03..G-09)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from accounts.actor import Actor
from database.session import Session
from dialogs.models import Participant
from documents.models import Document
from signing.beginning import Offered, SignerRole, add_signer, keep_request, new_request
from signing.entries import SignerEntry
from signing.models import RequestState, SignerState, SigningKind
from tests.census.papers import MAKERS, Papers, actor_named, add_paper
from tests.census.talks import Talk, give_talks, ids_of_talks
from tests.census.town import EMPLOYERS, ROLES, Town
from vault.models import Share

__all__ = ["give_signed_talks", "ids_of_talks"]


def give_signed_talks(town: Town, session: Session, names: Iterable[str], papers: Papers) -> dict[str, Talk]:
    """Let everybody have a dialogue of the own, and a document of a dossier in view that is signed in it."""
    talks = give_talks(town, session, names)
    signed = {name: _give_signature(town, session, name, talk, papers) for name, talk in talks.items()}
    # A share with content that the employer sees can't be withdrawn (S-07); here each one can still be.
    session.execute(update(Share).values(content_began_at=None))
    return signed


def _give_signature(town: Town, session: Session, name: str, talk: Talk, papers: Papers) -> Talk:
    actor, role = actor_named(town, session, name), ROLES[name]
    employers = [employer for employer in EMPLOYERS if role.organisation in (employer, EMPLOYERS[employer])]
    unit = f"{next(one for one in employers if not role.sees or not role.is_service or one in role.sees)}1s"
    maker = actor_named(town, session, MAKERS[role.organisation])
    document, offered = _document(town, session, maker, papers, unit)
    request = new_request(
        session,
        session.source.new_id(),
        document,
        SigningKind.SMS,
        actor,
        in_order=False,
        lifetime=timedelta(days=14),
    )
    request.dialogue_id = talk.dialogue_id
    secret = keep_request(session, request, offered, actor)
    request.state, request.base_sha256 = RequestState.RUNNING.value, bytes(32)
    place = session.scalars(select(Participant).where(Participant.dialogue_id == talk.dialogue_id)).one()
    entry = SignerEntry(actor.person_name, actor.organisation_name, actor.organisation_name)
    side = SignerRole.SERVICE if role.is_service else SignerRole.EMPLOYER
    signer = add_signer(
        session, request, secret, entry, position=1, role=side, person_id=actor.person_id, participant_id=place.id
    )
    signer.state = SignerState.READ.value
    session.flush()
    return replace(talk, request=request.id, signer=signer.id)


def _document(town: Town, session: Session, maker: Actor, papers: Papers, unit: str) -> tuple[Document, Offered]:
    document, stored, key = add_paper(town, session, maker, unit, papers.labels["label"], "Plan.pdf")
    return document, Offered(stored, key, "Plan.pdf")
