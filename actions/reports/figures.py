"""Figures that come with a report: typed in the page, or in a workbook among its files.

Where a task has a form, a report on it without good figures goes back to the unit at once, with
each fault named; the PDF is kept all the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from actions.reports.attachments import NewAttachment
from actions.reports.forms import forms_of
from documents.errors import WorkbookRefusedError
from documents.report_forms import Filled, Row, TableForm, read_rows, rows_to_json
from documents.report_sheets import form_of_workbook, is_workbook, read_form_xlsx
from models.base import DirectiveId

_MOST_FAULTS: Final = 10
"""Faults that are named; more of the same help nobody."""
_ENDINGS: Final = (".xlsx", ".xlsm", ".xls")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFigures:
    """What a unit gave for one form."""

    form_id: str
    version: int
    rows: tuple[Row, ...] = ()
    faults: tuple[str, ...] = ()
    """Sentences; rows count only where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Figures held against the forms that the answered tasks ask for."""

    stored: Mapping[str, Any]
    """As `Report.figures` holds them; empty where nothing is asked for."""
    fault: str | None
    """Why the report goes back."""


def typed_figures(form: TableForm, cells: Sequence[Sequence[str]]) -> tuple[GivenFigures, Filled]:
    """Reads what was typed in the page; also returns the faults with their cells, for the page."""
    titles = form.rows

    def place(row: int, column: int) -> str:
        line = f"Dòng “{titles[row]}”" if titles else f"Dòng {row + 1}"
        return f"{line}, cột “{form.columns[column].title}”"

    filled = read_rows(form, cells, place)
    return _given(form, filled), filled


def workbook_figures(
    attachments: Iterable[NewAttachment], forms: Sequence[TableForm]
) -> tuple[list[GivenFigures], list[str]]:
    """Reads the workbooks among the files that were made of one of the forms.

    Returns what they give, and the reasons of those that could not be opened at all. Slow (a child
    process reads each): never inside a transaction.
    """
    given, refused = [], []
    for one in attachments if forms else ():
        if not (is_workbook(one.content) and one.name.lower().endswith(_ENDINGS)):
            continue
        try:
            found = _of_workbook(one.content, forms)
        except WorkbookRefusedError as refusal:
            refused.append(f"“{one.name}”: {refusal.diagnosis()}")
        else:
            given += [found] if found else []
    return given, refused


def _of_workbook(content: bytes, forms: Sequence[TableForm]) -> GivenFigures | None:
    mark = form_of_workbook(content)
    form = next((one for one in forms if mark and one.id == mark[0]), None)
    if form is None or mark is None:
        return None
    if mark[1] != form.version:
        return GivenFigures(form_id=form.id, version=mark[1])
    return _given(form, read_form_xlsx(content, form))


def _given(form: TableForm, filled: Filled) -> GivenFigures:
    return GivenFigures(
        form_id=form.id, version=form.version, rows=filled.rows,
        faults=tuple(fault.sentence() for fault in filled.faults),
    )  # fmt: skip


def judge_figures(
    session: Session,
    directive_id: DirectiveId,
    task_refs: Iterable[str],
    given: Sequence[GivenFigures],
    refused: Sequence[str],
) -> Judged:
    """Holds what was given against what the answered tasks ask for. Inside the transaction."""
    stored: list[dict[str, Any]] = []
    reasons: list[str] = []
    for form in forms_of(session, directive_id, task_refs, lock=True):
        # The last one counts: a unit that sends a form twice means the second.
        found = next((one for one in reversed(given) if one.form_id == form.id), None)
        reason = _fault(form, found, refused)
        if reason is not None:
            reasons.append(reason)
        elif found is not None:
            rows = rows_to_json(found.rows)
            stored.append({"form": form.id, "version": form.version, "rows": rows})
    return Judged(
        stored={"forms": stored} if stored else {}, fault=" ".join(reasons) if reasons else None
    )


def _fault(form: TableForm, found: GivenFigures | None, refused: Sequence[str]) -> str | None:
    if found is None:
        beside = f" Tệp không đọc được: {'; '.join(refused)}" if refused else ""
        return (
            f"Báo cáo thiếu số liệu “{form.title}” mà mục {form.task_ref} yêu cầu. Đề nghị điền "
            f"bảng tại trang của đơn vị hoặc gửi kèm tệp mẫu XLSX đã ghi, cùng báo cáo.{beside}"
        )
    if found.version != form.version:
        return (
            f"“{form.title}” làm theo mẫu cũ, nay biểu đã thay đổi. Đề nghị tải lại tệp mẫu, "
            "chép số liệu sang rồi gửi lại."
        )
    if found.faults:
        named = " ".join(found.faults[:_MOST_FAULTS])
        more = len(found.faults) - _MOST_FAULTS
        rest = f" Còn {more} chỗ khác." if more > 0 else ""
        return f"Số liệu “{form.title}” chưa đúng. {named}{rest} Đề nghị sửa rồi gửi lại."
    return None
