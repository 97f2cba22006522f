from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.calendar import calendar_of
from deadlines.errors import LadderInvalidError
from deadlines.ladder import DEFAULT_LADDER, Wording, check_ladder, decide, due_steps

CALENDAR = calendar_of()
DUE = date(2022, 10, 28)


def keys(today: date, sent: frozenset[str] = frozenset()) -> list[str]:
    steps = due_steps(DEFAULT_LADDER, due=DUE, today=today, sent=sent, calendar=CALENDAR)
    return [s.key for s in steps]


def test_each_step_falls_on_its_working_day() -> None:
    assert keys(date(2022, 10, 18)) == []
    assert keys(date(2022, 10, 19)) == ["before_7"]
    assert keys(date(2022, 10, 25), frozenset({"before_7"})) == ["before_3"]
    assert keys(date(2022, 10, 27), frozenset({"before_7", "before_3"})) == ["before_1"]
    reminded = frozenset({"before_7", "before_3", "before_1"})
    assert keys(date(2022, 10, 28), reminded) == []
    assert keys(date(2022, 10, 31), reminded) == ["after_1"]
    assert keys(date(2022, 11, 4), reminded | {"after_1", "after_3"}) == ["superior_5"]


def test_after_a_standstill_only_the_latest_step_goes_out_and_the_missed_are_named() -> None:
    decision = decide(
        DEFAULT_LADDER, due=DUE, today=date(2022, 11, 2), sent=frozenset(), calendar=CALENDAR
    )
    assert [s.key for s in decision.send] == ["after_3"]
    assert [s.key for s in decision.skipped] == ["before_7", "before_3", "before_1", "after_1"]


def test_a_missed_step_never_goes_out_after_a_later_one() -> None:
    assert keys(date(2022, 11, 2), frozenset({"after_3"})) == []


def test_nothing_goes_out_on_a_rest_day_but_on_the_next_working_day() -> None:
    saturday = date(2022, 10, 29)
    reminded = frozenset({"before_7", "before_3"})
    assert keys(saturday, reminded) == []
    assert keys(saturday + timedelta(days=2), reminded) == ["after_1"]


def test_a_ladder_that_contradicts_itself_is_refused() -> None:
    check_ladder(DEFAULT_LADDER)
    with pytest.raises(LadderInvalidError):
        check_ladder((DEFAULT_LADDER[0], DEFAULT_LADDER[0]))


days = st.lists(st.integers(min_value=-40, max_value=40), max_size=60).map(sorted)


@given(days, st.one_of(st.none(), st.integers(min_value=-40, max_value=40)))
def test_whatever_days_are_visited_no_step_goes_twice_and_none_after_acceptance(
    visited: list[int], accepted: int | None
) -> None:
    handled: list[str] = []
    went: list[tuple[int, str]] = []
    for offset in visited:
        stopped = accepted is not None and offset >= accepted
        decision = decide(
            DEFAULT_LADDER,
            due=DUE,
            today=DUE + timedelta(days=offset),
            sent=frozenset(handled),
            calendar=CALENDAR,
            stopped=stopped,
        )
        assert not (stopped and decision.send)
        handled += [s.key for s in (*decision.skipped, *decision.send)]
        went += [(s.working_days, s.key) for s in decision.send]
        assert all(CALENDAR.is_working(DUE + timedelta(days=offset)) for _ in decision.send)
    assert len(handled) == len(set(handled))
    assert went == sorted(went)


@given(days)
def test_what_was_sent_alone_is_enough_to_keep_the_order(visited: list[int]) -> None:
    sent: set[str] = set()
    order = []
    for offset in visited:
        today = DUE + timedelta(days=offset)
        for step in due_steps(
            DEFAULT_LADDER, due=DUE, today=today, sent=frozenset(sent), calendar=CALENDAR
        ):
            assert step.key not in sent
            sent.add(step.key)
            order.append(step.working_days)
            assert (step.wording is Wording.REMINDER) == (step.working_days <= 0)
    assert order == sorted(order)
