"""From a phrase to a day: last day allowed, last working day, and how it was reached.

Default: a deadline that falls on a rest day rolls BACK to the last working day before it, so that
    nobody answers late; civil-law terms would roll forward, which an office may choose
    (`RollDirection`).
"""

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from deadlines.calendar import WorkingCalendar
from deadlines.kinds import (
    PROBLEM_SENTENCES,
    DeadlineKind,
    DeadlinePhrase,
    Frequency,
    PhraseProblem,
)

SHORT_NOTICE_WORKING_DAYS = 7
"""Fewer working days than this between issue and last day are pointed out."""

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_MONTHS_OF: dict[Frequency, tuple[int, ...]] = {
    Frequency.MONTHLY: tuple(range(1, 13)),
    Frequency.QUARTERLY: (3, 6, 9, 12),
    Frequency.HALF_YEARLY: (6, 12),
    Frequency.NINE_MONTHLY: (9,),
    Frequency.YEARLY: (12,),
}
_DECEMBER = 12
_YEARS_AHEAD = 9


class RollDirection(StrEnum):
    """Where a deadline on a rest day goes."""

    BACK = "back"
    FORWARD = "forward"


class DueFlag(StrEnum):
    """What a person should look at before the day is taken."""

    ON_REST_DAY = "on_rest_day"
    SHORT_NOTICE = "short_notice"
    WAITS_FOR_EVENT = "waits_for_event"
    PERIOD_NOT_STATED = "period_not_stated"
    DAY_NOT_STATED = "day_not_stated"
    NO_SUCH_DATE = "no_such_date"
    BEFORE_ISSUE = "before_issue"
    YEAR_ASSUMED = "year_assumed"
    YEAR_UNKNOWN = "year_unknown"
    OPEN_END = "open_end"
    REPORT_BEFORE_TASK_ENDS = "report_before_task_ends"
    DUE_BEFORE_CUT_OFF = "due_before_cut_off"
    PERIOD_ASSUMED = "period_assumed"


