"""Drafts that an officer is writing, files that wait to be read, templates, for programs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from actions.errors import NotFoundError
from actions.listing.paging import Order, Page, page_of
from actions.listing.sight import Reader
from actions.offices import office_facts
from actions.working.keeping import working_draft
from actions.working.sources import source_of, sources_of
from actions.working.templates import USERS
from models.working import DraftSource, DraftTemplate, WorkingDraft


def drafts(reader: Reader, *, after: str | None, limit: int) -> Page[WorkingDraft]:
    """Returns the reader's own unfinished drafts, the one that changed last first."""
    query = select(WorkingDraft).where(WorkingDraft.officer_id == reader.actor.id)
    order = Order(by=WorkingDraft.updated_at, key=WorkingDraft.id, descending=True)
    return page_of(
        reader.session, query, order, after=after, limit=limit,
        values=lambda one: (one.updated_at, one.id),
    )  # fmt: skip


def imports(reader: Reader) -> Sequence[DraftSource]:
    """Returns the reader's own files that are not read yet, the oldest first."""
    return sources_of(reader.session, reader.actor.id)


def imported(reader: Reader, key: UUID) -> DraftSource | WorkingDraft:
    """Returns a file that is not read yet, or the draft that it became.

    Raises:
        NotFoundError: there is neither, or it is somebody else's.
    """
    try:
        return source_of(reader.session, reader.actor, key)
    except NotFoundError:
        draft = working_draft(reader.session, reader.actor, key)
        if draft.source_sha256 is None:
            raise
        return draft


def templates(reader: Reader, *, after: str | None, limit: int) -> Page[DraftTemplate]:
    """Returns the templates of the office, the newest first.

    Raises:
        NotAuthorisedError: the reader has no part in drafting.
    """
    reader.require_role("xem mẫu văn bản", *sorted(USERS))
    query = select(DraftTemplate).where(
        DraftTemplate.organisation_id == office_facts(reader.session).organisation_id,
        DraftTemplate.withdrawn_at.is_(None),
    )
    order = Order(by=DraftTemplate.created_at, key=DraftTemplate.id, descending=True)
    return page_of(
        reader.session, query, order, after=after, limit=limit,
        values=lambda one: (one.created_at, one.id),
    )  # fmt: skip
