"""What is owed of a directive, for the follow-up officer: periods, events, days, changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.coming import PERIODIC, first_day, schedule_of
from actions.obligations.schedules import schedule_words
from actions.obligations.showing import OwedRow, change_rows, owed_row, owed_rows
from actions.obliging import tasks_of
from actions.offices import working_calendar
from actions.owing import is_owed
from deadlines.kinds import DeadlineKind
from deadlines.schedule import Schedule
from deadlines.schedule_days import PeriodDue, periods_due
from models.directive import Directive, DirectiveTask
from models.lifecycle import DirectiveState
from models.obligation import Obligation
from models.officer import Role
from models.organisation import Organisation
from portal.identity import Person

_RUNNING = (DirectiveState.ISSUED, DirectiveState.CORRECTED)
_NEXT_PERIODS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodicTask:
    """A task that comes again."""

    task: DirectiveTask
    words: str
    """Its schedule in words; "" where nobody has set one."""
    assumed: str
    """What was taken beyond the words of the directive."""
    coming: tuple[PeriodDue, ...]
    """The next periods."""
    schedule: Schedule | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsOfTask:
    """One task, or one period of it, with every unit that owes it."""

    first: OwedRow
    rows: tuple[OwedRow, ...]
    one_day: bool
    """Whether all units have the same days, which are said once."""
    notes: tuple[str, ...]
    """What is to be noted of every unit's day."""

    def notes_of(self, row: OwedRow) -> list[str]:
        """Returns what is to be noted of one unit alone."""
        return [words for words in _notes(row) if words not in self.notes]


def obligations_page(
    session: Session, directive: Directive, person: Person, at: datetime, today: date
) -> dict[str, Any]:
    """Returns what the page of all obligations shows."""
    tasks = tasks_of(session, directive)
    return {
        "periodic": [
            _periodic(session, directive, task, today)
            for task in tasks
            if task.kind in PERIODIC or task.schedule
        ],
        "waiting": [task for task in tasks if task.kind == DeadlineKind.RELATIVE],
        "by_task": _by_task(owed_rows(session, directive.id, at)),
        **_rights(directive, person),
    }


def _by_task(rows: Sequence[OwedRow]) -> list[UnitsOfTask]:
    found: dict[str, list[OwedRow]] = {}
    for row in rows:
        found.setdefault(row.place, []).append(row)
    return [_units_of_task(group) for group in found.values()]


def _units_of_task(rows: Sequence[OwedRow]) -> UnitsOfTask:
    days = {(row.obligation.due, row.obligation.deadline_raw) for row in rows}
    shared = [words for words in _notes(rows[0]) if all(words in _notes(row) for row in rows)]
    return UnitsOfTask(
        first=rows[0], rows=tuple(sorted(rows, key=lambda row: row.unit)),
        one_day=len(days) == 1, notes=tuple(shared),
    )  # fmt: skip


def _notes(row: OwedRow) -> list[str]:
    return [str(flag["message"]) for flag in row.obligation.flags]


def _rights(directive: Directive, person: Person) -> dict[str, bool]:
    running = directive.state in _RUNNING
    return {"may_change": running and person.has(directive.organisation_id, Role.FOLLOW_UP)}


def _periodic(
    session: Session, directive: Directive, task: DirectiveTask, today: date
) -> PeriodicTask:
    schedule = schedule_of(task)
    if schedule is None:
        return PeriodicTask(task=task, words="", assumed="", coming=(), schedule=None)
    return PeriodicTask(
        task=task, words=schedule_words(schedule), assumed=schedule.assumed or "",
        coming=_coming(session, directive, schedule, today), schedule=schedule,
    )  # fmt: skip


def _coming(
    session: Session, directive: Directive, schedule: Schedule, today: date
) -> tuple[PeriodDue, ...]:
    since = max(first_day(directive, schedule) or today, today)
    until = since.replace(year=since.year + 2, day=1)
    found = periods_due(schedule, working_calendar(session), since=since, until=until)
    return found[:_NEXT_PERIODS]


def obligation_page(
    session: Session, directive: Directive, person: Person, one: Obligation, at: datetime
) -> dict[str, Any]:
    """Returns what the page of one obligation shows."""
    rights = _rights(directive, person)
    return {
        "row": owed_row(session, one, at),
        "changes": change_rows(session, one.id),
        "calendar": working_calendar(session),
        "units": _units(session, one) if rights["may_change"] else [],
        "may_change": rights["may_change"] and is_owed(one),
        "passed_to": _passed_to(session, one),
    }


def _passed_to(session: Session, one: Obligation) -> tuple[str, str] | None:
    """Where what stands in the place of one that was passed on is shown, and whose it is."""
    if one.successor_id is None:
        return None
    row = session.execute(
        select(Obligation.id, Obligation.directive_id, Organisation.name)
        .join(Organisation, Organisation.id == Obligation.organisation_id)
        .where(Obligation.id == one.successor_id)
    ).one()
    return f"/theo-doi/{row.directive_id}/nhiem-vu/{row.id}", row.name


def _units(session: Session, one: Obligation) -> Sequence[Organisation]:
    return session.scalars(
        select(Organisation)
        .where(Organisation.id != one.organisation_id, Organisation.valid_to.is_(None))
        .order_by(Organisation.sort_key)
    ).all()
