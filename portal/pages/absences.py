"""Vắng mặt: who is away, and who stands in; an administrator says it, or officers their own."""

from collections.abc import Callable
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions.absence_rows import lines, named
from actions.absences.capacity import WORDS, words_of
from actions.absences.granting import Grant, lendable, office_of
from actions.absences.stating import (
    Stated,
    Statement,
    cancel_absence,
    end_absence,
    preview_absence,
    state_absence,
)
from actions.absences.turning import moved_of
from actions.access import ROLE_WORDS
from actions.errors import ActionRefusedError, InvalidInputError, NotFoundError, Problem
from documents.content import Regime
from models.officer import Capacity, Role
from portal.administering import (
    MOST_REASON,
    PREFIX,
    Administrator,
    ChangingAdministrator,
    day_typed,
    done_or_said,
)
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import noted
from portal.identity import Deciding, Person, SignedInPerson
from portal.problems import problem_of
from portal.rendering import page

PATH: Final = f"{PREFIX}/vang-mat"
OWN_PATH: Final = "/tai-khoan/vang-mat"
SAVE: Final = "ghi"
NOT_SIGNING, STANDING = "", "san"
MOST_BASIS, MOST_POSITION = 300, 200
DONE: Final = {
    "ghi": noted("Đã ghi đợt vắng mặt."),
    "ket-thuc": noted("Đã kết thúc sớm; việc chưa ký về lại người vắng."),
    "huy": noted("Đã huỷ đợt vắng mặt."),
}
"""What the page says after a deed, by what stands in its address."""
PHASES: Final = {
    "now": (noted("đang vắng"), "wait"),
    "to_come": (noted("sắp tới"), "plain"),
    "over": (noted("đã qua"), "good"),
    "ended": (noted("đã kết thúc sớm"), "good"),
    "cancelled": (noted("đã huỷ"), "plain"),
}
"""How a phase is called, and its tone."""

router = APIRouter()


@router.get(PATH)
def absences(
    *,
    request: Request,
    portal: ThePortal,
    person: Administrator,
    officer: str = "",
    xong: str = "",
) -> Response:
    """Lists the absences and offers to say one, of an officer where one is named."""
    return _show(request, portal, person, typed={"officer": officer}, done=DONE.get(xong, ""))


@router.post(PATH)
def state(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer: Annotated[str, Form()] = "",
    deputy: Annotated[str, Form()] = "",
    first: Annotated[str, Form()] = "",
    last: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    basis: Annotated[str, Form()] = "",
    sign: Annotated[str, Form()] = "",
    position: Annotated[str, Form()] = "",
    role: Annotated[list[str] | None, Form()] = None,
    act: Annotated[str, Form()] = "",
) -> Response:
    """Shows what an absence would do; says it where that was seen."""
    typed: dict[str, Any] = {
        "officer": officer, "deputy": deputy, "first": first, "last": last, "reason": reason,
        "basis": basis, "sign": sign, "position": position, "role": role or [],
    }  # fmt: skip
    return _said(request, portal, person, typed, act=act)


@router.post(f"{PATH}/{{absence_id}}/ket-thuc")
def end(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    absence_id: UUID,
    version: Annotated[int, Form()] = 0,
) -> Response:
    """Ends an absence early."""
    return _ended(request, portal, person, absence_id, version)


@router.post(f"{PATH}/{{absence_id}}/huy")
def cancel(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    absence_id: UUID,
    version: Annotated[int, Form()] = 0,
) -> Response:
    """Takes an absence back before it begins."""
    return _cancelled(request, portal, person, absence_id, version)


@router.get(OWN_PATH)
def own_absences(
    request: Request, portal: ThePortal, person: SignedInPerson, xong: str = ""
) -> Response:
    """Lists the reader's own absences and those in which they stand in."""
    return _show(request, portal, person, own=True, done=DONE.get(xong, ""))


@router.post(OWN_PATH)
def state_own(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    deputy: Annotated[str, Form()] = "",
    first: Annotated[str, Form()] = "",
    last: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    basis: Annotated[str, Form()] = "",
    sign: Annotated[str, Form()] = "",
    act: Annotated[str, Form()] = "",
) -> Response:
    """Shows what the reader's absence would do; says it where that was seen."""
    typed: dict[str, Any] = {
        "officer": person.officer_id, "deputy": deputy, "first": first, "last": last,
        "reason": reason, "basis": basis, "sign": STANDING if sign else NOT_SIGNING,
    }  # fmt: skip
    return _said(request, portal, person, typed, act=act, own=True)


@router.post(f"{OWN_PATH}/{{absence_id}}/ket-thuc")
def end_own(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    absence_id: UUID,
    version: Annotated[int, Form()] = 0,
) -> Response:
    """Ends the reader's absence early."""
    return _ended(request, portal, person, absence_id, version, own=True)


