"""Số đến: one series a year from 01, electronic and paper together; never twice.

Where the office begins in the middle of a year, a start number says where the paper register ended;
an imported old register is gone on with. Source: NĐ 30/2020 Đ22.2.
"""

from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.access import require_role
from actions.auditing import Actor
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, Problem
from actions.offices import office_facts
from models.incoming import IncomingDocument
from models.numbering import RegisterEntry, RegisterStart
from models.officer import Role
from models.organisation import Office

INCOMING: Final = "incoming"
"""Name of the register."""


def take_next(deed: Deed, day: date) -> int:
    """Returns the next number of the year of a day. Does not commit.

    Takes the office's row first: all who register queue for it, so the largest number that is read
    here stays the largest until this transaction ends.
    """
    deed.session.execute(select(Office.id).with_for_update())
    start = deed.session.get(RegisterStart, (INCOMING, day.year))
    return max(last_number(deed.session, day.year), (start.number if start else 1) - 1) + 1


def last_number(session: Session, year: int) -> int:
    """Returns the largest number given in a year, imported lines included; 0 where none was."""
    taken = session.scalar(
        select(func.max(IncomingDocument.number)).where(IncomingDocument.year == year)
    )
    entered = session.scalar(
        select(func.max(RegisterEntry.ordinal)).where(
            RegisterEntry.register == INCOMING, RegisterEntry.year == year
        )
    )
    return max(taken or 0, entered or 0)


def set_start(desk: Desk, actor: Actor, *, year: int, number: int) -> None:
    """Says with which number the series of a year begins here.

    Raises:
        NotAuthorisedError: the actor is no registry clerk.
        InvalidInputError: below 1, or not above what was given already.
    """
    with doing(desk, actor, "set_register_start", kind="register", subject=INCOMING) as deed:
        organisation_id = office_facts(deed.session).organisation_id
        require_role(deed, Role.REGISTRY_CLERK, organisation_id, "đặt số đến bắt đầu")
        deed.session.execute(select(Office.id).with_for_update())
        last = last_number(deed.session, year)
        if number < 1 or number <= last:
            reason = f"Số bắt đầu phải lớn hơn số đến cuối cùng của năm {year} ({last:02d})."
            raise InvalidInputError(Problem(place="Số đến bắt đầu", reason=reason))
        start = deed.session.get(RegisterStart, (INCOMING, year))
        if start is None:
            start = RegisterStart(register=INCOMING, year=year, number=number, at=deed.at)
            deed.session.add(start)
        start.number, start.officer_id, start.at = number, actor.id, deed.at
        deed.detail |= {"year": year, "number": number}
