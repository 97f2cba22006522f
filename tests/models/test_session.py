"""The door to the tables: transactions, looks that change nothing, instants in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from models.base import NaiveDateTimeError, UTCDateTime
from models.organisation import ClockReading
from models.session import Database, is_postgresql

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
