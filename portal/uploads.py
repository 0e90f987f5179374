"""Requests whose uploaded files never lie in the clear on disk: in memory, or sealed in the store (design 5.2)."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import IO, Any, TypeVar, cast
from urllib.parse import unquote

from flask import Flask, Request, current_app, g, request

from accounts.actor import Actor
from documents.errors import FileRefused
from documents.storing import Upload
from portal.services import current_services
from portal.settings import MEBIBYTE
from portal.transactions import release

LARGEST_FORM = 256 * 1024
# Borders, names and the other fields of a form around a file.
ROOM_AROUND_FILE = 64 * 1024
MOST_FILES = 20
PIECE = 64 * 1024
RAW = "application/octet-stream"
NAME_HEADER = "X-File-Name"

View = TypeVar("View", bound=Callable[..., Any])


class SealingRequest(Request):
    """A request that never writes an uploaded file to disk in the clear.

    werkzeug spools what is larger than 500 kB to a plaintext temporary file; here it stays in memory, which
    `MAX_CONTENT_LENGTH` bounds, or is sealed piece by piece where the view `accepts_files`.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if not _accepts("accepts_files"):
            return BytesIO()
        return cast(IO[bytes], _SealedStream(_begin()))


class _SealedStream:
    """What werkzeug writes a file of a form to."""

    def __init__(self, upload: Upload) -> None:
        self.upload = upload

    def write(self, data: bytes) -> int:
        return self.upload.write(data)

    def seek(self, _place: int) -> int:
        """There is nothing to read from the start: what came in is sealed."""
        return 0

    def close(self) -> None:
        """The upload ends with the request."""


def accepts_upload(view: View) -> View:
    """Let this view get a file of the size that the operator allows; all others get small forms only."""
    view.accepts_upload = True  # type: ignore[attr-defined]
    return view


def accepts_files(view: View) -> View:
    """Let this view get files to share, each sealed into the store under a key of its own while it comes in."""
    view.accepts_files = True  # type: ignore[attr-defined]
    return view


def limit_each_request(app: Flask) -> None:
    """Bound what a request to `app` may send; more is answered with 413 before it is read."""
    app.before_request(_limit)
    app.jinja_env.globals["largest_file_mib"] = current_limit
    app.teardown_request(_discard)


def current_limit() -> int:
    """How large a file that is shared may be, in MiB."""
    return current_services().settings.attachment_limit_mib


def received_files(field: str) -> list[tuple[str, Upload]]:
    """Return the files of a form with the names they were given, each to be finished.

    Raises `FileRefused` when there are too many, `StoreUnavailable`.
    """
    if len(g.get("uploads", ())) > MOST_FILES:
        raise FileRefused("too_many", limit=MOST_FILES)
    streams = [(file.filename or "", cast(_SealedStream, file.stream)) for file in request.files.getlist(field)]
    # A field in which nobody chose anything comes as an empty file without a name.
    return [(name, stream.upload) for name, stream in streams if name or stream.upload.size]


def received_body() -> tuple[str, Upload]:
    """Read a body that is a file itself, with its name beside it; return both, to be finished.

    Raises `ClientDisconnected` (400) for one that is cut off, `RequestEntityTooLarge`, `StoreUnavailable`.
    """
    stream, upload = request.stream, _begin()
    while piece := stream.read(PIECE):
        upload.write(piece)
    return unquote(request.headers.get(NAME_HEADER, "")), upload


def is_raw() -> bool:
    """Whether the body of this request is a file itself, sent by a script, and no form."""
    return request.mimetype == RAW


def _begin() -> Upload:
    # What comes in slowly keeps no connection to the database waiting.
    release()
    actor: Actor = g.actor
    services = current_services()
    upload = Upload(services.intake, services.source, actor.organisation_id)
    uploads: list[Upload] = g.setdefault("uploads", [])
    uploads.append(upload)
    if len(uploads) > MOST_FILES:
        upload.discard()
    return upload


def _discard(_error: BaseException | None) -> None:
    """Whatever the view did not keep is gone."""
    for upload in g.pop("uploads", ()):
        upload.discard()


def _accepts(what: str) -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), what, False)


def _limit() -> None:
    settings = current_services().settings
    if _accepts("accepts_files"):
        request.max_content_length = settings.attachment_limit_mib * MEBIBYTE + ROOM_AROUND_FILE
    elif _accepts("accepts_upload"):
        request.max_content_length = settings.upload_limit_mib * MEBIBYTE + ROOM_AROUND_FILE
    else:
        request.max_content_length = LARGEST_FORM
