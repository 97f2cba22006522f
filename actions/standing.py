"""How every unit stands with a directive, in words for a report."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.desk import local_day
from actions.exporting import is_overdue
from actions.follow_up_words import OBLIGATION_WORDS
from actions.owing import is_owed
from documents.consolidate import AnswerLine, AnswerSource, MissingUnit, UnitAnswer
from documents.consolidate_figures import Punctuality
from models.directive import Directive
from models.dispatch import IncomingMessage
from models.lifecycle import GONE_OBLIGATIONS, ObligationState
from models.obligation import ExtensionRequest, Obligation, Reminder
from models.organisation import Organisation
from models.report import Report, ReportedObligation


def unit_answers(
    session: Session, directive: Directive, at: datetime, *, period_key: str | None = None
) -> tuple[UnitAnswer, ...]:
    """Returns every obligation with its state and the lines that were answered, with sources.

    Of one period where `period_key` names it; of all where it is None.

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
        for one, name in _obligations(session, directive, period_key)
    )


def punctuality(
    session: Session, directive: Directive, at: datetime, *, period_key: str | None = None
) -> Punctuality:
    """Counts who was on time, who late, who is missing; each obligation once."""
    day, counts = local_day(at), Counter[str]()
    for one, _ in _obligations(session, directive, period_key):
        if is_owed(one):
            counts["missing" if is_overdue(one, day) else "waiting"] += 1
        else:
            counts["late" if _came_late(one) else "on_time"] += 1
    return Punctuality(**counts)


def missing_units(
    session: Session, directive: Directive, at: datetime, *, period_key: str | None = None
) -> tuple[MissingUnit, ...]:
    """Returns who still owes an answer, with or without a day, and what was done about it."""
    owed = [pair for pair in _obligations(session, directive, period_key) if is_owed(pair[0])]
    done = _done_about(session, directive)
    return tuple(
        MissingUnit(
            unit=name,
            obligation=one.task_ref,
            deadline=one.deadline_raw or "không nêu ngày",
            note=done.note(one, at),
        )
        for one, name in owed
    )


def state_words(obligation: Obligation, at: datetime) -> str:
    """Returns where an obligation stands, for people: late answers and overdue ones say so."""
    words = OBLIGATION_WORDS[ObligationState(obligation.state)]
    if is_overdue(obligation, local_day(at)):
        return f"{words}, quá hạn"
    late = _came_late(obligation) and not is_owed(obligation)
    return f"{words}, báo cáo muộn" if late else words


def _came_late(obligation: Obligation) -> bool:
    return (
        obligation.reported_at is not None
        and obligation.due is not None
        and local_day(obligation.reported_at) > obligation.due
    )


def _obligations(
    session: Session, directive: Directive, period_key: str | None
) -> Sequence[tuple[Obligation, str]]:
    query = (
        select(Obligation, Organisation.name)
        .join(Organisation, Organisation.id == Obligation.organisation_id)
        .where(
            Obligation.directive_id == directive.id,
            # The issuing office reports to nobody here; its own tasks are on its page.
            Obligation.organisation_id != directive.organisation_id,
            Obligation.state.not_in(GONE_OBLIGATIONS),
        )
        .order_by(Organisation.sort_key, Obligation.task_ref, Obligation.period_key)
    )
    if period_key is not None:
        query = query.where(Obligation.period_key == period_key)
    return [(one, name) for one, name in session.execute(query)]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _DoneAbout:
    """What was done about the missing answers of a directive; read at once for all of them."""

    letters: Mapping[UUID, int]
    """Reminders by obligation."""
    extensions: Mapping[UUID, ExtensionRequest]
    """The newest request by obligation."""
    returned: frozenset[str]
    """Units whose report was returned."""

    def note(self, obligation: Obligation, at: datetime) -> str:
        """Returns it in words."""
        parts = [state_words(obligation, at)]
        if letters := self.letters.get(obligation.id, 0):
            parts.append(f"đã nhắc {letters} lần")
        if extension := self.extensions.get(obligation.id):
            word = {"granted": "được gia hạn", "refused": "không được gia hạn"}
            said = word.get(extension.state, "xin gia hạn")
            parts.append(f"{said} đến {extension.asked_until:%d/%m/%Y}")
        was_returned = obligation.organisation_id in self.returned
        if obligation.state == ObligationState.RETURNED or was_returned:
            parts.append("đã gửi báo cáo nhưng bị trả lại")
        return "; ".join(parts)


def _done_about(session: Session, directive: Directive) -> _DoneAbout:
    letters = session.execute(
        select(Reminder.obligation_id, func.count(func.distinct(Reminder.notice_id)))
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .where(Obligation.directive_id == directive.id)
        .group_by(Reminder.obligation_id)
    )
    asked = session.scalars(
        select(ExtensionRequest)
        .join(Obligation, Obligation.id == ExtensionRequest.obligation_id)
        .where(Obligation.directive_id == directive.id)
        .order_by(ExtensionRequest.asked_at)
    )
    returned = session.scalars(
        select(Report.organisation_id).where(
            Report.directive_id == directive.id, Report.state == "returned"
        )
    )
    return _DoneAbout(
        letters={key: count for key, count in letters},  # noqa: C416 (rows are no pairs)
        extensions={one.obligation_id: one for one in asked},
        returned=frozenset(returned),
    )
