"""`Tài khoản của tôi`: password, sessions and tokens of the person who is signed in."""

from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.account_rows import account_of
from actions.accounts import set_password
from actions.api_tokens import (
    LONGEST_LABEL,
    SCOPE_HELP,
    SCOPE_WORDS,
    NewAPIToken,
    add_api_token,
    end_api_token,
    tokens_of,
)
from actions.errors import ActionRefusedError
from actions.notices.choosing import MAIL_WORDS, USUAL, Mail, choose_mail, mail_choice
from actions.own_password import prove_own_password
from actions.passkeys import passkeys_of
from actions.passwords import MAX_LENGTH, MIN_LENGTH
from actions.second_factor import factor_state
from actions.sessions import end_other_sessions, end_own_session, open_sessions
from models.officer import Scope
from portal.context import Portal, ThePortal, address_of
from portal.device_words import device_words
from portal.identity import PASSWORD_PATH, Deciding, Person, SignedInPerson
from portal.once import new_word, shown_once
from portal.party import other_name, party_of
from portal.problems import problem_of
from portal.rendering import page

PATH: Final = "/tai-khoan"
TOKEN_DAYS: Final = (30, 90, 365)
"""How long a token may be made for on the page."""
WAY_WORDS: Final = {
    "password": "mật khẩu",
    "code": "mật khẩu và mã trên điện thoại",
    "recovery": "mật khẩu và mã khôi phục",
    "passkey": "khoá đăng nhập",
    "sso": "đăng nhập một lần",
}
DONE: Final = {
    "mat-khau": "Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc.",
    "phien": "Đã kết thúc phiên đăng nhập.",
    "cac-phien": "Đã kết thúc các phiên đăng nhập khác.",
    "thong-bao": "Đã lưu cách nhận thông báo.",
    "ma": "Đã huỷ mã truy cập.",
    "ma-da-hien": (
        "Mã truy cập đã hiện một lần và không hiện lại; chưa kịp chép thì huỷ nó, tạo mã khác."
    ),
    "tat": "Đã tắt xác thực hai lớp.",
    "khoa": "Đã thêm khoá đăng nhập.",
    "xoa-khoa": "Đã xoá khoá đăng nhập.",
}
"""What the page says after a deed, by what stands in its address."""

router = APIRouter()


@router.get(PATH)
def account(
    request: Request, portal: ThePortal, person: SignedInPerson, xong: str = ""
) -> Response:
    """Shows everything about how this person signs in."""
    return _show(request, portal, person, done=DONE.get(xong, ""))


@router.get(PASSWORD_PATH)
def password_form(request: Request, person: SignedInPerson) -> Response:
    """Shows the form for a new password."""
    return _password_page(request, person)


