"""What units owe: obligations out of the tasks of a directive, with dates and their explanation.

Each obligation keeps the sentence it came from, the phrase that gave its deadline and how the day
was computed. Tasks of the issuing office itself are kept like the others; nobody is reminded of
them by mail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.desk import Deed
from actions.expanding import LivingUnit, units_named
from actions.offices import working_calendar
from deadlines.due import FLAG_SENTENCES, ComputedDue, DatedDuty, compute_due, conflicts
from deadlines.kinds import DeadlineKind, DeadlinePhrase
from deadlines.phrases import find_phrases
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
        unit for task in tasks_of(session, directive) for unit in _bearers(session, task, day)
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
    reached = _recipients(deed.session, directive)
    made = tuple(
        _obligation(
            deed, directive, task, unit, leads=leads, due=dues[task.ref],
            flags=(*flags[task.ref], *_unit_flags(unit, reached)),
        )
        for task in tasks
        for unit, leads in _bearers(deed.session, task, deed.day).values()
    )  # fmt: skip
    deed.session.add_all(made)
    deed.session.flush()
    return made


def due_of(session: Session, task: DirectiveTask, *, issued: date) -> ComputedDue:
    """Computes the day of a task by the office's own calendar."""
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


def _bearers(
    session: Session, task: DirectiveTask, day: date
) -> dict[str, tuple[LivingUnit, bool]]:
    """Returns who bears a task: the unit and whether it leads (chủ trì)."""
    leading = units_named(session, task.organisations, task.groups, day)
    coordinating = units_named(session, task.coordinating, (), day)
    return {
        **{key: (unit, False) for key, unit in coordinating.items()},
        **{key: (unit, True) for key, unit in leading.items()},
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


def _unit_flags(unit: LivingUnit, reached: frozenset[str]) -> tuple[dict[str, str], ...]:
    flags = []
    if unit.detail:
        flags.append({"code": "successor", "message": unit.detail})
    if unit.problem:
        flags.append({"code": "unit_not_active", "message": unit.problem})
    if unit.organisation.id not in reached:
        flags.append(
            {
                "code": "not_a_recipient",
                "message": f"{unit.organisation.name} được giao nhiệm vụ nhưng không có trong "
                "nơi nhận; xác nhận lại danh sách nơi nhận.",
            }
        )
    return tuple(flags)


def _obligation(
    deed: Deed,
    directive: Directive,
    task: DirectiveTask,
    unit: LivingUnit,
    *,
    leads: bool,
    due: ComputedDue,
    flags: Sequence[dict[str, Any]],
) -> Obligation:
    return Obligation(
        directive_id=directive.id,
        task_ref=task.ref,
        organisation_id=unit.organisation.id,
        leads=leads,
        what=task.what,
        sentence=task.sentence,
        is_report=task.is_report,
        deadline_raw=task.deadline_raw,
        kind=task.kind,
        named_date=task.named_date,
        inclusive=task.inclusive,
        last_allowed_day=due.last_allowed_day,
        due=due.last_working_day,
        computed=due.explanation,
        flags=list(flags),
        opened_at=deed.at,
    )
