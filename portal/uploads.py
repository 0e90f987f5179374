"""Requests whose uploaded files stay in memory (design 5, step 2)."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Request


class MemoryRequest(Request):
    """A request that never writes an uploaded file to disk.

    werkzeug spools what is larger than 500 kB to a plaintext temporary file; here the size of a request is bounded by
    `MAX_CONTENT_LENGTH` instead.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()