FLAG_SENTENCES: dict[DueFlag, str] = {
    DueFlag.ON_REST_DAY: "Ngày cuối của thời hạn rơi vào ngày nghỉ.",
    DueFlag.SHORT_NOTICE: "Thời gian thực hiện ngắn kể từ ngày ban hành.",
    DueFlag.WAITS_FOR_EVENT: "Thời hạn tính từ một sự kiện hoặc văn bản khác chưa có ngày.",
    DueFlag.PERIOD_NOT_STATED: "Văn bản yêu cầu định kỳ nhưng không nêu kỳ báo cáo.",
    DueFlag.DAY_NOT_STATED: "Văn bản nêu kỳ nhưng không nêu ngày gửi.",
    DueFlag.NO_SUCH_DATE: PROBLEM_SENTENCES[PhraseProblem.NO_SUCH_DATE],
    DueFlag.BEFORE_ISSUE: PROBLEM_SENTENCES[PhraseProblem.BEFORE_ISSUE],
    DueFlag.YEAR_ASSUMED: PROBLEM_SENTENCES[PhraseProblem.YEAR_ASSUMED],
    DueFlag.YEAR_UNKNOWN: PROBLEM_SENTENCES[PhraseProblem.YEAR_UNKNOWN],
    DueFlag.OPEN_END: "Văn bản chỉ nêu thời điểm bắt đầu, không nêu thời điểm kết thúc.",
    DueFlag.REPORT_BEFORE_TASK_ENDS: "Báo cáo kết quả phải gửi trước khi nhiệm vụ hết hạn.",
    DueFlag.DUE_BEFORE_CUT_OFF: "Ngày gửi báo cáo sớm hơn ngày chốt số liệu của kỳ.",
    DueFlag.PERIOD_ASSUMED: "Văn bản không nêu rõ kỳ số liệu; cần xác nhận kỳ đã lấy.",
}
"""What a person reads about each flag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedDue:
    """A day with the way it was reached."""

    last_allowed_day: date | None
    """The last calendar day in time; None where the phrase gives none."""
    last_working_day: date | None
    """The working day that the duty is followed by."""
    explanation: str
    """One Vietnamese sentence: how the day was computed."""
    flags: tuple[DueFlag, ...]
    """What a person should look at."""


def compute_due(
    phrase: DeadlinePhrase,
    calendar: WorkingCalendar,
    *,
    issued: date | None,
    event: date | None = None,
    roll: RollDirection = RollDirection.BACK,
) -> ComputedDue:
    """Compute the (next) last day of a phrase.

    Args:
        phrase: as found in the paper.
        calendar: working days of the office.
        issued: issue date; periodic duties start from it.
        event: day of the event that a relative phrase waits for, once it is known.
        roll: where a rest day goes.
    """
    last, how = _last_day(phrase, calendar, issued, event)
    flags = list(_flags_of(phrase, last))
    if last is None:
        return ComputedDue(
            last_allowed_day=None,
            last_working_day=None,
            explanation=_sentence(phrase, how),
            flags=tuple(flags),
        )
    working = rolled(last, calendar, roll)
    if working != last:
        flags.append(DueFlag.ON_REST_DAY)
        how += f"; ngày đó là ngày nghỉ nên lấy ngày làm việc {roll_words(roll)}: {spoken(working)}"
    if issued is not None and _is_short(calendar, issued, working):
        flags.append(DueFlag.SHORT_NOTICE)
    return ComputedDue(
        last_allowed_day=last,
        last_working_day=working,
        explanation=_sentence(phrase, how),
        flags=tuple(flags),
    )


def rolled(day: date, calendar: WorkingCalendar, roll: RollDirection = RollDirection.BACK) -> date:
    """Return the working day that a deadline on `day` is followed by.

    Raises:
        NoWorkingDayError: there is none within a year.
    """
    if roll is RollDirection.BACK:
        return calendar.last_working_day_on_or_before(day)
    return calendar.first_working_day_on_or_after(day)


def roll_words(roll: RollDirection = RollDirection.BACK) -> str:
    """Name in Vietnamese the working day that `rolled` takes."""
    return "liền trước" if roll is RollDirection.BACK else "kế tiếp"


def _is_short(calendar: WorkingCalendar, issued: date, working: date) -> bool:
    return 0 <= calendar.working_days_between(issued, working) <= SHORT_NOTICE_WORKING_DAYS


def spoken(day: date) -> str:
    """Return the day as people read it: `thứ Sáu, 28/10/2022`."""
    return f"{_WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y}"


def _sentence(phrase: DeadlinePhrase, how: str) -> str:
    return f"“{phrase.raw}”: {how}."


def _last_day(
    phrase: DeadlinePhrase, calendar: WorkingCalendar, issued: date | None, event: date | None
) -> tuple[date | None, str]:
    """Return the last allowed day and the words for how it was reached."""
    if phrase.problem is not None and phrase.last_allowed_day is None:
        return None, PROBLEM_SENTENCES[phrase.problem].rstrip(".")
    if phrase.kind is DeadlineKind.RELATIVE:
        return _relative_day(phrase, calendar, event)
    if phrase.kind is DeadlineKind.PERIODIC:
        return _next_occurrence(phrase, issued)
    if phrase.last_allowed_day is not None:
        return phrase.last_allowed_day, _words_for_day(phrase, phrase.last_allowed_day)
    return None, _WORDS_WITHOUT_DAY.get(phrase.kind, "không có ngày kết thúc")


_WORDS_WITHOUT_DAY = {
    DeadlineKind.CONTINUOUS: "nhiệm vụ thường xuyên, không có ngày kết thúc",
    DeadlineKind.NO_DEADLINE: "chỉ nêu mức độ khẩn trương, không nêu thời hạn",
    DeadlineKind.FROM_DATE: "chỉ nêu thời điểm bắt đầu",
    DeadlineKind.RANGE: "giai đoạn để mở, không có ngày kết thúc",
    DeadlineKind.PERIODIC_UNSPECIFIED: "định kỳ nhưng không nêu kỳ",
}
_WORDS_FOR_END = {
    DeadlineKind.WITHIN_MONTH: "ngày cuối của tháng là",
    DeadlineKind.WITHIN_QUARTER: "ngày cuối của quý là",
    DeadlineKind.WITHIN_YEAR: "ngày cuối của năm là",
    DeadlineKind.RANGE: "ngày cuối của giai đoạn là",
}


def _words_for_day(phrase: DeadlinePhrase, last: date) -> str:
    if phrase.kind in _WORDS_FOR_END:
        return f"{_WORDS_FOR_END[phrase.kind]} {spoken(last)}"
    if phrase.inclusive is False and phrase.named_date is not None:
        return (
            f"không tính ngày {phrase.named_date:%d/%m/%Y}, ngày cuối cùng còn trong hạn là "
            f"{spoken(last)}"
        )
    return f"tính cả ngày nêu trong văn bản: {spoken(last)}"


def _relative_day(
    phrase: DeadlinePhrase, calendar: WorkingCalendar, event: date | None
) -> tuple[date | None, str]:
    what = phrase.condition or "sự kiện nêu trong văn bản"
    if event is None or phrase.count is None:
        return None, f"chờ: {what}"
    if phrase.working:
        last = calendar.add_working_days(event, phrase.count)
    else:
        last = event + timedelta(days=phrase.count)
    unit = "ngày làm việc" if phrase.working else "ngày"
    side = "sau" if phrase.count > 0 else "trước"
    return (
        last,
        f"{abs(phrase.count)} {unit} {side} ngày {event:%d/%m/%Y} ({what}) là {spoken(last)}",
    )


def _next_occurrence(phrase: DeadlinePhrase, issued: date | None) -> tuple[date | None, str]:
    if phrase.frequency in {None, Frequency.UNSPECIFIED, Frequency.WEEKLY}:
        return None, "định kỳ nhưng không nêu ngày"
    if issued is None:
        return None, "định kỳ; chưa rõ ngày ban hành nên chưa tính được kỳ đầu"
    coming = (
        day
        for year in range(issued.year, issued.year + _YEARS_AHEAD)
        for day in occurrences(phrase, year=year)
        if day >= issued
    )
    last = next(coming, None)
    if last is None:
        return None, "định kỳ nhưng không nêu ngày gửi"
    return last, f"kỳ gần nhất sau ngày ban hành, ngày cuối cùng còn trong hạn là {spoken(last)}"


def occurrences(phrase: DeadlinePhrase, *, year: int) -> tuple[date, ...]:
    """Return the last allowed days of a periodic phrase for the periods of `year`, ascending.

    A phrase that names no day has none, but for windows ("tuần cuối của quý"), which end with the
    period.
    """
    if phrase.frequency is None or phrase.frequency not in _MONTHS_OF:
        return ()
    if phrase.month is not None and phrase.day is not None:
        days = [_clipped(year, phrase.month, phrase.day)]
    elif phrase.day is not None:
        days = [
            _clipped(year, month - phrase.months_back, phrase.day)
            for month in _MONTHS_OF[phrase.frequency]
        ]
    elif phrase.condition is not None:
        return tuple(_clipped(year, m, 31) for m in _MONTHS_OF[phrase.frequency])
    else:
        return ()
    back = 0 if phrase.inclusive else 1
    return tuple(day - timedelta(days=back) for day in days)


def _clipped(year: int, month: int, day: int) -> date:
    """Build a day; month 0 is December before, and a day too late becomes the last of its month."""
    if month < 1:
        year, month = year - 1, _DECEMBER + month
    return date(year, month, min(day, months.monthrange(year, month)[1]))


_FLAG_OF_KIND = {
    DeadlineKind.RELATIVE: DueFlag.WAITS_FOR_EVENT,
    DeadlineKind.PERIODIC_UNSPECIFIED: DueFlag.PERIOD_NOT_STATED,
    DeadlineKind.PERIODIC: DueFlag.DAY_NOT_STATED,
    DeadlineKind.FROM_DATE: DueFlag.OPEN_END,
    DeadlineKind.RANGE: DueFlag.OPEN_END,
}


def _flags_of(phrase: DeadlinePhrase, last: date | None) -> Sequence[DueFlag]:
    flags = [] if phrase.problem is None else [DueFlag(phrase.problem.value)]
    if last is None and not flags and phrase.kind in _FLAG_OF_KIND:
        flags.append(_FLAG_OF_KIND[phrase.kind])
    return flags


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedDuty:
    """One duty of a directive, as far as conflicts between duties go."""

    label: str
    """Its label in the directive ("III.3", "R1")."""
    due: ComputedDue
    """Its day."""
    is_report: bool = False
    """Whether it reports the result of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueConflict:
    """Something about the days of a directive that a person should see before it goes out."""

    flag: DueFlag
    """What it is."""
    labels: tuple[str, ...]
    """The duties concerned."""
    message: str
    """One Vietnamese sentence with the days."""


