"""The days of what is owed, by the calendar as it is now: looked at, or brought up to date.

Idempotent: what stands by the calendar is left alone. A day that a person set or granted keeps its
last day; only the working day it is followed by may move.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from actions.closing import RUNNING
from actions.coming import first_day, schedule_of
from actions.desk import Deed, Desk
from actions.obligations.events import event_of
from actions.obligations.schedules import task_of
from actions.obliging import phrase_of
from actions.owing import DAY_SET, alter
from actions.telling import Told, tell_unit
from actions.year_calendars import CALENDAR_FLAGS, calendar_flags
from deadlines.calendar import WorkingCalendar
from deadlines.due import FLAG_SENTENCES, DueFlag, compute_due, spoken
from deadlines.kinds import DeadlineKind
from deadlines.schedule import Schedule
from deadlines.schedule_days import periods_due
from models.base import DirectiveId
from models.directive import Directive, DirectiveTask
from models.lifecycle import OPEN_OBLIGATIONS
from models.obligation import Obligation
from models.organisation import Organisation

_NEAR = timedelta(days=40)
"""A deadline of the first days of a year may be followed by a day of the year before."""
_FAR = timedelta(days=3 * 366)
"""A period is opened long before its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One obligation whose days are no longer those of the calendar."""

    obligation: Obligation
    """As it stands."""
    unit: str
    """Name of the unit."""
    directive: str
    """Number and symbol of the directive."""
    last_allowed_day: date
    """What it would be."""
    due: date
    """What it would be."""

    @property
    def moves(self) -> bool:
        """Whether a day changes, rather than a remark alone."""
        days = (self.obligation.last_allowed_day, self.obligation.due)
        return days != (self.last_allowed_day, self.due)


def differing(
    session: Session, calendar: WorkingCalendar, years: Mapping[int, bool], only: int | None = None
) -> list[Moved]:
    """Returns what is owed and would have other days, or other remarks, by this calendar.

    Args:
        session: an open look or transaction.
        calendar: the calendar to compare with.
        years: the years that it holds, with whether their lists are final.
        only: a year; what lies far from it is not looked at.
    """
    rows = session.execute(_query(only)).all()
    computing = _Computing(session=session, calendar=calendar)
    found = []
    for one, directive, name in rows:
        last = computing.last_day(one, directive)
        due = calendar.last_working_day_on_or_before(last)
        moved = Moved(
            obligation=one, unit=name, directive=directive.number_text or str(directive.id),
            last_allowed_day=last, due=due,
        )  # fmt: skip
        if moved.moves or _remarks(one) != list(calendar_flags(years, (last, due))):
            found.append(moved)
    return found


def _query(only: int | None) -> Select[tuple[Obligation, Directive, str]]:
    query = (
        select(Obligation, Directive, Organisation.name)
        .join(Directive, Directive.id == Obligation.directive_id)
        .join(Organisation, Organisation.id == Obligation.organisation_id)
        .where(
            Directive.state.in_([state.value for state in RUNNING]),
            Obligation.state.in_([state.value for state in OPEN_OBLIGATIONS]),
            Obligation.last_allowed_day.is_not(None),
        )
        .order_by(Obligation.due, Directive.number_text, Organisation.sort_key)
    )
    if only is None:
        return query
    first, last = date(only, 1, 1) - _NEAR, date(only, 12, 31) + _NEAR
    return query.where(
        or_(
            Obligation.last_allowed_day.between(first, last),
            Obligation.due.between(first, last),
        )
    )


def _remarks(one: Obligation) -> list[dict[str, str]]:
    return [flag for flag in one.flags if flag["code"] in CALENDAR_FLAGS]


class _Computing:
    """Last days by a calendar; tasks and periods are read once each."""

    def __init__(self, *, session: Session, calendar: WorkingCalendar) -> None:
        self._session = session
        self._calendar = calendar
        self._tasks: dict[tuple[object, str], DirectiveTask] = {}
        self._periods: dict[tuple[object, str], dict[str, date]] = {}

    def last_day(self, one: Obligation, directive: Directive) -> date:
        """Returns the last day allowed; where no working days are counted it is as it was."""
        present = one.last_allowed_day or date.max
        if any(flag["code"] == DAY_SET for flag in one.flags):
            return present
        if one.period_key:
            return self._of_period(one, directive).get(one.period_key, present)
        if one.kind == DeadlineKind.RELATIVE:
            return self._after_event(one, directive) or present
        return present

    def _task(self, one: Obligation, directive: Directive) -> DirectiveTask:
        key = (one.directive_id, one.task_ref)
        if key not in self._tasks:
            self._tasks[key] = task_of(self._session, directive, one.task_ref)
        return self._tasks[key]

    def _after_event(self, one: Obligation, directive: Directive) -> date | None:
        event = event_of(self._session, one)
        if event is None:
            return None
        phrase = phrase_of(self._task(one, directive), issued=directive.issue_date or event)
        if phrase.count is None:
            return None
        return compute_due(phrase, self._calendar, issued=None, event=event).last_allowed_day

    def _of_period(self, one: Obligation, directive: Directive) -> dict[str, date]:
        key = (one.directive_id, one.task_ref)
        if key not in self._periods:
            schedule = schedule_of(self._task(one, directive))
            self._periods[key] = self._days(schedule, one, directive) if schedule else {}
        return self._periods[key]

    def _days(self, schedule: Schedule, one: Obligation, directive: Directive) -> dict[str, date]:
        since = first_day(directive, schedule)
        if since is None:
            return {}
        until = max(since, one.last_allowed_day or since) + _FAR
        found = periods_due(schedule, self._calendar, since=since, until=until)
        return {period.key: period.last_allowed_day for period in found}


def bring_up_to_date(
    desk: Desk, deed: Deed, found: Iterable[Moved], years: Mapping[int, bool], reason: str
) -> int:
    """Moves days with a record and tells the units. Returns how many moved. Does not commit.

    Where only a remark changes ("chưa có lịch nghỉ năm …") it is mended without a record.
    """
    told: dict[DirectiveId, list[Told]] = {}
    for one in found:
        if _bring(deed, one, years, reason):
            key = one.obligation.directive_id
            told.setdefault(key, []).append(Told.due_changed(one.obligation, reason))
    for key, changes in told.items():
        tell_unit(desk, deed, deed.session.get_one(Directive, key), changes)
    return sum(map(len, told.values()))


def _bring(deed: Deed, one: Moved, years: Mapping[int, bool], reason: str) -> bool:
    """Moves one. Tells whether its day moved."""
    obligation, moves = one.obligation, one.moves
    last, due = one.last_allowed_day, one.due
    kept = [f for f in obligation.flags if f["code"] not in {*CALENDAR_FLAGS, DueFlag.ON_REST_DAY}]
    if due != last:
        message = FLAG_SENTENCES[DueFlag.ON_REST_DAY]
        kept.append({"code": DueFlag.ON_REST_DAY.value, "message": message})
    values: dict[str, Any] = {"flags": [*kept, *calendar_flags(years, (last, due))]}
    if moves:
        said = f"Tính lại ngày {deed.day:%d/%m/%Y} ({reason}): {spoken(due)}."
        values |= {
            "last_allowed_day": last, "due": due, "computed": f"{obligation.computed} {said}",
        }  # fmt: skip
    alter(deed, obligation, reason=reason, **values)
    return moves
