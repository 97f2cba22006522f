"""Quản trị: what needs attention, and the accounts of all officers."""

from collections import Counter
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from actions.access import ROLE_WORDS
from actions.administering.attention import attention
from actions.administering.people import AccountState, PersonLine, people
from portal.administering import PREFIX, Administrator
from portal.context import ThePortal
from portal.i18n.catalogue import noted
from portal.rendering import page
from portal.running_out import warnings_for

router = APIRouter(prefix=PREFIX)

ALL: Final = ""
FILTERS: Final = {
    ALL: noted("Tất cả"),
    "chua-co": noted("Chưa có tài khoản"),
    "tam-khoa": noted("Đang tạm khoá"),
    "mat-khau-tam": noted("Chưa đổi mật khẩu tạm"),
    "da-dong": noted("Đã đóng"),
}
_STATES: Final = {
    "tam-khoa": AccountState.LOCKED,
    "mat-khau-tam": AccountState.TEMPORARY,
    "da-dong": AccountState.CLOSED,
}


@router.get("")
def overview(request: Request, portal: ThePortal, person: Administrator) -> Response:
    """Shows what needs attention, each with one next action, and the ways to the parts."""
    at = portal.at()
    with portal.database.reading() as session:
        lines = people(session, person.actor, at=at)
        matters = attention(session, lines, at=at)
        warned = warnings_for(session, portal, person)
    states = Counter(one.state for one in lines if not one.has_left)
    return page(
        request, "administering.html", person=person, matters=matters, warned=warned,
        in_service=sum(not one.has_left for one in lines),
        with_account=states.total() - states[AccountState.NONE] - states[AccountState.CLOSED],
    )  # fmt: skip


@router.get("/tai-khoan")
def accounts(
    request: Request, portal: ThePortal, person: Administrator, loc: str = ALL, q: str = ""
) -> Response:
    """Lists the officers with their accounts; `loc` and `q` narrow the list."""
    with portal.database.reading() as session:
        lines = people(session, person.actor, at=portal.at())
    chosen, wanted = loc if loc in FILTERS else ALL, " ".join(q.casefold().split())
    rows = [one for one in lines if _is_in(one, chosen) and _is_called(one, wanted)]
    chips = [(key, words, sum(_is_in(one, key) for one in lines)) for key, words in FILTERS.items()]
    return page(
        request, "accounts.html", person=person, rows=rows, chosen=chosen, asked=q.strip()[:100],
        chips=[one for one in chips if one[2] or one[0] in (ALL, chosen)], role_names=ROLE_WORDS,
    )  # fmt: skip


def _is_in(line: PersonLine, chosen: str) -> bool:
    if chosen == "chua-co":
        return line.lacks_account
    return chosen == ALL or line.state is _STATES[chosen]


def _is_called(line: PersonLine, wanted: str) -> bool:
    return wanted in f"{line.name} {line.username} {line.title} {line.officer_id}".casefold()
