"""Signing in, in one step or two, and out."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.account_rows import CodeRefusedError, StepOverError
from actions.accounts import (
    NewSession,
    SecondStep,
    SignInRefusedError,
    end_session,
    finish_sign_in,
    sign_in,
)
from portal.context import Portal, ThePortal, address_of
from portal.identity import (
    SESSION_COOKIE,
    Deciding,
    check_form_token,
    clear_session,
    set_session,
    whence_of,
)
from portal.party import other_name, party_of
from portal.problems import problem_of
from portal.rendering import page
from portal.ways_back import inside

HOME: Final = "/viec-cua-toi"
CODE_PATH: Final = "/dang-nhap/ma"
STEP_COOKIE: Final = "trinhky_step"
"""Of a browser whose password was right and whose code is still to come."""

router = APIRouter()


@router.get("/")
def home() -> Response:
    """Sends people to their work."""
    return RedirectResponse(HOME, status_code=303)


@router.get("/dang-nhap")
def form(request: Request, portal: ThePortal, tiep: str = "") -> Response:
    """Shows the form."""
    return show_form(request, portal, after=tiep)


@router.post("/dang-nhap")
def enter(
    *,
    request: Request,
    portal: ThePortal,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    tiep: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Signs somebody in and brings them where they wanted to go."""
    check_form_token(request, csrf)
    portal.sign_ins.take(address_of(request))
    try:
        opened = sign_in(
            portal.database, username, password, at=portal.at(), whence=whence_of(request)
        )
    except SignInRefusedError as refusal:
        problem = problem_of(refusal)
        return show_form(
            request, portal, status=problem.status, after=tiep, username=username[:80],
            refusal=problem.sentence,
        )  # fmt: skip
    return go_on(portal, opened, tiep)


@router.get(CODE_PATH)
def code_form(request: Request, tiep: str = "") -> Response:
    """Asks for the code of the phone."""
    if not request.cookies.get(STEP_COOKIE):
        return RedirectResponse("/dang-nhap", status_code=303)
    return page(request, "sign_in_code.html", after=inside(tiep), refusal="", recovery=False)


@router.post(CODE_PATH)
def enter_code(
    *,
    request: Request,
    portal: ThePortal,
    code: Annotated[str, Form()] = "",
    recovery: Annotated[str, Form()] = "",
    tiep: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Signs somebody in whose password was right."""
    check_form_token(request, csrf)
    portal.sign_ins.take(address_of(request))
    try:
        opened = finish_sign_in(
            portal.database, request.cookies.get(STEP_COOKIE, ""), recovery or code,
            key=portal.office.account_key, at=portal.at(), whence=whence_of(request),
        )  # fmt: skip
    except StepOverError as over:
        problem = problem_of(over)
        again = show_form(
            request, portal, status=problem.status, after=tiep, refusal=problem.sentence
        )
        _clear_step(again, portal)
        return again
    except CodeRefusedError as refusal:
        problem = problem_of(refusal)
        return page(
            request, "sign_in_code.html", status=problem.status, after=inside(tiep),
            refusal=problem.sentence, recovery=bool(recovery),
        )  # fmt: skip
    return enter_with(portal, opened, tiep)


def go_on(portal: Portal, opened: NewSession | SecondStep, target: str) -> Response:
    """Lets the browser in, or leads it to the second step."""
    if isinstance(opened, NewSession):
        return enter_with(portal, opened, target)
    after = inside(target)
    asking = RedirectResponse(
        f"{CODE_PATH}?tiep={quote(after, safe='')}" if after else CODE_PATH, status_code=303
    )
    _set_step(asking, portal, opened.token)
    return asking


def landing(target: str) -> str:
    """Returns where somebody who signed in goes: the page that was wanted, or their work."""
    return inside(target) or HOME


def enter_with(portal: Portal, opened: NewSession, target: str = "") -> Response:
    """Gives the browser its session and leads to where the person wanted to go."""
    response = RedirectResponse(landing(target), status_code=303)
    set_session(response, portal, opened)
    _clear_step(response, portal)
    return response


def show_form(
    request: Request,
    portal: Portal,
    *,
    after: str,
    status: int = 200,
    username: str = "",
    refusal: str = "",
) -> Response:
    """Returns the form for signing in, with what was refused."""
    return page(
        request, "sign_in.html", status=status, after=inside(after), username=username,
        refusal=refusal, passkeys=party_of(request, portal) is not None,
        passkey_place=other_name(request, portal),
        sign_on=portal.office.settings.sso.name if portal.office.sign_on else "",
    )  # fmt: skip


def _set_step(response: Response, portal: Portal, token: str) -> None:
    response.set_cookie(
        STEP_COOKIE, token, httponly=True, samesite="lax", secure=portal.secure, path="/dang-nhap"
    )


def _clear_step(response: Response, portal: Portal) -> None:
    response.delete_cookie(
        STEP_COOKIE, httponly=True, samesite="lax", secure=portal.secure, path="/dang-nhap"
    )


@router.post("/dang-xuat")
def leave(request: Request, portal: ThePortal, person: Deciding) -> Response:
    """Signs somebody out."""
    del person
    end_session(portal.database, request.cookies.get(SESSION_COOKIE, ""), portal.at())
    response = RedirectResponse("/dang-nhap", status_code=303)
    clear_session(response, portal)
    return response
