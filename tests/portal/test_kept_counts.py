"""Figures that are dear to count are shown as they were a moment ago, and said to be."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from time import sleep

import pytest

from portal import kept_counts
from portal.kept_counts import KeptCounts

DEAR_S = 0.12
AT = datetime(2022, 11, 1, 2, tzinfo=UTC)


def clock() -> datetime:
    return AT


def counter(*, takes_s: float) -> tuple[Callable[[], int], list[int]]:
    seen: list[int] = []

    def count() -> int:
        sleep(takes_s)
        seen.append(1)
        return len(seen)

    return count, seen


def until(what: Callable[[], bool]) -> None:
    for _ in range(200):
        if what():
            return
        sleep(0.02)
    pytest.fail("It did not happen within four seconds")


def test_what_is_counted_quickly_is_counted_each_time() -> None:
    kept = KeptCounts()
    count, _ = counter(takes_s=0)
    assert [kept.get("a", count, clock) for _ in range(3)] == [
        kept_counts.Counted(one, None) for one in (1, 2, 3)
    ]


def test_what_was_dear_is_shown_again_with_its_time_and_for_that_key_alone() -> None:
    kept = KeptCounts()
    count, _ = counter(takes_s=DEAR_S)
    assert kept.get("a", count, clock) == kept_counts.Counted(1, None)
    assert kept.get("a", count, clock) == kept_counts.Counted(1, AT)
    assert kept.get("b", count, clock) == kept_counts.Counted(2, None)


def test_old_figures_are_counted_anew_beside_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_counts, "_RESTS", 0)
    kept = KeptCounts()
    count, seen = counter(takes_s=DEAR_S)
    kept.get("a", count, clock)
    assert kept.get("a", count, clock).figures == 1
    until(lambda: len(seen) > 1 and kept.get("a", count, clock).figures > 1)


def test_figures_that_are_too_old_are_shown_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = KeptCounts()
    count, _ = counter(takes_s=DEAR_S)
    kept.get("a", count, clock)
    monkeypatch.setattr(kept_counts, "_OLDEST_S", 0.0)
    assert kept.get("a", count, clock) == kept_counts.Counted(2, None)


def test_a_count_that_fails_beside_is_told_in_the_log_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(kept_counts, "_RESTS", 0)
    kept, may_work = KeptCounts(), Event()

    def count() -> int:
        sleep(DEAR_S)
        if may_work.is_set():
            return 2
        if kept._kept:
            raise ConnectionError("cut")
        return 1

    kept.get("a", count, clock)
    assert kept.get("a", count, clock).figures == 1
    until(lambda: "could not be counted" in caplog.text)
    may_work.set()
    until(lambda: kept.get("a", count, clock).figures == 2)


def test_a_count_that_fails_before_the_reader_is_the_readers_refusal() -> None:
    def count() -> int:
        raise ConnectionError("cut")

    with pytest.raises(ConnectionError):
        KeptCounts().get("a", count, clock)
