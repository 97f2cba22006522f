"""Answers of units: taken, judged, returned with a reason or laid before the follow-up officer.

A file whose signature does not hold is kept, returned with its reason, and the unit is told; what
the unit owes stays open. Judging happens outside any transaction.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.access import require_role
from actions.answer_checks import door_fault, require_size, signature_fault
from actions.auditing import Actor
from actions.changing import expect_state, get_directive
from actions.closing import RUNNING, close_if_settled, require_reason
from actions.desk import Deed, Desk, doing
from actions.errors import NotFoundError, WrongStateError
from actions.notifying import queue_answer
from actions.owing import is_owed, move_obligation, obligations_of, require_unit
from actions.trying import looking
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import ObligationState
from models.obligation import Obligation
from models.officer import Role
from models.organisation import Organisation
from models.report import Report, ReportedObligation
from signing.outcome import VerificationReport
from signing.report import to_json

_O = ObligationState


def submit_report(
    desk: Desk,
    actor: Actor,
    *,
    organisation_id: str,
    directive_id: DirectiveId,
    file_name: str,
    content: bytes,
    via: str,
    incoming_id: UUID | None = None,
    answers: Sequence[Mapping[str, str]] = (),
    obligation_ids: Sequence[UUID] = (),
) -> UUID:
    """Takes the answer of a unit. Returns the report's identifier; its `state` tells what became.

    A file of a mail that was taken before is not taken again.

    `received`: laid before the follow-up officer, what it answers is `reported`. `returned`: empty,
    no PDF, unreadable, unsigned, broken, or signed by somebody else; `reason` says which, the unit
    is told by mail, and nothing of what it owes has moved.

    Args:
        desk: the tools.
        actor: the unit.
        organisation_id: the unit.
        directive_id: what it answers.
        file_name: as the unit named it; shown, never a path.
        content: the file.
        via: `mail` or `upload`.
        incoming_id: the mail it came with.
        answers: lines of the answer: {"label", "value", "source"}.
        obligation_ids: what it answers; everything that the unit owes where empty.

    Raises:
        NotAuthorisedError: the actor is not the unit.
        NotFoundError: no such directive, or the unit owes nothing of it.
        WrongStateError: the directive is not being followed up.
        InvalidInputError: the file is larger than the limit; nothing of it was kept.
    """
    name = "submit_report"
    with looking(desk, actor, name, subject=directive_id) as look:
        require_unit(look, organisation_id, "nộp báo cáo")
        before = _taken_before(look.session, incoming_id, content)
        if before is None:
            _answered(look, directive_id, organisation_id, obligation_ids)
            require_size(content, desk.size_limit_bytes)
    if before is not None:
        return before
    fault = door_fault(content)
    judged = None if fault else desk.judge(content, file_name, desk.clock())
    digest = desk.archive.put(content)
    with doing(desk, actor, name, subject=directive_id) as deed:
        answered = _answered(deed, directive_id, organisation_id, obligation_ids)
        unit = deed.session.get_one(Organisation, organisation_id)
        reason = fault if judged is None else signature_fault(deed.session, judged, unit)
        report = Report(
            directive_id=directive_id, organisation_id=organisation_id, via=via,
            incoming_id=incoming_id, file_name=file_name[:300], document_sha256=digest,
            answers=[dict(line) for line in answers], received_at=deed.at, **_judgement(judged),
        )  # fmt: skip
        deed.session.add(report)
        deed.session.flush()
        if reason is None:
            _report(deed, report, answered)
        else:
            _turn_back(desk, deed, report, reason, by=None)
        deed.detail |= {"report": str(report.id), "via": via, "sha256": digest,
                        "organisation": organisation_id, "verdict": report.verdict,
                        "state": report.state, "reason": reason}  # fmt: skip
    return report.id


def accept(desk: Desk, actor: Actor, report_id: UUID, *, note: str = "") -> None:
    """Accepts a report: what it answers is done. The last one accepted closes the directive.

    Raises:
        NotFoundError: no such report.
        NotAuthorisedError: the actor does not follow up.
        WrongStateError: it was decided before.
    """
    with doing(desk, actor, "accept_report") as deed:
        report, directive = _for_follow_up(deed, report_id, "nhận báo cáo")
        _decide(deed, report, "accepted", note.strip() or None)
        for obligation in _linked(deed.session, report, _O.REPORTED):
            move_obligation(deed, obligation, _O.ACCEPTED, accepted_at=deed.at)
        queue_answer(
            desk, deed, directive, report.organisation_id, key=f"accepted:{report.id}",
            kind="accepted", tag="Đã nhận", about="đã nhận báo cáo của đơn vị",
            said=(f"Đã nhận báo cáo “{report.file_name}” của đơn vị.", *filter(None, (note,))),
        )  # fmt: skip
        close_if_settled(deed, directive)


def return_report(desk: Desk, actor: Actor, report_id: UUID, *, reason: str) -> None:
    """Returns a report to the unit with a reason; what it answered is owed again.

    Raises:
        NotFoundError, NotAuthorisedError, WrongStateError: as in `accept`.
        InvalidInputError: no reason was given.
    """
    with doing(desk, actor, "return_report") as deed:
        report, _ = _for_follow_up(deed, report_id, "trả lại báo cáo")
        why = require_reason(reason)
        _turn_back(desk, deed, report, why, by=actor.id)
        for obligation in _linked(deed.session, report, _O.REPORTED):
            if not _answered_otherwise(deed.session, obligation):
                move_obligation(deed, obligation, _O.RETURNED)
        deed.detail |= {"reason": why}


def _taken_before(session: Session, incoming_id: UUID | None, content: bytes) -> UUID | None:
    """Returns the report that was made of this file of this mail before a crash, or None."""
    if incoming_id is None:
        return None
    digest = hashlib.sha256(content).hexdigest()
    made = select(Report.id).where(
        Report.incoming_id == incoming_id, Report.document_sha256 == digest
    )
    return session.scalar(made)


def _answered(
    deed: Deed, directive_id: DirectiveId, organisation_id: str, wanted: Sequence[UUID]
) -> list[Obligation]:
    """Returns what a report of this unit answers: what is owed, or was reported and not decided."""
    directive = get_directive(deed.session, directive_id)
    expect_state(directive, *RUNNING)
    found = [
        one
        for one in obligations_of(deed.session, directive_id, organisation_id)
        if (is_owed(one) or one.state == _O.REPORTED) and (not wanted or one.id in wanted)
    ]
    if not found:
        raise NotFoundError("nhiệm vụ đang chờ báo cáo của đơn vị", organisation_id)
    return found


def _judgement(judged: VerificationReport | None) -> dict[str, Any]:
    if judged is None:
        return {"verdict": "unreadable", "verification": {}}
    return {"verdict": judged.verdict.value, "verification": dict(to_json(judged))}


def _report(deed: Deed, report: Report, answered: Sequence[Obligation]) -> None:
    for obligation in answered:
        deed.session.add(ReportedObligation(report_id=report.id, obligation_id=obligation.id))
        if is_owed(obligation):
            move_obligation(deed, obligation, _O.REPORTED, reported_at=deed.at)
    deed.detail["obligations"] = [one.task_ref for one in answered]


def _turn_back(desk: Desk, deed: Deed, report: Report, reason: str, *, by: str | None) -> None:
    _decide(deed, report, "returned", reason, by=by or "trinh-ky")
    directive = get_directive(deed.session, report.directive_id)
    queue_answer(
        desk, deed, directive, report.organisation_id, key=f"returned:{report.id}",
        kind="returned", tag="Trả lại", about="báo cáo của đơn vị cần gửi lại",
        said=(
            f"Báo cáo “{report.file_name}” của đơn vị được trả lại. Lý do: {reason}",
            "Nhiệm vụ vẫn được tính là chưa báo cáo; đề nghị gửi lại báo cáo đã sửa.",
        ),
    )  # fmt: skip


def _for_follow_up(deed: Deed, report_id: UUID, what: str) -> tuple[Report, Directive]:
    report = deed.session.get(Report, report_id)
    if report is None:
        raise NotFoundError("báo cáo", report_id)
    directive = get_directive(deed.session, report.directive_id)
    deed.subject_id = str(directive.id)
    deed.detail |= {"report": str(report.id), "organisation": report.organisation_id}
    require_role(deed, Role.FOLLOW_UP, directive.organisation_id, what)
    return report, directive


def _decide(
    deed: Deed, report: Report, state: str, reason: str | None, *, by: str | None = None
) -> None:
    changed = deed.session.execute(
        update(Report)
        .where(Report.id == report.id, Report.state == "received")
        .values(state=state, reason=reason, decided_by=by or deed.actor.id, decided_at=deed.at)
        .execution_options(synchronize_session=False)
    )
    deed.session.refresh(report)
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise WrongStateError("Báo cáo", expected=("chưa được xem xét",), actual=report.state)


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
