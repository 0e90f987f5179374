"""Rows of signing for tests that need no more than rows: no file, no key, nobody who signs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from documents.models import Audience, Document, DocumentKind, DocumentLabel, DocumentState
from signing.models import RequestState, SigningKind, SigningRequest
from signing.statements import CURRENT
from tests.world import World


def bare_request(world: World, **values: object) -> SigningRequest:
    """A request to sign a document of Bakkerij Mulder that has no file."""
    request = SigningRequest(
        id=world.session.source.new_id(),
        document_id=_bare_document(world).id,
        organisation_id=world.employer.id,
        employer_id=world.employer.id,
        version_number=1,
        kind=SigningKind.SMS.value,
        in_order=False,
        state=RequestState.RUNNING.value,
        key_number=1,
        title_sealed=b"",
        reference="K7M2",
        statement_version=CURRENT,
        revision=0,
        requested_by=world.people["Anna"].id,
        requested_at=world.session.source.now(),
        expires_at=world.session.source.now() + timedelta(days=14),
    )
    for name, value in values.items():
        setattr(request, name, value)
    world.session.add(request)
    world.session.flush()
    return request


def _bare_document(world: World) -> Document:
    now, maker = world.session.source.now(), world.people["Anna"].id
    label = DocumentLabel(
        id=world.session.source.new_id(),
        organisation_id=UUID(int=0),
        name="Overeenkomsten",
        of_employer=True,
        audience=Audience.BOTH.value,
        is_limited=False,
        created_at=now,
    )
    world.session.add(label)
    world.session.flush()
    document = Document(
        id=world.session.source.new_id(),
        organisation_id=world.employer.id,
        employer_id=world.employer.id,
        label_id=label.id,
        audience=label.audience,
        kind=DocumentKind.IMPORTED.value,
        state=DocumentState.FINAL.value,
        version=1,
        created_by=maker,
        created_at=now,
        changed_at=now,
    )
    world.session.add(document)
    world.session.flush()
    return document
