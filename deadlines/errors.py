"""What can go wrong in this room.

DeadlinesError
├── NoWorkingDayError      the calendar holds no working day within reach
├── LadderInvalidError     the chasing ladder as data contradicts itself
├── ScheduleInvalidError   a schedule of periodic reports as data contradicts itself
└── CalendarInvalidError   a list of days off and swapped days contradicts itself
"""

from datetime import date
from typing import ClassVar


class DeadlinesError(Exception):
    """Base of every error of this room."""

    code: ClassVar[str] = "deadlines"

    def __init__(self, message: str, sentence: str) -> None:
        super().__init__(message)
        self._sentence = sentence

    def diagnosis(self) -> str:
        """Say in Vietnamese what happened and what to do."""
        return self._sentence


class NoWorkingDayError(DeadlinesError):
    """The calendar holds no working day within a year of the day asked about."""

    code: ClassVar[str] = "no_working_day"

    def __init__(self, day: date) -> None:
        super().__init__(
            f"no working day within a year of {day.isoformat()}",
            f"Không có ngày làm việc nào trong vòng một năm quanh ngày {day:%d/%m/%Y}. "
            "Đề nghị kiểm tra danh sách ngày nghỉ.",
        )
        self.day = day


class LadderInvalidError(DeadlinesError):
    """Two steps of a ladder share a key, or a step lies on the wrong side of the due date."""

    code: ClassVar[str] = "ladder_invalid"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(
            f"ladder step {key!r}: {reason}",
            f"Bước đôn đốc “{key}” không hợp lệ. Đề nghị sửa lại bảng các bước đôn đốc.",
        )
        self.key = key
        self.reason = reason


class ScheduleInvalidError(DeadlinesError):
    """A schedule of periodic reports lacks something, or says what cannot be."""

    code: ClassVar[str] = "schedule_invalid"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"schedule: {reason}", f"Lịch báo cáo định kỳ chưa đúng: {reason}. Sửa lại rồi ghi lại."
        )
        self.reason = reason


class CalendarInvalidError(DeadlinesError):
    """A list of days off and swapped days cannot be taken; names every day that is wrong."""

    code: ClassVar[str] = "calendar_invalid"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(
            f"calendar: {len(reasons)} faults",
            f"Lịch nghỉ chưa đúng: {'; '.join(reasons)}. Sửa lại danh sách rồi nhập lại.",
        )
        self.reasons = reasons
