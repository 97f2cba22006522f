"""Follow-up by directive: how many units have answered, what is due next, what waits here."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, and_, case, func, select

from actions.boards.counting import is_missing, is_owed, of_units
from actions.listing.paging import Order, Page, page_of
from actions.listing.sight import Reader
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import ObligationState
from models.obligation import ExtensionRequest, Obligation
from models.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the units of a directive stand."""

    units: int = 0
    answered: int = 0
    late: int = 0
    """Units with an answer that is missing."""
    next_due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRow:
    """One directive with how its units stand."""

    directive: Directive
    standing: Standing
    to_decide: int
    """Reports and requests for more time that wait for a decision."""


def by_directive(
    reader: Reader, *, is_closed: bool, after: str | None, limit: int
) -> Page[FollowedRow]:
    """Returns the issued directives, newest first: those that are followed up, or those that were.

    Raises:
        InvalidInputError: the cursor is none of ours.
    """
    closed = Directive.closed_at.is_not(None) if is_closed else Directive.closed_at.is_(None)
    query = select(Directive).where(
        reader.sees_directives(), Directive.issued_at.is_not(None), closed
    )
    found = page_of(
        reader.session, query, Order(by=Directive.issued_at, key=Directive.id, descending=True),
        after=after, limit=limit, values=lambda one: (one.issued_at, one.id),
    )  # fmt: skip
    keys = [one.id for one in found.items]
    standing, waiting = standing_of(reader, keys), _waiting(reader, keys)
    rows = [
        FollowedRow(
            directive=one, standing=standing.get(one.id, Standing()),
            to_decide=waiting.get(one.id, 0),
        )
        for one in found.items
    ]  # fmt: skip
    return Page(items=rows, next=found.next)


def standing_of(reader: Reader, keys: list[DirectiveId]) -> dict[DirectiveId, Standing]:
    """Counts the units of some directives; one of which nothing is asked is left out.

    A unit has answered once nothing that was asked of it is owed any more.
    """
    owed, missing = is_owed(), is_missing(reader.day)
    ahead = and_(owed, Obligation.due >= reader.day)
    unit = (
        of_units(
            select(
                Obligation.directive_id.label("directive_id"),
                func.max(case((owed, 1), else_=0)).cast(Integer).label("owes"),
                func.max(case((missing, 1), else_=0)).cast(Integer).label("late"),
                func.min(case((ahead, Obligation.due))).label("next_due"),
            ),
            reader,
        )
        .where(Obligation.directive_id.in_(keys))
        .group_by(Obligation.directive_id, Obligation.organisation_id)
        .subquery()
    )
    rows = reader.session.execute(
        select(
            unit.c.directive_id, func.count(), func.sum(1 - unit.c.owes), func.sum(unit.c.late),
            func.min(unit.c.next_due),
        ).group_by(unit.c.directive_id)
    )  # fmt: skip
    return {
        key: Standing(units=units, answered=int(answered), late=int(late), next_due=next_due)
        for key, units, answered, late, next_due in rows
    }


def _waiting(reader: Reader, keys: list[DirectiveId]) -> dict[DirectiveId, int]:
    found: dict[DirectiveId, int] = {}
    reports = (
        select(Report.directive_id, func.count())
        .where(Report.directive_id.in_(keys), Report.state == "received")
        .group_by(Report.directive_id)
    )
    asked = (
        select(Obligation.directive_id, func.count())
        .join(ExtensionRequest, ExtensionRequest.obligation_id == Obligation.id)
        .where(
            Obligation.directive_id.in_(keys),
            Obligation.state == ObligationState.EXTENSION_REQUESTED,
            ExtensionRequest.state == "asked",
        )
        .group_by(Obligation.directive_id)
    )
    for query in (reports, asked):
        for key, count in reader.session.execute(query):
            found[key] = found.get(key, 0) + count
    return found
