from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.session import Database
from wiring.clock import SimulatedClock, SystemClock, monotonic_s, open_clock, real_now, sleep
from wiring.errors import ClockError
from wiring.settings import load_settings

START = datetime(2022, 9, 20, 1, 0, tzinfo=UTC)


def test_the_systems_clock_is_aware_and_in_utc() -> None:
    now = SystemClock()()
    assert now.utcoffset() == timedelta(0)
    assert abs(now - real_now()) < timedelta(seconds=5)


def test_real_time_passes_while_one_sleeps() -> None:
    before = monotonic_s()
    sleep(0.01)
    assert monotonic_s() >= before + 0.01


def test_a_simulated_clock_that_was_never_set_says_so(database: Database) -> None:
    with pytest.raises(ClockError):
        SimulatedClock(database).now()


def test_a_simulated_clock_stands_still_until_it_is_set(database: Database) -> None:
    clock = SimulatedClock(database)
    clock.set(START)
    assert (clock.now(), clock()) == (START, START)
    clock.set(START + timedelta(days=3))
    assert clock.now() == START + timedelta(days=3)


def test_all_processes_read_the_same_simulated_instant(database: Database) -> None:
    SimulatedClock(database).set(START)
    other = Database(database.engine.url.render_as_string(hide_password=False))
    try:
        assert SimulatedClock(other).now() == START
    finally:
        other.close()


def test_a_simulated_clock_never_goes_back(database: Database) -> None:
    clock = SimulatedClock(database)
    clock.set(START)
    clock.set(START)
    with pytest.raises(ClockError):
        clock.set(START - timedelta(seconds=1))
    assert clock.now() == START


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(-1000, 1000), max_size=6))
def test_whatever_it_is_set_to_it_shows_the_latest_instant(
    database: Database, moves: list[int]
) -> None:
    clock = SimulatedClock(database)
    try:
        latest = clock.now()
    except ClockError:
        clock.set(latest := START)
    for move in moves:
        wanted = latest + timedelta(hours=move)
        if move < 0:
            with pytest.raises(ClockError):
                clock.set(wanted)
        else:
            clock.set(wanted)
            latest = wanted
        assert clock.now() == latest


def test_the_settings_name_the_clock(database: Database) -> None:
    assert isinstance(open_clock(load_settings({}), database), SystemClock)
    simulated = load_settings({"TRINHKY_CLOCK": "simulated"})
    assert isinstance(open_clock(simulated, database), SimulatedClock)
