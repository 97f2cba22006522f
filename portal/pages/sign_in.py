"""Signing in and out."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.accounts import SignInRefusedError, end_session, sign_in
from portal.context import ThePortal, address_of
from portal.identity import (
    SESSION_COOKIE,
    Deciding,
    check_form_token,
    clear_session,
    set_session,
)
from portal.problems import problem_of
from portal.rendering import page

HOME: Final = "/viec-cua-toi"

router = APIRouter()


@router.get("/")
def home() -> Response:
    """Sends people to their work."""
    return RedirectResponse(HOME, status_code=303)


@router.get("/dang-nhap")
def form(request: Request, tiep: str = "") -> Response:
    """Shows the form."""
    return page(request, "sign_in.html", after=_inside(tiep), username="", refusal="")


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
        opened = sign_in(portal.database, username, password, at=portal.at())
    except SignInRefusedError as refusal:
        problem = problem_of(refusal)
        return page(
            request, "sign_in.html", status=problem.status, after=_inside(tiep),
            username=username[:80], refusal=problem.sentence,
        )  # fmt: skip
    response = RedirectResponse(_inside(tiep) or HOME, status_code=303)
    set_session(response, portal, opened)
    return response


@router.post("/dang-xuat")
def leave(request: Request, portal: ThePortal, person: Deciding) -> Response:
    """Signs somebody out."""
    del person
    end_session(portal.database, request.cookies.get(SESSION_COOKIE, ""), portal.at())
    response = RedirectResponse("/dang-nhap", status_code=303)
    clear_session(response, portal)
    return response


def _inside(target: str) -> str:
    """Returns the target if it lies within the portal; else nothing, so that nobody is led away."""
    parts = urlsplit(target)
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_ours and not parts.scheme and not parts.netloc else ""
