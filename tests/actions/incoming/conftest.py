"""The small office as a receiver: it has an agency id and knows one sender with a way back."""

from pathlib import Path

import pytest

from models.session import Database
from tests.actions.incoming.receiver import Receiver, make_receiver
from tests.support.clock import StoryClock


@pytest.fixture
def receiver(database: Database, tmp_path: Path, clock: StoryClock) -> Receiver:
    """On each database."""
    return make_receiver(database, tmp_path, clock)


@pytest.fixture
def lone(sqlite_database: Database, tmp_path: Path, clock: StoryClock) -> Receiver:
    """On SQLite alone, for what does not touch locking."""
    return make_receiver(sqlite_database, tmp_path, clock)
