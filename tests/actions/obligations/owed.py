"""Periodic tasks and what is owed of them, for the tests of this folder."""

from typing import Any

from sqlalchemy import select

from actions.desk import Desk
from models.dispatch import Notice
from models.obligation import Obligation, ObligationChange
from models.officer import Role
from tests.actions.back_office import task
from tests.support.factories import SmallOffice

FOLLOWER = SmallOffice().actor(Role.FOLLOW_UP)
DRAFTER = SmallOffice().actor(Role.DRAFTER)
QUARTERLY: dict[str, Any] = {
    "frequencies": ["quarterly"],
    "day": {"kind": "after_cut_off", "count": 2, "working": True},
}
UNITS = {"huyen-a", "huyen-b", "so-tt"}

MONTHLY = task(
    "R1", deadline_raw="trước ngày 10 hàng tháng", kind="periodic", named_date=None,
    inclusive=None, sentence="báo cáo trước ngày 10 hàng tháng",
)  # fmt: skip
UNSTATED = task(
    "R1", deadline_raw="định kỳ", kind="periodic_unspecified", named_date=None, inclusive=None,
    sentence="định kỳ báo cáo kết quả",
)  # fmt: skip
WAITING = task(
    "R1", deadline_raw="trong thời hạn 30 ngày kể từ ngày ký hợp đồng", kind="relative",
    named_date=None, inclusive=None, sentence="báo cáo trong 30 ngày kể từ ngày ký hợp đồng",
)  # fmt: skip


def every(desk: Desk, **wanted: object) -> list[Obligation]:
    """All obligations with these columns, by unit and period."""
    with desk.database.reading() as session:
        rows = session.scalars(
            select(Obligation)
            .filter_by(**wanted)
            .order_by(Obligation.organisation_id, Obligation.period_key)
        )
        return list(rows)


def keys(desk: Desk, unit: str = "huyen-a") -> list[str]:
    """The periods that a unit owes or owed."""
    return [one.period_key for one in every(desk, organisation_id=unit)]


def changes(desk: Desk, obligation: Obligation) -> list[tuple[str, str | None, str | None]]:
    """What was recorded of an obligation."""
    with desk.database.reading() as session:
        rows = session.scalars(
            select(ObligationChange)
            .where(ObligationChange.obligation_id == obligation.id)
            .order_by(ObligationChange.id)
        )
        return [(one.field, one.before, one.after) for one in rows]


def letters(desk: Desk) -> list[tuple[str, str]]:
    """Unit and words of every letter about changes."""
    with desk.database.reading() as session:
        rows = session.scalars(select(Notice).where(Notice.kind == "change"))
        return sorted((one.organisation_id or "", one.text) for one in rows)


def codes(obligation: Obligation) -> set[str]:
    return {flag["code"] for flag in obligation.flags}
