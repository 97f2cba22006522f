"""Where a step of a ladder is due today: found by the day, not by looking at all that is owed.

A step is due for the days between the latest day that has reached it and the latest that has
reached the next one. What has taken its last step leaves the index (`Obligation.ladder_ended`), so
that years of unanswered reports are not looked at every morning.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, TextClause, and_, select, text, update
from sqlalchemy.orm import Session

from actions.closing import RUNNING
from actions.desk import Desk
from actions.ladders import Ladders, all_ladders
from deadlines.calendar import WorkingCalendar
from deadlines.ladder import Audience, LadderStep, latest_due
from models.directive import Directive
from models.obligation import STILL_CHASED, Obligation, Reminder

_COLUMN = re.compile(r"\b(state|reports_through_id|due|ladder_ended)\b")
_SWEPT = 2_000
"""So many ended ladders are marked in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The due days for which one step is the latest that was reached today."""

    step: LadderStep
    above: date | None
    """Later than this day; None where there is no later step."""
    until: date
    """On or before this day."""
    last: bool
    """True for the steps of the ladder's last day."""


@dataclass(slots=True)
class Found:
    """Units for which a step may be due, by who gets the letter; decided again later."""

    of: dict[Audience, set[str]] = field(
        default_factory=lambda: {audience: set() for audience in Audience}
    )


def still_chased() -> TextClause:
    """Returns the condition of the index, to the letter.

    Every column stands with its table's name, for directives have a state too.
    """
    named = _COLUMN.sub(r"obligation.\1", STILL_CHASED)
    return text(f"({named})")


def gaps(ladder: tuple[LadderStep, ...], day: date, calendar: WorkingCalendar) -> Iterator[Gap]:
    """Yields what is due today, step by step."""
    days = sorted({step.working_days for step in ladder})
    reached = {step.working_days: latest_due(step, today=day, calendar=calendar) for step in ladder}
    for step in ladder:
        later = [one for one in days if one > step.working_days]
        above = reached[later[0]] if later else None
        yield Gap(step=step, above=above, until=reached[step.working_days], last=not later)


def _kinds(ladders: Ladders) -> Iterator[tuple[tuple[LadderStep, ...], ColumnElement[bool]]]:
    """Yields each ladder with the condition of the directives that it holds for."""
    running = Directive.state.in_([state.value for state in RUNNING])
    own = sorted(ladders.own)
    for kind in own:
        yield ladders.own[kind], and_(running, Directive.doc_type == kind)
    yield ladders.usual, and_(running, Directive.doc_type.not_in(own)) if own else running


def _taken(step: LadderStep) -> ColumnElement[bool]:
    return (
        select(Reminder.obligation_id)
        .where(
            Reminder.obligation_id == Obligation.id,
            Reminder.step_key == step.key,
            Reminder.due == Obligation.due,
        )
        .exists()
    )


def _within(gap: Gap) -> list[ColumnElement[bool] | TextClause]:
    bounds: list[ColumnElement[bool] | TextClause] = [still_chased(), Obligation.due <= gap.until]
    return bounds if gap.above is None else [*bounds, Obligation.due > gap.above]


def units_due(session: Session, day: date, calendar: WorkingCalendar) -> Found:
    """Returns the units for which a step may be due today. Holds no more than their names."""
    found = Found()
    if not calendar.is_working(day):
        return found
    for ladder, about in _kinds(all_ladders(session)):
        for gap in gaps(ladder, day, calendar):
            found.of[gap.step.audience].update(
                session.scalars(
                    select(Obligation.organisation_id)
                    .join(Directive, Directive.id == Obligation.directive_id)
                    .where(
                        *_within(gap), about, ~_taken(gap.step),
                        Obligation.organisation_id != Directive.organisation_id,
                    )
                    .distinct()
                )
            )  # fmt: skip
    return found


def end_ladders(desk: Desk, day: date, calendar: WorkingCalendar) -> int:
    """Marks what has taken the last step of its ladder. Returns how many. Safe to repeat.

    A mark that is missing changes nothing but time, so that a kill in between does no harm.
    """
    with desk.database.reading() as session:
        kinds = [
            ([gap for gap in gaps(ladder, day, calendar) if gap.last], about)
            for ladder, about in _kinds(all_ladders(session))
        ]
    return sum(_end(desk, last, about) for last, about in kinds)


def _end(desk: Desk, last: Sequence[Gap], about: ColumnElement[bool]) -> int:
    ended = 0
    while True:
        with desk.database.writing() as session:
            some = session.scalars(
                select(Obligation.id)
                .join(Directive, Directive.id == Obligation.directive_id)
                .where(*_within(last[0]), about, *(_taken(gap.step) for gap in last))
                .limit(_SWEPT)
            ).all()
            session.execute(
                update(Obligation)
                .where(Obligation.id.in_(some))
                .values(ladder_ended=Obligation.due)
                .execution_options(synchronize_session=False)
            )
        ended += len(some)
        if len(some) < _SWEPT:
            return ended


def begin_anew(session: Session, doc_type: str | None) -> None:
    """Lets the ladder of a kind of directive be looked at again, after it was changed.

    None stands for every kind. Steps that were taken stay taken. Does not commit.
    """
    concerned = select(Directive.id).where(
        Directive.state.in_([state.value for state in RUNNING]),
        *(() if doc_type is None else (Directive.doc_type == doc_type,)),
    )
    session.execute(
        update(Obligation)
        .where(
            Obligation.ladder_ended.is_not(None),
            Obligation.directive_id.in_(concerned),
        )
        .values(ladder_ended=None)
        .execution_options(synchronize_session=False)
    )
