"""Setting the schedule of a periodic task: what the directive left open, a person says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import require_role
from actions.auditing import Actor
from actions.changing import expect_state, get_directive
from actions.closing import RUNNING, close_if_settled, require_reason
from actions.coming import first_day, schedule_of
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.obligations.periods import lock_directive, open_periods
from actions.obliging import period_columns, period_flags
from actions.offices import working_calendar
from actions.owing import DAY_SET, alter, is_owed
from actions.telling import Told, tell_unit
from actions.year_calendars import years_entered
from deadlines.errors import ScheduleInvalidError
from deadlines.period_names import FREQUENCY_WORDS
from deadlines.schedule import Schedule, from_json, to_json
from deadlines.schedule_days import PeriodDue, periods_due
from models.base import DirectiveId
from models.directive import Directive, DirectiveTask
from models.lifecycle import ObligationState
from models.obligation import Obligation
from models.officer import Role

_AHEAD = timedelta(days=1100)
"""Periods that were opened lie within this of today, whatever the schedule was."""


def set_schedule(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    task_ref: str,
    schedule: Mapping[str, Any],
    *,
    reason: str = "",
) -> int:
    """Sets when a task comes again. Returns how many obligations were opened by it.

    What waited for a schedule becomes its first period. Periods that are open move to their new
    day with a record; those that the new schedule does not know are cancelled with a record; whose
    day a person set stays as it is. Where the task had no schedule and none says when it starts,
    it starts today: nobody is late at once.

    Args:
        desk: the tools.
        actor: the follow-up officer.
        directive_id: an issued directive.
        task_ref: label of the task.
        schedule: as `deadlines.schedule.from_json` reads it.
        reason: why, where a schedule is changed.

    Raises:
        NotFoundError: no such directive or task.
        NotAuthorisedError: the actor does not follow up.
        WrongStateError: the directive is not being followed up.
        InvalidInputError: the schedule cannot be, or a change has no reason.
    """
    with doing(desk, actor, "set_schedule", subject=directive_id) as deed:
        lock_directive(deed.session, directive_id)
        directive = get_directive(deed.session, directive_id)
        require_role(deed, Role.FOLLOW_UP, directive.organisation_id, "đặt lịch báo cáo định kỳ")
        expect_state(directive, *RUNNING)
        task = task_of(deed.session, directive, task_ref)
        before = schedule_of(task)
        new = read_schedule(schedule)
        if before is None:
            new = replace(new, starts=new.starts or deed.day)
        else:
            new = replace(new, left_out=before.left_out)
            reason = require_reason(reason)
        task.schedule = to_json(new)
        deed.session.flush()
        moved = _move_open(desk, deed, directive, task, reason) if before is not None else 0
        made = open_periods(deed, directive, task.ref)
        deed.detail |= {
            "task": task.ref, "schedule": task.schedule, "opened": len(made), "moved": moved,
            "reason": reason,
        }  # fmt: skip
        close_if_settled(deed, directive)
    return len(made)


def read_schedule(data: Mapping[str, Any]) -> Schedule:
    """Reads a schedule that a person gave.

    Raises:
        InvalidInputError: it cannot be; the reason says why.
    """
    try:
        return from_json(data)
    except ScheduleInvalidError as err:
        raise InvalidInputError(
            Problem(place="Lịch báo cáo định kỳ", reason=f"{err.reason}. Sửa lại rồi ghi lại.")
        ) from err


def task_of(session: Session, directive: Directive, task_ref: str) -> DirectiveTask:
    """Returns a task of the current revision.

    Raises:
        NotFoundError: there is none with this label.
    """
    found = session.scalar(
        select(DirectiveTask).where(
            DirectiveTask.directive_id == directive.id,
            DirectiveTask.revision == directive.revision,
            DirectiveTask.ref == task_ref,
        )
    )
    if found is None:
        raise NotFoundError("mục của văn bản", task_ref)
    return found


def _move_open(
    desk: Desk, deed: Deed, directive: Directive, task: DirectiveTask, reason: str
) -> int:
    """Brings what is open of a task to its new schedule. Returns how many changed."""
    periods = {one.key: one for one in periods_of_task(deed, directive, task)}
    told = []
    for one in _open_ones(deed.session, task):
        if any(flag["code"] == DAY_SET for flag in one.flags):
            continue  # A person set its day; that stands.
        if one.period_key not in periods:
            alter(deed, one, reason=reason, state=ObligationState.CANCELLED)
            told.append(Told.cancelled(one, reason))
        elif one.last_allowed_day != periods[one.period_key].last_allowed_day:
            period = periods[one.period_key]
            flags = period_flags(years_entered(deed.session), period)
            alter(deed, one, reason=reason, flags=flags, **period_columns(period))
            told.append(Told.due_changed(one, reason))
    tell_unit(desk, deed, directive, told)
    return len(told)


def periods_of_task(deed: Deed, directive: Directive, task: DirectiveTask) -> tuple[PeriodDue, ...]:
    """Returns the periods of a task from its first day to well after today."""
    schedule = schedule_of(task)
    since = first_day(directive, schedule) if schedule is not None else None
    if schedule is None or since is None:
        return ()
    return periods_due(
        schedule, working_calendar(deed.session), since=since, until=deed.day + _AHEAD,
        raw=task.deadline_raw or "",
    )  # fmt: skip


def _open_ones(session: Session, task: DirectiveTask) -> list[Obligation]:
    rows = session.scalars(
        select(Obligation).where(
            Obligation.directive_id == task.directive_id,
            Obligation.task_ref == task.ref,
            Obligation.period_key != "",
        )
    )
    return [one for one in rows if is_owed(one)]


def schedule_words(schedule: Schedule) -> str:
    """Returns a schedule in words: how often, and from when until when."""
    often = ", ".join(FREQUENCY_WORDS[one] for one in schedule.frequencies)
    since = f" từ {schedule.starts:%d/%m/%Y}" if schedule.starts else ""
    until = f" đến hết {schedule.ends:%d/%m/%Y}" if schedule.ends else ""
    return f"Báo cáo {often}{since}{until}; kỳ số liệu: {schedule.periods[0].source}."
