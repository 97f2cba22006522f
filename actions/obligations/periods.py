"""Opening periodic obligations, period by period."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from actions.auditing import MACHINE
from actions.changing import get_directive
from actions.closing import RUNNING
from actions.coming import opened_keys, scheduled_tasks
from actions.desk import Deed, Desk, doing, local_day
from actions.expanding import living
from actions.obliging import (
    Bearer,
    Opening,
    bearers_of,
    period_columns,
    period_flags,
    periods_now,
)
from actions.owing import alter, is_owed
from deadlines.period_names import words_of
from deadlines.schedule_days import PeriodDue
from models.base import DirectiveId
from models.directive import Directive, DirectiveTask
from models.lifecycle import ObligationState
from models.obligation import Obligation

NO_SCHEDULE = "{}"
"""The text of an empty schedule in the database."""


BY_SCHEDULE = "Mở theo lịch báo cáo định kỳ."


class _NothingDueError(Exception):
    """No period is due for opening; the transaction is given up and leaves no trace."""


def open_due_periods(desk: Desk) -> int:
    """Opens the periods that are owed by today. Returns how many obligations were made.

    Idempotent, also where two processes do it at once: one transaction a directive, which locks it
    and looks again. After a standstill every period that came due in between is opened. Stops where
    the directive is recalled, replaced, cancelled or closed.

    Raises:
        ScheduleInvalidError: a stored schedule contradicts itself.
    """
    day = local_day(desk.clock())
    with desk.database.reading() as session:
        waiting = [one.id for one in _scheduled(session) if _is_due(session, one, day)]
    return sum(_open(desk, directive_id) for directive_id in waiting)


def _scheduled(session: Session) -> Sequence[Directive]:
    """Returns the directives that are followed up and have a task with a schedule."""
    return session.scalars(
        select(Directive)
        .where(
            Directive.state.in_([state.value for state in RUNNING]),
            select(DirectiveTask.id)
            .where(
                DirectiveTask.directive_id == Directive.id,
                DirectiveTask.revision == Directive.revision,
                cast(DirectiveTask.schedule, String) != NO_SCHEDULE,
            )
            .exists(),
        )
        .order_by(Directive.issued_at, Directive.id)
    ).all()


def _is_due(session: Session, directive: Directive, day: date) -> bool:
    """Tells whether a period seems to be owed that was not opened: a look, decided again later."""
    return any(
        _missing(session, directive, task, day) for task in scheduled_tasks(session, directive)
    )


def _missing(
    session: Session, directive: Directive, task: DirectiveTask, day: date
) -> list[PeriodDue]:
    there = set(opened_keys(session, task))
    return [one for one in periods_now(session, directive, task, day) if one.key not in there]


def _open(desk: Desk, directive_id: DirectiveId) -> int:
    try:
        with doing(desk, MACHINE, "open_periods", subject=directive_id) as deed:
            lock_directive(deed.session, directive_id)
            return _open_or_give_up(deed, get_directive(deed.session, directive_id))
    except _NothingDueError:
        return 0


def _open_or_give_up(deed: Deed, directive: Directive) -> int:
    made = open_periods(deed, directive) if directive.state in RUNNING else []
    if not made:
        raise _NothingDueError
    deed.detail |= {
        "periods": sorted({f"{one.task_ref}:{one.period_key}" for one in made}),
        "obligations": len(made),
    }
    return len(made)


def lock_directive(session: Session, directive_id: DirectiveId) -> None:
    """Lets nobody else open periods of a directive until the end of the transaction.

    On SQLite a writing transaction is alone anyway.
    """
    session.execute(select(Directive.id).where(Directive.id == directive_id).with_for_update())


def open_periods(deed: Deed, directive: Directive, task_ref: str | None = None) -> list[Obligation]:
    """Opens what is owed by today of a locked directive. Does not commit.

    Args:
        deed: the deed being done.
        directive: locked by `lock_directive`.
        task_ref: only this task.
    """
    opening = Opening.begin(deed, directive)
    made: list[Obligation] = []
    for task in scheduled_tasks(deed.session, directive):
        if task_ref in (None, task.ref):
            made += _open_task(deed, opening, task)
    deed.session.flush()
    return made


def _open_task(deed: Deed, opening: Opening, task: DirectiveTask) -> list[Obligation]:
    """Opens the periods of one task; what waited for a schedule becomes the first of them."""
    missing = _missing(deed.session, opening.directive, task, deed.day)
    if not missing:
        return []
    every = _latest(deed.session, task)
    bearers = _bearers(deed, opening.directive, task, every)
    waiting = {one.organisation_id: one for one in every if is_owed(one) and not one.period_key}
    made = []
    for period in missing:
        for bearer in bearers:
            placed = waiting.pop(bearer.unit.organisation.id, None)
            if placed is not None:
                flags = period_flags(opening.years, period)
                alter(deed, placed, reason=BY_SCHEDULE, flags=flags, **period_columns(period))
            else:
                placed = opening.owed_for(task, bearer, period)
                deed.session.add(placed)
            made.append(placed)
    return made


def _latest(session: Session, task: DirectiveTask) -> Sequence[Obligation]:
    """Returns what was opened of the latest period, and what waits for a schedule."""
    of_task = (Obligation.directive_id == task.directive_id, Obligation.task_ref == task.ref)
    last = session.scalar(
        select(Obligation.period_key)
        .where(*of_task, Obligation.period_key != "")
        .order_by(Obligation.period_to.desc(), Obligation.last_allowed_day.desc())
        .limit(1)
    )
    return session.scalars(
        select(Obligation)
        .where(*of_task, Obligation.period_key.in_(["", last or ""]))
        .order_by(Obligation.organisation_id)
        .execution_options(populate_existing=True)
    ).all()


def _bearers(
    deed: Deed, directive: Directive, task: DirectiveTask, every: Sequence[Obligation]
) -> list[Bearer]:
    """Returns who owes the next period: who owed the latest, with its changes; successors too.

    Before the first: who bore the task when it was issued. A unit whose obligation was cancelled in
    the latest period owes the next again, unless the schedule leaves it out.
    """
    latest = [one for one in every if one.period_key] or [
        one for one in every if one.state != ObligationState.CANCELLED
    ]
    found = [
        (one.organisation_id, _as_before(deed.session, one, deed.day))
        for one in latest
        if one.state != ObligationState.TRANSFERRED
    ]
    if not every:
        issued = directive.issue_date or deed.day
        found = list(bearers_of(deed.session, task, issued).items())
    out = frozenset(task.schedule.get("left_out", ()))
    kept: dict[str, Bearer] = {}
    for key, bearer in found:
        for unit in living(deed.session, key, deed.day):
            if not out & {key, unit.organisation.id}:
                kept.setdefault(unit.organisation.id, replace(bearer, unit=unit))
    return list(kept.values())


def _as_before(session: Session, obligation: Obligation, day: date) -> Bearer:
    unit, through = obligation.organisation_id, obligation.reports_through_id
    if through is not None:
        through = living(session, through, day)[0].organisation.id
    return Bearer(
        unit=living(session, unit, day)[0],
        leads=obligation.leads,
        through=None if through == unit else through,
        stands_for=any(flag["code"] == "hands_in_for_others" for flag in obligation.flags),
    )


def period_words(obligation: Obligation) -> str:
    """Returns the name of the period of an obligation; "" where it is owed once."""
    return words_of(obligation.period_key) if obligation.period_key else ""
