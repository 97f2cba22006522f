"""Changes of what is owed after issue, each with its record; the unit is told, the ladder restarts.

A reminder belongs to the day it was written for, so a new day starts the ladder anew.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from actions.access import require_role
from actions.auditing import Actor
from actions.changing import expect_state, get_directive
from actions.closing import RUNNING, require_reason
from actions.coming import scheduled_tasks
from actions.desk import Deed, Desk, doing
from actions.errors import AlreadyDoneError, InvalidInputError, NotFoundError, Problem
from actions.expanding import living
from actions.far_days import require_near
from actions.obligations.handing_on import hand_on
from actions.obliging import Bearer, Opening, bearers_of, due_of, tasks_of
from actions.offices import working_calendar
from actions.owing import alter, get_obligation, is_owed, note_opened, with_day_set
from actions.telling import Told, tell_unit
from actions.wording import spoken_day
from actions.year_calendars import CALENDAR_FLAGS, calendar_flags, years_entered
from models.directive import Directive, DirectiveTask
from models.lifecycle import ObligationState
from models.obligation import Obligation
from models.officer import Role
from models.organisation import Organisation


def change_due(
    desk: Desk, actor: Actor, obligation_id: UUID, *, last_allowed_day: date, reason: str
) -> date:
    """Gives what a unit owes another last day. Returns the last working day.

    Raises:
        NotFoundError: no such obligation.
        NotAuthorisedError: the actor does not follow up.
        WrongStateError: it is owed no more, or the directive is not being followed up.
        InvalidInputError: no reason, a day in the past or far away, or the day that it has.
    """
    with doing(desk, actor, "change_due") as deed:
        obligation, directive = _followed(deed, obligation_id, "đổi thời hạn")
        why = require_reason(reason)
        _refuse_day(deed, obligation, last_allowed_day)
        due = set_due(deed, obligation, last_allowed_day, reason=why)
        tell_unit(desk, deed, directive, [Told.due_changed(obligation, why)])
        deed.detail |= {"until": last_allowed_day.isoformat(), "due": due.isoformat()}
    return due


def set_due(
    deed: Deed,
    obligation: Obligation,
    last_allowed_day: date,
    *,
    reason: str,
    amendment_id: UUID | None = None,
) -> date:
    """Sets another last day with its record. Returns the last working day. Does not commit.

    Raises:
        WrongStateError: it is owed no more.
    """
    due = working_calendar(deed.session).last_working_day_on_or_before(last_allowed_day)
    flagged = with_day_set(deed.session, obligation, last_allowed_day, due, today=deed.day)
    kept = [one for one in flagged if one["code"] not in CALENDAR_FLAGS]
    flags = [*kept, *calendar_flags(years_entered(deed.session), (last_allowed_day, due))]
    told = (
        f"Đổi ngày {deed.day:%d/%m/%Y}: đến hết ngày {last_allowed_day:%d/%m/%Y}; ngày làm việc "
        f"cuối cùng: {spoken_day(due)}."
    )
    alter(
        deed, obligation, reason=reason, amendment_id=amendment_id,
        last_allowed_day=last_allowed_day, due=due, flags=flags,
        computed=f"{obligation.computed} {told}",
    )  # fmt: skip
    return due


def _refuse_day(deed: Deed, obligation: Obligation, day: date) -> None:
    said = None
    if day < deed.day:
        said = f"Ngày {day:%d/%m/%Y} đã qua. Chọn ngày từ {deed.day:%d/%m/%Y} trở đi."
    elif day == obligation.last_allowed_day:
        said = f"Thời hạn đang là ngày {day:%d/%m/%Y}. Chọn ngày khác."
    if said is not None:
        raise InvalidInputError(Problem(place="Thời hạn mới", reason=said))
    require_near(day, deed.day, "Thời hạn mới")


def change_lead(desk: Desk, actor: Actor, obligation_id: UUID, *, leads: bool, reason: str) -> None:
    """Makes a unit the lead (chủ trì) of what it owes, or a coordinating one (phối hợp).

    Raises:
        NotFoundError, NotAuthorisedError, WrongStateError: as in `change_due`.
        AlreadyDoneError: that is its role.
        InvalidInputError: no reason was given.
    """
    with doing(desk, actor, "change_lead") as deed:
        obligation, directive = _followed(deed, obligation_id, "đổi đơn vị chủ trì, phối hợp")
        why = require_reason(reason)
        if obligation.leads == leads:
            raise AlreadyDoneError("Việc đổi đơn vị chủ trì, phối hợp này")
        alter(deed, obligation, reason=why, leads=leads)
        tell_unit(desk, deed, directive, [Told.role_changed(obligation, why)])
        deed.detail |= {"leads": leads, "reason": why}


def transfer_obligation(
    desk: Desk, actor: Actor, obligation_id: UUID, *, to_organisation: str, reason: str
) -> UUID:
    """Passes what a unit owes to another one. Returns the obligation of the one who takes over.

    It keeps its day. The other unit gets the directive, if it had not got it. Both are told.

    Raises:
        NotFoundError: no such obligation or unit.
        NotAuthorisedError: the actor does not follow up.
        WrongStateError: it is owed no more, or the directive is not being followed up.
        InvalidInputError: no reason, the same unit, or one that does not exist on this day.
    """
    with doing(desk, actor, "pass_obligation") as deed:
        obligation, directive = _followed(deed, obligation_id, "chuyển nhiệm vụ")
        why = require_reason(reason)
        heir = pass_to(desk, deed, obligation, to_organisation, reason=why)
        tell_unit(desk, deed, directive, [Told.cancelled(obligation, why), Told.opened(heir, why)])
        deed.detail |= {"to": to_organisation, "reason": why}
    return heir.id


def pass_to(
    desk: Desk,
    deed: Deed,
    obligation: Obligation,
    to_organisation: str,
    *,
    reason: str,
    amendment_id: UUID | None = None,
) -> Obligation:
    """Passes what a unit owes to another one, with its records. Does not commit, tells nobody.

    Raises:
        NotFoundError: no such unit.
        WrongStateError: it is owed no more.
        InvalidInputError: the same unit, or one that does not exist on this day.
    """
    if deed.session.get(Organisation, to_organisation) is None:
        raise NotFoundError("đơn vị", to_organisation)
    unit = living(deed.session, to_organisation, deed.day)[0]
    said = unit.problem
    if unit.organisation.id == obligation.organisation_id:
        said = "Chính đơn vị này đang thực hiện. Chọn đơn vị khác."
    if said is not None:
        raise InvalidInputError(Problem(place="Đơn vị nhận nhiệm vụ", reason=said))
    heir = hand_on(desk, deed, obligation, unit, reason=reason, amendment_id=amendment_id)
    alter(
        deed, obligation, reason=reason, amendment_id=amendment_id,
        state=ObligationState.TRANSFERRED, successor_id=heir.id,
    )  # fmt: skip
    return heir


def cancel_for(
    desk: Desk,
    deed: Deed,
    directive: Directive,
    *,
    reason: str,
    organisation_id: str | None = None,
    amendment_id: UUID | None = None,
    tell: bool = True,
) -> int:
    """Cancels whatever is still owed of a directive, with records. Returns how many it were.

    Does not commit and does not close the directive. The coming periods stop for a unit that is
    named; for all of them the state of the directive stops them.

    Args:
        desk: the tools.
        deed: the deed being done.
        directive: the directive.
        reason: the unit reads it.
        organisation_id: only this unit.
        amendment_id: the amendment that it follows from.
        tell: whether the units get a letter about it.
    """
    query = select(Obligation).where(Obligation.directive_id == directive.id).with_for_update()
    if organisation_id is not None:
        query = query.where(Obligation.organisation_id == organisation_id)
        _leave_out(deed, directive, organisation_id)
    owed = [one for one in deed.session.scalars(query) if is_owed(one)]
    for one in owed:
        alter(deed, one, reason=reason, amendment_id=amendment_id, state=ObligationState.CANCELLED)
    if tell:
        tell_unit(desk, deed, directive, [Told.cancelled(one, reason) for one in owed])
    return len(owed)


def _leave_out(deed: Deed, directive: Directive, organisation_id: str) -> None:
    for task in scheduled_tasks(deed.session, directive):
        out = list(task.schedule.get("left_out", ()))
        if organisation_id not in out:
            task.schedule = {**task.schedule, "left_out": [*out, organisation_id]}


def add_for_unit(
    desk: Desk,
    deed: Deed,
    directive: Directive,
    organisation_id: str,
    *,
    task_refs: Sequence[str] | None = None,
    leads: bool = True,
    reason: str,
    amendment_id: UUID | None = None,
    tell: bool = True,
) -> tuple[Obligation, ...]:
    """Makes a unit owe tasks of a directive from now on, with records. Does not commit.

    What it owes already stays as it is. Of a periodic task it owes what is open now and whatever
    comes. The directive itself is sent by the caller.

    Args:
        desk: the tools.
        deed: the deed being done.
        directive: an issued directive.
        organisation_id: the unit.
        task_refs: labels of the tasks; None: those that name it or a group that it belongs to.
        leads: whether it leads; not looked at where the task itself says it.
        reason: the unit reads it.
        amendment_id: the amendment that it follows from.
        tell: whether it gets a letter about it.

    Raises:
        NotFoundError: no such unit.
    """
    units = living(deed.session, organisation_id, deed.day)
    opening = Opening.begin(deed, directive)
    made: list[Obligation] = []
    for task in tasks_of(deed.session, directive):
        named = bearers_of(deed.session, task, deed.day)
        for unit in units:
            key = unit.organisation.id
            if task.ref in task_refs if task_refs is not None else key in named:
                bearer = named.get(key) or Bearer(unit=unit, leads=leads)
                made += _add(deed, opening, task, bearer)
    for one in made:
        note_opened(deed, one, reason=reason, amendment_id=amendment_id)
    if tell:
        tell_unit(desk, deed, directive, [Told.opened(one, reason) for one in made])
    return tuple(made)


def _add(deed: Deed, opening: Opening, task: DirectiveTask, bearer: Bearer) -> list[Obligation]:
    """Adds what a unit owes of one task, as far as it does not owe it."""
    key = bearer.unit.organisation.id
    every = deed.session.scalars(
        select(Obligation).where(
            Obligation.directive_id == task.directive_id, Obligation.task_ref == task.ref
        )
    ).all()
    own = {one.period_key for one in every if one.organisation_id == key}
    if task.schedule:
        _take_in(task, key, any_period=bool(every))
        like = {one.period_key: one for one in every if is_owed(one)}
        new = [_like(one, opening, bearer) for period, one in like.items() if period not in own]
    else:
        issued = opening.directive.issue_date or deed.day
        due = due_of(deed.session, task, issued=issued)
        new = [] if own else [opening.owed(task, bearer, due, [])]
    deed.session.add_all(new)
    deed.session.flush()
    return new


def _take_in(task: DirectiveTask, key: str, *, any_period: bool) -> None:
    """Lets a unit owe the coming periods; where none was opened yet, the task itself names it."""
    out = [one for one in task.schedule.get("left_out", ()) if one != key]
    task.schedule = {**task.schedule, "left_out": out}
    if not any_period and key not in task.organisations:
        task.organisations = [*task.organisations, key]


def _like(one: Obligation, opening: Opening, bearer: Bearer) -> Obligation:
    """Returns what another unit owes for a period, for this unit."""
    same = (
        "directive_id", "task_ref", "what", "sentence", "is_report", "deadline_raw", "kind",
        "named_date", "inclusive", "last_allowed_day", "due", "computed", "period_key",
        "period_from", "period_to",
    )  # fmt: skip
    return Obligation(
        **{name: getattr(one, name) for name in same},
        organisation_id=bearer.unit.organisation.id, leads=bearer.leads,
        reports_through_id=bearer.through, flags=[], opened_at=opening.at,
    )  # fmt: skip


def _followed(deed: Deed, obligation_id: UUID, what: str) -> tuple[Obligation, Directive]:
    obligation = get_obligation(deed.session, obligation_id)
    directive = get_directive(deed.session, obligation.directive_id)
    deed.subject_id = str(directive.id)
    require_role(deed, Role.FOLLOW_UP, directive.organisation_id, what)
    expect_state(directive, *RUNNING)
    deed.detail |= {
        "obligation": obligation.task_ref, "organisation": obligation.organisation_id,
        "period": obligation.period_key,
    }  # fmt: skip
    return obligation, directive
