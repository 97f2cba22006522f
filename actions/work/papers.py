"""Papers that came in, as they wait for one person."""

from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from actions.incoming.showing import ListedPaper, papers_waiting_for
from actions.work.items import INCOMING, Kind, Subject, Waiting
from models.officer import Role

_REGISTER: Final = "đăng ký trong ngày, chậm nhất ngày làm việc tiếp theo (NĐ 30/2020, Điều 22)"
_ASSIGN: Final = "trình, giao trong ngày, chậm nhất ngày làm việc tiếp theo (NĐ 30/2020, Điều 23)"
_GIVEN: Final = "thời hạn được giao"
STEPS: Final = {
    "thu-hoi": ("answer", "Nơi gửi đề nghị thu hồi, thay thế hoặc cập nhật; chờ trả lời.", ""),
    "cho-tiep-nhan": ("accept", "Văn bản đến, chờ kiểm tra và tiếp nhận.", _REGISTER),
    "cho-phan-cong": ("assign", "Văn bản đến, chờ phân công.", _ASSIGN),
    "cua-toi": ("handle", "Văn bản đến được giao xử lý.", _GIVEN),
}
"""By filter of the page of incoming papers, the first that fits: step, words, why by that day."""


def waiting_papers(
    session: Session, officer_id: str, office: str, held: frozenset[Role], at: datetime
) -> list[Waiting]:
    """Returns the incoming papers that wait for an officer.

    Args:
        session: an open look.
        officer_id: who looks.
        office: the office that they come to.
        held: the officer's roles there.
        at: the instant.
    """
    listed = papers_waiting_for(session, officer_id=officer_id, at=at)
    return [_paper(one, officer_id, office, held) for one in listed]


def _paper(one: ListedPaper, officer_id: str, office: str, held: frozenset[Role]) -> Waiting:
    step, words, why = STEPS[_filter(one, held)]
    document = one.document
    where, roles = _queue(one, step, officer_id, office)
    return Waiting(
        kind=Kind.INCOMING, subject=Subject(about=INCOMING, id=document.id, step=step),
        title=document.number_symbol or document.sender_name, text=document.subject,
        doc_type=document.doc_type, urgency=document.urgency, words=words,
        due=_due(one, step, officer_id), why_due=why, since=document.arrived_at,
        organisation_id=where, roles=roles,
    )  # fmt: skip


def _filter(one: ListedPaper, held: frozenset[Role]) -> str:
    clerk = Role.REGISTRY_CLERK in held
    usable = [
        key
        for key in STEPS
        if key in one.filters and (clerk or key not in ("thu-hoi", "cho-tiep-nhan"))
    ]
    return usable[0] if usable else "cua-toi"


def _due(one: ListedPaper, step: str, officer_id: str) -> date | None:
    if step != "handle":
        return one.due if step != "answer" else None
    mine = [part.due for part in one.parts if part.officer_id == officer_id and part.due]
    return min(mine, default=one.due)


def _queue(
    one: ListedPaper, step: str, officer_id: str, office: str
) -> tuple[str, frozenset[Role]]:
    """Returns for whom else it waits: the clerks, the leaders, everybody of a unit, or nobody."""
    if step in ("accept", "answer"):
        return office, frozenset({Role.REGISTRY_CLERK})
    if step == "assign":
        alone = one.document.presented_to_id is not None
        return office, frozenset() if alone else frozenset({Role.SIGNATORY})
    if any(part.officer_id == officer_id for part in one.parts):
        return office, frozenset()
    unit = next(part.organisation_id for part in one.parts if part.organisation_id is not None)
    return unit, frozenset(Role)
