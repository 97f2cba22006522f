"""Writes a migration from what the declared tables have and the migrated ones have not.

Run `python -m tests.support.propose_migration 0002 "what it does"`; then read it, say which locks
it takes, and run the tests of `tests/models`.
"""

import sys
import tempfile
from pathlib import Path

from models.migrating import propose, upgrade
from models.session import make_engine


def main(identifier: str, message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'tables.db'}")
        upgrade(engine)
        print(propose(engine, message, identifier))
        engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
