"""One officer, for the administrator: how they sign in, and the deeds about it."""

import re
from collections.abc import Callable
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.access import ROLE_WORDS
from actions.account_rows import FREE_FAILURES
from actions.accounts import add_account, disable_account, end_sessions, set_password
from actions.administering.people import person as person_line
from actions.administering.service import service
from actions.certificate_rows import KIND_WORDS
from actions.errors import ActionRefusedError, InvalidInputError, NotFoundError, Problem
from actions.own_password import prove_own_password
from actions.passwords import temporary_password
from actions.recovering import take_factors_off
from actions.reopening import reopen_account, unlock_account
from models.search import folded
from portal.administering import (
    MOST_REASON,
    PREFIX,
    Administrator,
    ChangingAdministrator,
    done_or_said,
)
from portal.context import Portal, ThePortal, address_of
from portal.i18n.catalogue import noted
from portal.identity import Person
from portal.once import new_word, shown_once
from portal.problems import problem_of
from portal.rendering import page

PATH: Final = f"{PREFIX}/can-bo/{{officer_id}}"
DONE: Final = {
    "mo-khoa": noted("Đã mở khoá tài khoản; mật khẩu giữ nguyên."),
    "dong": noted("Đã đóng tài khoản và kết thúc các phiên đăng nhập."),
    "mo-lai": noted("Đã mở lại tài khoản; mật khẩu giữ nguyên."),
    "phien": noted("Đã kết thúc các phiên đăng nhập."),
    "hai-lop": noted("Đã tắt xác thực hai lớp và kết thúc các phiên đăng nhập."),
    "da-hien": noted(
        "Mật khẩu tạm đã hiện một lần và không hiện lại; chưa kịp giao thì đặt mật khẩu tạm khác."
    ),
    "thoi": noted("Đã ghi thôi công tác; việc nào sang ai xem ở nhật ký."),
}
"""What the page says after a deed, by what stands in its address."""
_GAPS: Final = re.compile(r"[^a-z0-9]+")

router = APIRouter()


@router.get(PATH)
def officer(
    request: Request, portal: ThePortal, person: Administrator, officer_id: str, xong: str = ""
) -> Response:
    """Shows an officer's account, with what may be done about it."""
    return _show(request, portal, person, officer_id, done=DONE.get(xong, ""))


@router.post(f"{PATH}/tai-khoan")
def add(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer_id: str,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    once: Annotated[str, Form()] = "",
) -> Response:
    """Opens an account; its first password is shown with this answer alone."""
    typed = username.strip()[:80]

    def deed(first: str) -> None:
        _require_officer(portal, person, officer_id)
        prove_own_password(portal.database, password, actor=person.actor, at=portal.at())
        add_account(
            portal.database, officer_id=officer_id, username=typed, password=first,
            at=portal.at(), actor=person.actor,
        )  # fmt: skip

    return _given(
        request, portal, person, officer_id, deed, form="tai-khoan", once=once, typed=typed
    )


@router.post(f"{PATH}/mat-khau")
def reset_password(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer_id: str,
    password: Annotated[str, Form()] = "",
    once: Annotated[str, Form()] = "",
) -> Response:
    """Gives a new temporary password, shown with this answer alone; ends locks and sessions."""

    def deed(fresh: str) -> None:
        _require_other(portal, person, officer_id)
        prove_own_password(portal.database, password, actor=person.actor, at=portal.at())
        set_password(
            portal.database, officer_id=officer_id, password=fresh, at=portal.at(),
            actor=person.actor,
        )  # fmt: skip

    return _given(request, portal, person, officer_id, deed, form="mat-khau", once=once)


@router.post(f"{PATH}/hai-lop")
def reset_factors(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer_id: str,
    password: Annotated[str, Form()] = "",
    passkeys: Annotated[str, Form()] = "",
) -> Response:
    """Takes the second factor off for somebody who lost the phone; on wish the passkeys too."""
    portal.sign_ins.take(address_of(request))

    def deed() -> None:
        _require_other(portal, person, officer_id)
        prove_own_password(portal.database, password, actor=person.actor, at=portal.at())
        take_factors_off(
            portal.database, officer_id=officer_id, passkeys=bool(passkeys), at=portal.at(),
            actor=person.actor,
        )  # fmt: skip

    return _done_or_said(request, portal, person, officer_id, deed, form="hai-lop", done="hai-lop")


@router.post(f"{PATH}/mo-khoa")
def unlock(
    request: Request, portal: ThePortal, person: ChangingAdministrator, officer_id: str
) -> Response:
    """Ends the lock after wrong passwords."""

    def deed() -> None:
        unlock_account(portal.database, officer_id=officer_id, at=portal.at(), actor=person.actor)

    return _done_or_said(request, portal, person, officer_id, deed, form="mo-khoa", done="mo-khoa")


