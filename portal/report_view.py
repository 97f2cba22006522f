"""Figures of a report as tables, for the pages of the unit and of the office."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from documents.report_forms import NUMERIC, ROW_TITLE, TableForm, shown
from models.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """One filled form."""

    title: str
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    """Which columns hold figures."""
    rows: tuple[tuple[str, ...], ...]


def shown_tables(report: Report, forms: Sequence[TableForm]) -> Iterator[ShownTable]:
    """Yields the forms that a report has filled, in the order in which they are asked for."""
    filled = {str(one["form"]): one["rows"] for one in report.figures.get("forms", ())}
    for form in forms:
        if form.id not in filled:
            continue
        first = ("Nội dung",) if form.rows else ()
        yield ShownTable(
            title=form.title,
            headings=(*first, *(column.title for column in form.columns)),
            numeric=(*(False for _ in first), *(one.kind in NUMERIC for one in form.columns)),
            rows=tuple(
                (
                    *((str(row.get(ROW_TITLE, "")),) if form.rows else ()),
                    *(shown(column, row.get(column.key)) for column in form.columns),
                )
                for row in filled[form.id]
            ),
        )
