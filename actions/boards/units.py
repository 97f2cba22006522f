"""Follow-up by unit: what each was asked within a period, and how it answered."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from actions.boards.counting import Count, counts, is_owed, of_units
from actions.boards.periods import Period
from actions.listing.paging import Order, Page, page_of
from actions.listing.sight import Reader
from models.obligation import Obligation
from models.organisation import Organisation
from models.search import folded
from models.session import once


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStanding:
    """One unit within a period."""

    id: str
    name: str
    count: Count
    last_answer: date | None
    """Last day on which it may answer what it still owes first; None where it owes nothing."""


def by_unit(
    reader: Reader, period: Period, *, named: str, after: str | None, limit: int
) -> Page[UnitStanding]:
    """Returns the units that were to answer within a period, by name.

    Args:
        reader: who looks.
        period: the last days counted.
        named: a part of the unit's name, in any case; empty for all.
        after: the cursor of the page before.
        limit: units.

    Raises:
        InvalidInputError: the cursor is none of ours.
    """
    standing = _standing(reader, period)
    query = select(Organisation).where(Organisation.id.in_(standing))
    if named.strip():
        query = query.where(Organisation.id.in_(called(reader.session, named)))
    found = page_of(
        reader.session, query, Order(by=Organisation.sort_key, key=Organisation.id), after=after,
        limit=limit, values=lambda one: (one.sort_key, one.id),
    )  # fmt: skip
    return Page(
        items=[
            UnitStanding(
                id=one.id, name=one.name, count=standing[one.id][0], last_answer=standing[one.id][1]
            )
            for one in found.items
        ],
        next=found.next,
    )


def called(session: Session, named: str) -> list[str]:
    """Returns the identifiers of the units whose name holds a text, whatever its case and marks."""
    part = folded(named)
    rows = session.execute(select(Organisation.id, Organisation.name))
    return [key for key, name in rows if part in folded(name)]


def whole(reader: Reader, period: Period) -> Count:
    """Returns the count over all units."""
    each = [count for count, _ in _standing(reader, period).values()]
    return Count(
        in_time=sum(one.in_time for one in each), late=sum(one.late for one in each),
        missing=sum(one.missing for one in each), to_come=sum(one.to_come for one in each),
    )  # fmt: skip


_Standing = dict[str, tuple[Count, date | None]]


def _standing(reader: Reader, period: Period) -> _Standing:
    """Returns every unit that was to answer; one walk through the period for all who ask."""
    key = ("units", reader.actor.id, reader.day, period.first, period.last)
    return once(reader.session, key, lambda: _counted(reader, period))


def _counted(reader: Reader, period: Period) -> _Standing:
    owed_until = func.min(case((is_owed(), Obligation.due)))
    query = (
        of_units(select(Obligation.organisation_id, *counts(reader.day), owed_until), reader)
        .where(Obligation.due.between(period.first, period.last))
        .group_by(Obligation.organisation_id)
    )
    return {
        unit: (Count(in_time=a, late=b, missing=c, to_come=d), first)
        for unit, a, b, c, d, first in reader.session.execute(query)
    }
