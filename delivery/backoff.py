"""When to try again: a pure function of how often it was tried."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Pauses that double (by default) up to a longest one, and an end."""

    first: timedelta = timedelta(minutes=1)
    """The pause after the first attempt."""

    factor: int = 2
    """Each pause is this many times the one before."""

    longest: timedelta = timedelta(hours=2)
    """No pause is longer."""

    attempts: int = 12
    """After so many failed attempts there is no further one: a person decides."""


DEFAULT_BACKOFF = Backoff()
"""Tries for about twelve hours, so that what was sent in the evening has ended by the next morning.

Source: Quyết định 28/2018/QĐ-TTg, Điều 5: at latest the morning of the next working day.
"""


def next_attempt(
    attempts: int, *, at: datetime, backoff: Backoff = DEFAULT_BACKOFF
) -> datetime | None:
    """Return when to try again after ``attempts`` failed ones (from 1), or None at the limit.

    ``at`` is the instant of the last failure, aware UTC.
    """
    if attempts >= backoff.attempts:
        return None
    pause = backoff.first
    for _ in range(attempts - 1):
        pause = min(pause * backoff.factor, backoff.longest)
        if pause == backoff.longest:
            break
    return at + min(pause, backoff.longest)
