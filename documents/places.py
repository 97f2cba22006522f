"""Places on the page that are left empty: number and date, where the officer signs first.

What stands around them (the word "Số", the symbol, "ngày … tháng … năm …") is on the page that the
officer signs; only digits come in later. A place is as wide as the digits that are expected, so
that the page looks the same as one that was set with them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

NUMBER_FIELD: Final = "SoVanBan"
DATE_FIELD: Final = "NgayVanBan"
_YEAR_DIGITS: Final = 4
_DAY_DIGITS: Final = 2  # NĐ 30/2020 PL I II.4: a 0 before days below 10
_PADDED_MONTHS: Final = (1, 2)
_TWO_DIGITS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedDigits:
    """How many digits number and date will probably have; others fit too, a little narrower."""

    number: int
    month: int

    @classmethod
    def of(cls, number: int, day: date) -> "ExpectedDigits":
        """The digits of a number and a day as they are printed."""
        long_month = day.month in _PADDED_MONTHS or day.month >= _TWO_DIGITS
        return cls(number=max(len(str(number)), 2), month=2 if long_month else 1)

    def by_field(self) -> dict[str, tuple[int, ...]]:
        """Digits of each gap, in the order of the page."""
        return {
            NUMBER_FIELD: (self.number,),
            DATE_FIELD: (_DAY_DIGITS, self.month, _YEAR_DIGITS),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One gap in a line of text; lengths in points, origin at the top left."""

    page: int
    """From 1."""
    x_pt: float
    """Left edge."""
    baseline_pt: float
    """Of the line, from the top of the page."""
    digits: int
    """How many it is wide enough for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlace:
    """A text field's place: its gaps and how its digits look."""

    name: str
    gaps: tuple[Gap, ...]
    """On one page, in the order in which they are read."""
    size_pt: float
    italic: bool
    page_height_pt: float
