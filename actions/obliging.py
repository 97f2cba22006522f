"""What units owe: obligations out of the tasks of a directive, with dates and their explanation.

Each obligation keeps the sentence it came from, the phrase that gave its deadline and how the day
was computed. Tasks of the issuing office itself are kept like the others; nobody is reminded of
them by mail. A periodic task with a schedule is owed period by period; the periods that have begun
are opened with the directive, the others by `actions.obligations.periods`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.coming import first_day, proposed_schedule, schedule_of
from actions.desk import Deed
from actions.expanding import LivingUnit, living, units_named
from actions.offices import working_calendar
from actions.year_calendars import calendar_flags, years_entered
from deadlines.due import (
    FLAG_SENTENCES,
    ComputedDue,
    DatedDuty,
    DueFlag,
    compute_due,
    conflicts,
)
from deadlines.kinds import DeadlineKind, DeadlinePhrase
from deadlines.phrases import find_phrases
from deadlines.schedule import to_json
from deadlines.schedule_days import PeriodDue, opened_by
from models.directive import Directive, DirectiveTask
from models.dispatch import Consignment
from models.obligation import Obligation


def tasks_of(session: Session, directive: Directive) -> list[DirectiveTask]:
    """Returns the tasks of the current revision, in the order in which they were read."""
    return list(
        session.scalars(
            select(DirectiveTask)
            .where(
                DirectiveTask.directive_id == directive.id,
                DirectiveTask.revision == directive.revision,
            )
            .order_by(DirectiveTask.id)
        )
    )


def acting_units(session: Session, directive: Directive, day: date) -> frozenset[str]:
    """Returns the units that any task of the directive names, leading or coordinating."""
    return frozenset(
        unit for task in tasks_of(session, directive) for unit in bearers_of(session, task, day)
    )


def open_obligations(deed: Deed, directive: Directive) -> tuple[Obligation, ...]:
    """Writes the obligations of a directive that is being issued. Does not commit.

    One per task and unit: a unit that leads and coordinates leads. Flags name what a person should
    look at: a report due before the work ends, a last day on a rest day, no date at all, a unit
    that is not on the recipient list.

    Raises:
        NotFoundError: a task names a unit or group that does not exist.
    """
    deed.session.flush()
    tasks = tasks_of(deed.session, directive)
    issued = directive.issue_date or deed.day
    dues = {task.ref: due_of(deed.session, task, issued=issued) for task in tasks}
    flags = _flags(tasks, dues)
    opening = Opening.begin(deed, directive)
    made: list[Obligation] = []
    for task in tasks:
        schedule = schedule_of(task) or proposed_schedule(task, issued=issued)
        bearers = bearers_of(deed.session, task, deed.day).values()
        if schedule is None:
            made += [opening.owed(task, one, dues[task.ref], flags[task.ref]) for one in bearers]
            continue
        task.schedule = to_json(schedule)
        early = [one for one in flags[task.ref] if one["code"] == DueFlag.REPORT_BEFORE_TASK_ENDS]
        for period in periods_now(deed.session, directive, task, deed.day):
            made += [opening.owed_for(task, one, period, early) for one in bearers]
    deed.session.add_all(made)
    deed.session.flush()
    return tuple(made)


def periods_now(
    session: Session, directive: Directive, task: DirectiveTask, day: date
) -> tuple[PeriodDue, ...]:
    """Returns the periods of a task that are owed by a day, by its schedule."""
    schedule = schedule_of(task)
    since = first_day(directive, schedule) if schedule is not None else None
    if schedule is None or since is None:
        return ()
    calendar = working_calendar(session)
    return opened_by(schedule, calendar, since=since, today=day, raw=task.deadline_raw or "")


def due_of(session: Session, task: DirectiveTask, *, issued: date) -> ComputedDue:
    """Computes the day of a task by the office's own calendar; of a periodic one the next."""
    return compute_due(phrase_of(task, issued=issued), working_calendar(session), issued=issued)


def phrase_of(task: DirectiveTask, *, issued: date) -> DeadlinePhrase:
    """Returns the deadline of a task as a phrase; what people have reviewed goes before the words.

    The words tell the end of a month or quarter, which the reviewed fields do not hold.
    """
    kind = DeadlineKind(task.kind)
    read = next(
        (p for p in find_phrases(task.deadline_raw or "", issued=issued) if p.kind is kind), None
    )
    phrase = read or DeadlinePhrase(kind=kind, raw=task.deadline_raw or task.sentence)
    if task.named_date is None:
        return phrase
    if phrase.named_date == task.named_date and phrase.inclusive == task.inclusive:
        return phrase
    return replace(
        phrase,
        named_date=task.named_date,
        inclusive=task.inclusive,
        last_allowed_day=_last_allowed(phrase, task.named_date, inclusive=task.inclusive),
        problem=None,
    )


_WITHIN = (DeadlineKind.WITHIN_MONTH, DeadlineKind.WITHIN_QUARTER, DeadlineKind.WITHIN_YEAR)


def _last_allowed(phrase: DeadlinePhrase, named: date, *, inclusive: bool | None) -> date | None:
    """Returns the last day in time, where a reviewer has named a day."""
    if phrase.kind is DeadlineKind.BEFORE_DATE:
        return named if inclusive else named - timedelta(days=1)
    # Of a month, quarter or year the reviewed day is its end.
    return named if phrase.kind in _WITHIN else phrase.last_allowed_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """A unit that bears a task."""

    unit: LivingUnit
    """The unit."""
    leads: bool
    """Whether it leads (chủ trì); otherwise it coordinates (phối hợp)."""
    through: str | None = None
    """The unit through which it reports."""
    stands_for: bool = False
    """Whether it hands in for units that report through it and was not named itself."""


