"""What is owed, for programs: obligations, more time, reports of units, decisions on them."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from actions.closing import cancel_obligation, fulfil_own
from actions.extending import grant_extension, refuse_extension
from actions.listing import following as listing
from actions.obligations.changing import change_due, change_lead, transfer_obligation
from actions.reporting import accept, return_report
from models.base import DirectiveId
from models.lifecycle import ObligationState
from portal.api.shapes import (
    DOES,
    FILE,
    After,
    Day,
    Given,
    Key,
    Limit,
    Listed,
    Noted,
    Reason,
    Reasoned,
    Told,
    Words,
)
from portal.calling import Call, Decides, Reads
from portal.pages.unit_report import report_part

router = APIRouter(prefix="/api/v1", tags=["follow-up"])

About = Annotated[UUID | None, Query(description="Of one directive")]
UnitKey = Annotated[str | None, Query(max_length=80, description="Of one unit")]


class Owed(Told):
    """One task of one directive for one unit."""

    id: UUID
    directive_id: UUID
    organisation_id: str
    task_ref: str
    leads: bool
    what: str
    sentence: str
    """The words of the directive that it came from."""
    is_report: bool
    deadline_raw: str | None
    last_allowed_day: date | None
    due: date | None
    """Last working day on which the answer is in time."""
    computed: str
    """How the day was computed."""
    state: ObligationState
    period_key: str
    reports_through_id: str | None
    opened_at: datetime
    reported_at: datetime | None
    accepted_at: datetime | None
    successor_id: UUID | None


class Change(Told):
    """One change after issue."""

    at: datetime
    field: str
    before: str | None
    after: str | None
    reason: str
    officer_id: str | None


class WholeOwed(Owed):
    """An obligation with what changed."""

    changes: list[Change]


class MoreTime(Told):
    """That a unit asks for more time, and the answer."""

    id: UUID
    obligation_id: UUID
    asked_until: date
    reason: str
    asked_at: datetime
    state: str
    """asked, granted, refused."""
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None


class Attachment(Told):
    """A file beside the report."""

    name: str
    media_type: str
    sha256: str
    size: int


class Report(Told):
    """An answer of a unit."""

    id: UUID
    directive_id: UUID
    organisation_id: str
    via: str
    file_name: str
    document_sha256: str
    verdict: str
    """What our judge found of its signatures."""
    state: str
    """received, accepted, returned."""
    reason: str | None
    version: int
    period_key: str
    number_symbol: str
    figures: dict[str, Any]
    attachments: list[Attachment]
    received_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    new_due: date | None


class NewDay(Reasoned):
    """Another last day."""

    last_allowed_day: Day


class Role(Reasoned):
    """Whether the unit leads (chủ trì) or coordinates (phối hợp)."""

    leads: bool


class Successor(Reasoned):
    """To whom it passes."""

    to_organisation: Key


class Granted(Given):
    """Until when; the day that was asked for where left out."""

    until: Day | None = None
    reason: Words = ""


class TurnedBack(Given):
    """Why, and by when the unit reports anew."""

    reason: Reason
    new_due: Day | None = None


@router.get("/obligations")
def obligations(
    *,
    call: Reads,
    directive: About = None,
    unit: UnitKey = None,
    state: ObligationState | None = None,
    due_from: Day | None = None,
    due_until: Day | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Listed[Owed]:
    """Returns what units owe. The order means nothing, but is always the same."""
    wanted = listing.Wanted(
        directive_id=DirectiveId(directive) if directive else None, organisation_id=unit,
        state=state, due_from=due_from, due_until=due_until,
    )  # fmt: skip
    with call.looking() as reader:
        found = listing.obligations(reader, wanted, after=after, limit=limit)
    return Listed(items=[Owed.model_validate(one) for one in found.items], next=found.next)


@router.get("/obligations/{obligation_id}")
def obligation(call: Reads, obligation_id: UUID) -> WholeOwed:
    """Returns one obligation with what changed of it."""
    with call.looking() as reader:
        found = listing.obligation(reader, obligation_id)
        changes = listing.changes(reader, obligation_id)
    return WholeOwed.model_validate(
        {
            **Owed.model_validate(found).model_dump(),
            "changes": [Change.model_validate(one) for one in changes],
        }
    )


@router.post("/obligations/{obligation_id}/done", **DOES)
def own_done(call: Decides, obligation_id: UUID, body: Noted) -> Response:
    """Records that the office has done a task of its own."""
    return call.do(
        lambda desk: fulfil_own(desk, call.actor, obligation_id, note=body.note),
        nudge=_about(call, obligation_id),
    )


@router.post("/obligations/{obligation_id}/due", **DOES)
def new_day(call: Decides, obligation_id: UUID, body: NewDay) -> Response:
    """Sets another last day."""
    return call.do(
        lambda desk: change_due(
            desk, call.actor, obligation_id, last_allowed_day=body.last_allowed_day,
            reason=body.reason,
        ),
        nudge=_about(call, obligation_id),
    )  # fmt: skip


@router.post("/obligations/{obligation_id}/lead", **DOES)
def new_role(call: Decides, obligation_id: UUID, body: Role) -> Response:
    """Lets the unit lead, or only coordinate."""
    return call.do(
        lambda desk: change_lead(
            desk, call.actor, obligation_id, leads=body.leads, reason=body.reason
        ),
        nudge=_about(call, obligation_id),
    )


@router.post("/obligations/{obligation_id}/transfer", **DOES)
def transfers(call: Decides, obligation_id: UUID, body: Successor) -> Response:
    """Passes it on to another unit."""
    return call.do(
        lambda desk: transfer_obligation(
            desk, call.actor, obligation_id, to_organisation=body.to_organisation,
            reason=body.reason,
        ),
        nudge=_about(call, obligation_id),
    )  # fmt: skip


@router.post("/obligations/{obligation_id}/cancel", **DOES)
def cancels(call: Decides, obligation_id: UUID, body: Reasoned) -> Response:
    """Asks for it no longer."""
    return call.do(
        lambda desk: cancel_obligation(desk, call.actor, obligation_id, reason=body.reason),
        nudge=_about(call, obligation_id),
    )


@router.get("/extensions")
def extensions(
    call: Reads,
    state: Annotated[str | None, Query(pattern="^(asked|granted|refused)$")] = None,
    limit: Limit = 50,
    after: After = None,
) -> Listed[MoreTime]:
    """Returns the requests for more time."""
    with call.looking() as reader:
        found = listing.extensions(reader, state=state, after=after, limit=limit)
    return Listed(items=[MoreTime.model_validate(one) for one in found.items], next=found.next)


@router.post("/extensions/{request_id}/grant", **DOES)
def grants(call: Decides, request_id: UUID, body: Granted) -> Response:
    """Grants more time."""
    return call.do(
        lambda desk: grant_extension(
            desk, call.actor, request_id, until=body.until, reason=body.reason
        ),
        nudge=_about_request(call, request_id),
    )


@router.post("/extensions/{request_id}/refuse", **DOES)
def refuses(call: Decides, request_id: UUID, body: Reasoned) -> Response:
    """Refuses more time."""
    return call.do(
        lambda desk: refuse_extension(desk, call.actor, request_id, reason=body.reason),
        nudge=_about_request(call, request_id),
    )


@router.get("/reports")
def reports(
    *,
    call: Reads,
    directive: About = None,
    unit: UnitKey = None,
    state: Annotated[str | None, Query(pattern="^(received|accepted|returned)$")] = None,
    limit: Limit = 50,
    after: After = None,
) -> Listed[Report]:
    """Returns the reports of units, all versions."""
    wanted = listing.Wanted(
        directive_id=DirectiveId(directive) if directive else None, organisation_id=unit,
        state=state,
    )  # fmt: skip
    with call.looking() as reader:
        found = listing.reports(reader, wanted, after=after, limit=limit)
    return Listed(items=[Report.model_validate(one) for one in found.items], next=found.next)


@router.get("/reports/{report_id}")
def report(call: Reads, report_id: UUID) -> Report:
    """Returns one report."""
    with call.looking() as reader:
        return Report.model_validate(listing.report(reader, report_id))


@router.get("/reports/{report_id}/files/{place}", **FILE)
def report_file(
    call: Reads, report_id: UUID, place: Annotated[int, Path(ge=0, le=1000)]
) -> Response:
    """Returns a file of a report: 0 the report, from 1 the files beside it."""
    with call.looking() as reader:
        found = listing.report(reader, report_id)
    return report_part(call.portal, found, place)


@router.post("/reports/{report_id}/accept", **DOES)
def accepts(call: Decides, report_id: UUID, body: Noted) -> Response:
    """Accepts a report."""
    return call.do(
        lambda desk: accept(desk, call.actor, report_id, note=body.note),
        nudge=_about_report(call, report_id),
    )


@router.post("/reports/{report_id}/return", **DOES)
def returns(call: Decides, report_id: UUID, body: TurnedBack) -> Response:
    """Returns a report to the unit with a reason."""
    return call.do(
        lambda desk: return_report(
            desk, call.actor, report_id, reason=body.reason, new_due=body.new_due
        ),
        nudge=_about_report(call, report_id),
    )


def _about(call: Call, obligation_id: UUID) -> DirectiveId:
    with call.looking() as reader:
        return listing.obligation(reader, obligation_id).directive_id


def _about_request(call: Call, request_id: UUID) -> DirectiveId:
    with call.looking() as reader:
        found = listing.extension(reader, request_id)
        return listing.obligation(reader, found.obligation_id).directive_id


def _about_report(call: Call, report_id: UUID) -> DirectiveId:
    with call.looking() as reader:
        return listing.report(reader, report_id).directive_id
