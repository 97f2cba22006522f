"""The chasing ladder: which reminder is owed on which day.

Steps count working days from the due day. Each goes out once; where several were missed (the
machine stood still) only the latest goes out and the skipped ones are named; no step goes out after
a later one. What stops chasing is the caller's to know: on acceptance it passes `stopped=True`,
after an extension the new due day with nothing sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from deadlines.calendar import ONE_DAY, WorkingCalendar
from deadlines.errors import LadderInvalidError


class Audience(StrEnum):
    """Who receives a step."""

    UNIT = "unit"
    """The unit that owes the duty."""
    SUPERIOR = "superior"
    """The body above that unit."""
    FOLLOW_UP = "follow_up"
    """The follow-up officer of the issuer."""


class Wording(StrEnum):
    """The tone of a step."""

    REMINDER = "reminder"
    OVERDUE = "overdue"
    ESCALATION = "escalation"


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """One rung."""

    key: str
    """Stable name under which the step is recorded as sent."""
    working_days: int
    """Working days from the due day; negative is before it."""
    audience: Audience
    """Who receives it."""
    wording: Wording
    """Its tone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaseDecision:
    """What is owed today for one duty."""

    send: tuple[LadderStep, ...]
    """What goes out: the steps of the latest day owed; empty where none is."""
    skipped: tuple[LadderStep, ...]
    """Steps whose day passed unseen; they are recorded, never sent late."""


DEFAULT_LADDER: tuple[LadderStep, ...] = (
    LadderStep(key="before_7", working_days=-7, audience=Audience.UNIT, wording=Wording.REMINDER),
    LadderStep(key="before_3", working_days=-3, audience=Audience.UNIT, wording=Wording.REMINDER),
    LadderStep(key="before_1", working_days=-1, audience=Audience.UNIT, wording=Wording.REMINDER),
    LadderStep(key="after_1", working_days=1, audience=Audience.UNIT, wording=Wording.OVERDUE),
    LadderStep(key="after_3", working_days=3, audience=Audience.UNIT, wording=Wording.OVERDUE),
    LadderStep(
        key="superior_5", working_days=5, audience=Audience.SUPERIOR, wording=Wording.ESCALATION
    ),
)
"""Seven, three and one working days before, one and three after, then the superior at five."""


def check_ladder(ladder: Sequence[LadderStep]) -> None:
    """Refuse a ladder that contradicts itself.

    Raises:
        LadderInvalidError: a key appears twice, or a reminder lies after the due day.
    """
    seen: set[str] = set()
    for step in ladder:
        if step.key in seen:
            raise LadderInvalidError(step.key, "key appears twice")
        if (step.wording is Wording.REMINDER) != (step.working_days <= 0):
            raise LadderInvalidError(step.key, "wording and day disagree")
        seen.add(step.key)


def step_day(step: LadderStep, *, due: date, calendar: WorkingCalendar) -> date:
    """Return the working day on which a step is owed; `due` is the last working day of the duty."""
    return calendar.add_working_days(due, step.working_days)


def latest_due(step: LadderStep, *, today: date, calendar: WorkingCalendar) -> date:
    """Return the latest due day for which a step has been reached by `today`.

    The day of a step never moves back when the due day moves on, so that every earlier due day has
    reached it too.
    """
    due = calendar.add_working_days(today, -step.working_days)
    while step_day(step, due=due, calendar=calendar) > today:
        due -= ONE_DAY
    while step_day(step, due=due + ONE_DAY, calendar=calendar) <= today:
        due += ONE_DAY
    return due


def decide(
    ladder: Sequence[LadderStep],
    *,
    due: date,
    today: date,
    sent: frozenset[str],
    calendar: WorkingCalendar,
    stopped: bool = False,
) -> ChaseDecision:
    """Decide what goes out today.

    Args:
        ladder: the rungs, in any order.
        due: last working day on which the duty is in time.
        today: the day of the office.
        sent: keys of steps sent or skipped before.
        calendar: working days of the office.
        stopped: the duty was accepted, cancelled or handed over: nothing goes out.
    """
    if stopped or not calendar.is_working(today):
        return ChaseDecision(send=(), skipped=())
    reached = max((s.working_days for s in ladder if s.key in sent), default=None)
    owed = [
        step
        for step in sorted(ladder, key=lambda s: s.working_days)
        if step.key not in sent
        and (reached is None or step.working_days >= reached)
        and step_day(step, due=due, calendar=calendar) <= today
    ]
    latest = owed[-1].working_days if owed else 0
    return ChaseDecision(
        send=tuple(s for s in owed if s.working_days == latest),
        skipped=tuple(s for s in owed if s.working_days < latest),
    )


def due_steps(
    ladder: Sequence[LadderStep],
    *,
    due: date,
    today: date,
    sent: frozenset[str],
    calendar: WorkingCalendar,
) -> tuple[LadderStep, ...]:
    """Return the steps that go out today; `decide` also names the skipped ones."""
    return decide(ladder, due=due, today=today, sent=sent, calendar=calendar).send