@router.post(PASSWORD_PATH)
def change_password(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    current: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Changes the password; this session stays, all others end."""
    portal.sign_ins.take(address_of(request))
    if new != again:
        said = "Hai lần nhập mật khẩu mới không giống nhau; mật khẩu chưa đổi. Nhập lại."
        return _password_page(request, person, status=422, refusal=said)
    try:
        set_password(
            portal.database, officer_id=person.officer_id, password=new, current=current,
            at=portal.at(), actor=person.actor, keep=person.session_key,
        )  # fmt: skip
    except ActionRefusedError as refusal:
        problem = problem_of(refusal)
        return _password_page(request, person, status=problem.status, refusal=problem.sentence)
    return RedirectResponse(f"{PATH}?xong=mat-khau", status_code=303)


@router.post(f"{PATH}/phien/ket-thuc")
def end_session(portal: ThePortal, person: Deciding, key: Annotated[str, Form()] = "") -> Response:
    """Ends one of the person's sessions, also this one."""
    end_own_session(portal.database, key, actor=person.actor, at=portal.at())
    return RedirectResponse(f"{PATH}?xong=phien", status_code=303)


@router.post(f"{PATH}/phien/ket-thuc-khac")
def end_others(portal: ThePortal, person: Deciding) -> Response:
    """Ends all of the person's sessions but this one."""
    end_other_sessions(portal.database, person.session_key, actor=person.actor, at=portal.at())
    return RedirectResponse(f"{PATH}?xong=cac-phien", status_code=303)


@router.post(f"{PATH}/thong-bao")
def choose_notices(
    portal: ThePortal, person: Deciding, mail: Annotated[Mail, Form()] = USUAL
) -> Response:
    """Keeps how the person wants to be told by mail."""
    choose_mail(portal.database, mail, actor=person.actor, at=portal.at())
    return RedirectResponse(f"{PATH}?xong=thong-bao", status_code=303)


@router.post(f"{PATH}/ma")
def add_token(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    label: Annotated[str, Form()] = "",
    scope: Annotated[list[str] | None, Form()] = None,
    days: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    once: Annotated[str, Form()] = "",
) -> Response:
    """Makes a token for a program; it is shown with this answer alone."""
    portal.sign_ins.take(address_of(request))
    chosen = [one for one in Scope if one.value in (scope or ())]
    lasts = int(days) if days in map(str, TOKEN_DAYS) else TOKEN_DAYS[0]
    typed = {"label": label[:LONGEST_LABEL], "scopes": chosen, "days": lasts}
    at = portal.at()

    def act() -> NewAPIToken:
        prove_own_password(portal.database, password, actor=person.actor, at=at)
        return add_api_token(
            portal.database, officer_id=person.officer_id, label=label, at=at, actor=person.actor,
            scopes=chosen, expires_at=at + timedelta(days=lasts),
        )  # fmt: skip

    made, refusal = shown_once(portal.forms, f"{person.csrf_token}:ma", once, act)
    if refusal is not None:
        problem = problem_of(refusal)
        return _show(
            request, portal, person, status=problem.status, token_refusal=problem.sentence,
            typed=typed,
        )  # fmt: skip
    if not made:
        return RedirectResponse(f"{PATH}?xong=ma-da-hien", status_code=303)
    return _show(request, portal, person, made=made[0], made_label=label)


@router.post(f"{PATH}/ma/{{token_id}}/huy")
def end_token(portal: ThePortal, person: Deciding, token_id: UUID) -> Response:
    """Ends one of the person's tokens."""
    end_api_token(portal.database, token_id, at=portal.at(), actor=person.actor)
    return RedirectResponse(f"{PATH}?xong=ma", status_code=303)


def _password_page(
    request: Request, person: Person, *, status: int = 200, refusal: str = ""
) -> Response:
    return page(
        request, "my_password.html", person=person, status=status, refusal=refusal,
        least=MIN_LENGTH, most=MAX_LENGTH,
    )  # fmt: skip


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    *,
    status: int = 200,
    done: str = "",
    made: NewAPIToken | None = None,
    made_label: str = "",
    token_refusal: str = "",
    typed: dict[str, Any] | None = None,
) -> Response:
    at = portal.at()
    with portal.database.reading() as session:
        sessions = open_sessions(session, person.officer_id, at)
        tokens = tokens_of(session, person.officer_id)
        factor = factor_state(session, person.officer_id)
        passkeys = passkeys_of(session, person.officer_id)
        mail = mail_choice(session, person.officer_id)
        username = account_of(session, person.officer_id).username
    live = [
        one for one in tokens if not one.ended_at and (not one.expires_at or one.expires_at > at)
    ]
    return page(
        request,
        "my_account.html",
        person=person,
        status=status,
        username=username,
        done=done,
        mail=mail,
        mail_words=MAIL_WORDS,
        factor=factor,
        passkeys=passkeys,
        may_add_passkey=party_of(request, portal) is not None,
        passkey_place=other_name(request, portal),
        sessions=sessions,
        device_words=device_words,
        way_words=WAY_WORDS,
        tokens=live,
        over=[one for one in tokens if one not in live][:20],
        made=made,
        made_label=made_label,
        token_refusal=token_refusal,
        typed=typed or {"label": "", "scopes": [Scope.READ], "days": TOKEN_DAYS[1]},
        scopes=[(one, SCOPE_WORDS[one], SCOPE_HELP[one]) for one in Scope],
        scope_words={one.value: words for one, words in SCOPE_WORDS.items()},
        token_days=TOKEN_DAYS,
        longest_label=LONGEST_LABEL,
        once=new_word(),
    )
