"""Engines and transactions on SQLite (WAL) and PostgreSQL."""

import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.orm import Session, sessionmaker

Found = TypeVar("Found")
_KEPT: Final = "kept_in_this_look"
_SAMPLE: Final = 1_000
"""Entries of each index that are looked at."""
SQLITE_BUSY_TIMEOUT_MS = 15_000
"""How long a writer waits for the one who is writing; transactions here last milliseconds."""


def make_engine(url: str) -> Engine:
    """Returns an engine for `url`; on SQLite with write-ahead log and foreign keys switched on.

    On SQLite each transaction of `Database.writing` starts with BEGIN IMMEDIATE: a transaction
    that reads before it writes would otherwise fail when another one wrote in between.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_MS / 1000})

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's events below say BEGIN
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begins(connection: Connection) -> None:
        reads_only = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return engine


class Database:
    """The one door to the tables: a transaction that writes, or a look that does not."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._notes: dict[str, object] = {}
        self._writers = sessionmaker(self.engine, expire_on_commit=False)
        self._readers = sessionmaker(
            self.engine.execution_options(reads_only=True), expire_on_commit=False
        )

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: commits at the end of the block, rolls back on any exception."""
        with self._writers.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent look; what is changed on its objects is thrown away.

        The objects keep what was loaded and may be read after the look.
        """
        with self._readers() as session:  # closing lets go of the objects, then rolls back
            session.info[_KEPT] = {}
            yield session

    def bearing(self, **notes: object) -> "Database":
        """Returns the same database; its writing transactions bear more notes in `Session.info`."""
        twin = copy(self)
        twin._notes = {**self._notes, **notes}  # noqa: SLF001 (its own kind)
        twin._writers = sessionmaker(self.engine, expire_on_commit=False, info=twin._notes)  # noqa: SLF001 (same)
        return twin

    def close(self) -> None:
        """Gives all connections back."""
        self.engine.dispose()


def once(session: Session, key: Hashable, look: Callable[[], Found]) -> Found:
    """Returns what a look-up finds, looked up once for all who ask in the same `reading` look.

    In a transaction that writes every look-up is made anew: the deed itself may change the answer.
    """
    kept: dict[Hashable, Any] | None = session.info.get(_KEPT)
    if kept is None:
        return look()
    if key not in kept:
        kept[key] = look()
    found: Found = kept[key]
    return found


def take_stock(database: Database) -> None:
    """Lets SQLite look how large its tables are; PostgreSQL does so by itself.

    Without, it takes an index of ten thousand equal entries for as good as one of ten, and walks
    through whole tables. A sample is enough: below 0.1 s for a million rows.
    """
    if database.engine.dialect.name != "sqlite":
        return
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA analysis_limit={_SAMPLE}")
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def is_postgresql(session: Session) -> bool:
    """Tells whether row locks (`FOR UPDATE SKIP LOCKED`) are to be had."""
    bind: Any = session.get_bind()
    return str(bind.dialect.name) == "postgresql"


_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR")
"""Names of SQLite's results that another try may heal; a missing table is not among them."""


def is_unavailable(error: BaseException) -> bool:
    """Tells whether the database could not be used just now: cut off, not reached, or locked.

    What was being written was rolled back, unless the cut fell between the commit and its answer:
    who tries again looks first at what stands, as every deed does.
    """
    if not isinstance(error, DBAPIError):
        return isinstance(error, NoConnectionError)
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        return str(getattr(error.orig, "sqlite_errorname", "")).startswith(_BUSY)
    return isinstance(error, OperationalError | InterfaceError)
