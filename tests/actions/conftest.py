"""The small office, with and without real keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.session import Database
from tests.support.clock import StoryClock
from tests.support.front import Front, make_front
from tests.support.signing_office import Authority, make_signing_front, running_authority


@pytest.fixture
def front(database: Database, tmp_path: Path, clock: StoryClock) -> Front:
    """The small office on each database; it cannot sign."""
    return make_front(database, tmp_path, clock)


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
