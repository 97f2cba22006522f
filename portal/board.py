"""The board of what units owe: figures in words, a row a unit, a matrix of units and tasks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from actions.desk import local_day
from actions.exporting import is_overdue
from actions.obliging import tasks_of
from actions.offices import working_calendar
from actions.owing import is_owed
from actions.reports.forms import forms_of
from actions.standing import state_words
from models.directive import Directive, DirectiveTask
from models.dispatch import Consignment, DeliveryEvent
from models.lifecycle import (
    ANSWERED_OBLIGATIONS,
    GONE_OBLIGATIONS,
    DeliveryState,
    DirectiveState,
    ObligationState,
)
from models.obligation import ExtensionRequest, Obligation, Reminder
from models.officer import Role
from models.organisation import Organisation
from models.report import Report, ReportedObligation
from portal.identity import Person
from portal.report_view import ShownTable, shown_tables

_RUNNING: Final = (DirectiveState.ISSUED, DirectiveState.CORRECTED)
FILTERS: Final = {
    "": "Tất cả",
    "qua-han": "Quá hạn",
    "chua": "Chưa báo cáo",
    "cho": "Chờ xem xét",
    "xong": "Đã nhận",
}
"""Chips of the board by the value of `?loc=`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How a directive stands, counted by unit."""

    units: int
    answered: int
    late: int
    in_time: int
    """Still owing, not late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing in a unit's little timeline."""

    at: datetime
    words: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One unit and one task."""

    words: str
    tone: str
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """One unit with all that it owes."""

    name: str
    status: str
    tone: str
    due: date | None
    owes: bool
    """Whether anything is still owed."""
    marks: tuple[Mark, ...]
    cells: tuple[Cell | None, ...]
    """In the order of the tasks; None where the task is not the unit's."""
    obligations: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A report that waits for a decision."""

    report: Report
    unit: str
    sentence: str
    """What our judge said of its signature."""
    answers: tuple[Obligation, ...]
    """What it answers."""
    tables: tuple[ShownTable, ...] = ()
    """Figures that it brings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An extension that waits for an answer."""

    request: ExtensionRequest
    unit: str
    obligation: Obligation


def whole(
    session: Session, directive: Directive, person: Person, at: datetime, chosen: str
) -> dict[str, Any]:
    """Returns everything that the board shows."""
    owed = _obligations(session, directive)
    own = [one for one, _ in owed if one.organisation_id == directive.organisation_id]
    theirs = [(one, name) for one, name in owed if one not in own]
    given = {one.task_ref for one, _ in theirs}
    tasks = [task for task in tasks_of(session, directive) if task.ref in given]
    rows = _rows(session, directive, tasks, theirs, at)
    kept = chosen if chosen in FILTERS else ""
    follows = person.has(directive.organisation_id, Role.FOLLOW_UP)
    return {
        "figures": _figures(owed, directive, local_day(at)),
        "tasks": tasks,
        "rows": [row for row in rows if kept in ("", *_labels(row))],
        "chips": [
            (key, label, sum(key in ("", *_labels(row)) for row in rows))
            for key, label in FILTERS.items()
        ],
        "chosen": kept,
        **pending(session, directive),
        "own": [one for one in own if is_owed(one)],
        "follows": follows,
        "running": directive.state in _RUNNING,
        "calendar": working_calendar(session),
    }


def _obligations(session: Session, directive: Directive) -> Sequence[tuple[Obligation, str]]:
    rows = session.execute(
        select(Obligation, Organisation.name)
        .join(Organisation, Organisation.id == Obligation.organisation_id)
        .where(Obligation.directive_id == directive.id, Obligation.state.not_in(GONE_OBLIGATIONS))
        .order_by(Organisation.sort_key, Obligation.due, Obligation.task_ref)
    )
    return [(one, name) for one, name in rows]


def _by_unit(owed: Sequence[tuple[Obligation, str]]) -> dict[str, list[Obligation]]:
    found: dict[str, list[Obligation]] = {}
    for one, _ in owed:
        found.setdefault(one.organisation_id, []).append(one)
    return found


def _figures(owed: Sequence[tuple[Obligation, str]], directive: Directive, day: date) -> Figures:
    """Counts units; the issuing office itself reports to nobody and is left out."""
    units = [
        group
        for key, group in _by_unit(owed).items()
        if key != directive.organisation_id and any(one.is_report or one.due for one in group)
    ]
    late = sum(any(is_overdue(one, day) for one in group) for group in units)
    answered = sum(_has_answered(group) for group in units)
    return Figures(
        units=len(units), answered=answered, late=late, in_time=max(0, len(units) - answered - late)
    )


def _has_answered(group: Sequence[Obligation]) -> bool:
    """A unit has answered once nothing with a day or a report is owed any more."""
    asked = [one for one in group if one.is_report or one.due is not None]
    return all(ObligationState(one.state) in ANSWERED_OBLIGATIONS for one in asked)


def _rows(
    session: Session,
    directive: Directive,
    tasks: Sequence[DirectiveTask],
    owed: Sequence[tuple[Obligation, str]],
    at: datetime,
) -> list[UnitRow]:
    names = {one.organisation_id: name for one, name in owed}
    marks = marks_of(session, directive)
    rows = [
        _row(names[key], group, tasks, tuple(marks.get(key, ())), at)
        for key, group in _by_unit(owed).items()
    ]
    rank = {"bad": 0, "wait": 1, "plain": 2, "good": 3}
    # Those of the same rank and day stay in the order of their names.
    return sorted(rows, key=lambda row: (rank[row.tone], row.due or date.max))


def _row(
    name: str,
    group: Sequence[Obligation],
    tasks: Sequence[DirectiveTask],
    marks: tuple[Mark, ...],
    at: datetime,
) -> UnitRow:
    by_ref = _pressing_by_task(group)
    cells = tuple(standing(by_ref[task.ref], at) if task.ref in by_ref else None for task in tasks)
    pressing = [one for one in group if is_owed(one)] or list(group)
    worst = min(pressing, key=lambda one: (one.due is None, one.due or date.max, not one.is_report))
    cell = standing(worst, at)
    return UnitRow(
        name=name, status=cell.words, tone=cell.tone, due=worst.due,
        owes=any(map(is_owed, group)), marks=marks, cells=cells, obligations=tuple(group),
    )  # fmt: skip


def _pressing_by_task(group: Sequence[Obligation]) -> dict[str, Obligation]:
    """Returns what a unit owes first of each task, of a periodic one; else its latest period."""
    found: dict[str, Obligation] = {}
    for one in sorted(group, key=lambda one: (one.due is None, one.due or date.max)):
        before = found.get(one.task_ref)
        if before is None or not is_owed(before):
            found[one.task_ref] = one
    return found


def standing(one: Obligation, at: datetime) -> Cell:
    """Returns where one task of a unit stands, in words and with a tone."""
    if is_overdue(one, local_day(at)):
        tone = "bad"
    elif one.state == ObligationState.ACCEPTED:
        tone = "good"
    elif one.state == ObligationState.OPEN:
        tone = "plain"
    else:
        tone = "wait"
    return Cell(words=state_words(one, at), tone=tone, due=one.due)


def _labels(row: UnitRow) -> tuple[str, ...]:
    states = {ObligationState(one.state) for one in row.obligations}
    found = []
    if row.tone == "bad":
        found.append("qua-han")
    if any(is_owed(one) for one in row.obligations):
        found.append("chua")
    if states & {ObligationState.REPORTED, ObligationState.EXTENSION_REQUESTED}:
        found.append("cho")
    if states <= {ObligationState.ACCEPTED}:
        found.append("xong")
    return tuple(found)


def marks_of(
    session: Session, directive: Directive, unit: str | None = None
) -> dict[str, list[Mark]]:
    """Returns what was done about one unit or each, by its identifier, the oldest first."""
    found: dict[str, list[Mark]] = {}
    # A letter reminds of several steps at once, and one to those above of several units.
    seen: set[tuple[UUID | None, str]] = set()
    owed = () if unit is None else (Obligation.organisation_id == unit,)
    reported = () if unit is None else (Report.organisation_id == unit,)
    reminders = session.execute(
        select(Reminder, Obligation.organisation_id)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .where(Obligation.directive_id == directive.id, Reminder.notice_id.is_not(None), *owed)
        .order_by(Reminder.at)
    )
    for reminder, reminded in reminders:
        if (reminder.notice_id, reminded) in seen:
            continue
        seen.add((reminder.notice_id, reminded))
        late = local_day(reminder.at) > reminder.due
        words = "nhắc quá hạn" if late else "nhắc trước hạn"
        found.setdefault(reminded, []).append(
            Mark(at=reminder.at, words=words, tone="bad" if late else "plain")
        )
    for report in session.scalars(
        select(Report).where(Report.directive_id == directive.id, *reported)
    ):
        marks = found.setdefault(report.organisation_id, [])
        marks.append(Mark(at=report.received_at, words="báo cáo", tone="good"))
        if report.state == "returned":
            at = report.decided_at or report.received_at
            marks.append(Mark(at=at, words="trả lại", tone="wait"))
    for at, who in _refusals(session, directive, unit):
        found.setdefault(who, []).append(Mark(at=at, words="từ chối tiếp nhận", tone="bad"))
    return {who: sorted(marks, key=lambda mark: mark.at) for who, marks in found.items()}


def _refusals(
    session: Session, directive: Directive, unit: str | None
) -> Iterable[Row[tuple[datetime, str]]]:
    """When which units refused the directive."""
    wanted = () if unit is None else (Consignment.organisation_id == unit,)
    return session.execute(
        select(DeliveryEvent.at, Consignment.organisation_id)
        .join(Consignment, Consignment.id == DeliveryEvent.consignment_id)
        .where(
            Consignment.directive_id == directive.id,
            DeliveryEvent.state == DeliveryState.REFUSED,
            *wanted,
        )
        .order_by(DeliveryEvent.at)
    )


def pending(session: Session, directive: Directive, unit: str | None = None) -> dict[str, Any]:
    """Returns what waits for a decision: reports and requests for time, of one unit or of all."""
    return {
        "waiting": _waiting(session, directive, unit),
        "asked": _asked(session, directive, unit),
    }


def _waiting(session: Session, directive: Directive, unit: str | None) -> list[Waiting]:
    wanted = () if unit is None else (Report.organisation_id == unit,)
    rows = session.execute(
        select(Report, Organisation.name)
        .join(Organisation, Organisation.id == Report.organisation_id)
        .where(Report.directive_id == directive.id, Report.state == "received", *wanted)
        .order_by(Report.received_at)
    ).all()
    forms = forms_of(session, directive.id) if rows else []
    answers = _answered_by(session, [report.id for report, _ in rows])
    return [
        Waiting(
            report=report,
            tables=tuple(shown_tables(report, forms)),
            unit=name,
            sentence=str(report.verification.get("sentence", "")),
            answers=tuple(answers[report.id]),
        )
        for report, name in rows
    ]


def _answered_by(session: Session, reports: Sequence[UUID]) -> dict[UUID, list[Obligation]]:
    found: dict[UUID, list[Obligation]] = {one: [] for one in reports}
    for report_id, owed in session.execute(
        select(ReportedObligation.report_id, Obligation)
        .join(Obligation, Obligation.id == ReportedObligation.obligation_id)
        .where(ReportedObligation.report_id.in_(reports))
        .order_by(Obligation.task_ref)
    ):
        found[report_id].append(owed)
    return found


def _asked(session: Session, directive: Directive, unit: str | None) -> list[Asked]:
    wanted = () if unit is None else (Obligation.organisation_id == unit,)
    rows = session.execute(
        select(ExtensionRequest, Organisation.name, Obligation)
        .join(Obligation, Obligation.id == ExtensionRequest.obligation_id)
        .join(Organisation, Organisation.id == Obligation.organisation_id)
        .where(
            Obligation.directive_id == directive.id,
            ExtensionRequest.state == "asked",
            Obligation.state == ObligationState.EXTENSION_REQUESTED,
            *wanted,
        )
        .order_by(ExtensionRequest.asked_at)
    )
    return [Asked(request=asked, unit=name, obligation=one) for asked, name, one in rows]
