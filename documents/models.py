"""Tables of sealed files. What a file holds lies outside the database, in pieces sealed under the file's own key."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class StoredFile(Base):
    """A file. Name and kind are in `about_sealed`, under the file's key; `size` is that of the file in the clear."""

    __tablename__ = "stored_file"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    size: Mapped[int]
    about_sealed: Mapped[bytes]
    created_by: Mapped[uuid.UUID]
    created_at: Mapped[datetime]


class FileKey(Base):
    """The key of a file as one holder can open it, under the holder's wrap key of that generation."""

    __tablename__ = "file_key"

    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holder.id"), primary_key=True, index=True)
    organisation_id: Mapped[uuid.UUID]
    generation: Mapped[int]
    sealed: Mapped[bytes]
