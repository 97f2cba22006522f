"""What the tests of all rooms share."""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from typing_extensions import override
from xdist.scheduler.loadfile import LoadFileScheduling

from models.session import Database
from tests.support.clock import StoryClock
from tests.support.databases import (
    PostgresServer,
    empty_tables,
    migrate,
    migrated_file,
    postgres_schema,
    postgres_server,
)
from tests.support.statements import share_compiled_statements
from tests.support.watchdog import watch

BACKENDS = ("sqlite", "postgresql")
TOOL_MISSING = ("not installed", "no C compiler", "no SoftHSM2")
"""How a skip says that a tool of the machine is missing."""

TOGETHER = ("tests/agent/",)
"""Rooms whose tests run in one process: what they share takes half a minute to start."""

LONG_FIRST = (
    "tests/stories/test_demo",
    "tests/stories/",
    "tests/actions/test_killed_",
    "tests/actions/test_cut_connections",
    "tests/flows/",
    "tests/browser/",
    "tests/agent/",
    "tests/bench/",
    "tests/wiring/test_serving",
)
"""What takes minutes begins first, so that no process is left alone with it at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the long files first, in the order named; within a file the order stays.

    A test that can run on each database runs on one of them here, turn about by its name, and on
    the other in `make soak`; on both where it is marked `both_databases`.
    """
    for item in items:
        if is_of_the_other_turn(item):
            item.add_marker("soak")
    last = len(LONG_FIRST)
    ranks = {name: rank for rank, name in enumerate(LONG_FIRST)}
    items.sort(
        key=lambda item: next(
            (ranks[name] for name in LONG_FIRST if item.nodeid.startswith(name)), last
        )
    )


class _ByFile(LoadFileScheduling):
    """Files go to processes; those that share one served portal go together."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        return next((room for room in TOGETHER if nodeid.startswith(room)), None) or str(
            super()._split_scope(nodeid)
        )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByFile:  # noqa: ANN401 (xdist's own)
    return _ByFile(config, log)


def pytest_collection_finish() -> None:
    """Puts thousands of collected tests where the collector need not walk them at every turn."""
    gc.collect()
    gc.freeze()


def is_of_the_other_turn(item: pytest.Item) -> bool:
    """Tells whether the same test runs on the other database here, and that is enough."""
    spec = getattr(item, "callspec", None)
    backend = spec.params.get("backend") if spec else None
    if backend is None or item.get_closest_marker("both_databases"):
        return False
    if item.get_closest_marker("postgres_in_soak"):
        return bool(backend == "postgresql")
    name = item.nodeid.replace(backend, "")
    return bool(backend != BACKENDS[crc32(name.encode()) % len(BACKENDS)])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI is `true` a missing tool is a failure; material that is absent is not."""
    report = yield
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if skipped and os.environ.get("CI") == "true":
        words = str(report.longrepr)
        if any(part in words for part in TOOL_MISSING):
            report.outcome = "failed"
            report.longrepr = words
    return report


def pytest_configure(config: pytest.Config) -> None:
    share_compiled_statements()
    config.add_cleanup(watch())


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated_file(tmp_path_factory.mktemp("migrated") / "empty.db")


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> Iterator[str]:
    with postgres_schema(postgres.require()) as url:
        yield migrate(url)


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on; a test that asks for `database` runs on each."""
    return str(request.param)


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of the migrated tables, for tests that start processes of their own."""
    if backend == "sqlite":
        path = tmp_path / "office.db"
        path.write_bytes(request.getfixturevalue("migrated_sqlite").read_bytes())
        return f"sqlite:///{path}"
    return str(request.getfixturevalue("migrated_postgres"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Empty tables at the newest migration, on SQLite and on PostgreSQL."""
    opened = Database(database_url)
    if not database_url.startswith("sqlite"):
        empty_tables(opened)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """The same on SQLite alone, for tests of rooms that do not touch locking."""
    path = tmp_path / "office.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    opened = Database(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def unmigrated_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with postgres_schema(server.require()) as url:
        yield url


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock()
