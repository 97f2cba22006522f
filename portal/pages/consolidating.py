"""One report out of many: standing in figures, consolidated reports, the draft upwards."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy import Row, select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions.consolidating import consolidate, periods_of, spoken_period
from actions.errors import ActionRefusedError, NotFoundError
from actions.reporting_upwards import draft_upwards
from actions.standing import punctuality
from documents.workbook import XLSX
from models.base import DirectiveId
from models.directive import Directive
from models.officer import Role
from models.organisation import Organisation
from models.report import Consolidation, Report
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.pages.directive import download
from portal.problems import problem_of
from portal.rendering import page
from portal.seeing import open_directive

MOST_ROWS: Final = 50
_TONES: Final = {"Muộn": "wait", "Quá hạn, chưa báo cáo": "bad", "Chưa đến hạn": "plain"}
"""Colour of a bar by its words; what is not named here is well."""
FORMS: Final = {"pdf": "application/pdf", "xlsx": XLSX}

router = APIRouter(prefix="/theo-doi/{directive_id}/tong-hop")


@router.get("")
def consolidations(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID, ky: str = ""
) -> Response:
    """Shows the figures of a directive or of one period, and what was consolidated."""
    return _show(request, portal, person, DirectiveId(directive_id), ky)


@router.get("/{consolidation_id}/{form}")
def file_of(
    portal: ThePortal, person: SignedInPerson, directive_id: UUID, consolidation_id: UUID, form: str
) -> Response:
    """Returns a consolidated report to keep."""
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, DirectiveId(directive_id))
        made = session.get(Consolidation, consolidation_id)
    if made is None or made.directive_id != directive.id or form not in FORMS:
        raise NotFoundError("bản tổng hợp", consolidation_id)
    digest = made.pdf_sha256 if form == "pdf" else made.xlsx_sha256
    number = (directive.number_text or "van-ban").replace("/", "-")
    name = f"tong-hop-{number}{f'-{made.period_key}' if made.period_key else ''}.{form}"
    return download(portal.desk.archive.get(digest), name, FORMS[form])


@router.post("")
def make(
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    ky: Annotated[str, Form()] = "",
) -> Response:
    """Makes the consolidated report as of now."""
    key = DirectiveId(directive_id)
    _require_seen(portal, person, key)
    try:
        consolidate(portal.desk, key, actor=person.actor, period_key=ky or None)
    except ActionRefusedError as refusal:
        return _show(request, portal, person, key, ky, refusal=refusal)
    return RedirectResponse(f"/theo-doi/{key}/tong-hop?ky={ky}", status_code=303)


@router.post("/du-thao")
def draft(
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    ky: Annotated[str, Form()] = "",
) -> Response:
    """Drafts the report upwards and opens it."""
    key = DirectiveId(directive_id)
    _require_seen(portal, person, key)
    try:
        made = draft_upwards(portal.desk, person.actor, key, period_key=ky or None)
    except ActionRefusedError as refusal:
        return _show(request, portal, person, key, ky, refusal=refusal)
    portal.nudge(made)
    return RedirectResponse(f"/van-ban/{made}", status_code=303)


def _require_seen(portal: Portal, person: Person, key: DirectiveId) -> None:
    with portal.database.reading() as session:
        open_directive(session, portal, person, key)


def _sources(session: Session, key: DirectiveId, period: str) -> Sequence[Row[tuple[Report, str]]]:
    """The reports that a consolidated one is made of, with their units' names."""
    wanted = (Report.period_key == period,) if period else ()
    return session.execute(
        select(Report, Organisation.name)
        .join(Organisation, Organisation.id == Report.organisation_id)
        .where(Report.directive_id == key, Report.state != "returned", *wanted)
        .order_by(Organisation.sort_key, Report.received_at)
    ).all()


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    period: str,
    *,
    refusal: ActionRefusedError | None = None,
) -> Response:
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        periods = periods_of(session, key)
        chosen = period if period in periods else ""
        counted = punctuality(session, directive, portal.at(), period_key=chosen or None)
        rows = session.scalars(
            select(Consolidation)
            .where(Consolidation.directive_id == key)
            .order_by(Consolidation.at.desc())
            .limit(MOST_ROWS)
        ).all()
        sources = _sources(session, key, chosen)
        drafts = {
            one.draft_id: session.get(Directive, one.draft_id) for one in rows if one.draft_id
        }
    return page(
        request, "consolidating.html", person=person, status=problem.status if problem else 200,
        directive=directive, periods=[(one, spoken_period(one)) for one in periods],
        chosen=chosen, bars=counted.bars(), tones=_TONES, rows=rows, drafts=drafts,
        spoken=spoken_period, sources=sources,
        refusal=problem.sentence if problem else "",
        may_draft=person.has(directive.organisation_id, Role.DRAFTER),
    )  # fmt: skip
