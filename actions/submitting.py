"""A unit hands in its answer: the door, the judgement, the record.

A file whose signature does not hold is kept, returned with its reason, and the unit is told; what
the unit owes stays open. Judging happens outside any transaction.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.answer_checks import door_fault, require_size, signature_fault
from actions.auditing import Actor
from actions.changing import expect_state, get_directive
from actions.closing import RUNNING
from actions.desk import Deed, Desk, doing
from actions.errors import NotFoundError, WrongStateError
from actions.follow_up_words import REPORT_WORDS
from actions.notifying import queue_answer
from actions.owing import is_owed, move_obligation, obligations_of, require_unit
from actions.trying import looking
from models.base import DirectiveId
from models.lifecycle import ObligationState
from models.obligation import Obligation
from models.organisation import Organisation
from models.report import Report, ReportedObligation
from signing.outcome import VerificationReport
from signing.report import to_json

_NAME = "submit_report"


class _TakenBeforeError(Exception):
    """Another process took the same file of the same mail at this very moment."""

    def __init__(self, report_id: UUID) -> None:
        super().__init__(report_id)
        self.report_id = report_id


@dataclass(frozen=True, slots=True, kw_only=True)
class _Submission:
    """What a unit hands in."""

    organisation_id: str
    directive_id: DirectiveId
    file_name: str
    content: bytes
    via: str
    incoming_id: UUID | None
    answers: tuple[dict[str, str], ...]
    obligation_ids: frozenset[UUID]


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
    handed = _Submission(
        organisation_id=organisation_id, directive_id=directive_id, file_name=file_name[:300],
        content=content, via=via, incoming_id=incoming_id,
        answers=tuple(dict(line) for line in answers), obligation_ids=frozenset(obligation_ids),
    )  # fmt: skip
    with looking(desk, actor, _NAME, subject=directive_id) as look:
        require_unit(look, organisation_id, "nộp báo cáo")
        before = _taken_before(look.session, handed)
        if before is None:
            _answered(look, handed)
            require_size(content, desk.size_limit_bytes)
    return before or _judge_and_record(desk, actor, handed)


def _judge_and_record(desk: Desk, actor: Actor, handed: _Submission) -> UUID:
    fault = door_fault(handed.content)
    judged = None if fault else desk.judge(handed.content, handed.file_name, desk.clock())
    digest = desk.archive.put(handed.content)
    try:
        with doing(desk, actor, _NAME, subject=handed.directive_id) as deed:
            answered = _answered(deed, handed)
            # From here on the obligations are locked: of two that bring the same file one waited.
            _give_way(deed.session, handed)
            unit = deed.session.get_one(Organisation, handed.organisation_id)
            reason = fault if judged is None else signature_fault(deed.session, judged, unit)
            report = _write(deed, handed, digest, judged)
            if reason is None:
                _report(deed, report, answered)
            else:
                turn_back(desk, deed, report, reason)
            deed.detail |= {"state": report.state, "reason": reason}
    except _TakenBeforeError as taken:
        return taken.report_id
    return report.id


def _write(
    deed: Deed, handed: _Submission, digest: str, judged: VerificationReport | None
) -> Report:
    report = Report(
        directive_id=handed.directive_id, organisation_id=handed.organisation_id, via=handed.via,
        incoming_id=handed.incoming_id, file_name=handed.file_name, document_sha256=digest,
        answers=list(handed.answers), received_at=deed.at, **_judgement(judged),
    )  # fmt: skip
    deed.session.add(report)
    deed.session.flush()
    deed.detail |= {
        "report": str(report.id), "via": report.via, "sha256": digest,
        "organisation": report.organisation_id, "verdict": report.verdict,
    }  # fmt: skip
    return report


def _taken_before(session: Session, handed: _Submission) -> UUID | None:
    """Returns the report that was made of this file of this mail before, or None."""
    if handed.incoming_id is None:
        return None
    digest = hashlib.sha256(handed.content).hexdigest()
    made = select(Report.id).where(
        Report.incoming_id == handed.incoming_id, Report.document_sha256 == digest
    )
    return session.scalars(made).first()


def _give_way(session: Session, handed: _Submission) -> None:
    before = _taken_before(session, handed)
    if before is not None:
        raise _TakenBeforeError(before)


def _answered(deed: Deed, handed: _Submission) -> list[Obligation]:
    """Returns what a report of this unit answers: what is owed, or was reported and not decided."""
    directive = get_directive(deed.session, handed.directive_id)
    expect_state(directive, *RUNNING)
    wanted = handed.obligation_ids
    found = [
        one
        for one in obligations_of(deed.session, handed.directive_id, handed.organisation_id)
        if (is_owed(one) or one.state == ObligationState.REPORTED)
        and (not wanted or one.id in wanted)
    ]
    if not found:
        raise NotFoundError("nhiệm vụ đang chờ báo cáo của đơn vị", handed.organisation_id)
    return found


def _judgement(judged: VerificationReport | None) -> dict[str, Any]:
    if judged is None:
        return {"verdict": "unreadable", "verification": {}}
    return {"verdict": judged.verdict.value, "verification": dict(to_json(judged))}


def _report(deed: Deed, report: Report, answered: Sequence[Obligation]) -> None:
    for obligation in answered:
        deed.session.add(ReportedObligation(report_id=report.id, obligation_id=obligation.id))
        if is_owed(obligation):
            move_obligation(deed, obligation, ObligationState.REPORTED, reported_at=deed.at)
    deed.detail["obligations"] = [one.task_ref for one in answered]


def turn_back(desk: Desk, deed: Deed, report: Report, reason: str, *, by: str = "trinh-ky") -> None:
    """Returns a report to its unit with the reason, and tells it. Does not commit.

    Raises:
        WrongStateError: it was decided before.
    """
    decide_report(deed, report, "returned", reason, by=by)
    directive = get_directive(deed.session, report.directive_id)
    queue_answer(
        desk, deed, directive, report.organisation_id, key=f"returned:{report.id}",
        kind="returned", tag="Trả lại", about="báo cáo của đơn vị cần gửi lại",
        said=(
            f"Báo cáo “{report.file_name}” của đơn vị được trả lại. Lý do: {reason}",
            "Nhiệm vụ vẫn được tính là chưa báo cáo; đề nghị gửi lại báo cáo đã sửa.",
        ),
    )  # fmt: skip


def decide_report(deed: Deed, report: Report, state: str, reason: str | None, *, by: str) -> None:
    """Accepts or returns a report that nobody has decided yet. Does not commit.

    Raises:
        WrongStateError: it was decided before.
    """
    changed = deed.session.execute(
        update(Report)
        .where(Report.id == report.id, Report.state == "received")
        .values(state=state, reason=reason, decided_by=by, decided_at=deed.at)
        .execution_options(synchronize_session=False)
    )
    deed.session.refresh(report)
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise WrongStateError(
            "Báo cáo", expected=(REPORT_WORDS["received"],), actual=REPORT_WORDS[report.state]
        )
