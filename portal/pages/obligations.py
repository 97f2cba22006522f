"""What is owed of a directive: schedules, events, days, units; each change with its reason."""

from collections.abc import Callable
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.closing import cancel_obligation
from actions.errors import (
    ActionRefusedError,
    InvalidInputError,
    NotFoundError,
    Problem,
)
from actions.obligations.changing import change_due, change_lead, transfer_obligation
from actions.obligations.events import fix_event
from actions.obligations.schedules import set_schedule
from actions.owing import get_obligation
from models.base import DirectiveId
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.obligation_view import obligation_page, obligations_page
from portal.pages.following import a_day
from portal.problems import STALE, problem_of, sentence_of
from portal.rendering import page
from portal.schedule_form import (
    DAY_CHOICES,
    FREQUENCY_CHOICES,
    PERIOD_CHOICES,
    TypedSchedule,
)
from portal.seeing import open_directive

REFUSED: Final = (*STALE, InvalidInputError, NotFoundError)

router = APIRouter(prefix="/theo-doi")


@router.get("/{directive_id}/nhiem-vu")
def owed(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID
) -> Response:
    """Shows everything that is owed, with the schedules and events it hangs on."""
    return _all(request, portal, person, DirectiveId(directive_id))


@router.get("/{directive_id}/nhiem-vu/{obligation_id}")
def one_owed(
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    directive_id: UUID,
    obligation_id: UUID,
) -> Response:
    """Shows one obligation: as written, as computed, what changed."""
    return _one(request, portal, person, DirectiveId(directive_id), obligation_id)


@router.post("/{directive_id}/lich/{task_ref}")
def schedule(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    task_ref: str,
    frequencies: Annotated[list[str] | None, Form()] = None,
    choice: Annotated[str, Form()] = "",
    number: Annotated[str, Form()] = "",
    days: Annotated[str, Form()] = "",
    periods: Annotated[str, Form()] = "ND09",
    starts: Annotated[str, Form()] = "",
    ends: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Sets when a task comes again."""
    key = DirectiveId(directive_id)

    def deed() -> object:
        typed = TypedSchedule(
            frequencies=frequencies or [], choice=choice, number=number, days=days,
            periods=periods, starts=a_day(starts), ends=a_day(ends),
        )  # fmt: skip
        return set_schedule(portal.desk, person.actor, key, task_ref, typed.data(), reason=reason)

    return _done_or_said(request, portal, person, key, deed)


@router.post("/{directive_id}/su-kien/{task_ref}")
def event(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    task_ref: str,
    day: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
) -> Response:
    """Fixes the event that a task waits for."""
    key = DirectiveId(directive_id)

    def deed() -> object:
        happened = a_day(day)
        if happened is None:
            said = "Chưa chọn ngày của sự kiện. Chọn ngày rồi ghi lại."
            raise InvalidInputError(Problem(place="Ngày của sự kiện", reason=said))
        return fix_event(
            portal.desk, person.actor, key, task_ref, day=happened, note=note,
            last_allowed_day=a_day(until),
        )  # fmt: skip

    return _done_or_said(request, portal, person, key, deed)


@router.post("/{directive_id}/nhiem-vu/{obligation_id}/{what}")
def change(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    obligation_id: UUID,
    what: str,
    until: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "",
    leads: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Changes one obligation: its day, its unit, its role; or cancels it."""
    key, desk, actor = DirectiveId(directive_id), portal.desk, person.actor

    def new_day() -> object:
        last = a_day(until)
        if last is None:
            said = "Chưa chọn ngày. Chọn ngày cuối cùng còn trong hạn rồi ghi lại."
            raise InvalidInputError(Problem(place="Thời hạn mới", reason=said))
        return change_due(desk, actor, obligation_id, last_allowed_day=last, reason=reason)

    deeds: dict[str, Callable[[], object]] = {
        "han": new_day,
        "chuyen": lambda: transfer_obligation(
            desk, actor, obligation_id, to_organisation=to, reason=reason
        ),
        "vai-tro": lambda: change_lead(
            desk, actor, obligation_id, leads=leads == "chu-tri", reason=reason
        ),
        "huy": lambda: cancel_obligation(desk, actor, obligation_id, reason=reason),
    }
    if what not in deeds:
        raise NotFoundError("việc", what)
    try:
        deeds[what]()
    except REFUSED as refusal:
        return _one(
            request, portal, person, key, obligation_id, refusal=refusal,
            typed={what: reason}, status=problem_of(refusal).status,
        )  # fmt: skip
    portal.nudge(key)
    return RedirectResponse(f"/theo-doi/{key}/nhiem-vu/{obligation_id}", status_code=303)


def _done_or_said(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    deed: Callable[[], object],
) -> Response:
    try:
        deed()
    except REFUSED as refusal:
        return _all(
            request, portal, person, key, refusal=refusal, status=problem_of(refusal).status
        )
    portal.nudge(key)
    return RedirectResponse(f"/theo-doi/{key}/nhiem-vu", status_code=303)


def _all(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    refusal: ActionRefusedError | None = None,
    status: int = 200,
) -> Response:
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        values = obligations_page(session, directive, person, portal.at(), portal.today())
    return page(
        request, "obligations.html", person=person, status=status, directive=directive,
        refusal=sentence_of(refusal) if refusal else "", day_choices=DAY_CHOICES,
        frequency_choices=FREQUENCY_CHOICES, period_choices=PERIOD_CHOICES, **values,
    )  # fmt: skip


def _one(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    obligation_id: UUID,
    *,
    refusal: ActionRefusedError | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        one = get_obligation(session, obligation_id)
        if one.directive_id != key:
            raise NotFoundError("nhiệm vụ", obligation_id)
        values = obligation_page(session, directive, person, one, portal.at())
    return page(
        request, "obligation.html", person=person, status=status, directive=directive,
        refusal=sentence_of(refusal) if refusal else "", typed=typed or {}, **values,
    )  # fmt: skip
