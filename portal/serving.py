"""Serving: gunicorn with threads and the worker as its child, or waitress where nothing can be forked (design 6)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from portal.app import create_app
from portal.settings import Settings


def serve(settings: Settings) -> None:
    """Serve until told to stop; the worker runs beside it and is started again when it ends."""
    if hasattr(os, "fork"):
        _serve_with_gunicorn(settings)
    else:
        _serve_with_waitress(settings)


class WorkerProcess:
    """The worker as a child process; it ends by itself when this process is gone."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def keep_running(self) -> None:
        """Start the worker, again if it has ended."""
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", "portal", "worker", "--parent", str(os.getpid())]
            self._process = subprocess.Popen(command)  # noqa: S603 - our own program, no shell

    def stop(self) -> None:
        """Ask the worker to finish its turn and wait for it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=30)


def _serve_with_gunicorn(settings: Settings) -> None:
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
    from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]

    worker = WorkerProcess()

    class WatchingArbiter(Arbiter):  # type: ignore[misc]
        def manage_workers(self) -> None:
            super().manage_workers()
            worker.keep_running()

        def stop(self, graceful: bool = True) -> None:
            worker.stop()
            super().stop(graceful)

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in gunicorn_options(settings).items():
                self.cfg.set(name, value)

        def load(self) -> Callable[..., Any]:
            return create_app(settings)

        def run(self) -> None:
            WatchingArbiter(self).run()

    Server().run()


def _quiet_logger() -> type:
    from gunicorn.glogging import Logger  # type: ignore[import-untyped]

    class QuietLogger(Logger):  # type: ignore[misc]
        """Hands what gunicorn logs to `portal.logs`, which leaves addresses and values out."""

        def setup(self, cfg: Any) -> None:
            super().setup(cfg)
            self.error_log.handlers.clear()
            self.error_log.propagate = True

    return QuietLogger


def gunicorn_options(settings: Settings) -> dict[str, Any]:
    """Return how gunicorn runs; it writes no access log, since paths and queries belong in none."""
    host = f"[{settings.listen_host}]" if ":" in settings.listen_host else settings.listen_host
    return {
        "bind": [f"{host}:{settings.listen_port}"],
        "worker_class": "gthread",
        "workers": settings.processes,
        "threads": settings.threads,
        "timeout": 120,
        "graceful_timeout": 20,
        "proc_name": "datakluis",
        "accesslog": None,
        "logger_class": _quiet_logger(),
        "loglevel": "warning",
        # Which proxies are believed is decided in one place (portal.app.believe_proxies).
        "forwarded_allow_ips": "",
        "control_socket_disable": True,
    }


def _serve_with_waitress(settings: Settings) -> None:
    from threading import Event, Thread

    import waitress  # type: ignore[import-untyped]

    worker, stop = WorkerProcess(), Event()

    def watch() -> None:
        while not stop.wait(1):
            worker.keep_running()

    worker.keep_running()
    Thread(target=watch, daemon=True).start()
    try:
        waitress.serve(
            create_app(settings),
            host=settings.listen_host,
            port=settings.listen_port,
            threads=settings.threads,
            ident=None,
        )
    finally:
        stop.set()
        worker.stop()
