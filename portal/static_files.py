"""Addresses of static files that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask


def fingerprint_static_files(app: Flask) -> None:
    """Add `v=<digest of the content>` to every address of a static file that `app` makes."""

    @app.url_defaults
    def add_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            path = Path(str(app.static_folder), values["filename"])
            if path.is_file():
                values["v"] = _digest(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=500)
def _digest(path: Path, _changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
