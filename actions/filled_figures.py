"""What units filled into the forms of a directive, as tables for the consolidated report."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents.consolidate_figures import FigureColumn, FigureTable
from documents.report_forms import ROW_TITLE
from models.directive import Directive
from models.organisation import Organisation
from models.report import Report, ReportForm

NUMERIC: Final = frozenset({"integer", "decimal"})


def figure_tables(
    session: Session, directive: Directive, *, period_key: str | None = None
) -> tuple[FigureTable, ...]:
    """Returns one table a form; of each unit the newest report that was not returned counts.

    Args:
        session: an open look.
        directive: the directive.
        period_key: of one period; of all where None.
    """
    forms = session.scalars(
        select(ReportForm)
        .where(ReportForm.directive_id == directive.id)
        .order_by(ReportForm.task_ref)
    ).all()
    filled = _filled(session, directive, period_key)
    tables = (_table(form, filled) for form in forms)
    return tuple(one for one in tables if one.rows)


Filled = list[tuple[str, Mapping[str, Any]]]


def _filled(session: Session, directive: Directive, period_key: str | None) -> Filled:
    """Returns unit and figures of the newest report of each unit and form."""
    query = (
        select(Report, Organisation.name)
        .join(Organisation, Organisation.id == Report.organisation_id)
        .where(Report.directive_id == directive.id, Report.state != "returned")
        .order_by(Report.received_at, Report.id)
    )
    if period_key is not None:
        query = query.where(Report.period_key == period_key)
    newest: dict[tuple[str, str, str], tuple[str, Mapping[str, Any]]] = {}
    for report, unit in session.execute(query):
        for filled in report.figures.get("forms", ()):
            key = (report.organisation_id, report.period_key, str(filled["form"]))
            newest[key] = (unit, filled)
    return sorted(newest.values(), key=lambda pair: pair[0])


def _table(form: ReportForm, filled: Filled) -> FigureTable:
    titled = bool(form.rows)
    head = (FigureColumn(title="Nội dung"),) if titled else ()
    columns = tuple(
        FigureColumn(
            title=str(one["title"]), numeric=one["kind"] in NUMERIC,
            summed=bool(one.get("sum")) and one["kind"] in NUMERIC,
        )
        for one in form.columns
    )  # fmt: skip
    rows = tuple(
        (unit, (*((str(row.get(ROW_TITLE, "")),) if titled else ()), *_cells(form, row)))
        for unit, figures in filled
        if str(figures.get("form", "")) == str(form.id)
        for row in figures.get("rows", ())
    )
    return FigureTable(
        title=form.title, obligation=form.task_ref, columns=(*head, *columns), rows=rows
    )


def _cells(form: ReportForm, row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_cell(row.get(one["key"]), one["kind"]) for one in form.columns)


def _cell(value: object, kind: str) -> str:
    """Figures lie in the database as a machine writes them; papers write them our way."""
    if value is None:
        return ""
    text = str(value)
    if kind in NUMERIC:
        return text.replace(".", ",")
    if kind == "date" and len(text.split("-")) == 3:  # noqa: PLR2004 (year, month, day)
        year, month, day = text.split("-")
        return f"{int(day)}/{int(month)}/{year}"
    return text
