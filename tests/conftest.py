"""What all tests share: fresh databases of both kinds with the present schema, and a browser.

A schema is made once per test process and copied for each test, which takes hundredths of a second.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import psycopg
import pytest
from playwright.sync_api import Browser
from sqlalchemy import URL, Engine, make_url
from xdist.workermanage import WorkerController

from crypto.root_key import FileRootKey, PackageKey, SaltKey
from crypto.source import SeededSource, SystemSource
from database.engine import make_engine
from database.migrations import upgrade
from database.session import Session, SessionFactory
from portal.services import KEYED_PACKAGES, connect_packages
from tests.browser import is_found, started_browser
from tests.compiled_once import compiled_once
from tests.postgres_databases import FreshDatabases, drop_database, make_database, url_of
from tests.postgres_server import running_postgres
from tests.prepared_world import PreparedWorlds

LONGEST = ("census", "refusals", "reliability", "journeys", "threats", "bad_files")
"""The folders of the files that take longest, which come first so that at the end no process waits for one of them."""
SHARED_SERVER = pytest.StashKey[ExitStack]()
SHARED_SERVER_URL = pytest.StashKey[str]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """Tell a test process which PostgreSQL to use: one serves all, started by the process that spreads the tests."""
    stash = node.config.stash
    if SHARED_SERVER not in stash:
        stash[SHARED_SERVER] = ExitStack()
        stash[SHARED_SERVER_URL] = stash[SHARED_SERVER].enter_context(running_postgres())
    node.workerinput["postgres_url"] = stash[SHARED_SERVER_URL]


def pytest_configure() -> None:
    """Let packages follow each other as in every process of the portal, and let no clock fail a test."""
    connect_packages()
    slow = [hypothesis.HealthCheck.too_slow]
    hypothesis.settings.register_profile("without a clock", deadline=None, suppress_health_check=slow)
    hypothesis.settings.load_profile("without a clock")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of the longest files begin first."""
    tests = Path(__file__).parent
    places = {folder: place for place, folder in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.relative_to(tests).parts[0], len(places)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the PostgreSQL that this process started for others."""
    config.stash.get(SHARED_SERVER, ExitStack()).close()


@pytest.fixture(scope="session")
def postgresql_server(pytestconfig: pytest.Config) -> Iterator[URL]:
    """The URL of a PostgreSQL server on which databases may be made."""
    shared: str | None = getattr(pytestconfig, "workerinput", {}).get("postgres_url")
    if shared:
        yield make_url(shared)
        return
    with running_postgres() as url:
        yield make_url(url)


@pytest.fixture(scope="session")
def postgresql_administration(postgresql_server: URL) -> Iterator[psycopg.Connection]:
    """A connection that makes and drops databases."""
    url = postgresql_server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: URL, postgresql_administration: psycopg.Connection) -> Iterator[str]:
    """The name of a database with the present schema and no rows."""
    name = make_database(postgresql_administration)
    _make_schema(url_of(postgresql_server, name))
    yield name
    drop_database(postgresql_administration, name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the present schema and no rows."""
    path = tmp_path_factory.mktemp("template") / "datakluis.sqlite3"
    _make_schema(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh SQLite database with the present schema."""
    path = tmp_path / "datakluis.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgresql_databases(
    postgresql_server: URL, postgresql_administration: psycopg.Connection, postgresql_template: str
) -> Iterator[FreshDatabases]:
    """PostgreSQL databases with the present schema and no rows."""
    made = FreshDatabases(postgresql_server, postgresql_administration, postgresql_template)
    yield made
    made.end()


@pytest.fixture
def postgresql_url(postgresql_server: URL, postgresql_databases: FreshDatabases) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database with the present schema."""
    name = postgresql_databases.lend()
    yield url_of(postgresql_server, name)
    postgresql_databases.take_back(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database with the present schema: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database of each kind."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def source() -> SeededSource:
    """Ids and tokens that are the same in every run; time stands still until a test moves it."""
    return SeededSource("tests", datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def root_key(tmp_path_factory: pytest.TempPathFactory) -> FileRootKey:
    """A root key in a file of its own."""
    return FileRootKey.create(tmp_path_factory.mktemp("keys") / "root-key", SystemSource())


@pytest.fixture(scope="session")
def salt_key(tmp_path_factory: pytest.TempPathFactory) -> SaltKey:
    """A salt key in a file of its own."""
    return SaltKey.create(tmp_path_factory.mktemp("keys") / "salt-key", SystemSource())


@pytest.fixture(scope="session")
def package_keys(root_key: FileRootKey) -> Mapping[str, PackageKey]:
    """The sub-keys of the packages that have one (design 4)."""
    return {name: root_key.for_package(name) for name in KEYED_PACKAGES}


@pytest.fixture
def session_factory(engine: Engine, source: SeededSource, package_keys: Mapping[str, PackageKey]) -> SessionFactory:
    """Makes sessions on a fresh database of each kind; two of them are two visitors."""
    return SessionFactory(engine, source, package_keys)


@pytest.fixture
def session(session_factory: SessionFactory) -> Iterator[Session]:
    """One session on a fresh database of each kind. On SQLite it keeps every other out until it commits."""
    with session_factory() as made:
        yield made


@pytest.fixture(scope="session", autouse=True)
def portals_compile_once() -> Iterator[None]:
    """A portal is made in hundredths of a second, and so is the first page of each kind."""
    with compiled_once():
        yield


@pytest.fixture(scope="session")
def prepared_worlds() -> PreparedWorlds:
    """Puts the world of `tests.world` into a fresh session."""
    return PreparedWorlds()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running Chromium: the one that dev.py found."""
    if not is_found():
        pytest.fail("no browser has been looked for yet: run make test, or .venv/bin/python find_browser.py")
    with started_browser() as started:
        yield started


def _make_schema(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
