"""How many statements a recall takes: not more for many units than for few."""

from pathlib import Path

import pytest
from sqlalchemy import event

from actions.amending.recalling import recall
from models.officer import Role
from models.session import Database
from tests.actions.back_office import consignments, issue, obligations, task
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import organisation, small_office

FEW, MANY = 3, 120


@pytest.mark.parametrize("sent", [True, False])
def test_a_recall_asks_the_database_no_more_often_for_many_units_than_for_few(
    sqlite_database: Database, tmp_path: Path, clock: StoryClock, *, sent: bool
) -> None:
    office = small_office(sqlite_database)
    desk = make_desk(sqlite_database, tmp_path, clock)
    names = tuple(f"xa-{number}" for number in range(MANY))
    with sqlite_database.writing() as session:
        for name in names:
            organisation(session, name, name)
    seen: list[str] = []
    event.listen(
        sqlite_database.engine, "before_cursor_execute",
        lambda _connection, _cursor, said, *_: seen.append(said),
    )  # fmt: skip
    counts = []
    for number, units in enumerate((names[:FEW], names), 1):
        key = issue(
            desk, lines=(("action", units, ()),), number=number, number_text=f"{number}-HD/BAN",
            tasks=[task(groups=[], organisations=list(units))],
        )  # fmt: skip
        if sent:
            with sqlite_database.writing() as session:
                session.connection().exec_driver_sql("update consignment set state = 'sent'")
        seen.clear()
        asked = recall(desk, office.actor(Role.REGISTRY_CLERK), key, reason="Sai thẩm quyền")
        counts.append(len(seen))
        assert len(asked.asked if sent else asked.unsent) == len(units)
    assert counts[1] == counts[0]
    states = {one.state for one in consignments(desk).values()}
    assert states == ({"recall_asked"} if sent else {"recalled"})
    assert {one.state for one in obligations(desk).values()} == {"cancelled"}
