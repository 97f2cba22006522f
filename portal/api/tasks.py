"""What a directive asks, for programs: schedules, events, forms, links of units, consolidations."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.responses import Response

from actions.errors import NotFoundError
from actions.exporting import CSV, deliveries_csv, obligations_csv
from actions.listing import following as listing
from actions.obligations.events import fix_event
from actions.obligations.schedules import set_schedule
from actions.obliging import tasks_of
from actions.reports.forms import define_form, drop_form, forms_of, template_for
from actions.reports.linking import revoke_link, send_link
from actions.trying import archive_wrapped
from documents.report_forms import ColumnKind, FormColumn
from documents.workbook import XLSX
from models.base import DirectiveId
from models.organisation import Organisation
from portal.api.shapes import DOES, FILE, LARGEST, Day, Given, KeyInPath, Line, Reason, Told, Words
from portal.calling import Decides, Reads, Writes
from portal.pages.directive import download

router = APIRouter(prefix="/api/v1/directives/{directive_id}", tags=["tasks"])
TaskRef = Annotated[str, Path(min_length=1, max_length=20)]


class Column(Given):
    """One column of a form."""

    key: Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$")]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    kind: ColumnKind = ColumnKind.TEXT
    required: bool = False
    choices: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    sum: bool = False


class Form(Given):
    """The table that units fill for a task."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    columns: Annotated[tuple[Column, ...], Field(min_length=1, max_length=60)]
    rows: Annotated[tuple[Line, ...], Field(max_length=500)] = ()


class Schedule(Given):
    """When a task comes again, as `deadlines.schedule` reads it."""

    schedule: Annotated[
        dict[str, Any],
        Field(
            max_length=20,
            examples=[
                {
                    "frequencies": ["quarterly"],
                    "day": {"kind": "after_cut_off", "count": 5, "working": True},
                    "periods": ["ND09"],
                    "starts": None,
                    "ends": None,
                }
            ],
        ),
    ]
    reason: Words = ""


class Happened(Given):
    """The day of the event that a task waits for."""

    day: Day
    note: Words = ""
    last_allowed_day: Day | None = None


class Ended(Given):
    """Which link ends and why; the next one is sent where `send` says so."""

    reason: Reason
    serial: Annotated[int | None, Field(ge=1, le=LARGEST)] = None
    send: bool = True


class Task(Told):
    """One thing that the directive asks."""

    ref: str
    what: str
    sentence: str
    is_report: bool
    deadline_raw: str | None
    kind: str
    named_date: date | None
    organisations: list[str]
    groups: list[str]
    coordinating: list[str]
    schedule: dict[str, Any]
    reports_through: str | None


class Asked(Told):
    """The table that a task asks for."""

    id: str
    version: int
    task_ref: str
    title: str
    columns: list[dict[str, Any]]
    rows: list[str]


class Tasks(Told):
    """All that a directive asks."""

    items: list[Task]
    forms: list[Asked]


class Consolidated(Told):
    """A consolidated report as it stood at an instant."""

    id: UUID
    at: datetime
    period_key: str
    pdf_sha256: str
    xlsx_sha256: str
    figures: dict[str, Any]
    draft_id: UUID | None


class AllConsolidated(Told):
    """The consolidated reports of a directive, newest first."""

    items: list[Consolidated]


@router.get("/tasks")
def tasks(call: Reads, directive_id: UUID) -> Tasks:
    """Returns what it asks, and the tables that belong to it."""
    with call.looking() as reader:
        directive = reader.directive(DirectiveId(directive_id))
        found = tasks_of(reader.session, directive)
        forms = forms_of(reader.session, directive.id)
    return Tasks(
        items=[Task.model_validate(one) for one in found],
        forms=[
            Asked(
                id=one.id, version=one.version, task_ref=one.task_ref, title=one.title,
                columns=[column.to_json() for column in one.columns], rows=list(one.rows),
            )
            for one in forms
        ],
    )  # fmt: skip


@router.put("/tasks/{task_ref}/schedule", **DOES)
def sets_schedule(call: Decides, directive_id: UUID, task_ref: TaskRef, body: Schedule) -> Response:
    """Sets when a task comes again."""
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: set_schedule(
            desk, call.actor, key, task_ref, body.schedule, reason=body.reason
        ),
        nudge=key,
    )


