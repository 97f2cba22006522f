"""Names of elements and how days and instants are written in messages of QCVN 102:2016."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

VIETNAM: Final = timezone(timedelta(hours=7))
"""Times bear no zone; they are Vietnam's. Source: QĐ 28/2018 Đ14.4."""
DAY: Final = "%Y/%m/%d"
TIME: Final = "%Y/%m/%d %H:%M:%S"
_DAYS: Final = (DAY, "%Y-%m-%d", "%d/%m/%Y")
_TIMES: Final = (TIME, "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M")


def day_text(day: date | None) -> str:
    """Returns `2026/11/26`; empty for none."""
    return f"{day:%Y}/{day:%m}/{day:%d}" if day else ""


def time_text(at: datetime) -> str:
    """Returns `2026/11/26 09:30:00` in Vietnam."""
    return at.astimezone(VIETNAM).strftime(TIME)


def read_day(text: str) -> date | None:
    """Returns the day; None for one that does not exist (`2014/02/30`) or that we cannot read."""
    for form in _DAYS:
        try:
            return datetime.strptime(text[:10], form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None


def read_time(text: str) -> datetime | None:
    """Returns the instant, aware UTC; None where it cannot be read."""
    for form in _TIMES:
        try:
            said = datetime.strptime(text[:19], form)  # noqa: DTZ007 (Vietnam's, put in below)
            return said.replace(tzinfo=VIETNAM).astimezone(UTC)
        except (ValueError, OverflowError):  # 0001/01/01, as some systems write for none
            continue
    return None
