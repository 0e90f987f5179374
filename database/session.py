"""The session that every verb takes: a SQLAlchemy session with the source of ids and time and the keys of packages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine, orm

from crypto.root_key import PackageKey
from crypto.source import Source


class Session(orm.Session):
    """One transaction's view of the database.

    Attributes:
        source: where ids, tokens and the time come from (design 2.6: one injected source).
    """

    source: Source
    _package_keys: Mapping[str, PackageKey]

    def package_key(self, package: str) -> PackageKey:
        """Return the sub-key of the root key that was handed to `package`; only that package asks for it (design 4)."""
        return self._package_keys[package]


@dataclass(frozen=True)
class SessionFactory:
    """Makes sessions; called once a request, once a command and once a turn of the worker."""

    engine: Engine
    source: Source
    package_keys: Mapping[str, PackageKey] = field(repr=False)

    def __call__(self) -> Session:
        """Return a new session; nothing expires at commit, so that a page may show what it just saved."""
        session = Session(bind=self.engine, expire_on_commit=False, autoflush=True)
        session.source = self.source
        session._package_keys = self.package_keys
        return session
