"""Brings a database to the newest shape of the tables.

The one way by which tables come into being: set-up, stories and tests all call `upgrade`. Safe when
several processes start at once: the first one migrates in one transaction, the others wait for it
and then find nothing to do.
"""

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, Connection, Engine, text

from models.everything import metadata
from models.search import FULL_TEXT, VECTOR

SCRIPTS = Path(__file__).resolve().parent / "migrations"
"""Folder of the migrations."""

_LOCK = 0x7472_696E_686B_7900
"""Key of the advisory lock on PostgreSQL that migrating processes queue for; any fixed number."""

_WAL_TRIES, _WAL_PAUSE_S = 100, 0.05
"""How often, and how long apart, a new SQLite file is tried: five seconds in all."""


class SchemaTooNewError(Exception):
    """The database was written by a later version of the product than this one."""

    code = "schema_too_new"

    def __init__(self, revision: str) -> None:
        super().__init__(revision)
        self.revision = revision

    def diagnosis(self) -> str:
        """Returns the sentence for the person, in Vietnamese."""
        return (
            f"Cơ sở dữ liệu thuộc phiên bản mới hơn phần mềm này (bản {self.revision}). "
            "Cài đặt phiên bản phần mềm mới rồi khởi động lại; chưa có gì bị sửa."
        )


def _config(connection: Connection) -> Config:
    config = Config()
    # Config reads %-signs as its own; a folder's name may hold one.
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> str:
    """Applies every migration that is missing, in one transaction. Returns the newest revision.

    Idempotent: a database that is up to date is left alone.

    Raises:
        SchemaTooNewError: the database knows a revision that this program does not.
    """
    if engine.dialect.name == "sqlite":
        _switch_to_wal(engine.url.database)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        # On SQLite the engine has begun with BEGIN IMMEDIATE, which is a lock of the same kind.
        newest = _newest()
        present = current_revision(connection)
        if present is not None and present not in _known():
            raise SchemaTooNewError(present)
        if present != newest:
            command.upgrade(_config(connection), "head")
    return newest


def current_revision(connection: Connection) -> str | None:
    """Returns the revision a database stands at, or None where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def differences(engine: Engine) -> list[str]:
    """Lists where the tables in the database differ from those declared in `models`."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": default_differs,
                "include_object": is_declared,
            },
        )
        return [str(difference) for difference in compare_metadata(context, metadata)]


def is_declared(
    _found: object,
    name: str | None,
    kind: str,
    is_reflected: bool,  # noqa: FBT001 (as Alembic calls it)
    _same: object,
) -> bool:
    """Tells Alembic what to compare: all but the full-text index, which each database has its own.

    It is made and explained in migration 0012.
    """
    own = {"column": (VECTOR,), "index": ("ix_directive_words_vector",)}.get(kind, ())
    is_own = name in own or (kind == "table" and str(name).startswith(FULL_TEXT))
    return not (is_reflected and is_own)


def default_differs(
    _context: MigrationContext,
    _found_column: Column[Any],
    column: Column[Any],
    found: str | None,
    _declared: object,
    rendered: str | None,
) -> bool | None:
    """Compares defaults of JSON columns by their text; None leaves all others to Alembic.

    PostgreSQL has no `=` between values of its type json, by which Alembic would compare them.
    """
    if not isinstance(column.type, JSON):
        return None
    return (found or "").removesuffix("::json") != (rendered or "")


def propose(engine: Engine, message: str, identifier: str) -> Path:
    """Writes a migration for what `differences` finds; a person then reads and finishes it.

    Args:
        engine: a database at the newest revision.
        message: what the migration does, in a few English words.
        identifier: its ordinal, for instance `0002`.
    """
    with engine.begin() as connection:
        script = command.revision(
            _config(connection), message=message, autogenerate=True, rev_id=identifier
        )
    scripts = script if isinstance(script, list) else [script]
    return Path(next(made.path for made in scripts if made is not None))


def _switch_to_wal(path: str | None) -> None:
    """Makes a new file a write-ahead one; processes that do so at once would refuse each other.

    SQLite asks its busy handler everywhere but here: the second one who switches is told at once
    that the file is locked. Once switched, a file stays so.
    """
    if not path or path == ":memory:":
        return
    for _ in range(_WAL_TRIES):
        with closing(sqlite3.connect(path)) as connection, suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode=WAL")
            return
        time.sleep(_WAL_PAUSE_S)
    # The engine's own connection now says what is wrong, in SQLAlchemy's words.


def _directory() -> ScriptDirectory:
    return ScriptDirectory(str(SCRIPTS))


def _newest() -> str:
    return _directory().get_current_head() or ""


def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _directory().walk_revisions())
