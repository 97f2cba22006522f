"""The register of incoming papers (sổ đăng ký văn bản đến): ten columns, one line a paper.

Source: NĐ 30/2020 Đ22, PL IV (columns in their order).
"""

from datetime import datetime
from typing import Final

from sqlalchemy import select

from actions.desk import Deed, local_day
from actions.incoming.numbers import INCOMING
from actions.incoming.words import number_words
from models.incoming import IncomingDocument
from models.numbering import RegisterEntry

INCOMING_COLUMNS: Final = {
    "arrived_on": "Ngày đến",
    "number": "Số đến",
    "author": "Tác giả",
    "number_symbol": "Số, ký hiệu văn bản",
    "date": "Ngày tháng văn bản",
    "type_and_subject": "Tên loại và trích yếu nội dung văn bản",
    "receiver": "Đơn vị hoặc người nhận",
    "passed_on": "Ngày chuyển",
    "received_by": "Ký nhận",
    "note": "Ghi chú",
}
"""Column key to its heading, in the order of PL IV."""


def day_words(at: datetime) -> str:
    """Returns the day of an instant in Vietnam as it is printed."""
    return f"{local_day(at):%d/%m/%Y}"


def enter(deed: Deed, document: IncomingDocument) -> RegisterEntry:
    """Enters a paper that has its number; the number is the line's ordinal. Does not commit."""
    known = {
        "arrived_on": day_words(document.arrived_at),
        "number": number_words(document.number),
        "author": document.sender_name,
        "number_symbol": document.number_symbol,
        "date": f"{document.document_date:%d/%m/%Y}" if document.document_date else "",
        "type_and_subject": ": ".join(
            part for part in (document.doc_type, document.subject) if part
        ),
        "note": document.accept_note or "",
    }
    entry = RegisterEntry(
        register=INCOMING,
        year=document.year,
        ordinal=document.number,
        incoming_document_id=document.id,
        on_day=local_day(document.arrived_at),
        columns={key: known.get(key, "") for key in INCOMING_COLUMNS},
        entered_at=deed.at,
        entered_by=deed.actor.id,
    )
    deed.session.add(entry)
    deed.session.flush()
    return entry


def fill(deed: Deed, document: IncomingDocument, **columns: str) -> None:
    """Fills columns of a paper's line, where it has one. Does not commit."""
    entry = deed.session.scalars(
        select(RegisterEntry).where(RegisterEntry.incoming_document_id == document.id)
    ).one_or_none()
    if entry is not None:
        entry.columns = {**entry.columns, **columns}


def note_in_register(deed: Deed, document: IncomingDocument, words: str) -> None:
    """Adds a remark to a paper's line, behind what stands there. Does not commit."""
    entry = deed.session.scalars(
        select(RegisterEntry).where(RegisterEntry.incoming_document_id == document.id)
    ).one_or_none()
    if entry is not None:
        before = entry.columns.get("note", "")
        entry.columns = {**entry.columns, "note": "; ".join(one for one in (before, words) if one)}
