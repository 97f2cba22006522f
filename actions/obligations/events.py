"""A duty that waits for an event gets its day once the event has one."""

from datetime import date
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import require_role
from actions.auditing import Actor
from actions.changing import expect_state, get_directive
from actions.closing import RUNNING
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, Problem
from actions.obligations.schedules import task_of
from actions.obliging import phrase_of
from actions.offices import working_calendar
from actions.owing import DAY_SET, alter, is_owed
from actions.telling import Told, tell_unit
from actions.year_calendars import CALENDAR_FLAGS, calendar_flags, years_entered
from deadlines.due import ComputedDue, compute_due
from deadlines.kinds import DeadlineKind
from models.base import DirectiveId
from models.directive import Directive, DirectiveTask
from models.obligation import Obligation, ObligationChange
from models.officer import Role

EVENT = "event"
"""`ObligationChange.field` of the day of an event."""
_WAITS = "waits_for_event"


def fix_event(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    task_ref: str,
    *,
    day: date,
    note: str,
    last_allowed_day: date | None = None,
) -> int:
    """Gives a waiting task its day from that of the event. Returns how many obligations moved.

    The days of the words are counted on from the event, or back; a day that was fixed before is
    replaced, with a record. Where the words count no days ("sau khi Nghị định ban hành"), the
    officer names the last day.

    Args:
        desk: the tools.
        actor: the follow-up officer.
        directive_id: an issued directive.
        task_ref: label of a task that waits for an event.
        day: the day of the event.
        note: which event, by which paper.
        last_allowed_day: the last day in time, where the words count none.

    Raises:
        NotFoundError: no such directive or task.
        NotAuthorisedError: the actor does not follow up.
        WrongStateError: the directive is not being followed up.
        InvalidInputError: the task waits for no event, no note, or no last day where one is needed.
    """
    with doing(desk, actor, "fix_event", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        require_role(deed, Role.FOLLOW_UP, directive.organisation_id, "ghi ngày của sự kiện")
        expect_state(directive, *RUNNING)
        task = task_of(deed.session, directive, task_ref)
        said = _checked(task, note)
        due = _due(deed, directive, task, day, last_allowed_day)
        owed = [one for one in _waiting(deed.session, task) if is_owed(one)]
        for one in owed:
            _fix(deed, one, due, day, said)
        why = f"{said} (ngày {day:%d/%m/%Y})"
        tell_unit(desk, deed, directive, [Told.due_changed(one, why) for one in owed])
        deed.detail |= {
            "task": task.ref, "event": day.isoformat(), "note": said,
            "due": due.last_working_day.isoformat() if due.last_working_day else None,
            "obligations": len(owed),
        }  # fmt: skip
    return len(owed)


def _checked(task: DirectiveTask, note: str) -> str:
    if task.kind != DeadlineKind.RELATIVE:
        _refuse(f"mục {task.ref} không tính từ một sự kiện. Dùng “Đổi thời hạn”.")
    if not note.strip():
        _refuse("chưa ghi đó là sự kiện, văn bản nào. Ghi rõ rồi thực hiện lại.")
    return note.strip()


def _refuse(reason: str) -> NoReturn:
    raise InvalidInputError(Problem(place="Ngày của sự kiện", reason=reason))


def _due(
    deed: Deed, directive: Directive, task: DirectiveTask, day: date, last: date | None
) -> ComputedDue:
    issued = directive.issue_date or deed.day
    calendar = working_calendar(deed.session)
    phrase = phrase_of(task, issued=issued)
    if phrase.count is not None:
        return compute_due(phrase, calendar, issued=None, event=day)
    if last is None or last < day:
        _refuse(
            "văn bản không nêu số ngày kể từ sự kiện. Chọn cả ngày cuối cùng phải hoàn thành, "
            "không sớm hơn ngày của sự kiện."
        )
    return ComputedDue(
        last_allowed_day=last,
        last_working_day=calendar.last_working_day_on_or_before(last),
        explanation=(
            f"“{phrase.raw}”: sự kiện ngày {day:%d/%m/%Y}; người theo dõi ấn định hết ngày "
            f"{last:%d/%m/%Y}."
        ),
        flags=(),
    )


def _fix(deed: Deed, one: Obligation, due: ComputedDue, day: date, note: str) -> None:
    days = (due.last_allowed_day, due.last_working_day)
    kept = [flag for flag in one.flags if flag["code"] not in {_WAITS, DAY_SET, *CALENDAR_FLAGS}]
    before = event_of(deed.session, one)
    alter(
        deed, one, reason=note, last_allowed_day=due.last_allowed_day, due=due.last_working_day,
        computed=due.explanation,
        flags=[*kept, *calendar_flags(years_entered(deed.session), days)],
    )  # fmt: skip
    deed.session.add(
        ObligationChange(
            obligation_id=one.id, field=EVENT, before=before.isoformat() if before else None,
            after=day.isoformat(), reason=note, officer_id=deed.actor.id, at=deed.at,
        )
    )  # fmt: skip


def event_of(session: Session, obligation: Obligation) -> date | None:
    """Returns the day of the event that an obligation counts from; None while it is not fixed."""
    said = session.scalar(
        select(ObligationChange.after)
        .where(ObligationChange.obligation_id == obligation.id, ObligationChange.field == EVENT)
        .order_by(ObligationChange.id.desc())
        .limit(1)
    )
    return date.fromisoformat(said) if said else None


def _waiting(session: Session, task: DirectiveTask) -> list[Obligation]:
    return list(
        session.scalars(
            select(Obligation).where(
                Obligation.directive_id == task.directive_id, Obligation.task_ref == task.ref
            )
        )
    )
