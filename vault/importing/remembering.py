"""The headings that an employer chose for a field before, kept sealed for its vault (X-22)."""

from __future__ import annotations

import json
import uuid
from collections import Counter

from accounts.actor import Actor
from crypto.sealing import Context, seal, unseal
from database.insertion import insert_into
from database.session import Session
from keys.holders import current_generation
from vault.importing.headings import normalise
from vault.importing.layout import Layout
from vault.models import ImportMapping
from vault.sides import keep_generation

MOST_HEADINGS = 1_000
"""More than anybody has; what was chosen longest ago is forgotten."""


def place_of_mapping(organisation_id: uuid.UUID, holder_id: uuid.UUID, generation: int) -> Context:
    """The place of what an employer chose."""
    return Context(ImportMapping.__tablename__, organisation_id, "sealed", holder=holder_id, generation=generation)


def remembered_headings(session: Session, holder_id: uuid.UUID, actor: Actor) -> dict[str, str]:
    """The field of each normalised heading that was chosen before; an empty one is a column that is not used.

    The caller has looked whether the actor may import into this vault. Raises `crypto.errors.UnsealError`.
    """
    kept = session.get(ImportMapping, actor.organisation_id, populate_existing=True)
    if kept is None:
        return {}
    wrap_key = actor.keys.wrap_key(session, kept.holder_id, kept.generation)
    found: dict[str, str] = json.loads(
        unseal(wrap_key, kept.sealed, place_of_mapping(kept.organisation_id, kept.holder_id, kept.generation))
    )
    return found


def remember_headings(session: Session, holder_id: uuid.UUID, layout: Layout, actor: Actor) -> None:
    """Keep what somebody chose for the headings of a file; a heading that stands there twice tells nothing."""
    chosen = _chosen(layout)
    kept = remembered_headings(session, holder_id, actor)
    merged = {heading: name for heading, name in kept.items() if heading not in chosen} | chosen
    keep_generation(session, holder_id)
    generation = current_generation(session, holder_id)
    wrap_key = actor.keys.wrap_key(session, holder_id, generation)
    text = json.dumps(dict(list(merged.items())[-MOST_HEADINGS:])).encode()
    values = {
        "holder_id": holder_id,
        "generation": generation,
        "sealed": seal(wrap_key, text, place_of_mapping(actor.organisation_id, holder_id, generation)),
        "changed_by": actor.person_id,
        "changed_at": session.source.now(),
    }
    insertion = insert_into(session, ImportMapping).values(organisation_id=actor.organisation_id, **values)
    session.execute(insertion.on_conflict_do_update(index_elements=["organisation_id"], set_=values))


def _chosen(layout: Layout) -> dict[str, str]:
    headings = [(normalise(label), layout.fields.get(index, "")) for index, label in enumerate(layout.labels)]
    times = Counter(heading for heading, _ in headings)
    return {heading: name for heading, name in headings if heading and times[heading] == 1}
