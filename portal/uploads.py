"""Requests whose uploaded files stay in memory (design 5, step 2)."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import IO, Any, TypeVar

from flask import Flask, Request, current_app, request

from portal.services import current_services
from portal.settings import MEBIBYTE

LARGEST_FORM = 256 * 1024
# Borders, names and the other fields of a form around a file.
ROOM_AROUND_FILE = 64 * 1024

View = TypeVar("View", bound=Callable[..., Any])


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


def accepts_upload(view: View) -> View:
    """Let this view get a file of the size that the operator allows; all others get small forms only."""
    view.accepts_upload = True  # type: ignore[attr-defined]
    return view


def limit_each_request(app: Flask) -> None:
    """Bound what a request to `app` may send; more is answered with 413 before it is read."""
    app.before_request(_limit)


def _limit() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "accepts_upload", False):
        request.max_content_length = current_services().settings.upload_limit_mib * MEBIBYTE + ROOM_AROUND_FILE
    else:
        request.max_content_length = LARGEST_FORM
