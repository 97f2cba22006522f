"""What operators and administrators see first: what runs out soon, and anchors that do not mix."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from actions.expiring import expiring
from actions.offices import office_facts
from actions.setup_parts import is_mixed
from models.officer import Role
from portal.context import Portal
from portal.identity import Person
from signing.errors import TrustStoreError
from wiring.trial import surroundings

_URGENT_DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """One warning."""

    words: str
    todo: str
    tone: str
    """`bad` where days are left, or none; else `wait`."""


def warnings_for(session: Session, portal: Portal, person: Person) -> tuple[Warned, ...]:
    """Returns the warnings for a person; none for those who cannot do anything about them."""
    office = office_facts(session)
    if not person.has(office.organisation_id, Role.OPERATOR, Role.ADMINISTRATOR):
        return ()
    try:
        around, day = surroundings(portal.office.settings), portal.today()
    except TrustStoreError as err:
        return (_unreadable(Path(err.path).name),)
    mixed = Warned(
        words="Cơ quan đang tin lẫn chứng thư gốc thử nghiệm và thật.",
        todo="bỏ chứng thư gốc thử nghiệm bằng trinhky setup anchors --remove-trial",
        tone="wait",
    )
    soon = tuple(
        Warned(
            words=one.words(day),
            todo=one.todo,
            tone="bad" if one.days_left(day) <= _URGENT_DAYS else "wait",
        )
        for one in expiring(session, around, at=portal.at())
    )
    return (*((mixed,) if is_mixed(around.anchors) else ()), *soon)


def _unreadable(name: str) -> Warned:
    """Until somebody goes to the server, no signature can be checked or made."""
    return Warned(
        words=f"Máy chủ không đọc được tệp “{name}” trong thư mục tin cậy nên chưa ký, chưa kiểm "
        "tra chữ ký được.",
        todo="người vận hành sửa hoặc bỏ tệp ấy trên máy chủ",
        tone="bad",
    )
