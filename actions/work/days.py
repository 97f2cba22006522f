"""By when something that waits should be done; a rule with its source, or no day at all."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.desk import local_day
from deadlines.calendar import WorkingCalendar
from deadlines.kinds import DeadlineKind
from models.base import DirectiveId
from models.directive import Directive, DirectiveTask
from models.signature import Signature
from signing.request import SignatureKind

AFTER_SIGNING: Final = frozenset({"take_number", "seal", "issue"})
"""What still has to be done with a directive that its officer has signed."""
SAME_DAY: Final = "phát hành trong ngày ký, chậm nhất ngày làm việc tiếp theo (NĐ 30/2020, Điều 18)"
AT_ONCE: Final = "văn bản khẩn, làm ngay trong ngày"
FIRST_TASK: Final = "thời hạn đầu tiên mà văn bản giao cho các đơn vị"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByWhen:
    """A day and where it comes from."""

    day: date | None = None
    why: str = ""


def signed_at(session: Session, keys: list[DirectiveId]) -> dict[DirectiveId, datetime]:
    """Returns when the officer's signature of each directive was completed."""
    if not keys:
        return {}
    rows = session.execute(
        select(Signature.directive_id, Signature.completed_at).where(
            Signature.directive_id.in_(keys),
            Signature.kind == SignatureKind.OFFICER.value,
            Signature.state == "completed",
            Signature.completed_at.is_not(None),
        )
    )
    return {DirectiveId(key): at for key, at in rows if key is not None and at is not None}


def first_tasks(
    session: Session, keys: list[DirectiveId], calendar: WorkingCalendar
) -> dict[DirectiveId, date]:
    """Returns the first last working day in time that each directive gives in its tasks."""
    if not keys:
        return {}
    rows = session.execute(
        select(
            DirectiveTask.directive_id,
            DirectiveTask.kind,
            DirectiveTask.named_date,
            DirectiveTask.inclusive,
        )
        .join(Directive, Directive.id == DirectiveTask.directive_id)
        .where(
            DirectiveTask.directive_id.in_(keys),
            DirectiveTask.revision == Directive.revision,
            DirectiveTask.named_date.is_not(None),
        )
        .distinct()
    )
    found: dict[DirectiveId, date] = {}
    for key, kind, named, inclusive in rows:
        # “trước ngày 15” ends with the 14th.
        is_out = kind == DeadlineKind.BEFORE_DATE and not inclusive
        day = calendar.last_working_day_on_or_before(named - timedelta(days=1) if is_out else named)
        found[key] = min(day, found.get(key, day))
    return found


def by_when(
    *,
    deed: str,
    urgent: bool,
    since: datetime,
    signed: datetime | None,
    first_task: date | None,
    calendar: WorkingCalendar,
) -> ByWhen:
    """Returns by when a step of a directive should be taken.

    What is urgent on the day on which it came; what is signed goes out the same day, at latest the
    next working day; else before the first day that the directive itself names.
    """
    if urgent:
        day = calendar.first_working_day_on_or_after(local_day(since))
        return ByWhen(day=day, why=AT_ONCE)
    if deed in AFTER_SIGNING and signed is not None:
        return ByWhen(day=calendar.next_working_day(local_day(signed)), why=SAME_DAY)
    return ByWhen(day=first_task, why=FIRST_TASK) if first_task else ByWhen()
