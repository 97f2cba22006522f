"""The small office, with and without real keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.base import DirectiveId
from models.session import Database
from tests.actions.batch_office import Waiting, make_waiting
from tests.support.clock import StoryClock
from tests.support.front import Front, make_front
from tests.support.signing_office import (
    Authority,
    Stages,
    make_signing_front,
    make_stages,
    running_authority,
)


@pytest.fixture
def front(database: Database, tmp_path: Path, clock: StoryClock) -> Front:
    """The small office on each database; it cannot sign."""
    return make_front(database, tmp_path, clock)


@pytest.fixture
def lone_front(sqlite_database: Database, tmp_path: Path, clock: StoryClock) -> Front:
    """The small office on SQLite alone, for rules that are tried with many values."""
    return make_front(sqlite_database, tmp_path, clock)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """The demo authority of this run, answering."""
    with running_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture
def signing_front(
    database: Database, tmp_path: Path, clock: StoryClock, authority: Authority
) -> Front:
    """The small office on each database, with keys, a time stamp authority and our own judge."""
    return make_signing_front(database, tmp_path, clock, authority)


@pytest.fixture
def one_front(
    sqlite_database: Database, tmp_path: Path, clock: StoryClock, authority: Authority
) -> Front:
    """The office with keys on SQLite alone, for what does not touch locking."""
    return make_signing_front(sqlite_database, tmp_path, clock, authority)


@pytest.fixture(scope="session")
def stages(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, authority: Authority
) -> Stages:
    """One directive on its way to the seal, kept at each stage."""
    return make_stages(migrated_sqlite, tmp_path_factory.mktemp("stages"), authority)


@pytest.fixture(scope="session")
def waiting(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, authority: Authority
) -> Waiting:
    """Three directives that wait for the signatory and three that wait for the seal."""
    return make_waiting(migrated_sqlite, tmp_path_factory.mktemp("waiting"), authority)


@pytest.fixture
def key(stages: Stages) -> DirectiveId:
    """The directive of `frozen_front`, `signed_front` and `sealed_front`."""
    return stages.key


@pytest.fixture
def frozen_front(stages: Stages, tmp_path: Path, clock: StoryClock) -> Iterator[Front]:
    """The office with a directive that waits for the signatory (SQLite)."""
    yield from stages.open("frozen", tmp_path, clock)


@pytest.fixture
def signed_front(stages: Stages, tmp_path: Path, clock: StoryClock) -> Iterator[Front]:
    """The office with a directive that waits for the seal (SQLite)."""
    yield from stages.open("signed", tmp_path, clock)


@pytest.fixture
def sealed_front(stages: Stages, tmp_path: Path, clock: StoryClock) -> Iterator[Front]:
    """The office with a directive that waits for issue (SQLite)."""
    yield from stages.open("sealed", tmp_path, clock)
