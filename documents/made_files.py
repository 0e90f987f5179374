"""Files that the portal makes itself: they come into the store as an upload does, sealed and looked at."""

from __future__ import annotations

from uuid import UUID

from crypto.secret import Secret
from database.session import Session
from documents.models import StoredFile
from documents.storing import Intake, Upload, keep_file


def store_made(
    session: Session, intake: Intake, data: bytes, name: str, *, organisation_id: UUID, by: UUID
) -> tuple[StoredFile, Secret]:
    """Keep a file of an organisation, and return its row and its key, which the caller hands to whoever may open it.

    Raises `documents.errors.FileRefused`, `StoreUnavailable`.
    """
    upload = Upload(intake, session.source, organisation_id)
    try:
        upload.write(data)
        found = upload.check()
        return keep_file(session, upload, name, found, by=by), upload.key
    finally:
        upload.discard()
