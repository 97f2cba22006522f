"""Forms as workbooks: a template goes out to a unit, the filled file comes back and is read.

The template guards by locked cells and rules for entries; nothing of that is believed when the file
comes back. A hidden sheet says which form it is, in which version.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from documents.errors import WorkbookRefusedError
from documents.grids import Grid, read_grid
from documents.report_forms import (
    KIND_WORDS,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    ColumnKind,
    Filled,
    FormColumn,
    FormFault,
    TableForm,
    read_rows,
)
from documents.workbook import legal_text, without_clock

SHEET: Final = "Bieu"
MARK_SHEET: Final = "_bieu"
"""Hidden: what the file is, the form's identifier and version, and choices from column B on."""
MARK: Final = "trinhky-bieu"
_HEAD_ROW: Final = 5
_FREE_ROWS: Final = 200
"""Rows in which a unit may write; it may add more below, up to the limit of rows."""
_FONT: Final = "Times New Roman"
_LINE: Final = Side(style="thin", color="DEDBD3")
_EDGE: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_FORMATS: Final = {
    ColumnKind.INTEGER: "#,##0", ColumnKind.DECIMAL: "#,##0.######",
    ColumnKind.DATE: "dd/mm/yyyy", ColumnKind.TEXT: "@", ColumnKind.CHOICE: "@",
}  # fmt: skip
_LARGEST: Final = "999999999999999"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above the table."""

    number: str
    """Number of the directive."""
    unit: str
    deadline: str = ""
    """In words; empty where none is known."""


def is_workbook(content: bytes) -> bool:
    """Tells whether a file may be a workbook: it is a zip."""
    return content.startswith(b"PK\x03\x04")


def form_template_xlsx(form: TableForm, heading: Heading, *, at: datetime) -> bytes:
    """Returns the workbook that a unit fills; the same form at the same instant, the same bytes."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = SHEET
    book.properties.creator, book.properties.title = "Trình Ký", legal_text(form.title)
    made = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.created = made
    _write_head(page, form, heading)
    _write_body(page, form)
    _write_mark(book.create_sheet(MARK_SHEET), form)
    _guard(page, form)
    out = io.BytesIO()
    book.save(out)
    return without_clock(out.getvalue(), made)


def read_form_xlsx(raw: bytes, form: TableForm) -> Filled:
    """Reads a filled template; only values count, each fault names its cell (`Ô C7`).

    Raises:
        WorkbookRefusedError: no workbook, macros, too large, made of another form or version.
    """
    mark = form_of_workbook(raw)
    if mark is None or mark[0] != form.id:
        raise WorkbookRefusedError("other_form")
    if mark[1] != form.version:
        raise WorkbookRefusedError("old_form")
    width = len(form.columns) + _shift(form)
    grid = read_grid(
        raw, sheet=SHEET, most_rows=MOST_ROWS + _HEAD_ROW, most_columns=MOST_COLUMNS + 1
    )
    body = [(*row, *(None,) * (width - len(row)))[:width] for row in grid[_HEAD_ROW:]]
    fault = _shape_fault(grid, body, form)
    if fault is not None:
        return Filled(faults=(fault,))
    cells = [row[_shift(form) :] for row in body]
    return read_rows(form, cells, lambda row, column: f"Ô {_address(form, row, column)}")


def form_of_workbook(raw: bytes) -> tuple[str, int] | None:
    """Returns identifier and version of the form that a workbook was made of; None for any other.

    Raises:
        WorkbookRefusedError: macros, too large, or it cannot be read.
    """
    try:
        grid = read_grid(raw, sheet=MARK_SHEET, most_rows=200, most_columns=MOST_COLUMNS + 1)
    except WorkbookRefusedError as refusal:
        if refusal.reason == "no_such_sheet":
            return None
        raise
    first = [row[0] if row else None for row in grid[:3]]
    if len(first) < 3 or first[0] != MARK or not isinstance(first[2], int):  # noqa: PLR2004
        return None
    return str(first[1]), first[2]


def _shift(form: TableForm) -> int:
    """Columns before the first that is filled: titles of fixed rows stand there."""
    return 1 if form.rows else 0


def _address(form: TableForm, row: int, column: int) -> str:
    return f"{get_column_letter(column + 1 + _shift(form))}{row + 1 + _HEAD_ROW}"


def _headings(form: TableForm) -> tuple[str, ...]:
    first = ("Nội dung",) if form.rows else ()
    return (*first, *(one.title + (" (*)" if one.required else "") for one in form.columns))


