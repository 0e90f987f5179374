"""The technical log: a JSON line a request with the route's pattern, never a path, query, name or exception's text.

It is for the operator and says how the machine does; who did what is in `audit`.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from contextlib import suppress
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("datakluis")


def configure_logs() -> None:
    """Write JSON lines to standard error, those of libraries included, from the level *warning* for the latter."""
    shared: list[Any] = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()], logger_factory=lambda *_: StandardError()
    )
    handler = StandardErrorHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_leave_data_out, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class StandardError:
    """Writes lines to standard error; where that is closed or full, the portal goes on without them."""

    def msg(self, message: str) -> None:
        """Write one line."""
        with suppress(OSError, ValueError):
            print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is the log

    debug = info = warning = error = critical = msg


class StandardErrorHandler(logging.Handler):
    """What libraries log, to the same place."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        StandardError().msg(self.format(record))


def log_each_request(app: Flask) -> None:
    """Write one line for each request of `app`."""
    app.before_request(_start_clock)
    app.after_request(_log_request)


def log_failure(kind: type[BaseException] | None, trace: TracebackType | None) -> None:
    """Write where an unforeseen error arose: its type and the places in the code, not its text, which may hold data."""
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-8:]]
    log.error("failure", route=_route(), error=kind.__name__ if kind else "", places=places)


def _start_clock() -> None:
    g.started = time.monotonic()


def _log_request(response: Response) -> Response:
    duration = time.monotonic() - g.get("started", time.monotonic())
    log.info("request", method=request.method, route=_route(), status=response.status_code, ms=round(duration * 1000))
    return response


def _route() -> str:
    # What fits no route could be anything that someone typed, so it is not repeated.
    return request.url_rule.rule if request.url_rule else "none"


def _leave_data_out(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    # A library fills in addresses, statements or values; its own words without them tell what went wrong.
    record: logging.LogRecord = event["_record"]
    event["event"] = str(record.msg)
    error = event.pop("exc_info", None)
    if isinstance(error, tuple) and error[0]:
        event["error"] = error[0].__name__
    return event
