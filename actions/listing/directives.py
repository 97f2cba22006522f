"""One directive for programs: its history, versions, recipients, files. Lists: `searching`."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from actions.auditing import is_about
from actions.consigning import preview_units
from actions.errors import NotFoundError
from actions.expanding import ExpandedUnit
from actions.listing.paging import Order, Page, page_of
from actions.listing.sight import Reader
from models.audit import AuditEvent
from models.base import DirectiveId
from models.directive import Document, RecipientLine, Revision


def history(
    reader: Reader, directive_id: DirectiveId, *, after: str | None, limit: int
) -> Page[AuditEvent]:
    """Returns what happened to a directive, oldest first."""
    reader.directive(directive_id)
    query = select(AuditEvent).where(is_about("directive", directive_id))
    return page_of(
        reader.session, query, Order(key=AuditEvent.sequence), after=after, limit=limit,
        values=lambda one: (one.sequence,),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """To whom a directive goes."""

    lines: Sequence[RecipientLine]
    units: Sequence[ExpandedUnit]
    """As the lines are read today."""


def recipients(reader: Reader, directive_id: DirectiveId) -> Recipients:
    """Returns the recipient list of a directive with the units that it means today."""
    directive = reader.directive(directive_id)
    lines = reader.session.scalars(
        select(RecipientLine)
        .where(
            RecipientLine.directive_id == directive.id,
            RecipientLine.revision == directive.revision,
        )
        .order_by(RecipientLine.ordinal)
    ).all()
    return Recipients(lines=lines, units=preview_units(reader.session, directive, reader.day))


def files(reader: Reader, directive_id: DirectiveId) -> Sequence[Document]:
    """Returns what is stored of a directive, oldest first."""
    directive = reader.directive(directive_id)
    return reader.session.scalars(
        select(Document)
        .where(Document.directive_id == directive.id)
        .order_by(Document.created_at, Document.id)
    ).all()


def file_of(reader: Reader, directive_id: DirectiveId, file_id: uuid.UUID) -> Document:
    """Returns one stored file of a directive.

    Raises:
        NotFoundError: the directive has none such.
    """
    directive = reader.directive(directive_id)
    found = reader.session.get(Document, file_id)
    if found is None or found.directive_id != directive.id:
        raise NotFoundError("tệp", file_id)
    return found


def revision_of(reader: Reader, directive_id: DirectiveId, ordinal: int | None) -> Revision:
    """Returns a version of the content; the newest without an ordinal.

    Raises:
        NotFoundError: there is none such.
    """
    directive = reader.directive(directive_id)
    wanted = directive.revision if ordinal is None else ordinal
    found = reader.session.get(Revision, (directive.id, wanted))
    if found is None:
        raise NotFoundError("phiên bản", wanted)
    return found
