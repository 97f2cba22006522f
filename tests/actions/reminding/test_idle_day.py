"""What a morning on which nothing is due looks at: the plans of its statements on SQLite."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from actions.chasing import ChaseSummary, chase
from models.session import Database
from tests.actions.back_office import change_unit, issue, obligations, task
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import small_office

pytestmark = pytest.mark.both_databases

MUCH = """
insert into sqlite_stat1 values ('obligation', 'ix_obligation_chased', '7505 154 1'),
  ('obligation', 'ix_obligation_open', '1000000 500000 639'),
  ('obligation', 'ix_obligation_unit', '1000000 1429 715 2'),
  ('obligation', 'sqlite_autoindex_obligation_2', '1000000 700 700 1 1'),
  ('obligation', 'sqlite_autoindex_obligation_1', '1000000 1'),
  ('directive', 'ix_directive_state', '1429 1429 1'),
  ('directive', 'sqlite_autoindex_directive_1', '1429 1'),
  ('organisation', 'sqlite_autoindex_organisation_1', '721 1')
"""
"""Lets the planner believe in a million obligations: what `analyze` found in `bench.chasing`."""


def statements_of(database: Database) -> list[tuple[str, Any]]:
    """Collects what is asked from now on, with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, said: str, given: object, *_: object) -> None:
        seen.append((said, given))

    event.listen(database.engine, "before_cursor_execute", note)
    return seen


def whole_walks(database: Database, asked: list[tuple[str, Any]]) -> list[str]:
    """Returns the steps of plans that walk all obligations, each with its statement."""
    found = []
    with database.engine.connect() as connection:
        for said, given in [one for one in asked if one[0].startswith(("SELECT", "UPDATE"))]:
            rows = connection.exec_driver_sql(f"explain query plan {said}", given)
            found += [f"{row[3]}: {said}" for row in rows if row[3].startswith("SCAN obligation")]
    return found


def test_a_morning_on_which_nothing_is_due_walks_no_table_of_obligations(
    sqlite_database: Database, tmp_path: Path, clock: StoryClock
) -> None:
    small_office(sqlite_database)
    desk = make_desk(sqlite_database, tmp_path, clock)
    issue(desk, tasks=[task(groups=[], organisations=["huyen-a"])])
    with sqlite_database.writing() as session:
        session.execute(text("analyze"))
        session.execute(text("delete from sqlite_stat1 where tbl in "
                             "('obligation', 'directive', 'organisation')"))  # fmt: skip
        session.execute(text(MUCH))
    sqlite_database.close()  # a new connection reads the figures
    # One has ended with nobody after it: it keeps what it owes, and the look goes past it.
    change_unit(desk, "huyen-a", valid_to=date(2022, 10, 10))
    seen = statements_of(sqlite_database)
    assert chase(desk) == ChaseSummary()
    asked = list(seen)
    assert any("FROM obligation" in said for said, _ in asked)
    assert any(one.state == "open" for one in obligations(desk).values())
    assert whole_walks(sqlite_database, asked) == []
