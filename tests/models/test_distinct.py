"""The values of a column, found without reading its rows."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from models.distinct import values_of
from models.numbering import RegisterEntry
from models.session import Database

pytestmark = pytest.mark.both_databases


def _line(year: int, ordinal: int) -> RegisterEntry:
    return RegisterEntry(
        register="dispatch", year=year, ordinal=ordinal, columns={}, entered_by="vo-thi-lan",
        entered_at=datetime(2022, 9, 21, tzinfo=UTC),
    )  # fmt: skip


@settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(years=st.lists(st.integers(1990, 2030), max_size=12))
def test_each_value_is_found_once_and_in_order(database: Database, years: list[int]) -> None:
    with database.writing() as session:
        session.execute(delete(RegisterEntry))
        session.add_all(_line(year, at) for at, year in enumerate(years))
        session.flush()
        assert values_of(session, RegisterEntry.year) == sorted(set(years))
        session.rollback()


def test_nothing_known_of_a_column_is_no_value(database: Database) -> None:
    with database.writing() as session:
        session.execute(delete(RegisterEntry))
        session.add(_line(2022, 1))
        session.flush()
        assert values_of(session, RegisterEntry.imported_from) == []
        session.rollback()
