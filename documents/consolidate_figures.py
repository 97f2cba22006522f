"""Figures of a consolidated report: who was on time, and tables that units filled, with sums."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from documents.wording import number_of, number_text
from documents.workbook import CellValue, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Punctuality:
    """How many reports stand where; each obligation counts once."""

    on_time: int = 0
    late: int = 0
    missing: int = 0
    """Owed after the last working day."""
    waiting: int = 0
    """Owed, and still in time (or without a day)."""

    def bars(self) -> list[tuple[str, int]]:
        """Words and counts, in the order in which they are shown; none that counts nothing."""
        all_of_them = (
            ("Đúng hạn", self.on_time),
            ("Muộn", self.late),
            ("Quá hạn, chưa báo cáo", self.missing),
            ("Chưa đến hạn", self.waiting),
        )
        return [(words, count) for words, count in all_of_them if count]


NOBODY = Punctuality()
"""Nobody owes anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureColumn:
    """One column of a form."""

    title: str
    numeric: bool = False
    """Holds figures."""
    summed: bool = False
    """Its figures are added up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureTable:
    """What units filled into the form of one task."""

    title: str
    obligation: str
    """Label in the directive: "III.2"."""
    columns: tuple[FigureColumn, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    """Unit and its cells, as many as there are columns."""

    def sums(self) -> tuple[Decimal | None, ...]:
        """The sum of each column that is to be summed; None for the others."""
        return tuple(
            sum((number_of(cells[at]) or Decimal(0) for _, cells in self.rows), Decimal(0))
            if column.summed
            else None
            for at, column in enumerate(self.columns)
        )

    def headings(self) -> tuple[str, ...]:
        """Headings, the unit first."""
        return ("Đơn vị", *(column.title for column in self.columns))

    def page_rows(self) -> list[list[str]]:
        """Rows as they are printed, the sums last where there are any."""
        rows = [[unit, *cells] for unit, cells in self.rows]
        sums = self.sums()
        if any(one is not None for one in sums):
            rows.append(
                ["Tổng cộng", *(number_text(one) if one is not None else "" for one in sums)]
            )
        return rows


def figure_sheets(tables: Sequence[FigureTable]) -> Iterator[Sheet]:
    """One sheet a table; figures are numbers there, so that they can be worked with."""
    for number, table in enumerate(tables, start=1):
        rows = [(unit, *_cells(table, cells)) for unit, cells in table.rows]
        sums = table.sums()
        if any(one is not None for one in sums):
            rows.append(("Tổng cộng", *(one if one is not None else "" for one in sums)))
        yield Sheet(
            name=f"Biểu {number} {table.obligation}".replace("/", "-")[:31],
            header=table.headings(), rows=tuple(rows),
        )  # fmt: skip


def _cells(table: FigureTable, cells: Sequence[str]) -> Iterator[CellValue]:
    for column, cell in zip(table.columns, cells, strict=True):
        number = number_of(cell) if column.numeric else None
        yield cell if number is None else number
