"""A register as a paper to print and bind (PDF), or as a workbook (XLSX)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from actions.desk import Desk, local_day
from actions.errors import NotFoundError
from actions.offices import office_facts
from actions.registers.books import Line, book, span_of
from actions.registers.unused import Unused, unused
from actions.wording import TEST_LINE
from delivery.names import ascii_file_name
from documents.papers import RegisterHead, register_paper
from documents.wording import time_text
from documents.workbook import XLSX, Sheet, workbook
from models.organisation import Organisation

PDF: Final = "application/pdf"
UNUSED: Final = "Số không dùng"
_UNUSED_COLUMNS: Final = ("Số", "Loại văn bản", "Vì sao", "Lý do", "Ai", "Lúc")
_ANY_TYPE: Final = "mọi loại"
FORMS: Final = {"pdf": PDF, "xlsx": XLSX}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRegister:
    """A register as a file."""

    name: str
    media_type: str
    content: bytes
    lines: int


def print_register(desk: Desk, key: str, *, span: str = "", form: str = "pdf") -> PrintedRegister:
    """Makes the file of a register for a year or a term, all its lines.

    Args:
        desk: the tools.
        key: which register.
        span: key of a `Span`; this year where empty.
        form: `pdf` or `xlsx`.

    Raises:
        NotFoundError: no such register, span or form.
        RenderError: the typesetter refused.
    """
    if form not in FORMS:
        raise NotFoundError("dạng tệp của sổ", form)
    at, wanted = desk.clock(), book(key)
    with desk.database.reading() as session:
        when = span_of(session, span, local_day(at))
        lines = list(wanted.lines(session, when, local_day(at)))
        head = _head(session, wanted.title, when.words)
        left = unused(session, when, most=None) if key == "outgoing" else ()
    headings = tuple(wanted.columns.values())
    if form == "pdf":
        content = register_paper(
            [line.cells for line in lines], headings, head=head, at=at, fonts=desk.fonts,
            weights=wanted.weights, notes=(UNUSED, [_told(one) for one in left]),
        )  # fmt: skip
    else:
        content = workbook(
            (_sheet(head, headings, lines), *_unused_sheet(left)),
            title=f"{wanted.title}, {when.words}",
            at=at,
        )
    return PrintedRegister(
        name=ascii_file_name(f"{wanted.title} {when.words}.{form}"),
        media_type=FORMS[form], content=content, lines=len(lines),
    )  # fmt: skip


def _head(session: Session, title: str, period: str) -> RegisterHead:
    facts = office_facts(session)
    own = session.get_one(Organisation, facts.organisation_id)
    parent = session.get(Organisation, own.parent_id) if own.parent_id else None
    return RegisterHead(
        parent_issuer=parent.name if parent else "", issuer=own.name, period=period, title=title,
        notice=TEST_LINE if facts.test_only else None,
    )  # fmt: skip


def _told(one: Unused) -> str:
    who = f"{one.officer}, " if one.officer else ""
    return (
        f"Số {one.numbers} ({one.doc_type or _ANY_TYPE}): {one.why}; lý do: {one.reason} "
        f"({who}{time_text(one.at)})."
    )


def _unused_sheet(left: Sequence[Unused]) -> tuple[Sheet, ...]:
    rows = tuple(
        (
            one.numbers,
            one.doc_type or _ANY_TYPE,
            one.why,
            one.reason,
            one.officer,
            time_text(one.at),
        )
        for one in left
    )
    return (Sheet(name=UNUSED, header=_UNUSED_COLUMNS, rows=rows),) if rows else ()


def _sheet(head: RegisterHead, headings: tuple[str, ...], lines: list[Line]) -> Sheet:
    return Sheet(name=head.title[:31], header=headings, rows=tuple(line.cells for line in lines))
