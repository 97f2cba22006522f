"""What the office decides on the answers of units: accepted, or returned with reason and day."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import require_role
from actions.auditing import Actor
from actions.changing import expect_state, get_directive
from actions.closing import close_if_settled, require_reason
from actions.desk import Deed, Desk, doing
from actions.errors import NotFoundError
from actions.notifying import queue_answer
from actions.owing import move_obligation
from actions.reports.outcome import decide_report, owe_again, require_new_due, turn_back
from models.directive import Directive
from models.lifecycle import DirectiveState, ObligationState
from models.obligation import Obligation
from models.officer import Role
from models.report import Report, ReportedObligation

_O = ObligationState
_STILL_ASKED = (DirectiveState.ISSUED, DirectiveState.CORRECTED, DirectiveState.CLOSED)
"""In these a unit may be told to send its report again."""


def accept(desk: Desk, actor: Actor, report_id: UUID, *, note: str = "") -> None:
    """Accepts a report: what it answers is done. The last one accepted closes the directive.

    Raises:
        NotFoundError: no such report.
        NotAuthorisedError: the actor does not follow up.
        WrongStateError: it was decided before.
    """
    with doing(desk, actor, "accept_report") as deed:
        report, directive = _for_follow_up(deed, report_id, "nhận báo cáo")
        decide_report(deed, report, "accepted", note.strip() or None, by=actor.id)
        for obligation in _linked(deed.session, report, _O.REPORTED):
            move_obligation(deed, obligation, _O.ACCEPTED, accepted_at=deed.at)
        queue_answer(
            desk, deed, directive, report.organisation_id, key=f"accepted:{report.id}",
            kind="accepted", tag="Đã nhận", about="đã nhận báo cáo của đơn vị",
            said=(f"Đã nhận báo cáo “{report.file_name}” của đơn vị.", *filter(None, (note,))),
        )  # fmt: skip
        close_if_settled(deed, directive)


def return_report(
    desk: Desk, actor: Actor, report_id: UUID, *, reason: str, new_due: date | None = None
) -> None:
    """Returns a report to the unit with a reason; what it answered is owed again.

    Args:
        desk: the tools.
        actor: the follow-up officer.
        report_id: the report.
        reason: what is to be mended.
        new_due: the new last day; the present one stays where None.

    Raises:
        NotFoundError, NotAuthorisedError, WrongStateError: as in `accept`; also where the
            directive was recalled or replaced, so that nothing is owed on it.
        InvalidInputError: no reason was given, or the day does not lie ahead.
    """
    with doing(desk, actor, "return_report") as deed:
        report, directive = _for_follow_up(deed, report_id, "trả lại báo cáo")
        expect_state(directive, *_STILL_ASKED)
        why = require_reason(reason)
        require_new_due(deed, new_due)
        turn_back(desk, deed, report, why, by=actor.id, new_due=new_due)
        again = [
            one
            for one in _linked(deed.session, report, _O.REPORTED)
            if not _answered_otherwise(deed.session, one)
        ]
        owe_again(deed, again, new_due=new_due, reason=why)
        deed.detail |= {"reason": why, "new_due": new_due.isoformat() if new_due else None}


def _for_follow_up(deed: Deed, report_id: UUID, what: str) -> tuple[Report, Directive]:
    report = deed.session.get(Report, report_id)
    if report is None:
        raise NotFoundError("báo cáo", report_id)
    directive = get_directive(deed.session, report.directive_id)
    deed.subject_id = str(directive.id)
    deed.detail |= {"report": str(report.id), "organisation": report.organisation_id}
    require_role(deed, Role.FOLLOW_UP, directive.organisation_id, what)
    return report, directive


def _linked(session: Session, report: Report, state: ObligationState) -> list[Obligation]:
    return list(
        session.scalars(
            select(Obligation)
            .join(ReportedObligation, ReportedObligation.obligation_id == Obligation.id)
            .where(ReportedObligation.report_id == report.id, Obligation.state == state.value)
            .order_by(Obligation.task_ref)
            .with_for_update(of=Obligation)
            .execution_options(populate_existing=True)
        )
    )


def _answered_otherwise(session: Session, obligation: Obligation) -> bool:
    """Tells whether another report that is still before the officer answers the same thing."""
    others = (
        select(Report.id)
        .join(ReportedObligation, ReportedObligation.report_id == Report.id)
        .where(ReportedObligation.obligation_id == obligation.id, Report.state == "received")
    )
    return session.scalars(others).first() is not None
