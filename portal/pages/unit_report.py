"""A unit hands in its report at its page: signed PDF, files beside it, figures typed or as XLSX."""

from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError, InvalidInputError, NotFoundError, Problem
from actions.offices import unit_actor
from actions.reporting import submit_report
from actions.reports.attachments import MOST, NewAttachment
from actions.reports.figures import GivenFigures, workbook_figures
from actions.reports.forms import forms_of, template_for
from delivery.names import ANY_KIND, ascii_file_name
from documents.report_forms import MOST_COLUMNS, FormFault, TableForm
from documents.workbook import XLSX
from models.directive import Directive
from models.organisation import Organisation
from models.report import Report
from portal.context import Portal, ThePortal
from portal.errors import BadUploadError, UploadTooLargeError
from portal.identity import check_form_token
from portal.pages.directive import download
from portal.unit_forms import MOST_TYPED_ROWS, read_typed
from portal.unit_view import Visit, forms_to_fill
from portal.unit_visits import show, visit_of
from portal.uploads import OneFile, Uploads, read_uploads

router = APIRouter(prefix="/u/{token}")

_MOST_FILES: Final = MOST + 1
_MOST_FIELDS: Final = 20 + 2 * MOST_TYPED_ROWS * MOST_COLUMNS
_NO_PDF: Final = "Chưa chọn báo cáo PDF đã ký số. Chọn tệp rồi gửi lại."


class _FiguresRefusedError(Exception):
    """Figures with faults at their cells; nothing was kept."""

    def __init__(
        self, refusal: InvalidInputError, faults: dict[str, tuple[FormFault, ...]]
    ) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handed:
    """What a unit sent with the form."""

    main: OneFile
    beside: tuple[NewAttachment, ...]
    figures: tuple[GivenFigures, ...]
    period_key: str | None
    number_symbol: str


@router.post("/bao-cao")
async def report(request: Request, portal: ThePortal, token: str) -> Response:
    """Takes the unit's report."""
    visit = await to_thread.run_sync(visit_of, portal, token)
    try:
        sent = await read_uploads(
            request, limit_bytes=portal.desk.size_limit_bytes, most_files=_MOST_FILES,
            most_fields=_MOST_FIELDS,
        )  # fmt: skip
    except (UploadTooLargeError, BadUploadError) as refusal:
        return await to_thread.run_sync(
            partial(show, request, portal, token, visit, refusal=refusal, of_report=True)
        )
    check_form_token(request, sent.fields.get("csrf", ""))

    def submit() -> Response:
        try:
            handed = _handed(portal, visit, sent)
            made = _submit(portal, visit, handed)
        except _FiguresRefusedError as refused:
            return show(
                request, portal, token, visit, refusal=refused.refusal, typed=sent.fields,
                faults=refused.faults, of_report=True,
            )  # fmt: skip
        except ActionRefusedError as refusal:
            return show(
                request, portal, token, visit, refusal=refusal, typed=sent.fields, of_report=True
            )
        portal.nudge(visit.directive_id)
        return RedirectResponse(f"/u/{token}?bao-cao={made}", status_code=303)

    return await to_thread.run_sync(submit, limiter=portal.judges)


@router.get("/bieu/{form_id}.xlsx")
def template(portal: ThePortal, token: str, form_id: UUID) -> Response:
    """Returns a form as a workbook to fill."""
    visit = visit_of(portal, token)
    with portal.database.reading() as session:
        directive = session.get_one(Directive, visit.directive_id)
        unit = session.get_one(Organisation, visit.organisation_id)
        form = next(
            (one for one in forms_of(session, directive.id) if one.id == str(form_id)), None
        )
        if form is None:
            raise NotFoundError("biểu số liệu", form_id)
        content = template_for(session, directive, form, unit, portal.at())
    name = f"{directive.number_text or 'van-ban'}-{form.task_ref}-{form.title}.xlsx"
    return download(content, ascii_file_name(name), XLSX)


