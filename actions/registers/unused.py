"""Numbers that no paper bears: left out when one was typed by hand, or void since it was cancelled.

They stand in no line of the register of outgoing papers: its page and its files tell them below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.desk import start_of
from actions.registers.books import Span
from models.numbering import NumberSeries, TakenNumber
from models.officer import Officer

MOST: Final = 200
"""So many numbers are on a page, the latest; the files of the register hold all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """One number, or several one after another that were left out together."""

    first: int
    last: int
    doc_type: str
    """Of the series; empty where all types share it."""
    is_void: bool
    """Its directive was cancelled; else it was left out on purpose."""
    reason: str
    officer: str
    """Who left it out; of a void one, who had taken it."""
    at: datetime

    @property
    def numbers(self) -> str:
        """`100`, or `100 – 102`."""
        return str(self.first) if self.first == self.last else f"{self.first} – {self.last}"

    @property
    def why(self) -> str:
        """In words."""
        return "văn bản đã huỷ" if self.is_void else "bỏ qua khi nhập số bằng tay"


def unused(session: Session, span: Span, *, most: int | None = MOST) -> Sequence[Unused]:
    """Returns the numbers that were left out or made void within a span, by series.

    Args:
        session: a look.
        span: a year or a term.
        most: numbers, the latest; None for all.
    """
    begins, ends = start_of(span.first), start_of(span.last + timedelta(days=1))
    rows = session.execute(
        select(TakenNumber, NumberSeries.doc_type, Officer.name)
        .join(NumberSeries, NumberSeries.id == TakenNumber.series_id)
        .outerjoin(Officer, Officer.id == TakenNumber.officer_id)
        .where(
            TakenNumber.state.in_(("skipped", "void")),
            TakenNumber.at >= begins,
            TakenNumber.at < ends,
        )
        .order_by(TakenNumber.at.desc(), TakenNumber.series_id, TakenNumber.number.desc())
        .limit(most)
    ).all()
    found = [
        Unused(
            first=one.number, last=one.number, doc_type=doc_type or "",
            is_void=one.state == "void", reason=one.reason or "", officer=name or "", at=one.at,
        )
        for one, doc_type, name in rows
    ]  # fmt: skip
    found.sort(key=lambda one: (one.doc_type, one.first))
    return [
        _joined(list(group)) for _, group in groupby(enumerate(found), key=lambda pair: _run(*pair))
    ]


def _run(place: int, one: Unused) -> tuple[object, ...]:
    """What neighbours share that were left out together: they count up as their places do."""
    together = one.first - place if not one.is_void else ("void", place)
    return (one.doc_type, one.reason, one.officer, one.at, together)


def _joined(group: Sequence[tuple[int, Unused]]) -> Unused:
    first, last = group[0][1], group[-1][1]
    return Unused(
        first=first.first, last=last.last, doc_type=first.doc_type, is_void=first.is_void,
        reason=first.reason, officer=first.officer, at=first.at,
    )  # fmt: skip
