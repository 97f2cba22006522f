"""Directives on their way, as they wait for one person."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from actions.desk import local_day
from actions.progress import WorkItem, moving_work_for
from actions.work.days import by_when, first_tasks, signed_at
from actions.work.items import DIRECTIVE, KIND_OF, Subject, Waiting
from deadlines.calendar import WorkingCalendar

_WORDS: Final = {
    "submit": "Hoàn thiện dự thảo rồi trình.",
    "check_content": "Chờ kiểm tra nội dung.",
    "check_form": "Chờ kiểm tra thể thức.",
    "approve": "Chờ phê duyệt.",
    "take_number": "Chờ cấp số.",
    "sign": "Chờ ký.",
    "seal": "Lãnh đạo đã ký; chờ đóng dấu.",
    "issue": "Đã ký và đóng dấu; phát hành trong ngày.",
}
"""What is asked of the reader. Issuing: the same day, NĐ 30/2020 Đ18.1."""


def _asked(item: WorkItem) -> str:
    if item.deed == "revise" and item.taken_back:
        return f"Dự thảo đã rút lại, chờ sửa. Lý do rút lại: {item.return_reason}"
    if item.deed == "revise":
        return f"Dự thảo bị trả lại, chờ sửa. Lý do trả lại: {item.return_reason}"
    return _WORDS[item.deed]


def waiting_cases(
    session: Session, officer_id: str, at: datetime, calendar: WorkingCalendar
) -> list[Waiting]:
    """Returns the steps of directives that wait for an officer."""
    items = [
        one for one in moving_work_for(session, officer_id, local_day(at)) if one.deed in KIND_OF
    ]
    keys = sorted({one.directive_id for one in items})
    signed, tasks = signed_at(session, keys), first_tasks(session, keys, calendar)

    def shown(one: WorkItem) -> Waiting:
        due = by_when(
            deed=one.deed, urgent=bool(one.urgency), since=one.since,
            signed=signed.get(one.directive_id), first_task=tasks.get(one.directive_id),
            calendar=calendar,
        )  # fmt: skip
        return Waiting(
            kind=KIND_OF[one.deed],
            subject=Subject(
                about=DIRECTIVE, id=one.directive_id, step=one.deed, revision=one.revision
            ),
            title=one.title, text=one.subject, doc_type=one.doc_type, urgency=one.urgency,
            words=_asked(one), due=due.day, why_due=due.why, since=one.since,
            organisation_id=one.organisation_id, roles=frozenset({one.role} if one.role else ()),
        )  # fmt: skip

    return [shown(one) for one in items]