@router.get("/bao-cao/{report_id}/{place}")
def own_file(portal: ThePortal, token: str, report_id: UUID, place: int) -> Response:
    """Returns a file of a report of this unit: 0 the report, from 1 the files beside it."""
    visit = visit_of(portal, token)
    with portal.database.reading() as session:
        one = session.get(Report, report_id)
    mine = one is not None and (one.organisation_id, one.directive_id) == (
        visit.organisation_id, visit.directive_id,
    )  # fmt: skip
    if one is None or not mine:
        raise NotFoundError("báo cáo", report_id)
    return report_part(portal, one, place)


def report_part(portal: Portal, report: Report, place: int) -> Response:
    """Returns a file of a report as a download; a stranger's file is never shown in a page.

    Raises:
        NotFoundError: there is no such file.
    """
    if place == 0:
        content = portal.desk.archive.get(report.document_sha256)
        return download(content, report.file_name, "application/pdf")
    if not 1 <= place <= len(report.attachments):
        raise NotFoundError("tệp kèm theo báo cáo", place)
    file = report.attachments[place - 1]
    return download(portal.desk.archive.get(file["sha256"]), file["name"], ANY_KIND)


def _submit(portal: Portal, visit: Visit, handed: _Handed) -> UUID:
    with portal.database.reading() as session:
        actor = unit_actor(session, visit.organisation_id)
    return submit_report(
        portal.desk, actor, organisation_id=visit.organisation_id,
        directive_id=visit.directive_id, file_name=handed.main.name, content=handed.main.content,
        via="upload", attachments=handed.beside, figures=handed.figures,
        period_key=handed.period_key, number_symbol=handed.number_symbol,
    )  # fmt: skip


def _handed(portal: Portal, visit: Visit, sent: Uploads) -> _Handed:
    """Reads the form; figures with faults are refused before anything is kept."""
    main = next(iter(sent.of("file")), None)
    period = sent.fields.get("ky")
    with portal.database.reading() as session:
        forms = forms_to_fill(session, visit, period)
    sheets = [_attachment(one) for one in sent.of("bieu")]
    figures = _figures(forms, sheets, sent.fields)
    if main is None:
        raise InvalidInputError(Problem(place="Báo cáo", reason=_NO_PDF))
    beside = tuple(_attachment(one) for one in (*sent.of("files"), *sent.of("bieu")))
    return _Handed(
        main=main, beside=beside, figures=figures, period_key=period,
        number_symbol=sent.fields.get("so", ""),
    )  # fmt: skip


def _attachment(file: OneFile) -> NewAttachment:
    return NewAttachment(name=file.name, media_type=file.media_type, content=file.content)


def _figures(
    forms: list[TableForm], sheets: list[NewAttachment], fields: dict[str, str]
) -> tuple[GivenFigures, ...]:
    """Returns the figures of every form: a workbook goes before what was typed.

    Raises:
        _FiguresRefusedError: one is missing or has faults.
    """
    read, refused = workbook_figures(sheets, forms)
    problems = [Problem(place="Tệp số liệu", reason=reason) for reason in refused]
    faults: dict[str, tuple[FormFault, ...]] = {}
    given: list[GivenFigures] = []
    for form in forms:
        sheet = next((one for one in read if one.form_id == form.id), None)
        typed = read_typed(form, fields)
        faults[form.id] = () if sheet else typed.faults
        found = sheet or typed.given
        problems += _problems(form, found, has_refused=bool(refused))
        given += [found] if found else []
    if problems:
        raise _FiguresRefusedError(InvalidInputError(*problems[:_MOST_PROBLEMS]), faults)
    return tuple(given)


_MOST_PROBLEMS: Final = 10


def _problems(form: TableForm, found: GivenFigures | None, *, has_refused: bool) -> list[Problem]:
    if found is None:
        said = "chưa có số liệu. Điền bảng ở dưới hoặc chọn tệp mẫu XLSX đã ghi, rồi gửi lại."
        return [] if has_refused else [Problem(place=form.title, reason=said)]
    if found.version != form.version:
        said = "tệp làm theo mẫu cũ; tải lại tệp mẫu, chép số liệu sang rồi gửi lại."
        return [Problem(place=form.title, reason=said)]
    return [Problem(place=form.title, reason=fault) for fault in found.faults]
