"""The form of a schedule of periodic reports, read into its data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from actions.errors import InvalidInputError, Problem

DAY_CHOICES: Final = {
    "working_after": "ngày làm việc sau ngày chốt số liệu",
    "days_after": "ngày sau ngày chốt số liệu",
    "in_month": "là ngày trong tháng cuối của kỳ",
    "next_month": "là ngày trong tháng sau kỳ",
    "week_day": "là thứ trong tuần báo cáo (2 đến 7; hằng tuần)",
    "named": "theo các ngày ghi ở ô bên (mỗi năm)",
}
"""How the day of the report is given: value of the form, words."""
FREQUENCY_CHOICES: Final = {
    "weekly": "Hằng tuần", "monthly": "Hằng tháng", "quarterly": "Hằng quý",
    "half_yearly": "6 tháng", "nine_monthly": "9 tháng", "yearly": "Năm",
}  # fmt: skip
PERIOD_CHOICES: Final = {
    "ND09": "Chốt ngày 14 (Nghị định 09/2019/NĐ-CP)", "calendar": "Tháng, quý, năm dương lịch",
}  # fmt: skip
_DAY: Final = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedSchedule:
    """What was typed."""

    frequencies: Sequence[str]
    choice: str
    number: str
    days: str
    periods: str
    starts: date | None
    ends: date | None

    def data(self) -> dict[str, Any]:
        """Returns it as `deadlines.schedule` reads it.

        Raises:
            InvalidInputError: a number or a day is missing or is none.
        """
        return {
            "frequencies": list(self.frequencies),
            "day": self._day(),
            "periods": [self.periods or "ND09"],
            "starts": self.starts.isoformat() if self.starts else None,
            "ends": self.ends.isoformat() if self.ends else None,
        }

    def _day(self) -> dict[str, Any]:
        match self.choice:
            case "named":
                return {"kind": "days_of_year", "days": self._named()}
            case "working_after" | "days_after":
                working = self.choice == "working_after"
                return {"kind": "after_cut_off", "count": self._count(), "working": working}
            case "in_month" | "next_month":
                months = int(self.choice == "next_month")
                return {"kind": "day_of_month", "day": self._count(), "months": months}
            case "week_day":
                # Thứ Hai is the first day of the week, and called the second.
                return {"kind": "day_of_week", "day": self._count() - 1}
            case _:
                raise _wrong("Chưa chọn cách tính ngày gửi. Chọn một cách rồi ghi lại.")

    def _count(self) -> int:
        if not self.number.strip().isdecimal():
            raise _wrong("Chưa ghi số ngày, hoặc ngày gửi không phải số. Ghi một số rồi ghi lại.")
        return int(self.number)

    def _named(self) -> list[str]:
        parts = [one for one in re.split(r"[,;]| và ", self.days) if one.strip()]
        found = [_DAY.fullmatch(one.strip()) for one in parts]
        if not found or None in found:
            raise _wrong("Các ngày trong năm ghi dạng 10/5, 10/11. Ghi lại.")
        pairs = sorted((int(one[2]), int(one[1])) for one in found if one)
        return [f"{month:02d}-{day:02d}" for month, day in pairs]


def _wrong(reason: str) -> InvalidInputError:
    return InvalidInputError(Problem(place="Lịch báo cáo định kỳ", reason=reason))