def _shape_fault(grid: Grid, body: Sequence[Sequence[Cell]], form: TableForm) -> FormFault | None:
    """What was added to, or taken from, the locked parts; None where they are as they went out."""
    wanted = [legal_text(one).strip() for one in _headings(form)]
    head = list(grid[_HEAD_ROW - 1][: len(wanted)]) if len(grid) >= _HEAD_ROW else []
    if [str(one) for one in head] != wanted:
        return FormFault(
            place=f"Dòng {_HEAD_ROW}",
            reason="tên các cột đã bị sửa; tải lại tệp mẫu, chép số liệu sang rồi gửi lại.",
        )
    if not form.rows:
        return None
    titles = [str(row[0]) for row in body]
    if titles != [legal_text(one).strip() for one in form.rows]:
        return FormFault(
            place="Cột A", reason="tên các dòng đã bị sửa, thêm hoặc bớt; dùng lại tệp mẫu."
        )
    return None


def _write_head(page: Worksheet, form: TableForm, heading: Heading) -> None:
    lines = (
        form.title,
        f"Theo văn bản số {heading.number}, mục {form.task_ref}",
        f"Đơn vị: {heading.unit}" + (f". Hạn: {heading.deadline}" if heading.deadline else ""),
        "Chỉ ghi vào các ô trắng; cột có dấu (*) bắt buộc ghi. Lưu lại ở dạng XLSX rồi gửi.",
    )
    for row, text in enumerate(lines, start=1):
        _put(page, row, 1, text, bold=row == 1, size=13 if row == 1 else 11, edge=False)
    for number, title in enumerate(_headings(form), start=1):
        _put(page, _HEAD_ROW, number, title, bold=True, ground=True)


def _write_body(page: Worksheet, form: TableForm) -> None:
    count = len(form.rows) or _FREE_ROWS
    for at in range(count):
        if form.rows:
            _put(page, at + 1 + _HEAD_ROW, 1, form.rows[at], ground=True)
        for number, column in enumerate(form.columns):
            cell = page.cell(row=at + 1 + _HEAD_ROW, column=number + 1 + _shift(form))
            cell.number_format = _FORMATS[column.kind]
            cell.protection = Protection(locked=False)
            cell.border = _EDGE
            cell.font = Font(name=_FONT, size=11)
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _write_mark(page: Worksheet, form: TableForm) -> None:
    marks: tuple[str | int, ...] = (MARK, form.id, form.version)
    for row, value in enumerate(marks, start=1):
        page.cell(row=row, column=1, value=value)
    for number, column in enumerate(form.columns, start=2):
        for row, choice in enumerate(column.choices, start=1):
            page.cell(row=row, column=number, value=legal_text(choice)).data_type = "s"
    page.sheet_state = "veryHidden"


def _guard(page: Worksheet, form: TableForm) -> None:
    last = _HEAD_ROW + (len(form.rows) or _FREE_ROWS)
    for number, column in enumerate(form.columns):
        letter = get_column_letter(number + 1 + _shift(form))
        rule = _rule(column, number)
        if rule is not None:
            rule.error = f"Ô này phải là {KIND_WORDS[column.kind]}."
            rule.errorTitle, rule.showErrorMessage = "Chưa đúng", True
            rule.add(f"{letter}{_HEAD_ROW + 1}:{letter}{last}")
            page.add_data_validation(rule)
        page.column_dimensions[letter].width = max(14, min(len(column.title) + 4, 40))
    if form.rows:
        page.column_dimensions["A"].width = max(20, min(max(map(len, form.rows)) + 2, 60))
    page.freeze_panes = f"A{_HEAD_ROW + 1}"
    page.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", "9"
    # No password: it keeps honest people from slips, and is no secret.
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False


def _rule(column: FormColumn, number: int) -> DataValidation | None:
    match column.kind:
        case ColumnKind.CHOICE:
            letter = get_column_letter(number + 2)
            span = f"'{MARK_SHEET}'!${letter}$1:${letter}${len(column.choices)}"
            return DataValidation(type="list", formula1=span, allow_blank=True)
        case ColumnKind.INTEGER | ColumnKind.DECIMAL:
            return DataValidation(
                type="whole" if column.kind is ColumnKind.INTEGER else "decimal",
                operator="between", formula1=f"-{_LARGEST}", formula2=_LARGEST, allow_blank=True,
            )  # fmt: skip
        case ColumnKind.DATE:
            return DataValidation(
                type="date", operator="greaterThan", formula1="1", allow_blank=True
            )
        case _:
            return None


def _put(
    page: Worksheet,
    row: int,
    column: int,
    text: str,
    *,
    bold: bool = False,
    size: int = 11,
    ground: bool = False,
    edge: bool = True,
) -> None:
    cell = page.cell(row=row, column=column, value=legal_text(text))
    # A text stays a text, whatever it begins with.
    cell.data_type = "s"
    cell.font = Font(name=_FONT, size=size, bold=bold)
    if ground:
        cell.fill = PatternFill("solid", fgColor="F6F5F1")
    if edge:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.border = _EDGE
