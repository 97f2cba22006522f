"""Searches that an officer keeps under a name: their own, and nobody else's to see or change."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError, Problem
from models.alphabet import sort_key
from models.search import SavedView

MOST_VIEWS: Final = 20
"""Views of one officer; they stand in a row above the list."""
LONGEST_NAME: Final = 80
_KIND: Final = "saved_view"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A saved view, as its officer sees it."""

    id: uuid.UUID
    name: str
    filters: Mapping[str, str]


def views_of(session: Session, officer_id: str) -> Sequence[View]:
    """Returns the officer's views by name."""
    rows = session.scalars(select(SavedView).where(SavedView.officer_id == officer_id))
    return [
        View(id=one.id, name=one.name, filters=one.filters)
        for one in sorted(rows, key=lambda one: sort_key(one.name))
    ]


def save_view(desk: Desk, actor: Actor, *, name: str, filters: Mapping[str, str]) -> uuid.UUID:
    """Keeps a search under a name. Returns its identifier.

    Args:
        desk: the tools.
        actor: the officer, for whom alone it is.
        name: how they call it; once among their own.
        filters: the fields of the list's address that say something.

    Raises:
        NotAuthorisedError: the actor is no officer.
        InvalidInputError: nothing to keep; no name, one too long or used already; too many views.
    """
    with doing(desk, actor, "save_view", kind=_KIND) as deed:
        _require_officer(deed)
        if not filters:
            raise _wrong("Bộ lọc", "Chưa tìm hoặc lọc gì để lưu.")
        kept = select(func.count()).where(SavedView.officer_id == actor.id)
        if deed.session.scalars(kept).one() >= MOST_VIEWS:
            raise _wrong("Bộ lọc", f"Đã có {MOST_VIEWS} bộ lọc đã lưu. Xoá bớt rồi lưu lại.")
        row = SavedView(
            id=uuid.uuid4(), officer_id=actor.id, name=_good_name(name), filters=dict(filters),
            created_at=deed.at,
        )  # fmt: skip
        deed.session.add(row)
        _flush(deed)
        deed.subject_id = str(row.id)
    return row.id


def rename_view(desk: Desk, actor: Actor, view_id: uuid.UUID, *, name: str) -> None:
    """Calls a view otherwise.

    Raises:
        NotFoundError: the actor has no such view.
        InvalidInputError: no name, one too long or used already.
    """
    with doing(desk, actor, "rename_view", kind=_KIND, subject=view_id) as deed:
        row = _own(deed, view_id)
        row.name = _good_name(name)
        _flush(deed)


def delete_view(desk: Desk, actor: Actor, view_id: uuid.UUID) -> None:
    """Forgets a view.

    Raises:
        NotFoundError: the actor has no such view.
    """
    with doing(desk, actor, "delete_view", kind=_KIND, subject=view_id) as deed:
        deed.session.delete(_own(deed, view_id))


def _require_officer(deed: Deed) -> None:
    if deed.actor.kind != "officer":
        raise NotAuthorisedError(deed.actor.name, "lưu bộ lọc", "cán bộ của cơ quan")


def _own(deed: Deed, view_id: uuid.UUID) -> SavedView:
    row = deed.session.get(SavedView, view_id)
    if row is None or deed.actor.kind != "officer" or row.officer_id != deed.actor.id:
        raise NotFoundError("bộ lọc", view_id)
    return row


def _good_name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_NAME:
        raise _wrong("Tên bộ lọc", f"Ghi tên ngắn gọn, không quá {LONGEST_NAME} ký tự.")
    return name


def _flush(deed: Deed) -> None:
    try:
        deed.session.flush()
    except IntegrityError as clash:
        raise _wrong("Tên bộ lọc", "Đã có bộ lọc tên này. Ghi tên khác.") from clash


def _wrong(place: str, reason: str) -> InvalidInputError:
    return InvalidInputError(Problem(place=place, reason=reason))
