"""Versions of a directive: what each says point by point, and what differs between two.

Beside the text a version has tasks and files of its own: who owes what by when is as much a part
of it as its words, so both are points that are compared with the rest.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.errors import NotFoundError
from documents.content import from_json
from documents.versions.comparing import Comparison, compare
from documents.versions.points import Point, PointKind, points_of, unique
from models.directive import Directive, DirectiveTask, Document, Revision
from models.officer import Officer
from models.organisation import Organisation, UnitGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version as people see it in a list."""

    ordinal: int
    author: str
    at: datetime
    note: str
    """What the drafter says of the change."""


def versions_of(session: Session, directive: Directive) -> tuple[Version, ...]:
    """Returns the versions, the newest first."""
    rows = session.execute(
        select(Revision.ordinal, Officer.name, Revision.created_at, Revision.note)
        .join(Officer, Officer.id == Revision.created_by)
        .where(Revision.directive_id == directive.id)
        .order_by(Revision.ordinal.desc())
    )
    return tuple(
        Version(ordinal=ordinal, author=name, at=at, note=note or "")
        for ordinal, name, at, note in rows
    )


def text_of(session: Session, directive: Directive, ordinal: int) -> tuple[Point, ...]:
    """Returns the text of a version as points, without tasks and files.

    Raises:
        NotFoundError: there is no such version.
    """
    revision = session.get(Revision, (directive.id, ordinal))
    if revision is None:
        raise NotFoundError("bản dự thảo", ordinal)
    return points_of(from_json(revision.content))


def whole_version(session: Session, directive: Directive, ordinal: int) -> tuple[Point, ...]:
    """Returns everything that a version says: its text, its tasks, its files.

    Raises:
        NotFoundError: there is no such version.
    """
    text = text_of(session, directive, ordinal)
    beside = (*_tasks(session, directive, ordinal), *_files(session, directive, ordinal))
    return unique(iter((*text, *beside)))


def compare_versions(session: Session, directive: Directive, old: int, new: int) -> Comparison:
    """Returns what differs between two versions.

    Raises:
        NotFoundError: there is no such version.
    """
    return compare(whole_version(session, directive, old), whole_version(session, directive, new))


def _tasks(session: Session, directive: Directive, ordinal: int) -> Iterator[Point]:
    rows = session.scalars(
        select(DirectiveTask)
        .where(DirectiveTask.directive_id == directive.id, DirectiveTask.revision == ordinal)
        .order_by(DirectiveTask.id)
    ).all()
    names = _names(session, rows)
    for row in rows:
        yield Point(place=f"nhiệm vụ {row.ref}", kind=PointKind.TASK, text=_said(row, names))


def _names(session: Session, rows: Iterable[DirectiveTask]) -> Mapping[str, str]:
    units = {key for row in rows for key in (*row.organisations, *row.coordinating)}
    units |= {row.reports_through for row in rows if row.reports_through}
    groups = {key for row in rows for key in row.groups}
    found: dict[str, str] = {}
    for table, keys in ((Organisation, units), (UnitGroup, groups)):
        if keys:
            named = session.execute(select(table.id, table.name).where(table.id.in_(keys)))
            found |= {row.id: row.name for row in named}
    return found


def _said(row: DirectiveTask, names: Mapping[str, str]) -> str:
    def named(keys: Iterable[str]) -> str:
        return ", ".join(names.get(key, key) for key in keys)

    day = f"{row.named_date:%d/%m/%Y}" if row.named_date else ""
    parts = (
        ("", row.what),
        ("Hạn: ", row.deadline_raw or day),
        ("Đơn vị: ", named((*row.organisations, *row.groups))),
        ("Phối hợp: ", named(row.coordinating)),
        ("Báo cáo qua: ", named((row.reports_through,) if row.reports_through else ())),
    )
    return "\n".join(f"{name}{value}" for name, value in parts if value)


def _files(session: Session, directive: Directive, ordinal: int) -> Iterator[Point]:
    rows = session.scalars(
        select(Document)
        .where(
            Document.directive_id == directive.id,
            Document.revision == ordinal,
            Document.kind == "attachment",
        )
        .order_by(Document.name, Document.sha256)
    )
    for row in rows:
        text = f"{row.name} ({row.size_bytes} byte, SHA-256 {row.sha256[:16]}…)"
        yield Point(place=f"tệp kèm theo {row.name}", kind=PointKind.FILE, text=text)
