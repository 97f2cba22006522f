"""`Xác thực hai lớp`: the phone of the person who is signed in, and their recovery codes."""

import io
from collections.abc import Callable
from typing import Annotated, Final

import segno
from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError
from actions.own_password import prove_own_password
from actions.second_factor import (
    begin_set_up,
    confirm_set_up,
    factor_state,
    open_set_up,
    renew_recovery_codes,
    turn_off,
)
from portal.context import Portal, ThePortal, address_of
from portal.i18n.catalogue import noted
from portal.identity import Deciding, Person, SignedInPerson
from portal.once import new_word, shown_once
from portal.problems import problem_of
from portal.rendering import page

PATH: Final = "/tai-khoan/hai-lop"
SHOWN: Final = noted("Mã khôi phục đã hiện một lần và không hiện lại; chưa kịp cất thì lấy mã mới.")
QUIET_ZONE: Final = 4
"""Modules of white around the code (ISO/IEC 18004)."""

router = APIRouter(prefix=PATH)


@router.get("")
def factor(request: Request, portal: ThePortal, person: SignedInPerson, xong: str = "") -> Response:
    """Shows how the second factor stands, or the set-up that is open."""
    return _show(request, portal, person, done=SHOWN if xong == "da-hien" else "")


@router.get("/ma.svg")
def qr_code(portal: ThePortal, person: SignedInPerson) -> Response:
    """Draws the QR code of the open set-up; to its owner, while it is not confirmed."""
    with portal.database.reading() as session:
        found = open_set_up(session, person.officer_id, key=portal.office.account_key)
    if found is None:
        raise HTTPException(404)
    drawn = io.BytesIO()
    segno.make(found.uri, error="m", micro=False).save(
        drawn, kind="svg", border=QUIET_ZONE, xmldecl=False, svgclass=None, lineclass=None,
        omitsize=True, light="#fff",
    )  # fmt: skip
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@router.post("/bat-dau")
def begin(
    request: Request, portal: ThePortal, person: Deciding, password: Annotated[str, Form()] = ""
) -> Response:
    """Opens a set-up, with a new secret."""

    def deed() -> Response:
        begin_set_up(portal.database, actor=person.actor, at=portal.at())
        return RedirectResponse(PATH, status_code=303)

    return _proved(request, portal, person, password, deed)


@router.post("/xac-nhan")
def confirm(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    code: Annotated[str, Form()] = "",
    once: Annotated[str, Form()] = "",
) -> Response:
    """Turns the second factor on; shows the recovery codes with this answer alone."""

    def act() -> tuple[str, ...]:
        return confirm_set_up(
            portal.database, code, key=portal.office.account_key, actor=person.actor,
            at=portal.at(),
        )  # fmt: skip

    return _codes(request, portal, person, act, once=once)


@router.post("/ma-khoi-phuc")
def renew(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    password: Annotated[str, Form()] = "",
    once: Annotated[str, Form()] = "",
) -> Response:
    """Makes new recovery codes, shown with this answer alone."""

    def act() -> tuple[str, ...]:
        prove_own_password(portal.database, password, actor=person.actor, at=portal.at())
        return renew_recovery_codes(portal.database, actor=person.actor, at=portal.at())

    return _codes(request, portal, person, act, once=once)


@router.post("/tat")
def off(
    request: Request, portal: ThePortal, person: Deciding, password: Annotated[str, Form()] = ""
) -> Response:
    """Takes the second factor off."""

    def deed() -> Response:
        turn_off(portal.database, actor=person.actor, at=portal.at())
        return RedirectResponse("/tai-khoan?xong=tat", status_code=303)

    return _proved(request, portal, person, password, deed)


def _proved(
    request: Request, portal: Portal, person: Person, password: str, deed: Callable[[], Response]
) -> Response:
    portal.sign_ins.take(address_of(request))
    try:
        prove_own_password(portal.database, password, actor=person.actor, at=portal.at())
        return deed()
    except ActionRefusedError as refusal:
        return _refused(request, portal, person, refusal)


def _codes(
    request: Request,
    portal: Portal,
    person: Person,
    act: Callable[[], tuple[str, ...]],
    *,
    once: str,
) -> Response:
    """Shows the codes that a deed made; the same form sent again makes no others."""
    portal.sign_ins.take(address_of(request))
    made, refusal = shown_once(portal.forms, f"{person.csrf_token}:ma-khoi-phuc", once, act)
    if refusal is not None:
        return _refused(request, portal, person, refusal)
    if not made:
        return RedirectResponse(f"{PATH}?xong=da-hien", status_code=303)
    return _show(request, portal, person, codes=made[0])


def _refused(
    request: Request, portal: Portal, person: Person, refusal: ActionRefusedError
) -> Response:
    problem = problem_of(refusal)
    return _show(request, portal, person, status=problem.status, refusal=problem.sentence)


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    *,
    status: int = 200,
    refusal: str = "",
    codes: tuple[str, ...] = (),
    done: str = "",
) -> Response:
    with portal.database.reading() as session:
        state = factor_state(session, person.officer_id)
        found = open_set_up(session, person.officer_id, key=portal.office.account_key)
    return page(
        request, "my_factor.html", person=person, status=status, factor=state, set_up=found,
        codes=codes, refusal=refusal, done=done, once=new_word(),
    )  # fmt: skip
