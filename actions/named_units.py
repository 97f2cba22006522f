"""Whether the units that a draft names are known to the office on the day."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.draft import Draft
from actions.errors import Problem
from models.organisation import Organisation, OrganisationSuccessor, UnitGroup

Named = Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]
"""Place, identifiers of organisations, identifiers of groups."""


def unit_problems(session: Session, draft: Draft, day: date) -> Iterator[Problem]:
    """Units and groups that the office does not know, or that ended without a successor."""
    organisations = {row.id: row for row in session.scalars(select(Organisation))}
    groups = set(session.scalars(select(UnitGroup.id)))
    continued = set(session.scalars(select(OrganisationSuccessor.organisation_id)))
    for place, named, named_groups in _named(draft):
        for key in named:
            reason = _reason(key, organisations.get(key), day, has_successor=key in continued)
            if reason:
                yield Problem(place=place, reason=reason)
        for key in named_groups:
            if key not in groups:
                reason = f"Không có nhóm đơn vị “{key}”. Chọn lại trong danh mục."
                yield Problem(place=place, reason=reason)


def _named(draft: Draft) -> Named:
    for ordinal, line in enumerate(draft.lines, start=1):
        yield f"Nơi nhận, dòng {ordinal}", line.organisations, line.groups
    for task in draft.tasks:
        through = (task.reports_through,) if task.reports_through else ()
        named = (*task.organisations, *task.coordinating, *through)
        yield f"Nhiệm vụ {task.ref}", named, task.groups


def _reason(
    key: str, organisation: Organisation | None, day: date, *, has_successor: bool
) -> str | None:
    if organisation is None:
        return f"Không có đơn vị “{key}” trong danh mục. Chọn lại hoặc bổ sung vào danh mục."
    if organisation.valid_from > day:
        return f"“{organisation.name}” chưa thành lập vào ngày {day:%d/%m/%Y}. Chọn lại đơn vị."
    ended = organisation.valid_to is not None and organisation.valid_to < day
    if ended and not has_successor:
        return (
            f"“{organisation.name}” đã kết thúc hoạt động và chưa có đơn vị kế thừa "
            "trong danh mục. Chọn lại đơn vị."
        )
    return None