@router.post("/tasks/{task_ref}/event", **DOES)
def fixes_event(call: Decides, directive_id: UUID, task_ref: TaskRef, body: Happened) -> Response:
    """Fixes the event that a task waits for."""
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: fix_event(
            desk, call.actor, key, task_ref, day=body.day, note=body.note,
            last_allowed_day=body.last_allowed_day,
        ),
        nudge=key,
    )  # fmt: skip


@router.put("/tasks/{task_ref}/form", **DOES)
def defines_form(call: Writes, directive_id: UUID, task_ref: TaskRef, body: Form) -> Response:
    """Says which table a task asks for."""
    key = DirectiveId(directive_id)
    columns = [FormColumn(**{**one.model_dump(), "choices": one.choices}) for one in body.columns]
    return call.do(
        lambda desk: define_form(
            desk, call.actor, key, task_ref, title=body.title, columns=columns, rows=body.rows
        )
    )


@router.delete("/tasks/{task_ref}/form", **DOES)
def drops_form(call: Writes, directive_id: UUID, task_ref: TaskRef) -> Response:
    """Asks for no table any more."""
    key = DirectiveId(directive_id)
    return call.do(lambda desk: drop_form(desk, call.actor, key, task_ref))


@router.get("/tasks/{task_ref}/form.xlsx", **FILE)
def template(call: Reads, directive_id: UUID, task_ref: TaskRef) -> Response:
    """Returns the workbook as units get it, with the office's own name."""
    with call.looking() as reader:
        directive = reader.directive(DirectiveId(directive_id))
        form = next(iter(forms_of(reader.session, directive.id, [task_ref])), None)
        if form is None:
            raise NotFoundError("biểu số liệu", task_ref)
        office = reader.session.get_one(Organisation, directive.organisation_id)
        content = template_for(reader.session, directive, form, office, call.portal.at())
    return download(content, f"{task_ref}.xlsx", XLSX)


@router.post("/units/{organisation_id}/link", **DOES)
def sends_link(call: Writes, directive_id: UUID, organisation_id: KeyInPath) -> Response:
    """Sends a unit its personal link again. The link itself is told to nobody else."""
    key = DirectiveId(directive_id)
    return call.do(lambda desk: send_link(desk, call.actor, organisation_id, key), nudge=key)


@router.post("/units/{organisation_id}/link/end", **DOES)
def ends_link(
    call: Decides, directive_id: UUID, organisation_id: KeyInPath, body: Ended
) -> Response:
    """Ends a unit's personal link; the next one takes its place."""
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: revoke_link(
            desk, call.actor, organisation_id, key, reason=body.reason, serial=body.serial,
            send=body.send,
        ),
        nudge=key,
    )  # fmt: skip


@router.get("/consolidations")
def consolidations(call: Reads, directive_id: UUID) -> AllConsolidated:
    """Returns the consolidated reports that were made."""
    with call.looking() as reader:
        found = listing.consolidations(reader, DirectiveId(directive_id))
    return AllConsolidated(items=[Consolidated.model_validate(one) for one in found])


@router.get("/consolidations/{consolidation_id}/file", **FILE)
def consolidated_file(
    call: Reads,
    directive_id: UUID,
    consolidation_id: UUID,
    form: Annotated[str, Query(pattern="^(pdf|xlsx)$")] = "pdf",
) -> Response:
    """Returns a consolidated report as a file."""
    with call.looking() as reader:
        found = {one.id: one for one in listing.consolidations(reader, DirectiveId(directive_id))}
    if consolidation_id not in found:
        raise NotFoundError("báo cáo tổng hợp", consolidation_id)
    one = found[consolidation_id]
    with archive_wrapped():
        content = call.portal.desk.archive.get(one.pdf_sha256 if form == "pdf" else one.xlsx_sha256)
    return download(content, f"tong-hop.{form}", "application/pdf" if form == "pdf" else XLSX)


@router.get("/deliveries.csv", **FILE)
def deliveries(call: Reads, directive_id: UUID) -> Response:
    """Returns the table of deliveries, a line for each unit and channel."""
    with call.looking() as reader:
        directive = reader.directive(DirectiveId(directive_id))
        content = deliveries_csv(reader.session, directive.id)
    return download(content, "deliveries.csv", CSV)


@router.get("/obligations.csv", **FILE)
def owed(call: Reads, directive_id: UUID) -> Response:
    """Returns the table of obligations, a line each."""
    with call.looking() as reader:
        directive = reader.directive(DirectiveId(directive_id))
        content = obligations_csv(reader.session, directive.id, at=call.portal.at())
    return download(content, "obligations.csv", CSV)