@router.post(f"{PATH}/ket-thuc-phien")
def sign_out(
    request: Request, portal: ThePortal, person: ChangingAdministrator, officer_id: str
) -> Response:
    """Ends all sessions of the officer."""

    def deed() -> None:
        _require_officer(portal, person, officer_id)
        end_sessions(portal.database, officer_id, at=portal.at(), actor=person.actor)

    return _done_or_said(request, portal, person, officer_id, deed, form="phien", done="phien")


@router.post(f"{PATH}/dong")
def close(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer_id: str,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Takes the account out of use, with the reason."""
    why = reason.strip()[:MOST_REASON]

    def deed() -> None:
        _require_officer(portal, person, officer_id)
        if not why:
            raise InvalidInputError(Problem(place="Lý do", reason="không được để trống."))
        disable_account(
            portal.database, officer_id=officer_id, at=portal.at(), actor=person.actor, reason=why
        )

    return _done_or_said(
        request, portal, person, officer_id, deed, form="dong", done="dong", typed=why
    )


@router.post(f"{PATH}/mo-lai")
def reopen(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer_id: str,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Takes the account back into use, with the reason."""
    why = reason.strip()[:MOST_REASON]

    def deed() -> None:
        reopen_account(
            portal.database, officer_id=officer_id, reason=why, at=portal.at(), actor=person.actor
        )

    return _done_or_said(
        request, portal, person, officer_id, deed, form="mo-lai", done="mo-lai", typed=why
    )


def _given(
    request: Request,
    portal: Portal,
    person: Person,
    officer_id: str,
    deed: Callable[[str], None],
    *,
    form: str,
    once: str,
    typed: str = "",
) -> Response:
    """Shows the temporary password that a deed gave; the same form sent again gives no other."""
    portal.sign_ins.take(address_of(request))

    def act() -> str:
        secret = temporary_password()
        deed(secret)
        return secret

    sent = f"{person.csrf_token}:{form}:{officer_id}"
    made, refusal = shown_once(portal.forms, sent, once, act)
    if isinstance(refusal, NotFoundError):
        raise refusal
    if refusal is not None:
        return _show(request, portal, person, officer_id, refusal=refusal, form=form, typed=typed)
    if not made:
        return RedirectResponse(page_of(officer_id, "da-hien"), status_code=303)
    return _show(request, portal, person, officer_id, secret=made[0])


def page_of(officer_id: str, done: str) -> str:
    """Returns the address of an officer's page that says what was done, a key of `DONE`."""
    return f"{PREFIX}/can-bo/{quote(officer_id, safe='')}?xong={done}"


def _require_officer(portal: Portal, person: Person, officer_id: str) -> None:
    with portal.database.reading() as session:
        person_line(session, person.actor, officer_id, at=portal.at())


def _require_other(portal: Portal, person: Person, officer_id: str) -> None:
    _require_officer(portal, person, officer_id)
    if officer_id == person.officer_id:
        said = "của chính mình thì đổi ở trang Tài khoản của tôi."
        raise InvalidInputError(Problem(place="Cách đăng nhập", reason=said))


def _done_or_said(
    request: Request,
    portal: Portal,
    person: Person,
    officer_id: str,
    deed: Callable[[], None],
    *,
    form: str,
    done: str,
    typed: str = "",
) -> Response:
    def again(refusal: ActionRefusedError) -> Response:
        return _show(request, portal, person, officer_id, refusal=refusal, form=form, typed=typed)

    return done_or_said(deed, again, page_of(officer_id, done))


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    officer_id: str,
    *,
    done: str = "",
    secret: str = "",
    refusal: ActionRefusedError | None = None,
    form: str = "",
    typed: str = "",
) -> Response:
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        line = person_line(session, person.actor, officer_id, at=portal.at())
        served = service(session, person.actor, officer_id, at=portal.at())
    return page(
        request, "officer.html", person=person, status=problem.status if problem else 200,
        line=line, done=done, secret=secret, refusal=problem.sentence if problem else "",
        form=form, typed=typed, proposed=_proposed(line.name), role_names=ROLE_WORDS,
        is_own=officer_id == person.officer_id, free_failures=FREE_FAILURES,
        most_reason=MOST_REASON, service=served, key_kinds=KIND_WORDS, once=new_word(),
    )  # fmt: skip


def _proposed(name: str) -> str:
    """Returns a username for a Vietnamese name: `nguyen.minh.an`."""
    return _GAPS.sub(".", folded(name)).strip(".")[:80]
