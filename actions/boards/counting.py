"""What counts as in time, late, missing or still to come; the conditions of every board.

One obligation is in exactly one of the four. An answer of a local day up to the last day is in
time; what was cancelled or handed on to a successor is in none of them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, case, func, literal_column, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from actions.listing.sight import Reader
from models.directive import Directive
from models.lifecycle import ANSWERED_OBLIGATIONS, GONE_OBLIGATIONS, OPEN_OBLIGATIONS
from models.obligation import Obligation

OWED: Final = tuple(sorted(one.value for one in OPEN_OBLIGATIONS))


class LocalDay(FunctionElement[date]):
    """The day of an instant in Vietnam, which has had no other hour than UTC+7 since 1975."""

    name = "local_day"
    type: TypeEngine[date] = Date()
    inherit_cache: bool | None = True


@compiles(LocalDay, "sqlite")
def _sqlite(element: LocalDay, compiler: SQLCompiler, **words: Any) -> str:  # noqa: ANN401 (its own)
    return f"date({compiler.process(element.clauses, **words)}, '+7 hours')"


@compiles(LocalDay, "postgresql")
def _postgresql(element: LocalDay, compiler: SQLCompiler, **words: Any) -> str:  # noqa: ANN401 (same)
    inside = compiler.process(element.clauses, **words)
    return f"(({inside}) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many obligations there are of each kind."""

    in_time: int = 0
    """Answered by the last day."""
    late: int = 0
    """Answered after it."""
    missing: int = 0
    """Not answered, and the last day is over."""
    to_come: int = 0
    """Not answered, with days left or without any."""

    @property
    def whole(self) -> int:
        """All of them."""
        return self.in_time + self.late + self.missing + self.to_come


def is_owed() -> ColumnElement[bool]:
    """The unit still owes an answer; in literals, as the condition of an index must be."""
    return Obligation.state.in_([literal_column(f"'{one}'") for one in OWED])


def is_missing(day: date) -> ColumnElement[bool]:
    """It owes one whose last day is over."""
    return and_(is_owed(), Obligation.due < day)


def is_late() -> ColumnElement[bool]:
    """It answered after the last day."""
    answered = LocalDay(Obligation.reported_at)
    return and_(Obligation.state.in_(ANSWERED_OBLIGATIONS), Obligation.due < answered)


def counts(day: date) -> list[ColumnElement[int]]:
    """The columns of a `Count`, in its order, for a query over obligations."""
    answered = Obligation.state.in_(ANSWERED_OBLIGATIONS)
    missing, late = is_missing(day), is_late()
    in_time = and_(
        answered,
        or_(
            Obligation.due.is_(None),
            Obligation.reported_at.is_(None),
            Obligation.due >= LocalDay(Obligation.reported_at),
        ),
    )
    to_come = and_(is_owed(), or_(Obligation.due.is_(None), Obligation.due >= day))
    return [_how_many(one) for one in (in_time, late, missing, to_come)]


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).cast(Integer)


def of_units(query: Select[Any], reader: Reader) -> Select[Any]:
    """Narrows a query over obligations to those of other units that the reader may see.

    What the office gave to itself is reported to nobody; so is what has neither day nor report.
    """
    return query.join(Directive, Directive.id == Obligation.directive_id).where(
        reader.sees_directives(),
        Obligation.state.not_in(GONE_OBLIGATIONS),
        Obligation.organisation_id != Directive.organisation_id,
        or_(Obligation.is_report, Obligation.due.is_not(None)),
    )
