"""The deadline language as data: one pattern and one reader for each way of naming a time.

Patterns see a canonical line: folded, anchor words mended, single spaces (`deadlines.wording`).
`ANYWHERE` holds within running text; `ALONE` only where the words fill a field of their own ("Thời
gian thực hiện: Hằng năm.").
"""

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from deadlines.kinds import DeadlineKind, DeadlinePhrase, Frequency, PhraseProblem

Reader = Callable[[re.Match[str]], Iterator[DeadlinePhrase]]
"""Turns a match into phrases that lack their span and words: the finder knows the source text."""

_LONGEST_MONTH: Final = 31
_MONTHS: Final = 12
_SLASH = r"\s?[/.\-]\s?"
_YEAR = r"(?:19|20)\d\d"
_DAY = (
    rf"(?:(?P<d>\d{{1,2}}){_SLASH}(?P<m>\d{{1,2}}){_SLASH}(?P<y>{_YEAR})"
    rf"|(?P<d2>\d{{1,2}}) thang (?P<m2>\d{{1,2}}),? nam (?P<y2>{_YEAR}))(?!\d)"
)
_DAY_OF_YEAR = rf"(?P<d>\d{{1,2}})(?: thang |{_SLASH})(?P<m>\d{{1,2}})(?![\d/])"
_HOUR = r"\d{1,2}\s?(?:h|g|gio|:)\s?(?:\d{2})?(?: phut)?,?"
_DONE = r"(?:hoan thanh|bao cao|xong|ket thuc|gui)"
_UNTIL = r"(?:trong|den het|het|den cuoi|cuoi|cham nhat (?:la )?(?:trong |het )?)"
_MONTH = rf"thang (?P<m>\d{{1,2}})(?:(?: nam |{_SLASH})(?P<y>{_YEAR}))?(?![\d/])"
_QUARTER = rf"qu[yi] (?P<q>i{{1,3}}|iv|[1-4]|1v|[il1]{{1,3}})(?: nam |{_SLASH}| )(?P<y>{_YEAR})"
_EVENT = r"(?P<event>[^.;:,\n()]{2,90}?)"
_STOP = r"(?=\s?[.;:,\n()]| de | doi voi | thi |\Z)"
_HEADING = r"(?:thoi (?:gian|han) (?:hoan thanh|thuc hien|xong)?:? ?(?:la )?)?"
_EVERY: Final = {
    "tuan": Frequency.WEEKLY,
    "thang": Frequency.MONTHLY,
    "quy": Frequency.QUARTERLY,
    "qui": Frequency.QUARTERLY,
    "nam": Frequency.YEARLY,
    "6 thang": Frequency.HALF_YEARLY,
    "sau thang": Frequency.HALF_YEARLY,
    "9 thang": Frequency.NINE_MONTHLY,
    "chin thang": Frequency.NINE_MONTHLY,
}
_PERIOD = r"(?:(?:hang|moi) (?:tuan|thang|quy|qui|nam)|(?:6|sau|9|chin) thang)"


def _real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _named_day(match: re.Match[str], *, inclusive: bool) -> Iterator[DeadlinePhrase]:
    parts = [match.group(n) or match.group(f"{n}2") for n in ("y", "m", "d")]
    named = _real_date(*(int(p) for p in parts))
    if named is None:
        yield DeadlinePhrase(
            kind=DeadlineKind.BEFORE_DATE, inclusive=inclusive, problem=PhraseProblem.NO_SUCH_DATE
        )
        return
    last = named if inclusive else named - timedelta(days=1)
    yield DeadlinePhrase(
        kind=DeadlineKind.BEFORE_DATE, named_date=named, inclusive=inclusive, last_allowed_day=last
    )


