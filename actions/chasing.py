"""Chasing: the ladder of reminders in working days, each step once, one letter for all a unit owes.

Chasing stops for what was reported, accepted, cancelled or handed over, and pauses while the unit
waits for an answer about more time. Steps that were missed (the machine stood still) are written
down as passed over, never sent late. A round looks at what is due today, not at all that is owed;
it is one transaction for each unit, and one for each body above units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, select
from sqlalchemy.orm import Session, load_only

from actions.auditing import MACHINE
from actions.chasing_letters import DueStep, Owed, escalate, remind, superior_of
from actions.closing import RUNNING
from actions.desk import Deed, Desk, doing, local_day
from actions.event_kinds import OVERDUE, Happened, note
from actions.ladders import CHASED, Ladders, StepsTaken, all_ladders, steps_taken
from actions.notifying import way_of
from actions.obligations.periods import open_due_periods
from actions.offices import office_facts, working_calendar
from actions.reminding.finding import Found, end_ladders, still_chased, units_due
from actions.transferring import transfer_to_successors
from deadlines.calendar import WorkingCalendar
from deadlines.ladder import Audience, ChaseDecision, LadderStep, decide
from models.directive import Directive
from models.dispatch import Notice
from models.obligation import Obligation, Reminder
from models.organisation import Organisation

_READ_OF_OBLIGATION = (
    Obligation.directive_id, Obligation.organisation_id, Obligation.task_ref, Obligation.leads,
    Obligation.sentence, Obligation.is_report, Obligation.deadline_raw, Obligation.due,
    Obligation.ladder_ended,
)  # fmt: skip
_READ_OF_DIRECTIVE = (
    Directive.organisation_id, Directive.doc_type, Directive.subject, Directive.number_text,
    Directive.issue_date, Directive.issued_at,
)  # fmt: skip
"""What letters say of both: a letter may list hundreds, and all other columns stay unread."""

OFFICERS = None
"""Stands in the place of a superior where the follow-up officers are told."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """What one transaction did."""

    kind: str
    skipped: int
    units: frozenset[str]


class _NothingLeftError(Exception):
    """Another round did it first; the transaction is given up and leaves no trace."""


def chase(desk: Desk) -> ChaseSummary:
    """Takes every step of the ladder that is due today. Safe to run twice and at once.

    What a unit owed that has ended passes to its successors first, then periods that have begun are
    opened. Who reports through another unit is not reminded; that unit is.

    What is owed is locked and looked at again, and the steps are written with their letter.

    Raises:
        LadderInvalidError: the office's own ladder contradicts itself.
    """
    transfer_to_successors(desk)
    open_due_periods(desk)
    day = local_day(desk.clock())
    with desk.database.reading() as session:
        calendar = working_calendar(session)
    end_ladders(desk, day, calendar)
    with desk.database.reading() as session:
        found = units_due(session, day, calendar)
        above = _by_superior(session, found)
    made = [_chase_unit(desk, unit) for unit in sorted(found.of[Audience.UNIT])]
    made += [_chase_above(desk, superior, units) for superior, units in above.items()]
    return _sum([one for one in made if one is not None])


def _sum(made: Sequence[_Letter]) -> ChaseSummary:
    kinds = [one.kind for one in made]
    return ChaseSummary(
        reminders=kinds.count("reminder"), overdue=kinds.count("overdue"),
        escalations=kinds.count("escalation"), skipped=sum(one.skipped for one in made),
        units=len(frozenset[str]().union(*(one.units for one in made))),
    )  # fmt: skip


def _by_superior(session: Session, found: Found) -> dict[str | None, set[str]]:
    """Returns the units that those above, or the officers, are told about: one letter for each."""
    above: dict[str | None, set[str]] = {}
    office = office_facts(session).organisation_id
    for unit in sorted(found.of[Audience.SUPERIOR]):
        parent = session.get_one(Organisation, unit).parent_id
        superior = session.get(Organisation, parent) if parent not in (None, office) else None
        reached = superior is not None and way_of(superior)[1]
        above.setdefault(parent if reached else OFFICERS, set()).add(unit)
    if found.of[Audience.FOLLOW_UP]:
        above.setdefault(OFFICERS, set()).update(found.of[Audience.FOLLOW_UP])
    return above


def _chase_unit(desk: Desk, unit: str) -> _Letter | None:
    try:
        with doing(desk, MACHINE, "chase", kind="organisation", subject=unit) as deed:
            owed = _owed_by(deed.session, [unit], all_of_it=True)
            return _take_steps(desk, deed, owed, (Audience.UNIT,), OFFICERS)
    except _NothingLeftError:
        return None


def _chase_above(desk: Desk, superior: str | None, units: set[str]) -> _Letter | None:
    subject = superior or ""
    audiences = (Audience.SUPERIOR,) if superior else (Audience.SUPERIOR, Audience.FOLLOW_UP)
    try:
        with doing(desk, MACHINE, "chase", kind="organisation", subject=subject) as deed:
            owed = _owed_by(deed.session, sorted(units), all_of_it=False)
            return _take_steps(desk, deed, owed, audiences, superior)
    except _NothingLeftError:
        return None


def _owed_by(session: Session, units: Sequence[str], *, all_of_it: bool) -> list[Owed]:
    """Returns what units owe, locked, the most pressing first.

    A letter to a unit lists all of it; one to those above only what the ladder still runs for.
    """
    asked: list[ColumnElement[bool] | TextClause] = [
        Obligation.organisation_id.in_(units),
        Obligation.reports_through_id.is_(None),
    ]
    if all_of_it:
        asked.append(Obligation.state.in_([state.value for state in CHASED]))
    else:
        asked.append(still_chased())
    rows = session.execute(
        select(Obligation, Directive)
        .join(Directive, Directive.id == Obligation.directive_id)
        .options(load_only(*_READ_OF_OBLIGATION), load_only(*_READ_OF_DIRECTIVE))
        .where(
            *asked,
            Directive.state.in_([state.value for state in RUNNING]),
            Obligation.organisation_id != Directive.organisation_id,
        )
        # Always in the same order, so that two rounds never wait for each other crosswise.
        .order_by(Obligation.id)
        .with_for_update(of=Obligation)
        .execution_options(populate_existing=True)
    ).all()
    found = session.scalars(select(Organisation).where(Organisation.id.in_(units)))
    named = {unit.id: unit for unit in found}
    owed = [
        Owed(obligation=one, directive=about, unit=named[one.organisation_id])
        for one, about in rows
    ]
    return sorted(owed, key=_pressing)


def _pressing(owed: Owed) -> tuple[bool, object, object, str]:
    one = owed.obligation
    return one.due is None, one.due or 0, owed.directive.issued_at or 0, one.task_ref


def _take_steps(
    desk: Desk,
    deed: Deed,
    owed: Sequence[Owed],
    audiences: Sequence[Audience],
    superior: str | None,
) -> _Letter:
    calendar = working_calendar(deed.session)
    ladders = all_ladders(deed.session)
    # Read after the lock of `_owed_by`: another round's steps are seen.
    running = [one.obligation for one in owed if one.obligation.ladder_ended != one.obligation.due]
    taken = steps_taken(deed.session, [one.id for one in running])
    decisions = [(one, _decide(ladders, one, deed, calendar, taken)) for one in owed]
    due = [
        DueStep(owed=one, step=step)
        for one, decision in decisions
        for step in decision.send
        if step.audience in audiences and _is_theirs(deed, one, step, superior)
    ]
    if not due:
        raise _NothingLeftError
    if audiences[0] is Audience.UNIT:
        notice = remind(desk, deed, unit=owed[0].unit, owed=owed, due=due, calendar=calendar)
    else:
        told = {one.owed.obligation.id for one in due}
        late = [one for one in owed if one.obligation.id in told or _is_late(one, deed)]
        body = deed.session.get(Organisation, superior) if superior else None
        notice = escalate(desk, deed, superior=body, owed=late, due=due, calendar=calendar)
    return _write_steps(deed, decisions, due, notice)


def _is_late(owed: Owed, deed: Deed) -> bool:
    return owed.obligation.due is not None and owed.obligation.due < deed.day


def _is_theirs(deed: Deed, owed: Owed, step: LadderStep, superior: str | None) -> bool:
    """Tells whether a step for those above is this letter's: the officers' is another one."""
    if step.audience is not Audience.SUPERIOR or superior is not None:
        return True
    body = superior_of(deed, owed.unit)
    return body is None or way_of(body)[1] is None


def _decide(
    ladders: Ladders, owed: Owed, deed: Deed, calendar: WorkingCalendar, taken: StepsTaken
) -> ChaseDecision:
    one = owed.obligation
    if one.due is None or one.ladder_ended == one.due:
        return ChaseDecision(send=(), skipped=())
    return decide(
        ladders.of(owed.directive.doc_type), due=one.due, today=deed.day,
        sent=taken.get((one.id, one.due), frozenset()), calendar=calendar,
    )  # fmt: skip


def _write_steps(
    deed: Deed,
    decisions: Sequence[tuple[Owed, ChaseDecision]],
    due: Sequence[DueStep],
    notice: Notice,
) -> _Letter:
    """Writes each step down once for its day, with what it passes over."""
    acted = {one.owed.obligation.id for one in due}
    skipped: list[str] = []
    for one in due:
        _write_step(deed, one.owed.obligation, one.step, notice.id)
    note(
        deed.session,
        [_overdue(one.owed.obligation, deed) for one in due if one.step.working_days > 0],
    )
    for owed, decision in decisions:
        if owed.obligation.id in acted:
            for step in decision.skipped:
                _write_step(deed, owed.obligation, step, None)
                skipped.append(f"{owed.obligation.task_ref}:{step.key}")
    deed.session.flush()
    units = frozenset(one.owed.unit.id for one in due)
    deed.detail |= {
        "units": sorted(units), "skipped": skipped, "notice": notice.kind,
        "directives": sorted({str(one.owed.directive.id) for one in due}),
        "steps": sorted({one.step.key for one in due}),
    }  # fmt: skip
    return _Letter(kind=notice.kind, skipped=len(skipped), units=units)


def _overdue(obligation: Obligation, deed: Deed) -> Happened:
    """Other systems are told with the first step after the day, once for each day."""
    return Happened(
        kind=OVERDUE, subject_kind="obligation", subject_id=str(obligation.id), at=deed.at,
        origin=f"overdue:{obligation.id}:{obligation.due}",
    )  # fmt: skip


def _write_step(
    deed: Deed, obligation: Obligation, step: LadderStep, notice_id: UUID | None
) -> None:
    deed.session.add(
        Reminder(
            obligation_id=obligation.id, step_key=step.key, due=obligation.due,
            notice_id=notice_id, at=deed.at,
        )
    )  # fmt: skip
