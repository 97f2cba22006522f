"""Tables that a directive asks its units to fill (biểu mẫu số liệu), and what units wrote in them.

What was typed in a page and what stands in a workbook goes through the same checks; each fault
names its cell. Figures are exact: integers and `Decimal`, never floating point.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

MOST_COLUMNS: Final = 30
MOST_ROWS: Final = 500
"""Rows that a unit may add, and fixed rows of a form."""
MOST_TEXT: Final = 2000
MOST_CHOICES: Final = 100
ROW_TITLE: Final = "row"
"""Key under which a fixed row bears its title."""
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")
_LARGEST: Final = Decimal(10) ** 15
_MOST_PLACES: Final = 6
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}([. \u00a0]\d{3})+")
_PLAIN: Final = re.compile(r"[+-]?\d+")
_COMMA: Final = re.compile(r"[+-]?(\d+|\d{1,3}([. \u00a0]\d{3})+),\d+")
_POINT: Final = re.compile(r"[+-]?\d+\.\d+")
_DAY_FORMS: Final = ("%d/%m/%Y", "%Y-%m-%d")

Value = str | int | Decimal | date
Cell = str | int | Decimal | date | None
Row = Mapping[str, Value]
"""By the key of the column; an empty cell has no entry."""


class ColumnKind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    CHOICE = "choice"


KIND_WORDS: Final = {
    ColumnKind.TEXT: "chữ", ColumnKind.INTEGER: "số nguyên", ColumnKind.DECIMAL: "số",
    ColumnKind.DATE: "ngày (dd/mm/yyyy)", ColumnKind.CHOICE: "một trong các lựa chọn",
}  # fmt: skip
"""How kinds are called to people."""
NUMERIC: Final = frozenset({ColumnKind.INTEGER, ColumnKind.DECIMAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormColumn:
    """One column of a form."""

    key: str
    """`[a-z][a-z0-9_]*`; stable, never shown."""
    title: str
    kind: ColumnKind = ColumnKind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    sum: bool = False
    """Its figures are added up in the consolidated report."""

    def to_json(self) -> dict[str, Any]:
        """Returns it as the database holds it."""
        return {
            "key": self.key, "title": self.title, "kind": self.kind.value,
            "required": self.required, "choices": list(self.choices), "sum": self.sum,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TableForm:
    """A table to be filled."""

    id: str
    version: int
    task_ref: str
    """The task that asks for it: `R1`."""
    title: str
    columns: tuple[FormColumn, ...]
    rows: tuple[str, ...] = ()
    """Titles of fixed rows; empty where the unit adds its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFault:
    """One thing that is wrong."""

    place: str
    """`Ô C7`, `Dòng 2, cột Số lớp`, `Cột 3`."""
    reason: str
    row: int = -1
    """Index of the row and key of the column, where it is about a cell."""
    key: str = ""

    def sentence(self) -> str:
        """Place and reason in one."""
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a unit wrote in a form: its rows, or what is wrong with them."""

    rows: tuple[Row, ...] = ()
    faults: tuple[FormFault, ...] = field(default=())


def column_from_json(one: Mapping[str, Any]) -> FormColumn:
    """Returns a column from what the database holds."""
    return FormColumn(
        key=str(one["key"]), title=str(one["title"]), kind=ColumnKind(one["kind"]),
        required=bool(one.get("required")), choices=tuple(map(str, one.get("choices", ()))),
        sum=bool(one.get("sum")),
    )  # fmt: skip


def definition_faults(form: TableForm) -> list[FormFault]:
    """Returns what is wrong with a form itself; empty where it can be asked for."""
    return [FormFault(place=place, reason=reason) for place, reason in _definition(form)]


def _definition(form: TableForm) -> Iterator[tuple[str, str]]:
    if not form.title.strip() or len(form.title) > 300:  # noqa: PLR2004 (width of its column)
        yield "Tên biểu", "ghi tên biểu, không quá 300 ký tự."
    if not 1 <= len(form.columns) <= MOST_COLUMNS:
        yield "Các cột", f"biểu phải có từ 1 đến {MOST_COLUMNS} cột."
    if len(form.rows) > MOST_ROWS or len(set(form.rows)) != len(form.rows):
        yield "Các dòng", f"không quá {MOST_ROWS} dòng và không dòng nào trùng tên."
    if any(not row.strip() for row in form.rows):
        yield "Các dòng", "mỗi dòng cố định phải có tên."
    keys, titles = [one.key for one in form.columns], [one.title.strip() for one in form.columns]
    for number, one in enumerate(form.columns, start=1):
        yield from (
            (f"Cột {number}", reason)
            for reason in _column_faults(one, keys.count(one.key), titles.count(one.title.strip()))
        )


def _column_faults(one: FormColumn, same_key: int, same_title: int) -> Iterator[str]:
    if not _KEY.fullmatch(one.key) or one.key == ROW_TITLE or same_key > 1:
        yield "mã cột phải khác nhau, gồm chữ thường không dấu, số, gạch dưới, và khác “row”."
    if not one.title.strip() or same_title > 1:
        yield "tên cột không được trống và không được trùng."
    if one.kind is ColumnKind.CHOICE and not 1 <= len(set(one.choices)) <= MOST_CHOICES:
        yield f"ghi từ 1 đến {MOST_CHOICES} lựa chọn."
    if one.sum and one.kind not in NUMERIC:
        yield "chỉ cột số mới cộng được."


def read_rows(
    form: TableForm, cells: Sequence[Sequence[Cell]], place: Callable[[int, int], str]
) -> Filled:
    """Checks what was written, row by row.

    Args:
        form: the form.
        cells: one sequence a row, as many as there are columns; of a form with fixed rows exactly
            those, in their order.
        place: names a cell to people by the index of its row and column.
    """
    rows: list[Row] = []
    faults: list[FormFault] = []
    for at, line in enumerate(cells):
        if not form.rows and all(_is_empty(cell) for cell in line):
            continue
        row: dict[str, Value] = {ROW_TITLE: form.rows[at]} if form.rows else {}
        for number, (column, cell) in enumerate(zip(form.columns, line, strict=True)):
            try:
                value = read_cell(column, cell)
            except ValueError as fault:
                where = place(at, number)
                faults.append(FormFault(place=where, reason=str(fault), row=at, key=column.key))
            else:
                row |= {} if value is None else {column.key: value}
        rows.append(row)
    if not rows:
        faults.append(FormFault(place=form.title, reason="chưa có dòng nào; ghi ít nhất một dòng."))
    return Filled(faults=tuple(faults)) if faults else Filled(rows=tuple(rows))


def read_cell(column: FormColumn, cell: Cell) -> Value | None:
    """Returns the value of a cell; None for an empty one.

    Raises:
        ValueError: it is not what the column holds; the message says in Vietnamese what is.
    """
    if _is_empty(cell):
        if column.required:
            raise ValueError("chưa ghi; ghi 0 nếu không có." if column.kind in NUMERIC
                             else "chưa ghi.")  # fmt: skip
        return None
    value = cell.strip() if isinstance(cell, str) else cell
    match column.kind:
        case ColumnKind.INTEGER:
            return _integer(value)
        case ColumnKind.DECIMAL:
            return _decimal(value)
        case ColumnKind.DATE:
            return _day(value)
        case ColumnKind.CHOICE:
            return _choice(column, value)
        case _:
            return _text(value)


def _is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _integer(value: Cell) -> int:
    number = _number(value, "phải là số nguyên, ví dụ 12 hoặc 1.250.")
    if number != number.to_integral_value():
        raise ValueError("phải là số nguyên, không có phần lẻ.")
    return int(number)


def _decimal(value: Cell) -> Decimal:
    if isinstance(value, str) and _GROUPED.fullmatch(value) and value.count(".") == 1:
        # One point and three digits: a thousand to some, a fraction to others.
        raise ValueError("chưa rõ là hàng nghìn hay phần lẻ; ghi 1234 hoặc 1,234.")
    number = _number(value, "phải là số, ví dụ 12 hoặc 12,5.")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _MOST_PLACES:
        number = number.quantize(Decimal(1).scaleb(-_MOST_PLACES))
    return number


def _number(value: Cell, advice: str) -> Decimal:
    if isinstance(value, int | Decimal):
        number = Decimal(value)
    elif isinstance(value, str):
        number = _number_in(value, advice)
    else:
        raise ValueError(advice)  # noqa: TRY004 (a fault of what was written, not of a caller)
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise ValueError("số quá lớn; kiểm tra lại đơn vị tính.")
    return number


def _number_in(text: str, advice: str) -> Decimal:
    """A figure as Vietnamese people write it: points or spaces between thousands, a comma."""
    if len(text) > 40:  # noqa: PLR2004 (no figure of an office is as long)
        raise ValueError(advice)
    if _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text) or _COMMA.fullmatch(text):
        return Decimal(re.sub(r"[. \u00a0]", "", text).replace(",", "."))
    if _POINT.fullmatch(text):
        return Decimal(text)
    raise ValueError(advice)


def _day(value: Cell) -> date:
    if isinstance(value, date):
        return value
    for form in _DAY_FORMS:
        try:
            # Only the day counts; it has no zone.
            return datetime.strptime(str(value), form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError("phải là ngày dạng dd/mm/yyyy, ví dụ 31/10/2022.")


def _choice(column: FormColumn, value: Cell) -> str:
    said = _text(value).casefold()
    for choice in column.choices:
        if choice.strip().casefold() == said:
            return choice
    raise ValueError(f"phải là một trong: {'; '.join(column.choices)}.")


def _text(value: Cell) -> str:
    text = f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
    if len(text) > MOST_TEXT:
        raise ValueError(f"quá dài; ghi không quá {MOST_TEXT} ký tự.")
    if any(ord(letter) < ord(" ") and letter not in "\n\t\r" for letter in text):
        raise ValueError("có ký tự không đọc được; gõ lại.")
    return text


def rows_to_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Returns rows as the database holds them: decimals as text, days in ISO."""
    return [{key: _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: Value) -> str | int:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def shown(column: FormColumn, value: object) -> str:
    """Returns a stored value as people read it: `12,5`, `31/10/2022`; empty for nothing."""
    if value is None:
        return ""
    if column.kind in NUMERIC:
        return str(value).replace(".", ",")
    if column.kind is ColumnKind.DATE:
        return f"{date.fromisoformat(str(value)):%d/%m/%Y}"
    return str(value)
