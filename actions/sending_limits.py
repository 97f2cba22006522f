"""By when an issued directive must be sent, as data with its source, and when that is warned of."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from actions.desk import VIETNAM
from deadlines.calendar import ONE_DAY, WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRule:
    """When something must be on its way at the latest."""

    key: str
    words: str
    """As people read it."""
    source: str
    """The clause, or that the figure is our own."""


URGENT: Final = SendingRule(
    key="urgent",
    words="Văn bản khẩn: gửi ngay sau khi phát hành.",
    source="Quyết định 28/2018/QĐ-TTg, Điều 6.2; “ngay” đo bằng một giờ là mức của phần mềm.",
)
USUAL: Final = SendingRule(
    key="usual",
    words="Gửi trong ngày, chậm nhất là buổi sáng ngày làm việc tiếp theo.",
    source="Quyết định 28/2018/QĐ-TTg, Điều 6.2; hết buổi sáng tính là 11:30.",
)

END_OF_MORNING: Final = time(11, 30)
AT_ONCE: Final = timedelta(hours=1)
"""What is urgent and not sent after this is late. Our own measure of `at once`."""


def rule_for(*, urgent: bool) -> SendingRule:
    """Returns the rule of a directive."""
    return URGENT if urgent else USUAL


def send_by(issued_at: datetime, *, urgent: bool, calendar: WorkingCalendar) -> datetime:
    """Returns by when what is issued at an instant must be sent.

    Args:
        issued_at: aware.
        urgent: whether the directive bears a word of urgency.
        calendar: the office's working days.

    Raises:
        NoWorkingDayError: the calendar has no working day within a year.
    """
    local = issued_at.astimezone(VIETNAM)
    if urgent:
        midnight = datetime.combine(local.date() + ONE_DAY, time(0), VIETNAM)
        return min(local + AT_ONCE, midnight).astimezone(issued_at.tzinfo)
    day = calendar.next_working_day(local.date())
    return datetime.combine(day, END_OF_MORNING, VIETNAM).astimezone(issued_at.tzinfo)


def warn_from(planned_at: datetime, limit: datetime, *, before: timedelta) -> datetime:
    """Returns from when a limit is warned of: `before` it, but never before half the time is gone.

    Without the second half of this rule what is urgent would be warned of while it is being sent.
    """
    return max(limit - before, planned_at + (limit - planned_at) / 2)
