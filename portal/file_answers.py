"""Sending what a sealed file holds, a chunk at a time: each has proved whole before it leaves (signing.md 8.7)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, request, stream_with_context

from documents.kinds import MEDIA_TYPES
from documents.reading import SealedReader
from documents.storing import About
from portal.headers import put_in_sandbox
from portal.logs import log_failure


class DownloadBrokenOff(Exception):
    """A download could not go on; the answer is cut off, so that the browser tells that the file is not whole."""


def send_download(content: SealedReader, about: About) -> Response:
    """Return the file for whoever keeps it, or the part of it that was asked for (RFC 9110, 14)."""
    put_in_sandbox()
    wanted = _wanted(content.size)
    if wanted is None:
        response = Response(status=416)
        response.headers["Content-Range"] = f"bytes */{content.size}"
        return response
    start, stop = wanted
    response = _streamed(content, about, start, stop)
    name_file(response, "attachment", about.name)
    response.headers["Accept-Ranges"] = "bytes"
    if stop - start < content.size:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.size}"
    return response


def send_picture(content: SealedReader, about: About) -> Response:
    """Return a picture to be shown in a page, in a sandbox of its own when somebody opens it by itself."""
    put_in_sandbox()
    response = _streamed(content, about, 0, content.size)
    name_file(response, "inline", about.name)
    return response


def name_file(response: Response, disposition: str, name: str) -> None:
    """Say under which name a file is kept, also to what reads only ASCII (RFC 6266, appendix D)."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    names = {"filename": folded}
    if folded != name:
        names["filename*"] = f"UTF-8''{quote(name, safe='')}"
    response.headers.set("Content-Disposition", disposition, **names)


def breaking_off(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of an answer whose status has left; what goes wrong ends it before its end."""
    return stream_with_context(_breaking_off(pieces))


def _breaking_off(pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    except Exception as error:
        log_failure(type(error), error.__traceback__)
        raise DownloadBrokenOff from None


def _streamed(content: SealedReader, about: About, start: int, stop: int) -> Response:
    pieces = content.pieces(start, stop)
    # What does not open at all still gets an answer of its own.
    first = next(pieces, b"")
    response = Response(breaking_off(_joined(first, pieces)), mimetype=MEDIA_TYPES[about.kind])
    response.headers["Content-Type"] = MEDIA_TYPES[about.kind]
    response.content_length = stop - start
    return response


def _joined(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _wanted(size: int) -> tuple[int, int] | None:
    """From where to before where; all of it for several parts at once or a condition that nobody can check."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or "If-Range" in request.headers:
        return 0, size
    found = asked.range_for_length(size)
    return (found[0], found[1]) if found else None
