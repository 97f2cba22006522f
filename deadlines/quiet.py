"""Quiet hours: from a time of day to another no reminder goes out, and none on days of rest."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from deadlines.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From when to when nothing goes out, in the office's own time."""

    begins: time
    """First minute of the quiet; may be later in the day than `ends`, over midnight."""
    ends: time
    """First minute after it; equal to `begins`: no hour is quiet."""

    def covers(self, moment: time) -> bool:
        """Tells whether a time of day lies in the quiet."""
        if self.begins == self.ends:
            return False
        if self.begins < self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


def parse_time(text: str) -> time:
    """Reads a time of day, `HH:MM`.

    Raises:
        ValueError: it is none.
    """
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 (a time of day has no zone)


def next_loud(at: datetime, quiet: QuietHours, calendar: WorkingCalendar) -> datetime:
    """Returns when a reminder may go out: `at` itself, or the end of the quiet and of the rest.

    Args:
        at: aware, in the office's zone; the answer is in the same zone.
        quiet: the office's quiet hours.
        calendar: working days of the office.

    Raises:
        NoWorkingDayError: there is no working day within a year.
    """
    day = at.date()
    if calendar.is_working(day):
        if not quiet.covers(at.timetz().replace(tzinfo=None)):
            return at
        ends = datetime.combine(day, quiet.ends, at.tzinfo)
        if at < ends:
            return ends
    # An hour that is quiet never begins the day: with no quiet hours the day begins at midnight.
    opens = quiet.ends if quiet.covers(time.min) else time.min
    nearest = calendar.first_working_day_on_or_after(day + timedelta(days=1))
    return datetime.combine(nearest, opens, at.tzinfo)
