"""Files that drafts are to begin with, for programs: how far the reading is; read again, dropped.

They come in at `portal.api.bringing`. The key of a file becomes that of its draft.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from actions.listing import working as listing
from actions.working.importing import reading_of
from actions.working.sources import drop_source, read_again
from models.working import DraftSource, WorkingDraft
from portal.api.shapes import DOES, Told
from portal.calling import Reads, Writes

router = APIRouter(prefix="/api/v1/imports", tags=["drafts"])


class State(StrEnum):
    """How far a file is."""

    WAITING = "waiting"
    READING = "reading"
    FAILED = "failed"
    """`problem` says why; it stays for another try."""
    REFUSED = "refused"
    """`problem` says why; its bytes are kept no more."""
    READ = "read"
    """It is a draft now."""


class Import(Told):
    """A file that a draft is to begin with."""

    id: UUID
    name: str
    size_bytes: int
    state: State
    page: int
    """Page that is being read; 0 before the first."""
    pages: int
    """0 while it is not known."""
    problem: str | None
    draft_id: UUID | None
    """Once it is read: `GET /api/v1/drafts/{draft_id}`."""
    created_at: datetime


class Imports(Told):
    """The files that are not read yet."""

    items: list[Import]


@router.get("")
def imports(call: Reads) -> Imports:
    """Returns the officer's own files that are not read yet, the oldest first; a few at most."""
    with call.looking() as reader:
        return Imports(items=[_of_source(one) for one in listing.imports(reader)])


@router.get("/{import_id}")
def one(call: Reads, import_id: UUID) -> Import:
    """Returns how far a file is; not found once its draft is handed in or thrown away."""
    with call.looking() as reader:
        found = listing.imported(reader, import_id)
        return _of_source(found) if isinstance(found, DraftSource) else _of_draft(found)


@router.post("/{import_id}/read-again", **DOES)
def reads_again(call: Writes, import_id: UUID) -> Response:
    """Has a file that could not be read be read once more."""
    answer = call.do(lambda desk: read_again(desk, call.actor, import_id))
    call.portal.sources.poke()
    return answer


@router.delete("/{import_id}", **DOES)
def drops(call: Writes, import_id: UUID) -> Response:
    """Throws a file away; whoever reads it stops."""
    return call.do(lambda desk: drop_source(desk, call.actor, import_id))


def _of_source(row: DraftSource) -> Import:
    return Import(
        id=row.id, name=row.name, size_bytes=row.size_bytes, state=State(row.state),
        page=min(row.page, row.pages), pages=row.pages, problem=row.problem, draft_id=None,
        created_at=row.created_at,
    )  # fmt: skip


def _of_draft(row: WorkingDraft) -> Import:
    reading = reading_of(row)
    return Import(
        id=row.id, name=row.source_name or "", size_bytes=reading.size_bytes if reading else 0,
        state=State.READ, page=0, pages=0, problem=None, draft_id=row.id, created_at=row.created_at,
    )  # fmt: skip
