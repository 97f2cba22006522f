"""Rows of the registers of incoming papers, plain: for pages, printing and spreadsheets.

The follow-up register (sổ theo dõi giải quyết văn bản đến) has seven columns and is made anew from
what is known at every look. Source: NĐ 30/2020 PL IV.
"""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.incoming.register_lines import INCOMING_COLUMNS, day_words
from actions.incoming.words import STATE_WORDS, number_words
from models.incoming import IncomingAssignment, IncomingDocument, IncomingReply
from models.officer import Officer
from models.organisation import Organisation

__all__ = ["FOLLOW_UP_COLUMNS", "INCOMING_COLUMNS", "follow_up_rows", "handler_names", "rows_of"]

FOLLOW_UP_COLUMNS: Final = {
    "number": "Số đến",
    "paper": "Tên loại, số và ký hiệu, ngày tháng và tác giả văn bản",
    "handlers": "Đơn vị hoặc người nhận",
    "due": "Thời hạn giải quyết",
    "progress": "Tiến độ giải quyết",
    "reply": "Số, ký hiệu văn bản trả lời",
    "note": "Ghi chú",
}
"""Column key to its heading, in the order of PL IV."""


def follow_up_rows(session: Session, *, year: int) -> list[dict[str, Any]]:
    """Returns the lines of the follow-up register of a year, in the order of số đến.

    Each has the keys of `FOLLOW_UP_COLUMNS` (texts) and `document_id` (UUID).
    """
    documents = session.scalars(
        select(IncomingDocument)
        .where(IncomingDocument.year == year, IncomingDocument.number.is_not(None))
        .order_by(IncomingDocument.number)
    ).all()
    return rows_of(session, documents)


def rows_of(session: Session, documents: Sequence[IncomingDocument]) -> list[dict[str, Any]]:
    """Returns the lines of some papers, in their order."""
    chosen = [one.id for one in documents]
    assigned = _by_document(session, chosen)
    replies = _replies(session, chosen)
    names = handler_names(session, [one for found in assigned.values() for one in found])
    return [
        _row(one, assigned.get(one.id, []), names, replies.get(one.id, [])) for one in documents
    ]


def handler_names(
    session: Session, assignments: Sequence[IncomingAssignment]
) -> dict[uuid.UUID, str]:
    """Returns the name of the unit or officer of each assignment."""
    units = {one.organisation_id for one in assignments if one.organisation_id}
    people = {one.officer_id for one in assignments if one.officer_id}
    named: dict[str | None, str] = {}
    for row in session.scalars(select(Organisation).where(Organisation.id.in_(units))):
        named[f"unit:{row.id}"] = row.name
    for person in session.scalars(select(Officer).where(Officer.id.in_(people))):
        named[f"officer:{person.id}"] = person.name
    return {
        one.id: named[
            f"unit:{one.organisation_id}" if one.organisation_id else f"officer:{one.officer_id}"
        ]
        for one in assignments
    }


def _row(
    document: IncomingDocument,
    assigned: Sequence[IncomingAssignment],
    names: dict[uuid.UUID, str],
    replies: Sequence[IncomingReply],
) -> dict[str, Any]:
    day = f" ngày {document.document_date:%d/%m/%Y}" if document.document_date else ""
    paper = f"{document.doc_type} {document.number_symbol}{day}, {document.sender_name}"
    return {
        "document_id": document.id,
        "number": number_words(document.number),
        "paper": paper.strip(),
        "handlers": "; ".join(
            f"{names[one.id]} ({'chủ trì' if one.leads else 'phối hợp'})" for one in assigned
        ),
        "due": "; ".join(
            f"{one.due:%d/%m/%Y}" + ("" if one.leads else f" ({names[one.id]})")
            for one in assigned
            if one.due is not None
        ),
        "progress": _progress(document),
        "reply": "; ".join(one.number_symbol or one.file_name for one in replies),
        "note": document.reason or document.accept_note or "",
    }


def _progress(document: IncomingDocument) -> str:
    words = STATE_WORDS[document.state]
    if document.state == "done" and document.done_at is not None:
        return f"{words} ngày {day_words(document.done_at)}"
    return words


def _by_document(
    session: Session, chosen: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[IncomingAssignment]]:
    found: dict[uuid.UUID, list[IncomingAssignment]] = {}
    query = select(IncomingAssignment).where(IncomingAssignment.document_id.in_(chosen))
    order = (IncomingAssignment.leads.desc(), IncomingAssignment.assigned_at, IncomingAssignment.id)
    for one in session.scalars(query.order_by(*order)):
        found.setdefault(one.document_id, []).append(one)
    return found


def _replies(session: Session, chosen: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[IncomingReply]]:
    found: dict[uuid.UUID, list[IncomingReply]] = {}
    query = select(IncomingReply).where(IncomingReply.document_id.in_(chosen))
    for one in session.scalars(query.order_by(IncomingReply.at)):
        found.setdefault(one.document_id, []).append(one)
    return found
