"""Where the ciphertexts of this package lie: what each is bound to, so that none can be moved (design 2.1)."""

from __future__ import annotations

from uuid import UUID

from crypto.sealing import Context
from documents.models import DocumentVersion, FileKey, StoredFile
from keys.models import SealedForm


def place_of_about(file_id: UUID) -> Context:
    """The place of a file's name and kind, under the file's key."""
    return Context(StoredFile.__tablename__, file_id, "about_sealed")


def place_of_content(file_id: UUID, organisation_id: UUID) -> Context:
    """The place of what a file holds, outside the database, under the file's key (signing.md 8.7)."""
    return Context(StoredFile.__tablename__, file_id, "content", holder=organisation_id)


def place_of_file_key(row: FileKey) -> Context:
    """The place of a file's key as one holder can open it."""
    if row.form == SealedForm.WRAPPED:
        return place_of_wrapped_key(row.file_id, row.holder_id, row.generation)
    return Context(
        FileKey.__tablename__, row.file_id, "sealed as sent", holder=row.holder_id, generation=row.generation
    )


def place_of_wrapped_key(file_id: UUID, holder_id: UUID, generation: int) -> Context:
    """The same of a key that lies under the holder's wrap key of a generation."""
    return Context(FileKey.__tablename__, file_id, "sealed", holder=holder_id, generation=generation)


def place_of_form(row: DocumentVersion) -> Context:
    """The place of what was filled in to make a version, under the key of its file."""
    return Context(
        DocumentVersion.__tablename__, row.document_id, "form_sealed", version=row.number, recipient=row.file_id
    )
