import threading
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.chasing import chase
from actions.closing import close_directive
from actions.desk import Desk
from actions.obligations.periods import open_due_periods, period_words
from actions.obligations.schedules import set_schedule
from models.dispatch import Notice
from models.obligation import Obligation, Reminder
from models.organisation import OrganisationSuccessor
from models.session import Database
from tests.actions.back_office import change_unit, issue, task
from tests.actions.obligations.owed import (
    FOLLOWER,
    MONTHLY,
    QUARTERLY,
    UNITS,
    UNSTATED,
    codes,
    every,
    keys,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import small_office


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(sqlite_database)
    return make_desk(sqlite_database, tmp_path, clock)


def by_period(desk: Desk, unit: str = "huyen-a") -> dict[str, Obligation]:
    return {one.period_key: one for one in every(desk, organisation_id=unit)}


def test_the_period_that_has_begun_is_owed_as_soon_as_the_directive_is_issued(desk: Desk) -> None:
    issue(desk, tasks=[MONTHLY])  # on 21 September 2022
    # The report of September, due on 9 October; that of August was due before the issue.
    assert {one.organisation_id for one in every(desk)} == UNITS
    one = by_period(desk)["2022-M09"]
    assert (one.period_from, one.period_to) == (date(2022, 9, 1), date(2022, 9, 30))
    assert (one.last_allowed_day, one.due) == (date(2022, 10, 9), date(2022, 10, 7))
    assert "trước ngày 10 hàng tháng" in one.computed
    assert "tháng 9 năm 2022" in one.computed
    assert {"period_assumed", "on_rest_day", "calendar_missing"} <= codes(one)
    assert period_words(one) == "tháng 9 năm 2022"


def test_each_period_is_opened_once_in_its_time(desk: Desk, clock: StoryClock) -> None:
    issue(desk, tasks=[MONTHLY])
    assert open_due_periods(desk) == 0
    clock.set_day(date(2022, 10, 1))
    assert open_due_periods(desk) == len(UNITS)
    assert open_due_periods(desk) == 0
    assert keys(desk) == ["2022-M09", "2022-M10"]


def test_no_period_is_skipped_after_a_standstill(desk: Desk, clock: StoryClock) -> None:
    issue(desk, tasks=[MONTHLY])
    clock.set_day(date(2023, 2, 1))
    open_due_periods(desk)
    assert keys(desk) == [
        "2022-M09", "2022-M10", "2022-M11", "2022-M12", "2023-M01", "2023-M02",
    ]  # fmt: skip


def test_a_directive_that_is_closed_opens_nothing(desk: Desk, clock: StoryClock) -> None:
    key = issue(desk, tasks=[MONTHLY])
    close_directive(desk, FOLLOWER, key, reason="Đã dừng chương trình.")
    clock.set_day(date(2022, 12, 1))
    assert open_due_periods(desk) == 0


def test_a_task_without_a_stated_period_waits_for_a_person(desk: Desk, clock: StoryClock) -> None:
    key = issue(desk, tasks=[UNSTATED])
    assert keys(desk) == [""]
    assert "period_not_stated" in codes(every(desk)[0])
    clock.set_day(date(2022, 12, 1))
    assert open_due_periods(desk) == 0
    made = set_schedule(desk, FOLLOWER, key, "R1", QUARTERLY)
    # What waited becomes the first period; no second row for the same.
    assert made == len(UNITS)
    assert keys(desk) == ["2022-Q4"]
    assert by_period(desk)["2022-Q4"].due == date(2022, 12, 16)


def test_who_takes_over_from_an_ended_unit_owes_the_next_period(
    desk: Desk, clock: StoryClock
) -> None:
    issue(desk, tasks=[MONTHLY])
    change_unit(desk, "huyen-a", valid_to=date(2022, 9, 30))
    with desk.database.writing() as session:
        session.add(
            OrganisationSuccessor(
                organisation_id="huyen-a", successor_id="huyen-b", since=date(2022, 10, 1)
            )
        )
    clock.set_day(date(2022, 10, 1))
    open_due_periods(desk)
    assert keys(desk, "huyen-a") == ["2022-M09"]
    assert keys(desk, "huyen-b") == ["2022-M09", "2022-M10"]


def test_units_report_through_the_one_that_the_directive_names(desk: Desk) -> None:
    issue(
        desk,
        tasks=[task(groups=[], organisations=["huyen-a", "huyen-b"], reports_through="so-tt")],
    )
    owed = {one.organisation_id: one for one in every(desk)}
    assert {key: one.reports_through_id for key, one in owed.items()} == {
        "huyen-a": "so-tt", "huyen-b": "so-tt", "so-tt": None,
    }  # fmt: skip
    assert "hands_in_for_others" in codes(owed["so-tt"])


def test_processes_that_open_at_once_open_each_period_once(
    database: Database, tmp_path: Path, clock: StoryClock
) -> None:
    small_office(database)
    desk = make_desk(database, tmp_path, clock)
    issue(desk, tasks=[MONTHLY])
    clock.set_day(date(2022, 11, 1))
    together, made = threading.Barrier(4), list[int]()

    def opens() -> None:
        together.wait()
        made.append(open_due_periods(desk))

    threads = [threading.Thread(target=opens) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(made) == [0, 0, 0, 2 * len(UNITS)]
    assert keys(desk) == ["2022-M09", "2022-M10", "2022-M11"]


def test_who_reports_through_another_is_not_reminded_but_that_one_is(
    desk: Desk, clock: StoryClock
) -> None:
    issue(
        desk,
        tasks=[task(groups=[], organisations=["huyen-a", "huyen-b"], reports_through="so-tt")],
    )
    clock.set_day(date(2022, 10, 25), hour=9)
    assert chase(desk).reminders == 1
    with desk.database.reading() as session:
        reminded = session.scalars(select(Notice.organisation_id)).all()
    assert reminded == ["so-tt"]


def test_chasing_opens_what_has_begun(desk: Desk, clock: StoryClock) -> None:
    issue(desk, tasks=[MONTHLY])
    clock.set_day(date(2022, 10, 3), hour=9)
    chase(desk)
    assert keys(desk) == ["2022-M09", "2022-M10"]


def test_three_months_of_monthly_reports_are_reminded_once_a_step(
    desk: Desk, clock: StoryClock
) -> None:
    issue(desk, tasks=[MONTHLY])
    for n in range(100):
        clock.set_day(date(2022, 9, 22) + timedelta(days=n), hour=9)
        chase(desk)
        chase(desk)
    assert keys(desk) == ["2022-M09", "2022-M10", "2022-M11", "2022-M12"]
    with desk.database.reading() as session:
        steps = session.scalars(select(Reminder)).all()
        owed = {one.id: one for one in session.scalars(select(Obligation))}
        letters = session.scalars(select(Notice).where(Notice.kind == "reminder")).all()
    told = Counter((one.obligation_id, one.step_key) for one in steps)
    assert set(told.values()) == {1}
    # September to November have gone through the whole ladder; December has not come to it.
    assert {owed[key].period_key for key, _ in told} == {"2022-M09", "2022-M10", "2022-M11"}
    assert len(told) == 3 * len(UNITS) * 3
    assert len({(one.organisation_id, one.created_at) for one in letters}) == len(letters)
