"""“Việc của tôi”: what waits for the reader, by when, and what to do next about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions.absence_rows import ahead as absences_ahead
from actions.administering.attention import attention
from actions.administering.people import people
from actions.errors import NotAuthorisedError, TakenError, WrongStateError
from actions.obligations.showing import next_due
from actions.offices import working_calendar
from actions.work.claiming import claim, give_back
from actions.work.days import FIRST_TASK
from actions.work.items import Kind, Subject, Waiting
from actions.work.listing import Work, by_day, everything_for
from actions.working.keeping import count_drafts
from models.officer import Role
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import gettext, noted
from portal.identity import Deciding, Person, SignedInPerson
from portal.live import chain_end, live_of_work
from portal.problems import problem_of
from portal.rendering import page
from portal.running_out import warnings_for

PATH: Final = "/viec-cua-toi"
TAKEN: Final = "da-nhan"
"""Filter of what colleagues have taken up."""
ON_A_PAGE: Final = 60

WHEN: Final = {
    "late": noted("Quá hạn"),
    "today": noted("Hôm nay"),
    "week": noted("Tuần này"),
    "later": noted("Sau đó"),
    "none": noted("Không có hạn"),
}
KINDS: Final = {
    Kind.DRAFT: noted("Dự thảo của tôi"),
    Kind.CHECK: noted("Chờ kiểm tra"),
    Kind.APPROVAL: noted("Chờ phê duyệt"),
    Kind.OPINION: noted("Chờ ý kiến"),
    Kind.NUMBER: noted("Chờ cấp số"),
    Kind.SIGNATURE: noted("Chờ ký"),
    Kind.SEAL: noted("Chờ đóng dấu"),
    Kind.ISSUE: noted("Chờ phát hành"),
    Kind.DELIVERY: noted("Chưa gửi được"),
    Kind.REPORT: noted("Báo cáo chờ xem"),
    Kind.EXTENSION: noted("Đề nghị gia hạn"),
    Kind.INCOMING: noted("Văn bản đến"),
    Kind.MAIL: noted("Thư cần xử lý"),
}
NEXT: Final = {
    "submit": (noted("Xem và trình"), "/van-ban/{id}"),
    "revise": (noted("Xem và sửa"), "/van-ban/{id}"),
    "check_content": (noted("Kiểm tra nội dung"), "/van-ban/{id}"),
    "check_form": (noted("Kiểm tra thể thức"), "/van-ban/{id}"),
    "approve": (noted("Xem và phê duyệt"), "/van-ban/{id}"),
    "opinion": (noted("Cho ý kiến"), "/van-ban/{id}/y-kien#tra-loi"),
    "take_number": (noted("Cấp số"), "/van-ban/{id}"),
    "sign": (noted("Xem và ký"), "/van-ban/{id}/ky"),
    "seal": (noted("Đóng dấu"), "/van-ban/{id}/dong-dau"),
    "issue": (noted("Phát hành"), "/van-ban/{id}/phat-hanh"),
    "delivery": (noted("Xem đơn vị lỗi"), "/phat-hanh/{id}?loc=can-xu-ly"),
    "report": (noted("Xem báo cáo"), "/theo-doi/{id}?loc=cho"),
    "extension": (noted("Trả lời đề nghị"), "/theo-doi/{id}?loc=cho"),
    "accept": (noted("Kiểm tra, tiếp nhận"), "/van-ban-den/{id}"),
    "answer": (noted("Trả lời nơi gửi"), "/van-ban-den/{id}"),
    "assign": (noted("Phân công"), "/van-ban-den/{id}"),
    "handle": (noted("Xử lý"), "/van-ban-den/{id}"),
    "match": (noted("Đọc và xử lý"), "/thu-den/{id}"),
}
"""By step: the words of its button, and where it leads."""
_TOGETHER: Final = {
    Kind.SIGNATURE: ("/ky-nhieu", noted("Ký nhiều văn bản một lần")),
    Kind.SEAL: ("/dong-dau-nhieu", noted("Đóng dấu nhiều văn bản một lần")),
}
STARTS: Final = ("/soan", "/quan-tri", "/quan-tri/nhat-ky", "/phat-hanh", "/theo-doi", "/van-hanh")
"""Where one goes on of one's own accord, where nothing waits."""

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that waits, with what to do next."""

    one: Waiting
    button: str
    path: str
    claims: bool
    """The next thing to do is to take it up."""
    held: bool
    """The reader has taken it up, and may give it back."""
    is_units_day: bool
    """Its day is the first that the directive gives the units, not one of the step itself."""


@router.get(PATH)
def work(
    request: Request, portal: ThePortal, person: SignedInPerson, loc: str = "", trang: str = "1"
) -> Response:
    """Shows what waits for the reader."""
    return _show(request, portal, person, loc=loc, at=trang)


@router.post(PATH + "/nhan")
def take_up(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    about: Annotated[str, Form()],
    subject: Annotated[UUID, Form()],
    step: Annotated[str, Form()],
    revision: Annotated[int, Form()] = 0,
    loc: Annotated[str, Form()] = "",
) -> Response:
    """Takes up something from a queue."""
    wanted = Subject(about=about, id=subject, step=step, revision=revision)
    try:
        claim(portal.desk, person.actor, wanted)
    except (TakenError, NotAuthorisedError) as refusal:
        return _show(request, portal, person, loc=loc, refusal=refusal)
    return RedirectResponse(_address(loc), status_code=303)


@router.post(PATH + "/tra-lai")
def put_back(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    about: Annotated[str, Form()],
    subject: Annotated[UUID, Form()],
    step: Annotated[str, Form()],
    revision: Annotated[int, Form()] = 0,
    loc: Annotated[str, Form()] = "",
) -> Response:
    """Gives back what the reader has taken up."""
    wanted = Subject(about=about, id=subject, step=step, revision=revision)
    try:
        give_back(portal.desk, person.actor, wanted)
    except WrongStateError as refusal:
        return _show(request, portal, person, loc=loc, refusal=refusal)
    return RedirectResponse(_address(loc), status_code=303)


def _address(loc: str) -> str:
    return f"{PATH}?{urlencode({'loc': loc})}" if loc in (*Kind, TAKEN) else PATH


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    *,
    loc: str = "",
    at: str = "1",
    refusal: TakenError | NotAuthorisedError | WrongStateError | None = None,
) -> Response:
    with portal.database.reading() as session:
        head = chain_end(session)
        found = everything_for(session, person.officer_id, portal.at())
        live = live_of_work(head, found)
        empty = not found.mine and not found.taken
        coming = next_due(session, person.roles, portal.today()) if empty else None
        calendar = working_calendar(session)
        warned = warnings_for(session, portal, person)
        matters = _matters(session, portal, person) if empty else 0
        absences = absences_ahead(session, portal.today(), person.officer_id)
        begun = 0 if loc else count_drafts(session, person.officer_id)
    problem = problem_of(refusal) if refusal else None
    chosen, rows = _chosen(found, loc)
    number = max(1, int(at)) if at.isascii() and at.isdigit() and len(at) < 6 else 1  # noqa: PLR2004 (digits of a page)
    first = (number - 1) * ON_A_PAGE
    shown = rows[first : first + ON_A_PAGE]
    return page(
        request, "work.html", person=person, live=live, status=problem.status if problem else 200,
        groups=[(gettext(WHEN[group.key]), [_row(one, person) for one in group.rows], group.key)
                for group in by_day(shown, portal.today())],
        chips=_chips(found), chosen=chosen, total=len(found.mine), taken=len(found.taken),
        next_due=coming, calendar=calendar, warned=warned, many=_many(found),
        before=_page_of(loc, number - 1) if number > 1 else "",
        after=_page_of(loc, number + 1) if first + ON_A_PAGE < len(rows) else "",
        STARTS=STARTS, matters=matters, begun=begun, absences=absences,
        left=max(0, len(rows) - first - ON_A_PAGE), refusal=problem.sentence if problem else "",
    )  # fmt: skip


def _matters(session: Session, portal: Portal, person: Person) -> int:
    """Returns how many things an administrator has to attend to; none for anybody else."""
    if Role.ADMINISTRATOR not in person.all_roles:
        return 0
    lines = people(session, person.actor, at=portal.at())
    return len(attention(session, lines, at=portal.at()))


def _page_of(loc: str, number: int) -> str:
    return "?" + urlencode({"loc": loc, "trang": number} if loc else {"trang": number})


def _chosen(found: Work, loc: str) -> tuple[str, Sequence[Waiting]]:
    if loc == TAKEN:
        return loc, found.taken
    if loc in set(Kind):
        return loc, [one for one in found.mine if one.kind == loc]
    return "", found.mine


def _chips(found: Work) -> list[tuple[str, str, int]]:
    """Returns the filters: everything, each kind that there is, what colleagues have taken up."""
    kinds = [(str(kind), gettext(KINDS[kind]), count) for kind, count in found.counts().items()]
    taken = [(TAKEN, gettext("Đồng nghiệp đã nhận"), len(found.taken))] if found.taken else []
    if len(kinds) + len(taken) < 2:  # noqa: PLR2004 (one filter filters nothing)
        return []
    return [("", gettext("Tất cả"), len(found.mine)), *kinds, *taken]


def _many(found: Work) -> tuple[tuple[str, str, int], ...]:
    """Returns the ways to do several at once, where there are several: path, words, how many."""
    counts = found.counts()
    counted = (
        (path, gettext(words), counts.get(kind, 0)) for kind, (path, words) in _TOGETHER.items()
    )
    return tuple(one for one in counted if one[2] > 1)


def _row(one: Waiting, person: Person) -> Row:
    button, path = NEXT[one.subject.step]
    return Row(
        one=one, button=gettext(button), path=path.format(id=one.subject.id),
        claims=bool(one.queue) and one.holder is None,
        held=one.holder is not None and one.holder.officer_id == person.officer_id,
        is_units_day=one.why_due == FIRST_TASK,
    )  # fmt: skip