def conflicts(duties: Sequence[DatedDuty]) -> tuple[DueConflict, ...]:
    """Find reports due before the work ends, and name the flags of each duty."""
    found = [
        DueConflict(
            flag=flag, labels=(duty.label,), message=f"{duty.label}: {FLAG_SENTENCES[flag]}"
        )
        for duty in duties
        for flag in duty.due.flags
    ]
    for report in (d for d in duties if d.is_report and d.due.last_allowed_day):
        later = tuple(d for d in duties if not d.is_report and _ends_after(d, report))
        if later:
            found.append(_too_early(report, later))
    return tuple(found)


def _ends_after(duty: DatedDuty, report: DatedDuty) -> bool:
    task, answer = duty.due.last_allowed_day, report.due.last_allowed_day
    return task is not None and answer is not None and task > answer


def _too_early(report: DatedDuty, later: Sequence[DatedDuty]) -> DueConflict:
    labels = ", ".join(d.label for d in later)
    ends = max(d.due.last_allowed_day for d in later if d.due.last_allowed_day)
    answer = report.due.last_allowed_day
    message = (
        f"Báo cáo {report.label} phải gửi chậm nhất ngày {answer:%d/%m/%Y}, "
        f"trước khi nhiệm vụ {labels} kết thúc (ngày {ends:%d/%m/%Y}). "
        "Đề nghị xác nhận lại thời hạn."
    )
    return DueConflict(
        flag=DueFlag.REPORT_BEFORE_TASK_ENDS,
        labels=(report.label, *(d.label for d in later)),
        message=message,
    )
