"""Pauses grow to a longest one, and end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from delivery.backoff import DEFAULT_BACKOFF, Backoff, next_attempt

AT = datetime(2025, 1, 2, tzinfo=UTC)


def test_pauses_double_up_to_the_longest_and_end_at_the_limit() -> None:
    pauses = [next_attempt(n, at=AT) for n in range(1, 13)]
    minutes = [int((at - AT).total_seconds()) // 60 for at in pauses if at]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120, 120]
    assert pauses[-1] is None


def test_the_default_ends_within_the_night() -> None:
    at: datetime | None = AT
    last = AT
    for attempts in range(1, DEFAULT_BACKOFF.attempts + 1):
        if at is not None:
            last, at = at, next_attempt(attempts, at=at)
    assert timedelta(hours=9) < last - AT < timedelta(hours=12)


@given(attempts=st.integers(min_value=1, max_value=10**9), factor=st.integers(1, 10))
def test_no_pause_is_ever_longer_than_the_longest(attempts: int, factor: int) -> None:
    backoff = Backoff(attempts=10**9 + 1, factor=factor, longest=timedelta(minutes=5))
    at = next_attempt(attempts, at=AT, backoff=backoff) if factor > 1 or attempts < 1000 else AT
    assert at is not None
    assert at - AT <= timedelta(minutes=5)
