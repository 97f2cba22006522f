"""Follow-up by day: what units still owe, what is due first before what is due later."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select

from actions.boards.counting import is_missing, is_owed, of_units
from actions.boards.units import called
from actions.errors import InvalidInputError, Problem
from actions.listing.paging import Order, Page, page_of
from actions.listing.sight import Reader
from models.directive import Directive
from models.obligation import Obligation
from models.organisation import Organisation

SPANS: Final = ("", "qua-han", "hom-nay", "bay-ngay", "ba-muoi-ngay")
"""Which part is looked at: all that has a day, missing, due today, within 7 and within 30 days."""
_DAYS: Final = {"hom-nay": 0, "bay-ngay": 7, "ba-muoi-ngay": 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedLine:
    """One obligation that is still open."""

    obligation: Obligation
    unit: str
    directive: Directive


def by_day(
    reader: Reader, *, span: str, named: str, after: str | None, limit: int
) -> Page[OwedLine]:
    """Returns what is still owed, by last day.

    Args:
        reader: who looks.
        span: one of `SPANS`.
        named: a part of the unit's name, in any case; empty for all.
        after: the cursor of the page before.
        limit: obligations.

    Raises:
        InvalidInputError: no such span, or the cursor is none of ours.
    """
    query = of_units(select(Obligation), reader).where(is_owed(), _within(span, reader.day))
    if named.strip():
        query = query.where(Obligation.organisation_id.in_(called(reader.session, named)))
    found = page_of(
        reader.session, query, Order(by=Obligation.due, key=Obligation.id), after=after,
        limit=limit, values=lambda one: (one.due, one.id),
    )  # fmt: skip
    names = _names(reader, {one.organisation_id for one in found.items})
    wanted = select(Directive).where(Directive.id.in_({one.directive_id for one in found.items}))
    directives = {one.id: one for one in reader.session.scalars(wanted)}
    return Page(
        items=[
            OwedLine(
                obligation=one, unit=names[one.organisation_id],
                directive=directives[one.directive_id],
            )
            for one in found.items
        ],
        next=found.next,
    )  # fmt: skip


def without_a_day(reader: Reader) -> bool:
    """Tells whether something is owed that has no day, and so is in none of the spans."""
    query = of_units(select(Obligation.id), reader).where(is_owed(), Obligation.due.is_(None))
    return reader.session.scalars(query.limit(1)).first() is not None


def _within(span: str, day: date) -> ColumnElement[bool]:
    if span not in SPANS:
        reason = "Không có mục này. Chọn lại trong các mục trên trang."
        raise InvalidInputError(Problem(place="Thời hạn", reason=reason))
    if not span:
        return Obligation.due.is_not(None)
    if span == "qua-han":
        return is_missing(day)
    return Obligation.due.between(day, day + timedelta(days=_DAYS[span]))


def _names(reader: Reader, units: set[str]) -> dict[str, str]:
    rows = reader.session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(units))
    )
    return {key: name for key, name in rows}  # noqa: C416 (rows are no pairs)
