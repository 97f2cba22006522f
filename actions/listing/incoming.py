"""What came in, for programs: papers, and mail that waits for a person."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import defer

from actions.errors import NotFoundError
from actions.incoming.showing import may_see, seen_by
from actions.listing.paging import Order, Page, page_of
from actions.listing.sight import Reader
from actions.settling_messages import WAITS
from models.dispatch import IncomingMessage
from models.incoming import IncomingDocument
from models.officer import Role

READS_MAIL: Final = (Role.FOLLOW_UP, Role.REGISTRY_CLERK, Role.OPERATOR, Role.AUDITOR)
"""A mail may hold what is not for everybody in the office."""


def papers(
    reader: Reader, *, state: str | None, after: str | None, limit: int
) -> Page[IncomingDocument]:
    """Returns the papers that the reader may see, the one that arrived last first."""
    query = (
        select(IncomingDocument)
        .where(seen_by(reader.session, reader.actor.id, reader.day))
        # Header and judgements weigh far more than what a list shows.
        .options(
            defer(IncomingDocument.header, raiseload=True),
            defer(IncomingDocument.files, raiseload=True),
        )
    )
    if state is not None:
        query = query.where(IncomingDocument.state == state)
    return page_of(
        reader.session, query,
        Order(by=IncomingDocument.arrived_at, key=IncomingDocument.id, descending=True),
        after=after, limit=limit, values=lambda one: (one.arrived_at, one.id),
    )  # fmt: skip


def paper(reader: Reader, document_id: uuid.UUID) -> IncomingDocument:
    """Returns one paper.

    Raises:
        NotFoundError: none, or one that the reader may not see.
    """
    found = reader.session.get(IncomingDocument, document_id)
    if found is None or not may_see(reader.session, reader.actor.id, document_id, reader.day):
        raise NotFoundError("văn bản đến", document_id)
    return found


def file_of(reader: Reader, document_id: uuid.UUID, index: int) -> Mapping[str, Any]:
    """Returns what is known of a file of a paper.

    Raises:
        NotFoundError: the paper has none such, or was taken back.
    """
    found = paper(reader, document_id)
    if found.state == "recalled" or found.files_destroyed_at or not 0 <= index < len(found.files):
        raise NotFoundError("tệp", index)
    one: Mapping[str, Any] = found.files[index]
    return one


def mail(
    reader: Reader, *, waiting_only: bool, after: str | None, limit: int
) -> Page[IncomingMessage]:
    """Returns the mail that came in, the oldest first.

    Raises:
        NotAuthorisedError: the reader has none of the roles that deal with it.
    """
    reader.require_role("xem thư đến", *READS_MAIL)
    query = select(IncomingMessage)
    if waiting_only:
        query = query.where(IncomingMessage.state.in_(WAITS))
    return page_of(
        reader.session, query, Order(by=IncomingMessage.received_at, key=IncomingMessage.id),
        after=after, limit=limit, values=lambda one: (one.received_at, one.id),
    )  # fmt: skip


def message(reader: Reader, message_id: uuid.UUID) -> IncomingMessage:
    """Returns one mail.

    Raises:
        NotAuthorisedError, NotFoundError: as its list says; there is none.
    """
    reader.require_role("xem thư đến", *READS_MAIL)
    found = reader.session.get(IncomingMessage, message_id)
    if found is None:
        raise NotFoundError("thư đến", message_id)
    return found
