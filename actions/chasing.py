"""Chasing: the ladder of reminders in working days, each step once, one letter for all a unit owes.

Chasing stops for what was reported, accepted, cancelled or handed over, and pauses while the unit
waits for an answer about more time. Steps that were missed (the machine stood still) are written
down as passed over, never sent late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auditing import MACHINE
from actions.changing import get_directive
from actions.chasing_letters import Owed, escalate, remind
from actions.closing import RUNNING
from actions.desk import Deed, Desk, doing, local_day
from actions.ladders import CHASED, StepsTaken, ladder_for, steps_taken
from actions.obligations.periods import open_due_periods
from actions.obligations.through import chased_here
from actions.offices import working_calendar
from actions.owing import obligations_of
from actions.transferring import transfer_to_successors
from deadlines.calendar import WorkingCalendar
from deadlines.ladder import (
    Audience,
    ChaseDecision,
    LadderStep,
    decide,
)
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Notice
from models.lifecycle import ObligationState
from models.obligation import Obligation, Reminder


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaseSummary:
    """What one round of chasing did."""

    reminders: int = 0
    """Letters to units before their day."""
    overdue: int = 0
    """Letters to units after it."""
    escalations: int = 0
    """Letters to those above, and to the follow-up officers."""
    skipped: int = 0
    """Steps written down as passed over."""
    units: int = 0
    """Units that anything was done about."""


class _NothingLeftError(Exception):
    """Another round did it first; the transaction is given up and leaves no trace."""


def chase(desk: Desk) -> ChaseSummary:
    """Takes every step of the ladder that is due today. Safe to run twice and at once.

    What a unit owed that has ended passes to its successors first, then periods that have begun are
    opened. Who reports through another unit is not reminded; that unit is.

    Each unit is one transaction: its obligations are locked, looked at again, and the steps are
    written with the letters.

    Raises:
        LadderInvalidError: the office's own ladder contradicts itself.
    """
    transfer_to_successors(desk)
    open_due_periods(desk)
    at = desk.clock()
    with desk.database.reading() as session:
        waiting = _candidates(session, local_day(at))
    found = [_chase_unit(desk, directive_id, unit) for directive_id, unit in waiting]
    return ChaseSummary(
        reminders=sum(one.reminders for one in found),
        overdue=sum(one.overdue for one in found),
        escalations=sum(one.escalations for one in found),
        skipped=sum(one.skipped for one in found),
        units=sum(one.units for one in found),
    )


def _candidates(session: Session, day: date) -> list[tuple[DirectiveId, str]]:
    """Returns directive and unit wherever a step may be due: a look, decided again later."""
    calendar = working_calendar(session)
    rows = session.execute(
        select(Obligation, Directive)
        .join(Directive, Directive.id == Obligation.directive_id)
        .where(
            Directive.state.in_([state.value for state in RUNNING]),
            Obligation.organisation_id != Directive.organisation_id,
            Obligation.state.in_([state.value for state in CHASED]),
            Obligation.due.is_not(None),
            Obligation.reports_through_id.is_(None),
        )
        .order_by(Directive.issued_at, Directive.id, Obligation.organisation_id)
    ).all()
    ladders = {d.doc_type: ladder_for(session, d.doc_type) for _, d in rows}
    taken = steps_taken(session)
    found: dict[tuple[DirectiveId, str], None] = {}
    for obligation, directive in rows:
        decision = _decide(ladders[directive.doc_type], obligation, day, calendar, taken)
        if decision.send or decision.skipped:
            found[directive.id, obligation.organisation_id] = None
    return list(found)


def _decide(
    ladder: Sequence[LadderStep],
    obligation: Obligation,
    day: date,
    calendar: WorkingCalendar,
    taken: StepsTaken,
) -> ChaseDecision:
    if obligation.due is None:
        return ChaseDecision(send=(), skipped=())
    return decide(
        ladder,
        due=obligation.due,
        today=day,
        sent=taken.get((obligation.id, obligation.due), frozenset()),
        calendar=calendar,
    )


def _chase_unit(desk: Desk, directive_id: DirectiveId, organisation_id: str) -> ChaseSummary:
    try:
        with doing(desk, MACHINE, "chase", subject=directive_id) as deed:
            return _take_steps(desk, deed, directive_id, organisation_id)
    except _NothingLeftError:
        return ChaseSummary()


def _take_steps(
    desk: Desk, deed: Deed, directive_id: DirectiveId, organisation_id: str
) -> ChaseSummary:
    directive = get_directive(deed.session, directive_id)
    owed = [
        one
        for one in obligations_of(deed.session, directive_id, organisation_id)
        if ObligationState(one.state) in CHASED and chased_here(one)
    ]
    calendar = working_calendar(deed.session)
    ladder = ladder_for(deed.session, directive.doc_type)
    # Read after the lock of `obligations_of`: another round's steps are seen.
    taken = steps_taken(deed.session, directive_id)
    decisions = [(one, _decide(ladder, one, deed.day, calendar, taken)) for one in owed]
    if not any(decision.send or decision.skipped for _, decision in decisions):
        raise _NothingLeftError
    about = Owed(
        directive=directive,
        organisation_id=organisation_id,
        obligations=tuple(owed),
        calendar=calendar,
    )
    letters = _letters(desk, deed, about, decisions)
    skipped = _write_steps(deed, decisions, letters)
    kinds = [notice.kind for notice in letters.values()]
    deed.detail |= {
        "organisation": organisation_id, "skipped": skipped,
        "steps": sorted({step.key for _, decision in decisions for step in decision.send}),
    }  # fmt: skip
    return ChaseSummary(
        reminders=kinds.count("reminder"), overdue=kinds.count("overdue"),
        escalations=kinds.count("escalation"), skipped=len(skipped), units=1,
    )  # fmt: skip


def _letters(
    desk: Desk,
    deed: Deed,
    about: Owed,
    decisions: Sequence[tuple[Obligation, ChaseDecision]],
) -> dict[Audience, Notice]:
    """Queues one letter per audience for all the steps of today."""
    letters: dict[Audience, Notice] = {}
    for audience in Audience:
        steps = [
            (obligation, step)
            for obligation, decision in decisions
            for step in decision.send
            if step.audience is audience
        ]
        if steps:
            write = remind if audience is Audience.UNIT else escalate
            letters[audience] = write(desk, deed, about, steps)
    return letters


def _write_steps(
    deed: Deed,
    decisions: Sequence[tuple[Obligation, ChaseDecision]],
    letters: dict[Audience, Notice],
) -> list[str]:
    """Writes each step down once for its day; returns those passed over."""
    skipped: list[str] = []
    for obligation, decision in decisions:
        for step in decision.send:
            _write_step(deed, obligation, step, letters[step.audience].id)
        for step in decision.skipped:
            _write_step(deed, obligation, step, None)
            skipped.append(f"{obligation.task_ref}:{step.key}")
    deed.session.flush()
    return skipped


def _write_step(
    deed: Deed, obligation: Obligation, step: LadderStep, notice_id: UUID | None
) -> None:
    deed.session.add(
        Reminder(
            obligation_id=obligation.id, step_key=step.key, due=obligation.due,
            notice_id=notice_id, at=deed.at,
        )
    )  # fmt: skip
