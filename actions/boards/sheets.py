"""The boards as tables to take away: CSV and XLSX, whole or not at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from actions.boards.deadlines import OwedLine, by_day
from actions.boards.directives import FollowedRow, by_directive
from actions.boards.periods import Period
from actions.boards.units import UnitStanding, by_unit
from actions.errors import InvalidInputError, Problem
from actions.exporting import CSV, csv_of
from actions.listing.paging import MOST, Page
from actions.listing.sight import Reader
from actions.standing import state_words
from actions.telling import place
from documents.workbook import XLSX, CellValue, Sheet, workbook

MOST_ROWS: Final = 20_000
"""A longer table is refused; half of one would be taken for the whole."""
MEDIA_TYPES: Final = {"csv": CSV, "xlsx": XLSX}
"""Of the forms in which a table is taken away."""
BY_DIRECTIVE: Final = (
    "Số, ký hiệu", "Trích yếu", "Đơn vị", "Đã báo cáo", "Quá hạn", "Hạn gần nhất", "Chờ xem xét",
)  # fmt: skip
BY_UNIT: Final = (
    "Đơn vị", "Đúng hạn", "Muộn", "Quá hạn", "Còn hạn", "Tổng số", "Hạn gần nhất còn nợ",
)  # fmt: skip
BY_DAY: Final = ("Hạn", "Đơn vị", "Số, ký hiệu", "Trích yếu", "Mục", "Nhiệm vụ", "Tình trạng")

Row = tuple[CellValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a board."""

    name: str
    """Of the file, without its ending; of the sheet."""
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def written(self, form: str, at: datetime) -> bytes:
        """Returns it as one of `MEDIA_TYPES`; `at` is the instant that a workbook bears.

        Raises:
            InvalidInputError: there is no such form.
        """
        if form == "csv":
            return csv_of(self.header, ([_text(one) for one in row] for row in self.rows))
        if form == "xlsx":
            sheet = Sheet(name=self.name[:31], header=self.header, rows=self.rows)
            return workbook((sheet,), title=self.name, at=at)
        reason = "Tệp tải về là csv hoặc xlsx. Bấm một trong hai nút trên trang."
        raise InvalidInputError(Problem(place="Dạng tệp", reason=reason))


def directives_table(reader: Reader, *, is_closed: bool) -> Table:
    """Returns all directives that are followed up, or those that were.

    Raises:
        InvalidInputError: there are too many.
    """

    def read(after: str | None) -> Page[FollowedRow]:
        return by_directive(reader, is_closed=is_closed, after=after, limit=MOST)

    rows = tuple(
        (
            one.directive.number_text or "", one.directive.subject, one.standing.units,
            one.standing.answered, one.standing.late, one.standing.next_due or "", one.to_decide,
        )
        for one in _whole(read)
    )  # fmt: skip
    return Table(name="theo-doi-van-ban", header=BY_DIRECTIVE, rows=rows)


def units_table(reader: Reader, period: Period, *, named: str) -> Table:
    """Returns all units that were to answer within a period.

    Raises:
        InvalidInputError: there are too many.
    """

    def read(after: str | None) -> Page[UnitStanding]:
        return by_unit(reader, period, named=named, after=after, limit=MOST)

    rows = tuple(
        (
            one.name, one.count.in_time, one.count.late, one.count.missing, one.count.to_come,
            one.count.whole, one.last_answer or "",
        )
        for one in _whole(read)
    )  # fmt: skip
    return Table(name=f"don-vi-{period.key}", header=BY_UNIT, rows=rows)


def owed_table(reader: Reader, at: datetime, *, span: str, named: str) -> Table:
    """Returns everything that is still owed within a span.

    Raises:
        InvalidInputError: there is too much, or no such span.
    """

    def read(after: str | None) -> Page[OwedLine]:
        return by_day(reader, span=span, named=named, after=after, limit=MOST)

    rows = tuple(
        (
            one.obligation.due or "", one.unit, one.directive.number_text or "",
            one.directive.subject, place(one.obligation), one.obligation.what,
            state_words(one.obligation, at),
        )
        for one in _whole(read)
    )  # fmt: skip
    return Table(name="viec-con-no", header=BY_DAY, rows=rows)


def _whole(read: Callable[[str | None], Page[Any]]) -> Iterator[Any]:
    count, after = 0, None
    while True:
        found = read(after)
        yield from found.items
        count += len(found.items)
        after = found.next
        if after is None:
            return
        if count >= MOST_ROWS:
            raise too_long(MOST_ROWS)


def too_long(most: int) -> InvalidInputError:
    """Returns what is said of a table of more rows than that."""
    reason = f"Bảng dài hơn {most} dòng. Lọc bớt rồi tải lại."
    return InvalidInputError(Problem(place="Tải bảng", reason=reason))


def _text(cell: CellValue) -> str:
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)
