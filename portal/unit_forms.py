"""Tables on a unit's page: what is asked for, what was typed, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from actions.reports.figures import GivenFigures, typed_figures
from documents.report_forms import MOST_ROWS, FormFault, TableForm

_FIRST_ROWS: Final = 5
"""Empty rows to begin with, where units add their own."""
_MORE_ROWS: Final = 3
"""Empty rows below what was typed."""
MOST_TYPED_ROWS: Final = 50
"""Rows that a page takes; more come in a workbook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """One cell to be typed in."""

    name: str
    """Name of its field."""
    value: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """One table as the page shows it."""

    form: TableForm
    rows: tuple[tuple[CellView, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed into one table."""

    given: GivenFigures | None
    """None where every cell is empty."""
    faults: tuple[FormFault, ...] = ()


def form_view(
    form: TableForm, typed: Mapping[str, str], faults: Sequence[FormFault] = ()
) -> FormView:
    """Returns a table with what was typed before, and its faults at their cells."""
    wrong = {(one.row, one.key): one.reason for one in faults}
    count = _count(form, typed)
    rows = tuple(
        tuple(
            CellView(
                name=(name := cell_name(form, row, column.key)), value=typed.get(name, ""),
                fault=wrong.get((row, column.key), ""),
            )
            for column in form.columns
        )
        for row in range(count)
    )  # fmt: skip
    return FormView(form=form, rows=rows)


def read_typed(form: TableForm, typed: Mapping[str, str]) -> Typed:
    """Reads what was typed into a table."""
    count = len(form.rows) or _last_row(form, typed) + 1
    cells = [
        [typed.get(cell_name(form, row, column.key), "") for column in form.columns]
        for row in range(count)
    ]
    if not any(cell.strip() for row in cells for cell in row):
        return Typed(given=None)
    given, filled = typed_figures(form, cells)
    return Typed(given=given, faults=filled.faults)


def cell_name(form: TableForm, row: int, key: str) -> str:
    """Returns the name of a cell's field."""
    return f"o.{form.id}.{row}.{key}"


def _count(form: TableForm, typed: Mapping[str, str]) -> int:
    if form.rows:
        return len(form.rows)
    return min(max(_FIRST_ROWS, _last_row(form, typed) + 1 + _MORE_ROWS), MOST_TYPED_ROWS)


def _last_row(form: TableForm, typed: Mapping[str, str]) -> int:
    """Returns the index of the last row in which something was typed; -1 for none."""
    start = f"o.{form.id}."
    rows = [
        int(part)
        for name, value in typed.items()
        if name.startswith(start) and value.strip()
        and (part := name.removeprefix(start).partition(".")[0]).isdecimal()
    ]  # fmt: skip
    return min(max(rows, default=-1), MOST_ROWS - 1)
