"""Remarks as a page shows them: each at its words in the version that stands now, with answers."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from actions.discussing.comments import may_mark
from actions.discussing.looks import is_open_to_change
from actions.discussing.versions import text_of
from documents.versions.comparing import compare
from documents.versions.placing import Placed, place
from documents.versions.points import Point
from models.directive import Directive
from models.discussion import DraftComment
from models.officer import Officer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer to a remark."""

    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """One remark with its answers."""

    id: uuid.UUID
    author: str
    at: datetime
    revision: int
    place: str
    """Where it was written, in the words of its own version."""
    quote: str
    text: str
    answers: tuple[Answer, ...]
    done_at: datetime | None
    done_by: str
    point: int | None
    """Index of the point in the version that stands now; None where it was taken away."""
    is_kept: bool
    """Whether the words are still there as they were."""
    is_whole: bool
    """Whether it is about the whole point rather than some words of it."""
    may_mark: bool
    """Whether the reader says when it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    """All remarks on a draft."""

    points: tuple[Point, ...]
    """The text that stands now."""
    threads: tuple[Thread, ...]
    is_open: bool
    """Whether remarks are still taken."""

    @property
    def waiting(self) -> tuple[Thread, ...]:
        """Those that are not done, in the order of the text."""
        return tuple(one for one in self.threads if one.done_at is None)

    def at(self, point: int | None) -> tuple[Thread, ...]:
        """Returns the remarks at a point; those whose point is gone for None."""
        return tuple(one for one in self.threads if one.point == point)


def discussion_of(session: Session, directive: Directive, officer_id: str) -> Discussion:
    """Returns the remarks on a directive, in the order of its text, for a reader."""
    points = text_of(session, directive, directive.revision)
    rows = _rows(session, directive)
    answers: dict[uuid.UUID, list[Answer]] = {}
    for row, author, _ in rows:
        if row.answers_id:
            said = Answer(author=author, at=row.at, text=row.text)
            answers.setdefault(row.answers_id, []).append(said)
    first = [one for one in rows if one[0].answers_id is None]
    placed = _placed(session, directive, points, [row for row, _, _ in first])
    threads = [
        Thread(
            id=row.id, author=author, at=row.at, revision=row.revision, place=row.place,
            quote=row.quote, text=row.text, answers=tuple(answers.get(row.id, ())),
            done_at=row.done_at, done_by=done_by, point=placed[row.id].point,
            is_kept=placed[row.id].is_kept, is_whole=_is_whole(row, placed[row.id], points),
            may_mark=may_mark(directive, row, officer_id),
        )
        for row, author, done_by in first
    ]  # fmt: skip
    threads.sort(key=lambda one: (len(points) if one.point is None else one.point, one.at))
    return Discussion(points=points, threads=tuple(threads), is_open=is_open_to_change(directive))


def summary_of(session: Session, directive: Directive, officer_id: str) -> Discussion:
    """Returns the remarks without the text around them; nearly nothing where there are none."""
    some = select(DraftComment.id).where(DraftComment.directive_id == directive.id).limit(1)
    if session.scalars(some).first() is None:
        return Discussion(points=(), threads=(), is_open=is_open_to_change(directive))
    return discussion_of(session, directive, officer_id)


def _rows(session: Session, directive: Directive) -> list[tuple[DraftComment, str, str]]:
    marker = aliased(Officer)
    found = session.execute(
        select(DraftComment, Officer.name, marker.name)
        .join(Officer, Officer.id == DraftComment.author_id)
        .outerjoin(marker, marker.id == DraftComment.done_by)
        .where(DraftComment.directive_id == directive.id)
        .order_by(DraftComment.at)
    )
    return [(row, author, done_by or "") for row, author, done_by in found]


def _placed(
    session: Session, directive: Directive, points: tuple[Point, ...], rows: Sequence[DraftComment]
) -> dict[uuid.UUID, Placed]:
    found: dict[uuid.UUID, Placed] = {}
    for revision in {row.revision for row in rows}:
        older = points if revision == directive.revision else text_of(session, directive, revision)
        comparison = compare(older, points)
        places = {point.place: point for point in older}
        for row in rows:
            if row.revision == revision:
                origin = places.get(row.place)
                found[row.id] = (
                    place(row.quote, origin=origin, new=points, comparison=comparison)
                    if origin
                    else Placed(point=None, is_kept=False)
                )
    return found


def _is_whole(row: DraftComment, placed: Placed, points: Sequence[Point]) -> bool:
    if placed.point is None:
        return False
    return " ".join(row.quote.split()) == " ".join(points[placed.point].text.split())
