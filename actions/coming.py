"""Periodic tasks: the schedule of each, proposed from its words or set by a person; what is coming.

The schedule lies on the task. A task without one is owed once, or waits for a person.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.offices import working_calendar
from deadlines.kinds import DeadlineKind
from deadlines.phrases import find_phrases
from deadlines.proposing import propose
from deadlines.schedule import Schedule, from_json
from deadlines.schedule_days import periods_due
from models.directive import Directive, DirectiveTask
from models.obligation import Obligation

PERIODIC = (DeadlineKind.PERIODIC, DeadlineKind.PERIODIC_UNSPECIFIED)
"""Kinds that need a schedule."""


def schedule_of(task: DirectiveTask) -> Schedule | None:
    """Returns the schedule of a task; None where it is owed once or nobody has set one.

    Raises:
        ScheduleInvalidError: what is stored contradicts itself.
    """
    return from_json(task.schedule) if task.schedule else None


def proposed_schedule(task: DirectiveTask, *, issued: date) -> Schedule | None:
    """Returns the schedule that the words of a periodic task give; None: a person must say."""
    if task.kind != DeadlineKind.PERIODIC:
        return None
    return propose(find_phrases(task.deadline_raw or "", issued=issued))


def first_day(directive: Directive, schedule: Schedule) -> date | None:
    """Returns the day from which reports are owed; None while nothing was issued."""
    days = [day for day in (directive.issue_date, schedule.starts) if day is not None]
    return max(days, default=None)


def scheduled_tasks(session: Session, directive: Directive) -> list[DirectiveTask]:
    """Returns the tasks of the current revision that have a schedule."""
    rows = session.scalars(
        select(DirectiveTask)
        .where(
            DirectiveTask.directive_id == directive.id,
            DirectiveTask.revision == directive.revision,
        )
        .order_by(DirectiveTask.id)
    )
    return [task for task in rows if task.schedule]


def is_more_to_come(session: Session, directive: Directive) -> bool:
    """Tells whether a periodic task has a period that is not opened yet."""
    return any(
        _has_unopened(session, directive, task) for task in scheduled_tasks(session, directive)
    )


def _has_unopened(session: Session, directive: Directive, task: DirectiveTask) -> bool:
    schedule = schedule_of(task)
    if schedule is None or schedule.ends is None:
        return schedule is not None
    since = first_day(directive, schedule)
    if since is None:
        return True
    coming = periods_due(schedule, working_calendar(session), since=since, until=schedule.ends)
    return bool({one.key for one in coming} - set(opened_keys(session, task)))


def opened_keys(session: Session, task: DirectiveTask) -> Sequence[str]:
    """Returns the keys of the periods of a task that were opened for anybody."""
    return session.scalars(
        select(Obligation.period_key)
        .where(Obligation.directive_id == task.directive_id, Obligation.task_ref == task.ref)
        .distinct()
    ).all()
