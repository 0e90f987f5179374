"""Which terms of use apply (L-33): ours, in templates/terms/, or a text of the operator's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from accounts.terms import TERMS_VERSION
from portal.services import current_services


@dataclass(frozen=True)
class Terms:
    """A version, and the paragraphs of an own text; None for ours."""

    version: str
    paragraphs: tuple[str, ...] | None


def current_terms() -> Terms:
    """Return the terms that must be accepted now."""
    return read_terms(current_services().settings.terms_file)


@lru_cache(maxsize=4)
def read_terms(path: Path | None) -> Terms:
    """Return the terms in the file at `path`, paragraphs divided by empty lines; ours without one.

    The version of an own text is its digest: each change of it asks for everyone's consent again, after a restart.
    """
    if path is None:
        return Terms(TERMS_VERSION, None)
    text = path.read_text(encoding="utf-8")
    paragraphs = tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())
    return Terms(f"own-{hashlib.sha256(text.encode()).hexdigest()[:12]}", paragraphs)