def bearers_of(session: Session, task: DirectiveTask, day: date) -> dict[str, Bearer]:
    """Returns who bears a task on a day, by identifier: who leads and coordinates leads.

    A unit through which the others report bears it too, named or not.
    """
    leading = units_named(session, task.organisations, task.groups, day)
    coordinating = units_named(session, task.coordinating, (), day)
    named = {**dict.fromkeys(coordinating, False), **dict.fromkeys(leading, True)}
    units = {**coordinating, **leading}
    through = living(session, task.reports_through, day) if task.reports_through else ()
    by = through[0].organisation.id if through else None
    own = {one.organisation.id: one for one in through}
    return {
        **{
            key: Bearer(unit=units[key], leads=leads, through=None if key in own else by)
            for key, leads in named.items()
        },
        **{
            key: Bearer(unit=one, leads=True, stands_for=True)
            for key, one in own.items()
            if key not in named
        },
    }


def _recipients(session: Session, directive: Directive) -> frozenset[str]:
    """Returns who is sent the directive; its own office has it at hand."""
    sent = session.scalars(
        select(Consignment.organisation_id).where(Consignment.directive_id == directive.id)
    )
    return frozenset((*sent, directive.organisation_id))


def _flags(
    tasks: Sequence[DirectiveTask], dues: Mapping[str, ComputedDue]
) -> dict[str, tuple[dict[str, str], ...]]:
    """Returns what to look at for each task, as code and sentence."""
    found: dict[str, list[dict[str, str]]] = {task.ref: [] for task in tasks}
    duties = [
        DatedDuty(label=task.ref, due=dues[task.ref], is_report=task.is_report) for task in tasks
    ]
    for conflict in conflicts(duties):
        own = len(conflict.labels) == 1
        message = FLAG_SENTENCES[conflict.flag] if own else conflict.message
        for label in conflict.labels:
            found[label].append({"code": conflict.flag.value, "message": message})
    for task in tasks:
        if dues[task.ref].last_working_day is None and not found[task.ref]:
            found[task.ref].append(
                {"code": "no_date", "message": "Văn bản không nêu ngày hoàn thành nhiệm vụ này."}
            )
    return {ref: tuple(flags) for ref, flags in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What opening obligations of one directive needs to know, read once."""

    directive: Directive
    """The directive."""
    at: datetime
    """The instant of the deed."""
    reached: frozenset[str]
    """Who is sent the directive."""
    years: Mapping[int, bool]
    """Years whose days off were entered."""

    @classmethod
    def begin(cls, deed: Deed, directive: Directive) -> "Opening":
        """Reads it."""
        return cls(
            directive=directive, at=deed.at, reached=_recipients(deed.session, directive),
            years=years_entered(deed.session),
        )  # fmt: skip

    def owed(
        self, task: DirectiveTask, bearer: Bearer, due: ComputedDue, flags: Sequence[dict[str, str]]
    ) -> Obligation:
        """Returns what a unit owes once. Does not add it."""
        days = (due.last_allowed_day, due.last_working_day)
        return Obligation(
            **self._of_task(task, bearer),
            last_allowed_day=due.last_allowed_day,
            due=due.last_working_day,
            computed=due.explanation,
            flags=[*flags, *calendar_flags(self.years, days), *self._unit_flags(bearer)],
        )

    def owed_for(
        self,
        task: DirectiveTask,
        bearer: Bearer,
        period: PeriodDue,
        flags: Sequence[dict[str, str]] = (),
    ) -> Obligation:
        """Returns what a unit owes for one period. Does not add it."""
        return Obligation(
            **self._of_task(task, bearer),
            **period_columns(period),
            flags=[*period_flags(self.years, period), *flags, *self._unit_flags(bearer)],
        )

    def _of_task(self, task: DirectiveTask, bearer: Bearer) -> dict[str, Any]:
        return {
            "directive_id": self.directive.id, "task_ref": task.ref,
            "organisation_id": bearer.unit.organisation.id, "leads": bearer.leads,
            "what": task.what, "sentence": task.sentence, "is_report": task.is_report,
            "deadline_raw": task.deadline_raw, "kind": task.kind, "named_date": task.named_date,
            "inclusive": task.inclusive, "reports_through_id": bearer.through,
            "opened_at": self.at,
        }  # fmt: skip

    def _unit_flags(self, bearer: Bearer) -> list[dict[str, str]]:
        unit, flags = bearer.unit, []
        if unit.detail:
            flags.append({"code": "successor", "message": unit.detail})
        if unit.problem:
            flags.append({"code": "unit_not_active", "message": unit.problem})
        if unit.organisation.id not in self.reached:
            said = (
                f"{unit.organisation.name} được giao nhiệm vụ nhưng không có trong nơi nhận; xác "
                "nhận lại danh sách nơi nhận."
            )
            flags.append({"code": "not_a_recipient", "message": said})
        if bearer.stands_for:
            said = "Đơn vị đầu mối: tổng hợp, gửi báo cáo cho các đơn vị báo cáo qua mình."
            flags.append({"code": "hands_in_for_others", "message": said})
        return flags


def period_columns(period: PeriodDue) -> dict[str, Any]:
    """Returns the columns of an obligation that its period gives."""
    return {
        "period_key": period.key, "period_from": period.first, "period_to": period.cut_off,
        "last_allowed_day": period.last_allowed_day, "due": period.due,
        "computed": period.explanation,
    }  # fmt: skip


def period_flags(years: Mapping[int, bool], period: PeriodDue) -> list[dict[str, str]]:
    """Returns what to look at in the days of a period."""
    found = [{"code": flag.value, "message": FLAG_SENTENCES[flag]} for flag in period.flags]
    return [*found, *calendar_flags(years, (period.last_allowed_day, period.due))]
