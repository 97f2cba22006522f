"""A unit hands in its answer: the door, the judgement, the record.

A file whose signature does not hold, or that lacks the figures its task asks for, is kept, returned
with its reason, and the unit is told; what the unit owes stays open. All versions are kept. Judging
happens outside any transaction.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.answer_checks import door_fault, require_size, signature_fault
from actions.auditing import Actor
from actions.changing import expect_state, get_directive
from actions.closing import RUNNING
from actions.desk import Deed, Desk, doing
from actions.owing import is_owed, move_obligation, require_unit
from actions.reports.attachments import NewAttachment, keep, require_fit
from actions.reports.figures import GivenFigures, Judged, judge_figures, workbook_figures
from actions.reports.forms import forms_of
from actions.reports.outcome import turn_back
from actions.reports.versions import answered_by, next_version
from actions.trying import looking
from documents.report_forms import TableForm
from models.base import DirectiveId
from models.lifecycle import ObligationState
from models.obligation import Obligation
from models.organisation import Organisation
from models.report import Report, ReportedObligation
from signing.outcome import VerificationReport
from signing.report import to_json

_NAME = "submit_report"


class _TakenBeforeError(Exception):
    """The same files were taken before, perhaps by another process at this very moment."""

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
    attachments: tuple[NewAttachment, ...]
    figures: tuple[GivenFigures, ...]
    period_key: str | None
    number_symbol: str
    refused: tuple[str, ...] = field(default=())
    """Workbooks that could not be opened, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What lies in the archive before the transaction begins."""

    digest: str
    attachments: list[dict[str, Any]]
    fault: str | None
    """Why the main file can be no report at all."""
    judged: VerificationReport | None


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
    attachments: Sequence[NewAttachment] = (),
    figures: Sequence[GivenFigures] = (),
    period_key: str | None = None,
    number_symbol: str = "",
) -> UUID:
    """Takes the answer of a unit. Returns the report's identifier; its `state` tells what became.

    What came by the same message, or waits already with the very same files, is not taken again.

    `received`: laid before the follow-up officer, what it answers is `reported`. `returned`: empty,
    no PDF, unreadable, unsigned, broken, signed by somebody else, or without the figures that its
    task asks for; `reason` says which, the unit is told by mail, and nothing of what it owes has
    moved.

    Args:
        desk: the tools.
        actor: the unit.
        organisation_id: the unit.
        directive_id: what it answers.
        file_name: as the unit named it; shown, never a path.
        content: the signed PDF.
        via: `mail`, `upload` or `edxml`.
        incoming_id: the message it came with.
        answers: lines of the answer: {"label", "value", "source"}.
        obligation_ids: what it answers; everything that the unit owes of the period where empty.
        attachments: files beside it; a workbook made of a form of the directive is read.
        figures: what was typed into forms; goes before workbooks.
        period_key: the period it answers; the oldest that is owed where None.
        number_symbol: the unit's own number of its report.

    Raises:
        NotAuthorisedError: the actor is not the unit.
        NotFoundError: no such directive, or the unit owes nothing of it.
        WrongStateError: the directive is not being followed up.
        InvalidInputError: the files are larger than the limit, too many, or one beside the report
            is empty; nothing of them was kept.
    """
    handed = _Submission(
        organisation_id=organisation_id, directive_id=directive_id, file_name=file_name[:300],
        content=content, via=via, incoming_id=incoming_id,
        answers=tuple(dict(line) for line in answers), obligation_ids=frozenset(obligation_ids),
        attachments=tuple(attachments), figures=tuple(figures), period_key=period_key,
        number_symbol=" ".join(number_symbol.split())[:80],
    )  # fmt: skip
    with looking(desk, actor, _NAME, subject=directive_id) as look:
        require_unit(look, organisation_id, "nộp báo cáo")
        before = _taken_before(look.session, handed)
        forms: list[TableForm] = []
        if before is None:
            tasks = [one.task_ref for one in _answered(look, handed)]
            forms = forms_of(look.session, directive_id, tasks)
            require_size(content, desk.size_limit_bytes)
            require_fit(attachments, content, desk.size_limit_bytes)
    if before is not None:
        return before
    typed = {one.form_id for one in handed.figures}
    asked = [form for form in forms if form.id not in typed]
    read, refused = workbook_figures(handed.attachments, asked)
    handed = replace(handed, figures=(*read, *handed.figures), refused=tuple(refused))
    return _record(desk, actor, handed, _judge_and_keep(desk, handed))


def _judge_and_keep(desk: Desk, handed: _Submission) -> _Kept:
    fault = door_fault(handed.content)
    judged = None if fault else desk.judge(handed.content, handed.file_name, desk.clock())
    return _Kept(
        digest=desk.archive.put(handed.content), fault=fault, judged=judged,
        attachments=keep(desk.archive, handed.attachments),
    )  # fmt: skip


def _record(desk: Desk, actor: Actor, handed: _Submission, kept: _Kept) -> UUID:
    try:
        with doing(desk, actor, _NAME, subject=handed.directive_id) as deed:
            answered = _answered(deed, handed)
            figures = judge_figures(
                deed.session, handed.directive_id, [one.task_ref for one in answered],
                handed.figures, handed.refused,
            )  # fmt: skip
            # From here on the obligations are locked: of two that bring the same file one waited.
            _give_way(deed.session, handed, kept, answered, figures)
            report = _write(deed, handed, kept, answered, figures)
            reason = _fault(deed.session, handed, kept, figures)
            if reason is None:
                _report(deed, report, answered)
            else:
                turn_back(desk, deed, report, reason)
            deed.detail |= {"state": report.state, "reason": reason}
    except _TakenBeforeError as taken:
        return taken.report_id
    return report.id


def _fault(session: Session, handed: _Submission, kept: _Kept, figures: Judged) -> str | None:
    """Returns everything for which the report goes back, so that the unit mends it in one go."""
    unit = session.get_one(Organisation, handed.organisation_id)
    signature = kept.fault
    if kept.judged is not None:
        signature = signature_fault(session, kept.judged, unit)
    return " ".join(filter(None, (signature, figures.fault))) or None


def _write(
    deed: Deed,
    handed: _Submission,
    kept: _Kept,
    answered: Sequence[Obligation],
    figures: Judged,
) -> Report:
    period = answered[0].period_key
    report = Report(
        directive_id=handed.directive_id, organisation_id=handed.organisation_id, via=handed.via,
        incoming_id=handed.incoming_id, file_name=handed.file_name, document_sha256=kept.digest,
        answers=list(handed.answers), received_at=deed.at, attachments=kept.attachments,
        figures=dict(figures.stored), period_key=period, number_symbol=handed.number_symbol,
        version=next_version(deed.session, handed.directive_id, handed.organisation_id, period),
        **_judgement(kept.judged),
    )  # fmt: skip
    deed.session.add(report)
    deed.session.flush()
    deed.detail |= {
        "report": str(report.id), "via": report.via, "sha256": kept.digest,
        "organisation": report.organisation_id, "verdict": report.verdict,
        "version": report.version, "period": period,
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


def _give_way(
    session: Session,
    handed: _Submission,
    kept: _Kept,
    answered: Sequence[Obligation],
    figures: Judged,
) -> None:
    before = _taken_before(session, handed) or _waiting(session, handed, kept, answered, figures)
    if before is not None:
        raise _TakenBeforeError(before)


def _waiting(
    session: Session,
    handed: _Submission,
    kept: _Kept,
    answered: Sequence[Obligation],
    figures: Judged,
) -> UUID | None:
    """Returns the report that waits with the very same files: a button was pressed twice."""
    same = session.scalars(
        select(Report).where(
            Report.directive_id == handed.directive_id,
            Report.organisation_id == handed.organisation_id,
            Report.period_key == answered[0].period_key,
            Report.document_sha256 == kept.digest,
            Report.state == "received",
        )
    )
    for one in same:
        files = [file["sha256"] for file in one.attachments]
        if files == [file["sha256"] for file in kept.attachments] and one.figures == figures.stored:
            answers = _answers_of(session, one.id)
            return one.id if answers >= {obligation.id for obligation in answered} else None
    return None


def _answers_of(session: Session, report_id: UUID) -> set[UUID]:
    return set(
        session.scalars(
            select(ReportedObligation.obligation_id).where(
                ReportedObligation.report_id == report_id
            )
        )
    )


def _answered(deed: Deed, handed: _Submission) -> list[Obligation]:
    """Returns what a report of this unit answers: what is owed, or was reported and not decided."""
    directive = get_directive(deed.session, handed.directive_id)
    expect_state(directive, *RUNNING)
    return answered_by(
        deed.session, handed.directive_id, handed.organisation_id,
        wanted=handed.obligation_ids, period_key=handed.period_key,
    )  # fmt: skip


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
