"""One unit of a directive for the follow-up officer: all versions of its reports, its link."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions.answers.moving import current
from actions.consolidating import spoken_period
from actions.errors import ActionRefusedError, NotFoundError
from actions.offices import working_calendar
from actions.owing import is_owed
from actions.reports.forms import forms_of
from actions.reports.linking import revoke_link, send_link
from actions.unit_links import current_serial, link_ends, link_row, standing_of
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DeliveryState
from models.obligation import Obligation
from models.officer import Role
from models.organisation import Organisation
from models.report import Report
from portal import board
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.pages.unit_report import report_part
from portal.problems import STALE, problem_of, sentence_of
from portal.rendering import page
from portal.report_view import shown_tables
from portal.seeing import open_directive

router = APIRouter(prefix="/theo-doi/{directive_id}")


@router.get("/don-vi/{organisation_id}")
def unit_file(
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    directive_id: UUID,
    organisation_id: str,
) -> Response:
    """Shows how one unit stands, with every version of its reports."""
    return _show(request, portal, person, DirectiveId(directive_id), organisation_id)


@router.get("/bao-cao/{report_id}/{place}")
def report_file(
    portal: ThePortal, person: SignedInPerson, directive_id: UUID, report_id: UUID, place: int
) -> Response:
    """Returns a file of a report to keep: 0 the report, from 1 the files beside it."""
    with portal.database.reading() as session:
        open_directive(session, portal, person, DirectiveId(directive_id))
        report = session.get(Report, report_id)
    if report is None or report.directive_id != directive_id:
        raise NotFoundError("báo cáo", report_id)
    return report_part(portal, report, place)


@router.post("/don-vi/{organisation_id}/thu-hoi-duong-dan")
def revoke(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    organisation_id: str,
    serial: Annotated[int, Form()],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Ends the unit's link and sends it the next one."""
    key = DirectiveId(directive_id)
    return _act(
        request, portal, person, key, organisation_id, why=reason,
        deed=lambda: revoke_link(
            portal.desk, person.actor, organisation_id, key, reason=reason, serial=serial
        ),
    )  # fmt: skip


@router.post("/don-vi/{organisation_id}/gui-duong-dan")
def send(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    organisation_id: str,
) -> Response:
    """Sends the unit its link again."""
    key = DirectiveId(directive_id)
    return _act(
        request, portal, person, key, organisation_id,
        deed=lambda: send_link(portal.desk, person.actor, organisation_id, key),
    )  # fmt: skip


def _act(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    organisation_id: str,
    *,
    deed: Callable[[], object],
    why: str = "",
) -> Response:
    try:
        deed()
    except ActionRefusedError as refusal:
        return _show(request, portal, person, key, organisation_id, refusal=refusal, why=why)
    portal.nudge(key)
    return RedirectResponse(f"/theo-doi/{key}/don-vi/{organisation_id}?da-gui=1", status_code=303)


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    organisation_id: str,
    *,
    refusal: ActionRefusedError | None = None,
    why: str = "",
) -> Response:
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        unit = session.get(Organisation, organisation_id)
        if unit is None:
            raise NotFoundError("đơn vị", organisation_id)
        values = _values(session, portal, directive, unit)
    return page(
        request, "following_unit.html", person=person, directive=directive, unit=unit,
        status=problem_of(refusal).status if refusal else 200, why=why, typed={},
        refusal=sentence_of(refusal) if refusal else "", stale=isinstance(refusal, STALE),
        follows=person.has(directive.organisation_id, Role.FOLLOW_UP),
        just_sent="da-gui" in request.query_params, **values,
    )  # fmt: skip


def _values(
    session: Session, portal: Portal, directive: Directive, unit: Organisation
) -> dict[str, Any]:
    forms = forms_of(session, directive.id)
    reports = session.scalars(
        select(Report)
        .where(Report.directive_id == directive.id, Report.organisation_id == unit.id)
        .order_by(Report.received_at.desc(), Report.version.desc())
    ).all()
    owed = session.scalars(
        select(Obligation)
        .where(Obligation.directive_id == directive.id, Obligation.organisation_id == unit.id)
        .order_by(Obligation.due.is_(None), Obligation.due, Obligation.task_ref)
    ).all()
    at = portal.at()
    serial = current_serial(session, unit.id, directive.id)
    row = link_row(session, unit.id, directive.id, serial)
    return {
        "owed": [
            {"obligation": one, "cell": board.standing(one, at), "is_owed": is_owed(one)}
            for one in owed
        ],
        "marks": board.marks_of(session, directive, unit.id).get(unit.id, ()),
        "refused": _refused(session, directive, unit),
        "calendar": working_calendar(session),
        **board.pending(session, directive, unit.id),
        "reports": [
            {
                "report": one,
                "tables": list(shown_tables(one, forms)),
                "sentence": str(one.verification.get("sentence", "")),
                "period": spoken_period(one.period_key) if one.period_key else "",
            }
            for one in reports
        ],
        "serial": serial,
        "standing": standing_of(portal.desk, session, directive, unit.id, serial).value,
        "ends": link_ends(portal.desk, session, directive, unit.id, row),
    }


def _refused(session: Session, directive: Directive, unit: Organisation) -> str:
    """What the unit said when it refused the directive, while that stands."""
    sent = current(session, directive.id, unit.id)
    return (sent.detail or "") if sent and sent.state == DeliveryState.REFUSED else ""
