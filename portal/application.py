"""The Flask class of the portal: the one place where a request is committed or turned into *no service*."""

from __future__ import annotations

import sys
from contextlib import suppress
from types import TracebackType

from flask import Flask, Response, g, make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, PendingRollbackError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from accounts.errors import CountedRefusal, SessionEnded
from audit.errors import LogUnavailable
from documents.errors import StoreUnavailable
from portal import transactions
from portal.errors import begin_again
from portal.logs import log_failure
from portal.session import undo_request
from portal.uploads import SealingRequest

OUT_OF_SERVICE = (LogUnavailable, DBAPIError, PendingRollbackError, PoolTimeout, StaleDataError, StoreUnavailable)
RETRY_AFTER_SECONDS = 60

FAILSAFE_PAGE = (
    '<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Datakluis is even dicht</title></head>'
    "<body><h1>Datakluis is even dicht</h1><p>Er is niets getoond en niets gewijzigd. "
    "Probeer het over een paar minuten opnieuw.</p>"
    '<p lang="en">Datakluis is closed for a moment. Nothing was shown and nothing was changed. '
    "Try again in a few minutes.</p></body></html>"
)


class Portal(Flask):
    """Commits what a view did before its answer leaves: without a log entry on disk there is no answer (design 3)."""

    request_class = SealingRequest

    def full_dispatch_request(self) -> Response:
        """Return the response after the commit; when the database or the log fails, undo everything and answer 503."""
        try:
            response = self._committed()
        except OUT_OF_SERVICE as error:
            log_failure(type(error), error.__traceback__)
            response = self._out_of_service()
        return response

    def _committed(self) -> Response:
        try:
            response = super().full_dispatch_request()
            transactions.commit()
        except SessionEnded:
            # The view had returned: another request ended the session before this one could save what is in it.
            undo_request()
            response = self.finalize_request(begin_again())
            transactions.commit()
        return response

    def handle_user_exception(self, e: Exception) -> ResponseReturnValue | HTTPException:
        """Undo what the request did before any page about the error is made; a counted refusal must stay counted."""
        if isinstance(e, CountedRefusal):
            transactions.commit()
        else:
            undo_request()
        return super().handle_user_exception(e)

    def log_exception(
        self,
        exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> None:
        """Write where an unforeseen error arose, without its text."""
        log_failure(exc_info[0], exc_info[2])

    def _out_of_service(self) -> Response:
        with suppress(SQLAlchemyError):
            transactions.rollback()
        # From here on nothing may touch the database or the session, which has no database to be saved in.
        g.out_of_service = True
        response = make_response(_unavailable_page(), 503)
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return self.finalize_request(response, from_error_handler=True)


def _unavailable_page() -> str:
    try:
        return render_template("errors/503.html")
    except Exception:
        log_failure(*sys.exc_info()[::2])
        return FAILSAFE_PAGE
