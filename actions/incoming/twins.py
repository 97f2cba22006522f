"""Papers that may be one and the same: the clerk is warned, and none is registered twice.

A Party number runs per term, so number and symbol come again: only the same day makes it the same
paper. Source: NĐ 30/2020 PL VI; HD 36-HD/VPTW II.1.3.1.a.
"""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from actions.incoming.rows import AT_WORK
from models.incoming import IncomingDocument

_ALIVE = ("arrived", *AT_WORK, "recall_asked")


def twins_of(session: Session, document: IncomingDocument) -> list[IncomingDocument]:
    """Returns other living papers with the same document id, or number, symbol and sender."""
    marks = _marks(document)
    if not marks:
        return []
    return list(
        session.scalars(
            select(IncomingDocument)
            .where(
                IncomingDocument.id != document.id,
                IncomingDocument.state.in_(_ALIVE),
                or_(*marks),
            )
            .order_by(IncomingDocument.arrived_at)
        )
    )


def registered_twin(session: Session, document: IncomingDocument) -> IncomingDocument | None:
    """Returns the registered paper that this one would double, or None.

    A paper that follows another one (replaces or updates it) does not double that one.
    """
    return next(
        (
            one
            for one in twins_of(session, document)
            if one.number is not None and one.id != document.follows_id and _same(one, document)
        ),
        None,
    )


def _marks(document: IncomingDocument) -> list[ColumnElement[bool]]:
    sender = _by_sender(document)
    marks = []
    if document.document_code:
        marks.append(and_(IncomingDocument.document_code == document.document_code, sender))
    if document.number_symbol:
        marks.append(and_(IncomingDocument.number_symbol == document.number_symbol, sender))
    return marks


def _by_sender(document: IncomingDocument) -> ColumnElement[bool]:
    if document.sender_id is not None:
        return IncomingDocument.sender_id == document.sender_id
    if document.sender_agency_id:
        return IncomingDocument.sender_agency_id == document.sender_agency_id
    return IncomingDocument.sender_name == document.sender_name


def _same(one: IncomingDocument, other: IncomingDocument) -> bool:
    if one.document_code and one.document_code == other.document_code:
        return True
    days = {one.document_date, other.document_date} - {None}
    return len(days) <= 1
