"""“Việc của tôi”: what waits for the reader, the most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from actions.desk import local_day
from actions.incoming.showing import waiting_for
from actions.obligations.showing import next_due
from actions.offices import working_calendar
from actions.progress import WorkItem, work_for
from portal.context import ThePortal
from portal.identity import SignedInPerson
from portal.rendering import page
from portal.running_out import warnings_for

URGENT: Final = "Văn bản khẩn"
OLDER: Final = "Chờ từ những ngày trước"
TODAY: Final = "Mới đến hôm nay"
_ORDER: Final = (URGENT, OLDER, TODAY)
_BUTTONS: Final = {
    "submit": "Xem và trình",
    "revise": "Sửa dự thảo",
    "check_content": "Kiểm tra nội dung",
    "check_form": "Kiểm tra thể thức",
    "approve": "Xem và phê duyệt",
    "take_number": "Cấp số",
    "sign": "Xem và ký",
    "seal": "Đóng dấu",
    "issue": "Phát hành",
    "follow_up": "Xem báo cáo",
}
_PLACES: Final = {
    "revise": "/van-ban/{id}/sua",
    "sign": "/van-ban/{id}/ky",
    "seal": "/van-ban/{id}/dong-dau",
    "issue": "/van-ban/{id}/phat-hanh",
    "follow_up": "/theo-doi/{id}",
}
_ASKED: Final = {
    "submit": "Hoàn thiện dự thảo rồi trình.",
    "check_content": "Chờ kiểm tra nội dung.",
    "check_form": "Chờ kiểm tra thể thức.",
    "approve": "Chờ phê duyệt.",
    "take_number": "Chờ cấp số.",
    "sign": "Chờ ký.",
    "seal": "Lãnh đạo đã ký; chờ đóng dấu.",
    "issue": "Đã ký và đóng dấu; phát hành trong ngày.",
    "follow_up": "Đơn vị đã trả lời, chờ xem xét.",
}
"""What is asked of the reader. Issuing: the same day, NĐ 30/2020 Đ18.1."""
_TOGETHER: Final = {
    "sign": ("/ky-nhieu", "Ký nhiều văn bản một lần"),
    "seal": ("/dong-dau-nhieu", "Đóng dấu nhiều văn bản một lần"),
}
_ARRIVALS: Final = {
    "cho-tiep-nhan": "chờ kiểm tra, tiếp nhận",
    "thu-hoi": "mà nơi gửi đề nghị thu hồi, thay thế hoặc cập nhật",
    "cho-phan-cong": "chờ phân công",
    "cua-toi": "được giao, chưa xong",
}
"""What is asked of the reader about incoming papers, by filter of their page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One piece of work."""

    item: WorkItem
    asked: str
    button: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows of one urgency."""

    title: str
    rows: tuple[Row, ...]


router = APIRouter()


@router.get("/viec-cua-toi")
def work(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Shows what waits for the reader."""
    with portal.database.reading() as session:
        items = work_for(session, person.officer_id, portal.today())
        ahead = None if items else next_due(session, person.roles, portal.today())
        calendar = working_calendar(session)
        warned = warnings_for(session, portal, person)
        arrivals = waiting_for(session, officer_id=person.officer_id, at=portal.at())
    return page(
        request, "work.html", person=person, groups=_groups(items, portal.today()),
        total=len(items), next_due=ahead, calendar=calendar, warned=warned, many=_many(items),
        arrivals=arrivals, ARRIVALS=_ARRIVALS,
    )  # fmt: skip


def _many(items: Sequence[WorkItem]) -> tuple[tuple[str, str, int], ...]:
    """Returns the ways to do several at once, where there are several: path, words, how many."""
    counted = ((*way, sum(item.deed == deed for item in items)) for deed, way in _TOGETHER.items())
    return tuple(one for one in counted if one[2] > 1)


def _groups(items: Sequence[WorkItem], today: date) -> tuple[Group, ...]:
    found: dict[str, list[Row]] = {title: [] for title in _ORDER}
    for item in items:
        found[_urgency(item, today)].append(_row(item))
    return tuple(Group(title=title, rows=tuple(rows)) for title, rows in found.items() if rows)


def _urgency(item: WorkItem, today: date) -> str:
    if item.urgency:
        return URGENT
    return TODAY if local_day(item.since) >= today else OLDER


def _row(item: WorkItem) -> Row:
    path = _PLACES.get(item.deed, "/van-ban/{id}").format(id=item.directive_id)
    return Row(
        item=item,
        asked=_ASKED.get(item.deed, item.words),
        button=_BUTTONS.get(item.deed, "Mở"),
        path=path,
    )
