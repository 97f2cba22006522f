"""A clock that a test sets."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

START = datetime(2022, 9, 20, 1, 0, tzinfo=UTC)
"""Tuesday 20 September 2022, 08:00 in Vietnam: the day before the seed was signed."""


class StoryClock:
    """Stands still until it is told to move; call it for the instant, as `Desk.clock`."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **amount: float) -> datetime:
        """Moves on by an amount of time: `advance(hours=1)`, `advance(days=2)`."""
        self.at += timedelta(**amount)
        return self.at

    def set(self, at: datetime) -> datetime:
        self.at = at
        return at

    def set_day(self, day: date, hour: int = 8, minute: int = 0) -> datetime:
        """Moves to a time of day in Vietnam."""
        local = datetime.combine(day, time(hour, minute), ZoneInfo("Asia/Ho_Chi_Minh"))
        return self.set(local.astimezone(UTC))