@router.post(f"{OWN_PATH}/{{absence_id}}/huy")
def cancel_own(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    absence_id: UUID,
    version: Annotated[int, Form()] = 0,
) -> Response:
    """Takes the reader's absence back before it begins."""
    return _cancelled(request, portal, person, absence_id, version, own=True)


def _said(
    request: Request,
    portal: Portal,
    person: Person,
    typed: dict[str, Any],
    *,
    act: str,
    own: bool = False,
) -> Response:
    deed = state_absence if act == SAVE else preview_absence
    try:
        stated = deed(
            portal.database, _statement(portal, typed), at=portal.at(), actor=person.actor
        )
    except NotFoundError:
        raise
    except ActionRefusedError as refusal:
        return _show(request, portal, person, typed=typed, refusal=refusal, own=own)
    if act != SAVE:
        return _show(request, portal, person, typed=typed, stated=stated, own=own)
    for directive_id in moved_of(stated.work):
        portal.nudge(directive_id)
    return RedirectResponse(f"{OWN_PATH if own else PATH}?xong=ghi", status_code=303)


def _statement(portal: Portal, typed: dict[str, Any]) -> Statement:
    if not typed["officer"]:
        raise InvalidInputError(Problem(place="Người vắng", reason="chưa chọn ai; chọn một người."))
    sign, roles = str(typed["sign"]), {role.value for role in Role}
    capacity = Capacity(sign) if sign in set(WORDS) else None
    return Statement(
        officer_id=typed["officer"], deputy_id=typed["deputy"],
        first_day=day_typed(typed["first"], portal, "Từ ngày"),
        last_day=day_typed(typed["last"], portal, "Đến ngày"),
        reason=typed["reason"].strip()[:MOST_REASON], basis=typed["basis"].strip()[:MOST_BASIS],
        signs=sign == STANDING or capacity is not None,
        given=Grant(
            capacity=capacity, position=typed.get("position", "").strip()[:MOST_POSITION],
            roles=tuple(Role(one) for one in typed.get("role", ()) if one in roles),
        ),
    )  # fmt: skip


def _ended(
    request: Request,
    portal: Portal,
    person: Person,
    absence_id: UUID,
    version: int,
    *,
    own: bool = False,
) -> Response:
    def deed() -> None:
        back = end_absence(
            portal.database, absence_id, version=version, at=portal.at(), actor=person.actor
        )
        for one in back:
            portal.nudge(one.directive_id)

    return _done_or_said(request, portal, person, deed, done="ket-thuc", own=own)


def _cancelled(
    request: Request,
    portal: Portal,
    person: Person,
    absence_id: UUID,
    version: int,
    *,
    own: bool = False,
) -> Response:
    def deed() -> None:
        cancel_absence(
            portal.database, absence_id, version=version, at=portal.at(), actor=person.actor
        )

    return _done_or_said(request, portal, person, deed, done="huy", own=own)


def _done_or_said(
    request: Request,
    portal: Portal,
    person: Person,
    deed: Callable[[], None],
    *,
    done: str,
    own: bool,
) -> Response:
    def again(refusal: ActionRefusedError) -> Response:
        return _show(request, portal, person, refusal=refusal, own=own)

    return done_or_said(deed, again, f"{OWN_PATH if own else PATH}?xong={done}")


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    *,
    typed: dict[str, Any] | None = None,
    stated: Stated | None = None,
    refusal: ActionRefusedError | None = None,
    done: str = "",
    own: bool = False,
) -> Response:
    given = {"officer": person.officer_id if own else "", **(typed or {})}
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        rows = lines(session, portal.today(), officer_id=person.officer_id if own else None)
        names = named(session, portal.today())
        chosen = given["officer"] if given["officer"] in dict(names) else ""
        roles = lendable(session, chosen, portal.today()) if chosen and not own else ()
        capacities = _capacities(session, portal)
    return page(
        request, "absences.html", person=person, status=problem.status if problem else 200,
        rows=rows, names=names, chosen=chosen, chosen_name=dict(names).get(chosen, ""), typed=given,
        stated=stated, refusal=problem.sentence if problem else "", done=done, own=own,
        base=OWN_PATH if own else PATH, phases=PHASES, roles=roles, role_names=ROLE_WORDS,
        capacities=capacities, most_reason=MOST_REASON, most_basis=MOST_BASIS,
        most_position=MOST_POSITION, standing=STANDING,
    )  # fmt: skip


def _capacities(session: Session, portal: Portal) -> list[tuple[str, str]]:
    written = words_of(Regime(office_of(session).regime), portal.today())
    return [(one.value, WORDS[one]) for one in written]
