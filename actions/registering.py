"""The register of outgoing papers (sổ văn bản đi): ten columns, one line a directive.

Source: NĐ 30/2020 Đ16, PL IV (columns in their order).
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.desk import Deed, local_day
from actions.draft_rows import content_of, lines_of
from documents.content import RecipientRole, is_as_above
from models.directive import Directive
from models.numbering import RegisterEntry
from models.officer import Officer
from models.organisation import Office

OUTGOING = "outgoing"
COLUMNS = {
    "number_symbol": "Số, ký hiệu văn bản",
    "date": "Ngày tháng văn bản",
    "type_and_subject": "Tên loại và trích yếu nội dung văn bản",
    "signatory": "Người ký",
    "recipients": "Nơi nhận văn bản",
    "copy_holder": "Đơn vị, người nhận bản lưu",
    "copies": "Số lượng bản",
    "sent_on": "Ngày chuyển",
    "received_by": "Ký nhận",
    "note": "Ghi chú",
}
"""Column key to its heading, in the order of PL IV."""


def enter_outgoing(deed: Deed, directive: Directive) -> RegisterEntry:
    """Enters a directive that has signature and number; the rest stays empty until it is issued.

    The line is a serial number of the year; writers queue for it. Does not commit.
    """
    day = directive.issue_date or deed.day
    # One queue for all writers of the register: the largest ordinal is read under this lock.
    deed.session.execute(select(Office.id).with_for_update())
    last = deed.session.scalar(
        select(func.max(RegisterEntry.ordinal)).where(
            RegisterEntry.register == OUTGOING, RegisterEntry.year == day.year
        )
    )
    entry = RegisterEntry(
        register=OUTGOING,
        year=day.year,
        ordinal=(last or 0) + 1,
        directive_id=directive.id,
        columns=_columns(deed.session, directive, f"{day:%d/%m/%Y}"),
        on_day=day,
        entered_at=deed.at,
        entered_by=deed.actor.id,
    )
    deed.session.add(entry)
    deed.session.flush()
    return entry


def _columns(session: Session, directive: Directive, day: str) -> dict[str, str]:
    lines = lines_of(session, directive)
    kept = [line.raw for line in lines if line.role == RecipientRole.ARCHIVE]
    above = content_of(session, directive).addressees
    sent = list(
        dict.fromkeys(
            name
            for line in lines
            if line.role != RecipientRole.ARCHIVE
            for name in (above if above and is_as_above(line.raw) else (line.raw,))
        )
    )
    signatory = session.get(Officer, directive.signatory_id)
    known = {
        "number_symbol": directive.number_text or "",
        "date": day,
        "type_and_subject": f"{directive.doc_type}: {directive.subject}",
        "signatory": signatory.name if signatory else "",
        "recipients": "; ".join(sent),
        "copy_holder": "; ".join(kept),
    }
    return {key: known.get(key, "") for key in COLUMNS}


def note_issued(deed: Deed, directive: Directive, *, units: int) -> None:
    """Fills the columns that are known once the directive goes out. Does not commit.

    Args:
        deed: the deed of issuing.
        directive: the directive.
        units: number of units that get it; each gets one electronic copy.
    """
    _fill(
        deed,
        directive,
        copies=str(units),
        sent_on=f"{local_day(deed.at):%d/%m/%Y}",
        received_by="Gửi điện tử",
    )


def note_cancelled(deed: Deed, directive: Directive, reason: str) -> None:
    """Notes that a directive was given up after it had been entered. Does not commit."""
    _fill(deed, directive, note=f"Huỷ ngày {deed.day:%d/%m/%Y}: {reason}")


def note_after_issue(deed: Deed, directive: Directive, words: str) -> None:
    """Adds to the note of a line what happened after issue. Does not commit."""
    entry = deed.session.scalars(
        select(RegisterEntry).where(RegisterEntry.directive_id == directive.id)
    ).one_or_none()
    if entry is not None:
        before = entry.columns.get("note") or ""
        entry.columns = {**entry.columns, "note": f"{before}; {words}" if before else words}


def _fill(deed: Deed, directive: Directive, **columns: str) -> None:
    entry = deed.session.scalars(
        select(RegisterEntry).where(RegisterEntry.directive_id == directive.id)
    ).one_or_none()
    if entry is not None:
        entry.columns = {**entry.columns, **columns}


def entries(session: Session, *, year: int, register: str = OUTGOING) -> list[RegisterEntry]:
    """Returns the lines of a register for a year, in their order."""
    return list(
        session.scalars(
            select(RegisterEntry)
            .where(RegisterEntry.register == register, RegisterEntry.year == year)
            .order_by(RegisterEntry.ordinal)
        )
    )
