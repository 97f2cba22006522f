"""What a deadline phrase is: kinds, frequencies, the phrase itself."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DeadlineKind(StrEnum):
    """How a phrase sets its time."""

    BEFORE_DATE = "before_date"
    """A named day; `inclusive` tells whether that day still counts."""
    WITHIN_MONTH = "within_month"
    """Until the end of a month."""
    WITHIN_QUARTER = "within_quarter"
    """Until the end of a quarter."""
    WITHIN_YEAR = "within_year"
    """Until the end of a year."""
    RANGE = "range"
    """From one time to another; the end may be open."""
    FROM_DATE = "from_date"
    """A start, not a deadline."""
    RELATIVE = "relative"
    """Hangs on an event or on another paper."""
    PERIODIC = "periodic"
    """Comes again: monthly, yearly …"""
    PERIODIC_UNSPECIFIED = "periodic_unspecified"
    """Comes again, but the paper does not say how often."""
    CONTINUOUS = "continuous"
    """All the time, without an end."""
    NO_DEADLINE = "no_deadline"
    """A word of urgency only."""


class Frequency(StrEnum):
    """How often a duty comes again."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    NINE_MONTHLY = "nine_monthly"
    YEARLY = "yearly"
    UNSPECIFIED = "unspecified"
    """Periodic by a rule that the paper only points at."""


class PhraseProblem(StrEnum):
    """Why a phrase cannot be taken as it stands; a person decides."""

    NO_SUCH_DATE = "no_such_date"
    """The date does not exist, such as 31/9/2022."""
    BEFORE_ISSUE = "before_issue"
    """The date lies before the paper was issued: a past event or a slip."""
    YEAR_ASSUMED = "year_assumed"
    """The phrase names no year; the first one after the issue date was taken."""
    YEAR_UNKNOWN = "year_unknown"
    """The phrase names no year and the issue date is not known."""


PROBLEM_SENTENCES: dict[PhraseProblem, str] = {
    PhraseProblem.NO_SUCH_DATE: "Ngày nêu trong văn bản không tồn tại; cần xác nhận lại thời hạn.",
    PhraseProblem.BEFORE_ISSUE: (
        "Ngày nêu trong văn bản trước ngày ban hành; cần xác nhận đây có phải thời hạn không."
    ),
    PhraseProblem.YEAR_ASSUMED: "Văn bản không ghi năm; đã lấy lần gần nhất sau ngày ban hành.",
    PhraseProblem.YEAR_UNKNOWN: "Văn bản không ghi năm và chưa rõ ngày ban hành; cần bổ sung năm.",
}
"""What a person reads about each problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePhrase:
    """One phrase that sets a time, as found in a text."""

    kind: DeadlineKind
    """How it sets its time."""
    start: int = 0
    """First character in the given text."""
    end: int = 0
    """One past the last character in the given text."""
    raw: str = ""
    """The words, as they stand; ` ... ` where words between two parts were left out."""
    due: date | None = None
    """End of the named month, quarter, year or range."""
    named_date: date | None = None
    """The day that the phrase names."""
    inclusive: bool | None = None
    """Whether the named day still counts; None where no day is named."""
    last_allowed_day: date | None = None
    """The last calendar day on which the duty is in time."""
    frequency: Frequency | None = None
    """How often it comes again."""
    condition: str | None = None
    """The event or paper it waits for, in the words of the text."""
    month: int | None = None
    """Month of a yearly day, 1 to 12."""
    day: int | None = None
    """Day of a monthly or yearly day, 1 to 31."""
    count: int | None = None
    """Number of days counted from the event; negative counts back."""
    working: bool = False
    """Whether `count` means working days."""
    months_back: int = 0
    """How many months before the reported period the day lies ("của tháng trước")."""
    range_start: date | None = None
    """First day of a range, or the start that a phrase names."""
    problem: PhraseProblem | None = None
    """Why it cannot be taken as it stands."""

    @property
    def calendar_day(self) -> str | None:
        """Return the yearly day as MM-DD; None where the phrase names none."""
        if self.month is None or self.day is None:
            return None
        return f"{self.month:02d}-{self.day:02d}"
