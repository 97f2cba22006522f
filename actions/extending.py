"""More time: a unit asks with a reason, the follow-up officer grants or refuses.

While the answer is out nobody is reminded; a granted day starts the ladder anew.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import update

from actions.access import require_role
from actions.auditing import Actor
from actions.changing import expect_state, get_directive
from actions.closing import RUNNING, require_reason
from actions.desk import Deed, Desk, doing
from actions.errors import AlreadyDoneError, InvalidInputError, NotFoundError, Problem
from actions.far_days import require_near
from actions.notifying import queue_answer
from actions.offices import working_calendar
from actions.owing import alter, get_obligation, move_obligation, require_unit, with_day_set
from actions.wording import spoken_day
from models.lifecycle import ObligationState
from models.obligation import ExtensionRequest, Obligation
from models.officer import Role


def request_extension(
    desk: Desk, actor: Actor, obligation_id: UUID, *, asked_until: date, reason: str
) -> UUID:
    """Asks for more time for one obligation. Returns the request's identifier.

    Raises:
        NotFoundError: no such obligation.
        NotAuthorisedError: the actor is not the unit.
        WrongStateError: it was reported, accepted or asked for already.
        InvalidInputError: the last day is over, no reason, or a day that is not later than the
            present one or far away.
    """
    with doing(desk, actor, "request_extension") as deed:
        obligation = get_obligation(deed.session, obligation_id)
        directive = get_directive(deed.session, obligation.directive_id)
        deed.subject_id = str(directive.id)
        require_unit(deed, obligation.organisation_id, "xin gia hạn")
        expect_state(directive, *RUNNING)
        why = require_reason(reason)
        _in_time(deed, obligation)
        _later(deed, obligation, asked_until)
        move_obligation(deed, obligation, ObligationState.EXTENSION_REQUESTED)
        request = ExtensionRequest(
            obligation_id=obligation.id, asked_until=asked_until, reason=why, asked_at=deed.at
        )
        deed.session.add(request)
        deed.session.flush()
        deed.detail |= {"until": asked_until.isoformat(), "reason": why, **_about(obligation)}
    return request.id


def grant_extension(
    desk: Desk, actor: Actor, request_id: UUID, *, until: date | None = None, reason: str = ""
) -> date:
    """Grants more time. Returns the new last working day.

    Args:
        desk: the tools.
        actor: the follow-up officer.
        request_id: the request.
        until: the last day granted, where it differs from the day asked for.
        reason: what the unit is told beside it.

    Raises:
        NotFoundError: no such request.
        NotAuthorisedError: the actor does not follow up.
        AlreadyDoneError: the request was decided before.
        WrongStateError: the unit has reported in the meantime.
        InvalidInputError: the day is not later than the present one, or far away.
    """
    with doing(desk, actor, "grant_extension") as deed:
        request, obligation = _undecided(deed, request_id, "cho gia hạn")
        day = until or request.asked_until
        _later(deed, obligation, day)
        due = working_calendar(deed.session).last_working_day_on_or_before(day)
        told = f"Gia hạn đến hết ngày {day:%d/%m/%Y}; ngày làm việc cuối cùng: {spoken_day(due)}."
        _decide(deed, request, "granted", reason)
        alter(
            deed, obligation, reason=request.decision_reason or request.reason,
            state=ObligationState.OPEN, last_allowed_day=day, due=due,
            computed=f"{obligation.computed} {told}",
            flags=with_day_set(deed.session, obligation, day, due, today=deed.day),
        )  # fmt: skip
        _tell(desk, deed, obligation, request, f"đồng ý. {told}")
        deed.detail |= {"until": day.isoformat(), "due": due.isoformat()}
    return due


def refuse_extension(desk: Desk, actor: Actor, request_id: UUID, *, reason: str) -> None:
    """Refuses more time, with a reason; the day stays as it was.

    Raises:
        NotFoundError, NotAuthorisedError, AlreadyDoneError, WrongStateError: as in
            `grant_extension`.
        InvalidInputError: no reason was given.
    """
    with doing(desk, actor, "refuse_extension") as deed:
        request, obligation = _undecided(deed, request_id, "từ chối gia hạn")
        why = require_reason(reason)
        _decide(deed, request, "refused", why)
        move_obligation(deed, obligation, ObligationState.OPEN)
        _tell(desk, deed, obligation, request, f"không gia hạn. Lý do: {why}")
        deed.detail |= {"reason": why}


def _about(obligation: Obligation) -> dict[str, str]:
    return {"obligation": obligation.task_ref, "organisation": obligation.organisation_id}


def _in_time(deed: Deed, obligation: Obligation) -> None:
    """Insists that the last day is not over: more time is asked for before it."""
    last = max((d for d in (obligation.due, obligation.last_allowed_day) if d), default=None)
    if last is not None and last < deed.day:
        said = (
            f"Thời hạn đã hết ngày {last:%d/%m/%Y}, không xin gia hạn được nữa. Gửi báo cáo ngay, "
            "hoặc liên hệ cơ quan giao nhiệm vụ để được đổi thời hạn."
        )
        raise InvalidInputError(Problem(place="Xin gia hạn", reason=said))


def _later(deed: Deed, obligation: Obligation, day: date) -> None:
    """Insists on a day later than the present last day, not in the past and not far away."""
    present = max((d for d in (obligation.due, obligation.last_allowed_day) if d), default=None)
    if day <= deed.day or (present is not None and day <= present):
        floor = max(deed.day, present) if present else deed.day
        raise InvalidInputError(
            Problem(
                place="Gia hạn đến",
                reason=f"Ngày xin gia hạn phải sau ngày {floor:%d/%m/%Y}. Chọn ngày khác.",
            )
        )
    require_near(day, deed.day, "Gia hạn đến")


def _undecided(deed: Deed, request_id: UUID, what: str) -> tuple[ExtensionRequest, Obligation]:
    request = deed.session.get(ExtensionRequest, request_id)
    if request is None:
        raise NotFoundError("đề nghị gia hạn", request_id)
    obligation = get_obligation(deed.session, request.obligation_id)
    directive = get_directive(deed.session, obligation.directive_id)
    deed.subject_id = str(directive.id)
    require_role(deed, Role.FOLLOW_UP, directive.organisation_id, what)
    deed.detail |= _about(obligation)
    return request, obligation


def _decide(deed: Deed, request: ExtensionRequest, state: str, reason: str) -> None:
    changed = deed.session.execute(
        update(ExtensionRequest)
        .where(ExtensionRequest.id == request.id, ExtensionRequest.state == "asked")
        .values(
            state=state, decided_by=deed.actor.id, decided_at=deed.at,
            decision_reason=reason.strip() or None,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise AlreadyDoneError("Đề nghị gia hạn này")
    deed.session.refresh(request)


def _tell(
    desk: Desk, deed: Deed, obligation: Obligation, request: ExtensionRequest, answer: str
) -> None:
    directive = get_directive(deed.session, obligation.directive_id)
    beside = request.decision_reason if request.state == "granted" else None
    said = (
        f"Đơn vị xin gia hạn nhiệm vụ {obligation.task_ref} đến ngày "
        f"{request.asked_until:%d/%m/%Y}. Ý kiến của cơ quan: {answer}"
    )
    queue_answer(
        desk, deed, directive, obligation.organisation_id,
        key=f"extension:{request.id}:{request.state}", kind="extension", tag="Gia hạn",
        about=f"trả lời đề nghị gia hạn nhiệm vụ {obligation.task_ref}",
        said=(said, *((beside,) if beside else ())),
    )  # fmt: skip
