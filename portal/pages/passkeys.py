"""Passkeys: what the script beside the pages asks for and sends back."""

from collections.abc import Callable
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from actions.errors import ActionRefusedError
from actions.own_password import prove_own_password
from actions.passkey_proofs import Party
from actions.passkeys import (
    add_passkey,
    begin_adding,
    begin_using,
    remove_passkey,
    use_passkey,
)
from portal.context import Portal, ThePortal, address_of
from portal.identity import Deciding, check_form_token, set_session, whence_of
from portal.pages.sign_in import landing
from portal.party import other_name, party_of
from portal.problems import problem_of
from portal.rendering import office_look
from portal.words import addressed

PATH: Final = "/tai-khoan/khoa"
SIGN_IN_PATH: Final = "/dang-nhap/khoa"

router = APIRouter()


@router.post(f"{PATH}/bat-dau")
def begin(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    label: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """Asks for a new passkey of the person who is signed in."""
    portal.sign_ins.take(address_of(request))

    def deed(party: Party) -> Response:
        at = portal.at()
        prove_own_password(portal.database, password, actor=person.actor, at=at)
        asked = begin_adding(
            portal.database, label=label, party=party, key=portal.office.account_key,
            actor=person.actor, at=at,
        )  # fmt: skip
        return JSONResponse({"token": asked.token, "options": asked.options})

    return _answer(request, portal, deed)


@router.post(PATH)
def add(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    token: Annotated[str, Form()] = "",
    response: Annotated[str, Form()] = "",
) -> Response:
    """Takes the new passkey."""

    def deed(_party: Party) -> Response:
        add_passkey(
            portal.database, token=token, response=response, actor=person.actor, at=portal.at()
        )
        return JSONResponse({"location": "/tai-khoan?xong=khoa"})

    return _answer(request, portal, deed)


@router.post(f"{PATH}/{{passkey_id}}/xoa")
def remove(portal: ThePortal, person: Deciding, passkey_id: UUID) -> Response:
    """Takes a passkey away."""
    remove_passkey(portal.database, passkey_id, actor=person.actor, at=portal.at())
    return RedirectResponse("/tai-khoan?xong=xoa-khoa", status_code=303)


@router.post(f"{SIGN_IN_PATH}/bat-dau")
def begin_sign_in(
    request: Request, portal: ThePortal, csrf: Annotated[str, Form()] = ""
) -> Response:
    """Asks for any passkey of this portal."""
    check_form_token(request, csrf)
    portal.sign_ins.take(address_of(request))

    def deed(party: Party) -> Response:
        asked = begin_using(portal.database, party=party, at=portal.at())
        return JSONResponse({"token": asked.token, "options": asked.options})

    return _answer(request, portal, deed)


@router.post(SIGN_IN_PATH)
def sign_in(
    *,
    request: Request,
    portal: ThePortal,
    token: Annotated[str, Form()] = "",
    response: Annotated[str, Form()] = "",
    tiep: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Signs somebody in by their passkey."""
    check_form_token(request, csrf)
    portal.sign_ins.take(address_of(request))

    def deed(_party: Party) -> Response:
        opened = use_passkey(
            portal.database, token=token, response=response, key=portal.office.account_key,
            at=portal.at(), whence=whence_of(request),
        )  # fmt: skip
        entered = JSONResponse({"location": landing(tiep)})
        set_session(entered, portal, opened)
        return entered

    return _answer(request, portal, deed)


def _answer(request: Request, portal: Portal, deed: Callable[[Party], Response]) -> Response:
    party = party_of(request, portal)
    if party is None:
        known = other_name(request, portal)
        said = f" Mở cổng thông tin ở {known} rồi làm lại." if known else ""
        return _said(portal, 409, "no_host_name", f"Ở địa chỉ này không dùng được khoá.{said}")
    try:
        return deed(party)
    except ActionRefusedError as refusal:
        problem = problem_of(refusal)
        return _said(portal, problem.status, problem.code, problem.sentence)


def _said(portal: Portal, status: int, code: str, sentence: str) -> Response:
    words = addressed(sentence, office_look(portal).address)
    return JSONResponse({"code": code, "message": words}, status_code=status)