def _exclusive_day(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    return _named_day(match, inclusive=False)


def _inclusive_day(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    return _named_day(match, inclusive=True)


def _day_of_year(match: re.Match[str], *, inclusive: bool) -> Iterator[DeadlinePhrase]:
    """A day and month without a year; "hằng năm" beside it makes it yearly."""
    yearly = "hang nam" in match.group() or "moi nam" in match.group()
    kind = DeadlineKind.PERIODIC if yearly else DeadlineKind.BEFORE_DATE
    groups = match.groupdict()
    for d, m in ((groups["d"], groups["m"]), (groups.get("d3"), groups.get("m3"))):
        if d is None or m is None:
            continue
        exists = _real_date(2024, int(m), int(d))  # a leap year: 29/2 exists in some years
        yield DeadlinePhrase(
            kind=kind,
            inclusive=inclusive,
            month=int(m),
            day=int(d),
            frequency=Frequency.YEARLY if yearly else None,
            problem=None if exists else PhraseProblem.NO_SUCH_DATE,
        )


def _exclusive_day_of_year(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    return _day_of_year(match, inclusive=False)


def _inclusive_day_of_year(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    return _day_of_year(match, inclusive=True)


def _day_of_month(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    day = int(match["d"])
    yield DeadlinePhrase(
        kind=DeadlineKind.PERIODIC,
        inclusive=not match.group().startswith("truoc"),
        day=day,
        frequency=Frequency.MONTHLY,
        months_back=1 if "thang truoc" in match.group() else 0,
        problem=None if 1 <= day <= _LONGEST_MONTH else PhraseProblem.NO_SUCH_DATE,
    )


def _day_of_quarter(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    day = int(match["d"])
    yield DeadlinePhrase(
        kind=DeadlineKind.PERIODIC,
        inclusive=match["by"] != "truoc ",
        day=day,
        frequency=Frequency.QUARTERLY,
        problem=None if 1 <= day <= _LONGEST_MONTH else PhraseProblem.NO_SUCH_DATE,
    )


def _month(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    month = int(match["m"])
    if not 1 <= month <= _MONTHS:
        yield DeadlinePhrase(kind=DeadlineKind.WITHIN_MONTH, problem=PhraseProblem.NO_SUCH_DATE)
        return
    if match["y"] is None:
        yield DeadlinePhrase(kind=DeadlineKind.WITHIN_MONTH, month=month)
        return
    yield _until(DeadlineKind.WITHIN_MONTH, int(match["y"]), month)


def _until(kind: DeadlineKind, year: int, month: int) -> DeadlinePhrase:
    end = date(year, month, calendar.monthrange(year, month)[1])
    return DeadlinePhrase(kind=kind, due=end, last_allowed_day=end)


def _before_month(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    first = _real_date(int(match["y"]), int(match["m"]), 1) if match["y"] else None
    if first is None:
        yield DeadlinePhrase(
            kind=DeadlineKind.BEFORE_DATE, inclusive=False, problem=PhraseProblem.NO_SUCH_DATE
        )
        return
    yield DeadlinePhrase(
        kind=DeadlineKind.BEFORE_DATE,
        named_date=first,
        inclusive=False,
        last_allowed_day=first - timedelta(days=1),
    )


def _quarter(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    mark = match["q"]
    if mark in {"iv", "1v"}:
        quarter = 4
    elif mark in {"2", "3", "4"}:
        quarter = int(mark)
    else:
        quarter = len(mark)  # strokes: i, ii, iii, also read as l or 1
    yield _until(DeadlineKind.WITHIN_QUARTER, int(match["y"]), quarter * 3)


def _year(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    yield _until(DeadlineKind.WITHIN_YEAR, int(match["y"]), 12)


def _years(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    open_end = "tiep theo" in match.group()
    end = None if open_end else date(int(match["y2"]), 12, 31)
    yield DeadlinePhrase(
        kind=DeadlineKind.RANGE,
        range_start=date(int(match["y"]), 1, 1),
        due=end,
        last_allowed_day=end,
    )


def _day_range(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    ends = [
        _real_date(int(match["y3"] or match["y4"]), int(match["m3"]), int(match["d3"])),
        _real_date(int(match["y4"]), int(match["m4"]), int(match["d4"])),
    ]
    broken = None in ends
    yield DeadlinePhrase(
        kind=DeadlineKind.RANGE,
        range_start=ends[0],
        due=ends[1],
        last_allowed_day=ends[1],
        problem=PhraseProblem.NO_SUCH_DATE if broken else None,
    )


def _from_day(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    parts = [match.group(n) or match.group(f"{n}2") for n in ("y", "m", "d")]
    start = _real_date(*(int(p) for p in parts))
    problem = PhraseProblem.NO_SUCH_DATE if start is None else None
    yield DeadlinePhrase(
        kind=DeadlineKind.FROM_DATE, range_start=start, named_date=start, problem=problem
    )


def _after_event(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    yield DeadlinePhrase(
        kind=DeadlineKind.RELATIVE, count=int(match["n"]), working="lam viec" in match["unit"]
    )


def _before_event(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    yield DeadlinePhrase(
        kind=DeadlineKind.RELATIVE, count=-int(match["n"]), working="lam viec" in match["unit"]
    )


def _waits(_: re.Match[str]) -> Iterator[DeadlinePhrase]:
    yield DeadlinePhrase(kind=DeadlineKind.RELATIVE)


def _last_week(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    yield DeadlinePhrase(kind=DeadlineKind.PERIODIC, frequency=_EVERY[match["p"]])


def _periodic(match: re.Match[str]) -> Iterator[DeadlinePhrase]:
    for period in re.findall(_PERIOD, match.group()):
        yield DeadlinePhrase(
            kind=DeadlineKind.PERIODIC,
            frequency=_EVERY[re.sub(r"^(?:hang|moi) ", "", period)],
        )


def _periodic_by_rule(_: re.Match[str]) -> Iterator[DeadlinePhrase]:
    yield DeadlinePhrase(kind=DeadlineKind.PERIODIC, frequency=Frequency.UNSPECIFIED)


def _periodic_unspecified(_: re.Match[str]) -> Iterator[DeadlinePhrase]:
    yield DeadlinePhrase(kind=DeadlineKind.PERIODIC_UNSPECIFIED)


def _continuous(_: re.Match[str]) -> Iterator[DeadlinePhrase]:
    yield DeadlinePhrase(kind=DeadlineKind.CONTINUOUS)


def _urgent(_: re.Match[str]) -> Iterator[DeadlinePhrase]:
    yield DeadlinePhrase(kind=DeadlineKind.NO_DEADLINE)


def _table(*rows: tuple[str, Reader]) -> tuple[tuple[re.Pattern[str], Reader], ...]:
    return tuple((re.compile(rf"\b{pattern}", re.ASCII), reader) for pattern, reader in rows)


_N_DAYS = r"(?P<n>\d{1,3}) (?P<unit>ngay lam viec|ngay)"
_ENDING = r"(?:ban hanh|phe duyet|thong qua|co hieu luc|ket thuc|hoan thanh|cong bo)"
_SINCE = r",? (?:ke )?(?:tu|sau) (?:ngay|khi|thoi diem) "
_EACH_YEAR = r"(?:hang|moi) nam"
_AT_LATEST = r"(?:cham nhat|muon nhat) (?:la |den |vao |trong |het |truoc )*"
_AT_LEAST = r"(?:it nhat|toi thieu) (?:la )?"  # codespell:ignore toi
_LAST_CALL = r"(?:han|thoi han) (?:cuoi |chot |cuoi cung )?(?:la |den )?"
_TERM = r"(?:trong (?:thoi han |vong )?|cham nhat (?:la )?(?:sau )?|sau )?"
_NO_YEAR_BETWEEN = r"(?:(?!truoc ngay|\d thang)[^.;\n]){0,160}"
_TWO_DAYS = (
    rf"truoc (?:ngay )?(?P<d>\d{{1,2}}){_SLASH}(?P<m>\d{{1,2}}) va (?:truoc )?(?:ngay )?"
    rf"(?P<d3>\d{{1,2}}){_SLASH}(?P<m3>\d{{1,2}}) {_EACH_YEAR}"
)
_YEARLY_BY = (
    rf"(?:(?P<head>dinh ky){_NO_YEAR_BETWEEN} )?"
    rf"(?P<tail>{_EACH_YEAR},? ?\(?truoc (?:ngay )?{_DAY_OF_YEAR}(?: hang nam)?\)?)"
)
_BY_DAY_OF_YEAR = (
    rf"(?:dinh ky {_PERIOD} )?truoc (?:ngay )?{_DAY_OF_YEAR}(?: {_EACH_YEAR})?"
    rf"(?: dinh ky {_PERIOD})?"
)
_BY_DAY_OF_QUARTER = (
    rf"(?:dinh ky {_PERIOD} )?(?P<by>truoc |cham nhat (?:la )?)?(?:vao )?ngay (?P<d>\d{{1,2}}) "
    r"(?:cua )?thang cuoi (?:cua )?(?:(?:hang|moi) )?qu[yi]"
)
_BY_DAY_OF_MONTH = (
    r"(?:truoc |cham nhat (?:la )?)?(?:vao )?ngay (?P<d>\d{1,2}) (?:cua )?"
    r"(?:(?:hang|moi) thang|thang truoc)"
)
_LAST_WEEK = r"(?:trong )?(?P<event>tuan cuoi (?:cua )?(?:(?:hang|moi) )?(?P<p>thang|quy|qui|nam))"
_FROM_TO = (
    rf"tu (?:ngay )?(?P<d3>\d{{1,2}}){_SLASH}(?P<m3>\d{{1,2}})(?:{_SLASH}(?P<y3>{_YEAR}))? "
    rf"den (?:het )?(?:ngay )?(?P<d4>\d{{1,2}}){_SLASH}(?P<m4>\d{{1,2}}){_SLASH}(?P<y4>{_YEAR})"
)
_REPORTING = r"(?:bao cao|tong hop|thong tin|gui|danh gia|kiem tra|so ket|tong ket)\b"
_EVERY_SO_OFTEN = r"(?P<tail>(?:hang|moi) (?:tuan|thang|quy|qui|nam))"

ANYWHERE: Final[tuple[tuple[re.Pattern[str], Reader], ...]] = _table(
    (rf"{_TERM}{_N_DAYS}{_SINCE}{_EVENT}{_STOP}", _after_event),
    (rf"truoc (?:ngay |khi ){_EVENT},? {_AT_LEAST}{_N_DAYS}", _before_event),
    (rf"(?:{_AT_LEAST}|cham nhat ){_N_DAYS},? truoc (?:ngay|khi) {_EVENT}{_STOP}", _before_event),
    (rf"truoc {_HOUR} (?:cua )?ngay {_DAY}", _inclusive_day),
    (rf"{_HEADING}truoc (?:het )?(?:ngay )?(?:hoan thanh )?{_DAY}", _exclusive_day),
    (rf"{_AT_LATEST}(?:{_HOUR} )?(?:ngay )?{_DAY}", _inclusive_day),
    (rf"khong (?:muon|cham|qua) (?:hon )?(?:{_HOUR} )?ngay {_DAY}", _inclusive_day),
    (rf"{_LAST_CALL}(?:{_HOUR} )?ngay {_DAY}", _inclusive_day),
    (rf"(?:den )?het ngay {_DAY}", _inclusive_day),
    (rf"{_DONE} (?:trong |vao |den )?ngay {_DAY}", _inclusive_day),
    (_TWO_DAYS, _exclusive_day_of_year),
    (_YEARLY_BY, _exclusive_day_of_year),
    (_BY_DAY_OF_YEAR, _exclusive_day_of_year),
    (rf"{_AT_LATEST}(?:ngay )?{_DAY_OF_YEAR}(?: {_EACH_YEAR})?", _inclusive_day_of_year),
    (rf"(?:den )?het ngay {_DAY_OF_YEAR}(?: {_EACH_YEAR})?", _inclusive_day_of_year),
    (_BY_DAY_OF_QUARTER, _day_of_quarter),
    (_BY_DAY_OF_MONTH, _day_of_month),
    (_LAST_WEEK, _last_week),
    (_FROM_TO, _day_range),
    (rf"truoc {_MONTH}", _before_month),
    (rf"(?:{_DONE} )?{_UNTIL} {_MONTH}", _month),
    (rf"(?:{_DONE} )?{_UNTIL} {_QUARTER}", _quarter),
    (rf"{_DONE} {_UNTIL} nam (?P<y>{_YEAR})", _year),
    (rf"(?<!ban hanh )trong nam (?P<y>{_YEAR})", _year),
    (rf"sau khi {_EVENT} (?:duoc )?{_ENDING}", _waits),
    (rf"dinh ky,? {_PERIOD}(?:(?:,| va|, va) (?:bao cao )?{_PERIOD})*", _periodic),
    (r"(?P<head>dinh ky) [^.;\n]{2,90}? (?P<tail>theo (?:dung )?quy dinh)", _periodic_by_rule),
    (rf"(?P<head>dinh ky) [^.;,\n]{{2,110}}? {_EVERY_SO_OFTEN}", _periodic),
    (rf"dinh ky(?= {_REPORTING})", _periodic_unspecified),
    (r"(?<=, )thuong xuyen(?=[,;.])", _continuous),
)  # fmt: skip
"""Readings that hold within running text, in order."""

_MORE_YEARS = r"(?: va (?:nhung |cac )?nam tiep theo)?"
_AS_ASKED = r"(?:, theo (?:yeu cau|tien do)[^.;\n]{0,40})?"
_PAPERS = r"(?:ke hoach|chuong trinh|lich)"

ALONE: Final[tuple[tuple[re.Pattern[str], Reader], ...]] = _table(
    (rf"(?:ngay )?{_DAY}", _inclusive_day),
    (_MONTH, _month),
    (_QUARTER, _quarter),
    (rf"(?:trong )?nam (?P<y>{_YEAR})", _year),
    (rf"(?:trong )?giai doan (?P<y>{_YEAR}) ?[-–] ?(?P<y2>{_YEAR}){_MORE_YEARS}", _years),
    (rf"(?:bat dau )?(?:ke )?tu (?:ngay )?{_DAY}(?: tro di)?", _from_day),
    (_PERIOD, _periodic),
    (r"dinh ky", _periodic_unspecified),
    (rf"thuong xuyen(?:,? (?:lien tuc|hang ngay))?{_AS_ASKED}", _continuous),
    (r"theo (?:yeu cau|tien do|thuc te)[^.;:\n]{0,60}", _continuous),
    (r"(?:lien tuc|trong suot qua trinh[^.;\n]{0,40})", _continuous),
    (rf"theo (?P<event>{_PAPERS}[^.;:\n]{{0,120}})", _waits),
    (r"sau khi (?P<event>[^.;:,\n]{3,120})", _waits),
    (r"(?:khan truong|kip thoi|ngay|som|cap bach)", _urgent),  # codespell:ignore som
)
"""Readings that hold only where they fill a field of their own, in order."""
