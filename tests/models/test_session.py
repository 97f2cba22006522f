"""The door to the tables: transactions, looks that change nothing, instants in UTC."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import OperationalError, StatementError

from models.base import NaiveDateTimeError, UTCDateTime
from models.organisation import ClockReading
from models.session import Database, is_postgresql, is_unavailable

pytestmark = pytest.mark.both_databases

AT = datetime(2022, 9, 21, 6, 54, 12, 345678, tzinfo=UTC)


def store(database: Database, at: datetime) -> None:
    with database.writing() as session:
        session.merge(ClockReading(id=1, now=at))


def stored(database: Database) -> datetime | None:
    with database.reading() as session:
        return session.scalar(select(ClockReading.now))


def test_an_instant_comes_back_in_utc_to_the_microsecond(database: Database) -> None:
    store(database, AT.astimezone(timezone(timedelta(hours=7))))
    found = stored(database)
    assert found == AT
    assert found.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError) as refusal:
        store(database, AT.replace(tzinfo=None))
    assert isinstance(refusal.value.orig, NaiveDateTimeError)
    assert stored(database) is None


def test_no_instant_stays_no_instant(database: Database) -> None:
    dialect = database.engine.dialect
    assert UTCDateTime().process_bind_param(None, dialect) is None
    assert UTCDateTime().process_result_value(None, dialect) is None


def fail_after_writing(database: Database) -> None:
    with database.writing() as session:
        session.add(ClockReading(id=1, now=AT))
        session.flush()
        raise RuntimeError


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError):
        fail_after_writing(database)
    assert stored(database) is None


def test_what_a_look_changes_is_thrown_away(database: Database) -> None:
    store(database, AT)
    with database.reading() as session:
        session.get_one(ClockReading, 1).now = AT + timedelta(days=1)
        session.flush()
    assert stored(database) == AT


def test_the_kind_of_database_is_known(database: Database, backend: str) -> None:
    with database.reading() as session:
        assert is_postgresql(session) == (backend == "postgresql")


def test_what_another_try_may_heal_is_told_from_a_fault_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "busy.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE one (x)")
        other.execute("BEGIN EXCLUSIVE")
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 0})
        with pytest.raises(OperationalError) as locked, engine.begin() as connection:
            connection.execute(text("INSERT INTO one VALUES (1)"))
        other.execute("ROLLBACK")
        with pytest.raises(OperationalError) as missing, engine.begin() as connection:
            connection.execute(text("INSERT INTO nowhere VALUES (1)"))
        engine.dispose()
    assert is_unavailable(locked.value)
    assert not is_unavailable(missing.value)
    assert not is_unavailable(ValueError())


def test_a_server_that_is_not_there_is_told_as_such() -> None:
    engine = create_engine("postgresql+psycopg://127.0.0.1:1/none")
    with pytest.raises(OperationalError) as away:
        engine.connect()
    engine.dispose()
    assert is_unavailable(away.value)
