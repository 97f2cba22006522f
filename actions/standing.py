"""How every unit stands with a directive, in words for a report."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.desk import local_day
from actions.exporting import is_overdue
from actions.follow_up_words import OBLIGATION_WORDS
from actions.owing import is_owed
from documents.consolidate import AnswerLine, AnswerSource, MissingUnit, UnitAnswer
from models.directive import Directive
from models.dispatch import IncomingMessage
from models.lifecycle import ObligationState
from models.obligation import ExtensionRequest, Obligation, Reminder
from models.organisation import Organisation
from models.report import Report, ReportedObligation

_GONE = (ObligationState.CANCELLED, ObligationState.TRANSFERRED)


def unit_answers(session: Session, directive: Directive, at: datetime) -> tuple[UnitAnswer, ...]:
    """Returns every obligation with its state and the lines that were answered, with sources.

    A report that answers several obligations of a unit is shown once, with the one that asks for a
    report, so that no figure counts twice.
    """
    answered = _lines_by_obligation(session, directive)
    return tuple(
        UnitAnswer(
            unit=name,
            obligation=one.task_ref,
            sentence=one.sentence,
            deadline=one.deadline_raw or "không nêu ngày",
            due=one.due,
            state=state_words(one, at),
            reported_at=one.reported_at,
            answers=tuple(answered.get(one.id, ())),
        )
        for one, name in _obligations(session, directive)
    )


def missing_units(session: Session, directive: Directive, at: datetime) -> tuple[MissingUnit, ...]:
    """Returns who still owes an answer, with or without a day, and what was done about it."""
    return tuple(
        MissingUnit(
            unit=name,
            obligation=one.task_ref,
            deadline=one.deadline_raw or "không nêu ngày",
            note=_note(session, one, at),
        )
        for one, name in _obligations(session, directive)
        if is_owed(one)
    )


def state_words(obligation: Obligation, at: datetime) -> str:
    """Returns where an obligation stands, for people: late answers and overdue ones say so."""
    words = OBLIGATION_WORDS[ObligationState(obligation.state)]
    if is_overdue(obligation, local_day(at)):
        return f"{words}, quá hạn"
    late = (
        obligation.reported_at is not None
        and obligation.due is not None
        and local_day(obligation.reported_at) > obligation.due
        and not is_owed(obligation)
    )
    return f"{words}, báo cáo muộn" if late else words


def _obligations(session: Session, directive: Directive) -> Sequence[tuple[Obligation, str]]:
    rows = session.execute(
        select(Obligation, Organisation.name)
        .join(Organisation, Organisation.id == Obligation.organisation_id)
        .where(
            Obligation.directive_id == directive.id,
            # The issuing office reports to nobody here; its own tasks are on its page.
            Obligation.organisation_id != directive.organisation_id,
            Obligation.state.not_in([state.value for state in _GONE]),
        )
        .order_by(Organisation.name, Obligation.task_ref)
    )
    return [(one, name) for one, name in rows]


def _lines_by_obligation(session: Session, directive: Directive) -> dict[object, list[AnswerLine]]:
    rows = session.execute(
        select(Report, Obligation, IncomingMessage.message_id)
        .join(ReportedObligation, ReportedObligation.report_id == Report.id)
        .join(Obligation, Obligation.id == ReportedObligation.obligation_id)
        .outerjoin(IncomingMessage, IncomingMessage.id == Report.incoming_id)
        .where(Report.directive_id == directive.id, Report.state != "returned")
        .order_by(Report.received_at, Report.id, Obligation.is_report.desc(), Obligation.task_ref)
    )
    found: dict[object, list[AnswerLine]] = {}
    shown: set[object] = set()
    for report, obligation, message_id in rows:
        if report.id not in shown:
            shown.add(report.id)
            found.setdefault(obligation.id, []).extend(_lines(report, message_id))
    return found


def _lines(report: Report, message_id: str | None) -> list[AnswerLine]:
    """Returns the lines of a report; the file itself where it holds no lines of its own."""
    place = f"thư {message_id}" if message_id else "nộp tại trang của đơn vị"
    lines = report.answers or [{"label": "Báo cáo", "value": "Xem tệp báo cáo", "source": place}]
    return [
        AnswerLine(
            label=str(line["label"]),
            value=str(line["value"]),
            source=AnswerSource(
                name=report.file_name,
                sha256_hex=report.document_sha256,
                place=str(line.get("source") or place),
            ),
        )
        for line in lines
    ]


def _note(session: Session, obligation: Obligation, at: datetime) -> str:
    """Returns what was done about a missing answer."""
    parts = [state_words(obligation, at)]
    letters = session.scalars(
        select(func.count(func.distinct(Reminder.notice_id))).where(
            Reminder.obligation_id == obligation.id
        )
    ).one()
    if letters:
        parts.append(f"đã nhắc {letters} lần")
    extension = session.scalar(
        select(ExtensionRequest)
        .where(ExtensionRequest.obligation_id == obligation.id)
        .order_by(ExtensionRequest.asked_at.desc())
        .limit(1)
    )
    if extension is not None:
        word = {"granted": "được gia hạn", "refused": "không được gia hạn"}
        said = word.get(extension.state, "xin gia hạn")
        parts.append(f"{said} đến {extension.asked_until:%d/%m/%Y}")
    if obligation.state == ObligationState.RETURNED or _was_returned(session, obligation):
        parts.append("đã gửi báo cáo nhưng bị trả lại")
    return "; ".join(parts)


def _was_returned(session: Session, obligation: Obligation) -> bool:
    returned = select(Report.id).where(
        Report.directive_id == obligation.directive_id,
        Report.organisation_id == obligation.organisation_id,
        Report.state == "returned",
    )
    return session.scalars(returned).first() is not None
