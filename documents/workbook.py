"""Workbooks (XLSX): the same content gives the same bytes, and no text becomes a formula."""

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Media type of a workbook."""
CellValue = str | int | Decimal | date
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CELL_MAX = 32_767  # Source: ECMA-376, limit of a cell
_CUT = " … (rút gọn, xem tệp gốc)"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can carry
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_LINE = Side(style="thin", color="DEDBD3")
_WIDTH_MAX = 60
_BODY, _DAY = "Dòng", "Dòng ngày"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars of the second column, named by the first, beside the rows."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet with a head that stays in sight and on every printed page."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[CellValue, ...], ...]
    chart: Chart | None = None


def workbook(sheets: tuple[Sheet, ...], *, title: str, at: datetime) -> bytes:
    """Makes a workbook; `at` (aware) is written as its time of making."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for style in _named_styles():
        book.add_named_style(style)
    made = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.creator = "Trình Ký"
    book.properties.title = legal_text(title)
    book.properties.created = made
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet)
    out = io.BytesIO()
    book.save(out)
    return without_clock(out.getvalue(), made)


def _fill(page: Worksheet, sheet: Sheet) -> None:
    for column, name in enumerate(sheet.header, start=1):
        cell = _cell(page, 1, column)
        _write(cell, name)
        cell.font = Font(name="Times New Roman", size=11, bold=True)
        cell.fill = PatternFill("solid", fgColor="F6F5F1")
    for number, row in enumerate(sheet.rows, start=2):
        for column, value in enumerate(row, start=1):
            _write(_cell(page, number, column), value)
    _shape(page, sheet)
    if sheet.chart is not None:
        _draw(page, sheet, sheet.chart)


def _draw(page: Worksheet, sheet: Sheet, chart: Chart) -> None:
    """Lying bars in one colour, without a legend: the words stand beside each."""
    bars = BarChart()
    bars.type, bars.style, bars.title, bars.legend = "bar", 10, chart.title, None
    bottom = len(sheet.rows) + 1
    bars.add_data(Reference(page, min_col=2, min_row=1, max_row=bottom), titles_from_data=True)
    bars.set_categories(Reference(page, min_col=1, min_row=2, max_row=bottom))
    bars.x_axis.delete = bars.y_axis.delete = False
    bars.height, bars.width = 8, 16
    page.add_chart(bars, f"{get_column_letter(len(sheet.header) + 2)}2")


def _shape(page: Worksheet, sheet: Sheet) -> None:
    for column, name in enumerate(sheet.header):
        longest = max((len(str(row[column])) for row in sheet.rows), default=0)
        width = min(max(longest, len(name)) + 2, _WIDTH_MAX)
        page.column_dimensions[get_column_letter(column + 1)].width = width
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = "9"  # A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.rows:
        page.auto_filter.ref = page.dimensions


def _cell(page: Worksheet, row: int, column: int) -> Cell:
    cell = page.cell(row=row, column=column)
    if not isinstance(cell, Cell):  # pragma: no cover - nothing is merged here
        raise TypeError(cell)
    return cell


def _write(cell: Cell, value: CellValue) -> None:
    """Writes a value so that a text stays a text, whatever it begins with."""
    cell.style = _DAY if isinstance(value, date) else _BODY
    if not isinstance(value, str):
        cell.value = value
        return
    text = legal_text(value)
    cell.value = text
    # openpyxl takes "=" for a formula; other programs take more than that.
    cell.data_type = "s"
    if text.startswith(_FORMULA_STARTS):
        cell.quotePrefix = True


def _named_styles() -> tuple[NamedStyle, NamedStyle]:
    """One style for all cells of a kind: a style of its own for each costs ten times as much."""
    font = Font(name="Times New Roman", size=11)
    place = Alignment(wrap_text=True, vertical="top")
    lines = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    body = NamedStyle(name=_BODY, font=font, alignment=place, border=lines)
    day = NamedStyle(
        name=_DAY, font=font, alignment=place, border=lines, number_format="dd/mm/yyyy"
    )
    return body, day


def legal_text(text: str) -> str:
    """A text that a workbook can hold: control characters become visible, length is bounded."""
    shown = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    shown = shown.encode("utf-8", "replace").decode("utf-8")
    return shown if len(shown) <= _CELL_MAX else shown[: _CELL_MAX - len(_CUT)] + _CUT


def without_clock(data: bytes, made: datetime) -> bytes:
    """Writes the archive anew: its entries and properties carry the time of the machine."""
    out = io.BytesIO()
    stamp = f"{made.isoformat()}Z".encode()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            entry = zipfile.ZipInfo(name, date_time=_ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, content)
    return out.getvalue()
