"""Follow-up by unit: what each was asked within a period, and how it answered."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from actions.boards.counting import OWED, Count, counts, of_units
from actions.boards.periods import Period
from actions.listing.paging import Order, Page, page_of
from actions.listing.sight import Reader
from documents.marking import unmarked
from models.obligation import Obligation
from models.organisation import Organisation


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
    asked = of_units(select(Obligation.id), reader).where(
        Obligation.organisation_id == Organisation.id,
        Obligation.due.between(period.first, period.last),
    )
    query = select(Organisation).where(exists(asked.correlate(Organisation)))
    if named.strip():
        query = query.where(Organisation.id.in_(called(reader.session, named)))
    found = page_of(
        reader.session, query, Order(by=Organisation.name, key=Organisation.id), after=after,
        limit=limit, values=lambda one: (one.name, one.id),
    )  # fmt: skip
    standing = _standing(reader, period, [one.id for one in found.items])
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
    part = unmarked(named)
    rows = session.execute(select(Organisation.id, Organisation.name))
    return [key for key, name in rows if part in unmarked(name)]


def whole(reader: Reader, period: Period) -> Count:
    """Returns the count over all units."""
    query = of_units(select(*counts(reader.day)), reader)
    row = reader.session.execute(_within(query, period)).one()
    return Count(in_time=row[0], late=row[1], missing=row[2], to_come=row[3])


def _standing(
    reader: Reader, period: Period, units: list[str]
) -> dict[str, tuple[Count, date | None]]:
    owed_until = func.min(Obligation.due).filter(Obligation.state.in_(OWED))
    query = of_units(
        select(Obligation.organisation_id, *counts(reader.day), owed_until), reader
    ).where(Obligation.organisation_id.in_(units))
    rows = reader.session.execute(_within(query, period).group_by(Obligation.organisation_id))
    return {
        unit: (Count(in_time=a, late=b, missing=c, to_come=d), first)
        for unit, a, b, c, d, first in rows
    }


def _within(query: Select[Any], period: Period) -> Select[Any]:
    return query.where(Obligation.due.between(period.first, period.last))
