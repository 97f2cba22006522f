"""Rows of a large office, written in bulk: directives in every state, what was sent, what is owed.

Of N directives nine in ten are over, one in twenty is followed up, one in a thousand waits at each
step of the way; each issued one went to ten units, which owe, owed, or answered. Half as many
papers came in. Texts are short, so that a million of rows is written in minutes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from actions.incoming.register_lines import INCOMING_COLUMNS
from actions.registering import COLUMNS
from documents.content import DirectiveContent, to_json
from models.audit import AuditEvent, AuditHead
from models.base import DirectiveId
from models.directive import Directive, DirectiveTask, Document, RecipientLine, Revision
from models.dispatch import Consignment, IncomingMessage
from models.incoming import IncomingAssignment, IncomingDocument
from models.numbering import NumberSeries, RegisterEntry
from models.obligation import ExtensionRequest, Obligation, Reminder
from models.organisation import Office, Organisation
from models.report import Report, ReportedObligation
from models.review import Review
from models.search import DirectiveWords, words_of
from models.session import Database, take_stock
from wiring.demo_draft import PEOPLE

AT_ONCE: Final = 2_000
"""Directives of one transaction."""
UNITS_EACH: Final = 10
YEARS: Final = 5
WAY: Final = ("drafting", "returned", "in_review", "approved", "numbered", "signed", "sealed")
ENDS: Final = ("cancelled", "recalled", "replaced", "corrected")
_FEW: Final = 1_000
"""One in so many waits at a step."""
_FOLLOWED: Final = 20
_STATES_ARRIVED: Final = ("arrived", "accepted", "assigned", "in_progress", "refused")
_TEXT: Final = "Tăng cường tuyên truyền về chuyển đổi số trên địa bàn tỉnh, đợt"
_EMPTY: Final = "0" * 64


@dataclass(slots=True)
class Batch:
    """Rows by table, in the order in which they may be written."""

    rows: dict[Any, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: Any, **values: Any) -> None:  # noqa: ANN401 (a table, what it holds)
        """Puts a row to the others of its table."""
        self.rows.setdefault(table, []).append(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all rows share."""

    own: str
    units: Sequence[str]
    series: str
    now: datetime
    content: dict[str, Any]
    words: str
    """Of the content, as they are searched."""
    pdf: str
    """Digest of a page that stands for every stored document."""
    mail: str
    base: int
    audited: int
    """The last audit event before."""


def fill(
    database: Database, *, size: int, now: datetime, content: DirectiveContent, pdf: str, mail: str,
    base: int = 0,
) -> None:  # fmt: skip
    """Writes `size` directives with ten obligations each, and half as many incoming papers.

    Args:
        database: where an office is.
        size: how many.
        now: the newest is of this instant.
        content: of each of them.
        pdf: digest of the page that stands for every stored document.
        mail: digest of the mail that stands for every one that came in.
        base: their numbers begin behind it.
    """
    with database.reading() as session:
        own = session.scalars(select(Office.organisation_id)).one()
        stored = to_json(content)
        frame = Frame(
            own=own, now=now, content=stored, words=words_of((), stored), pdf=pdf, mail=mail,
            base=base,
            units=session.scalars(
                select(Organisation.id).where(Organisation.id != own).order_by(Organisation.id)
            ).all(),
            series=session.scalars(select(NumberSeries.id)).first() or "",
            audited=session.scalar(select(AuditHead.sequence)) or 0,
        )  # fmt: skip
    for first in range(0, size, AT_ONCE):
        batch = Batch()
        for n in range(first, min(first + AT_ONCE, size)):
            _directive(batch, frame, n, size)
            if n % 2 == 0:
                _incoming(batch, frame, n // 2, size // 2)
        _write(database, batch)
    with database.writing() as session:
        head = session.get_one(AuditHead, 1)
        head.sequence = frame.audited + size
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("select setval('register_entry_id_seq', 100000000)"))
    take_stock(database)
    if database.engine.dialect.name == "postgresql":  # which does it by itself in time
        settle = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with settle.connect() as connection:
            connection.execute(text("vacuum (analyze)"))
            with suppress(DBAPIError):  # not everybody may; then it is written out beside the pages
                connection.execute(text("checkpoint"))


def _write(database: Database, batch: Batch) -> None:
    with database.writing() as session:
        for table in (
            Directive, Revision, DirectiveWords, RecipientLine, DirectiveTask, Document, Review,
            Consignment, Obligation, Reminder, Report, ReportedObligation, ExtensionRequest,
            AuditEvent, IncomingMessage, IncomingDocument, IncomingAssignment, RegisterEntry,
        ):  # fmt: skip
            if batch.rows.get(table):
                made: Any = table.__table__
                session.connection().execute(insert(made), batch.rows[table])


def _state(n: int, size: int) -> str:
    """The newest are on their way, then come those that are followed up, the others are over."""
    each = max(2, size // _FEW)
    if n >= size - each * len(WAY):
        return WAY[(size - 1 - n) // each]
    if n >= size - each * len(WAY) - max(60, size // _FOLLOWED):
        return "issued"
    return ENDS[n // 200 % len(ENDS)] if n % 200 == 0 else "closed"


def _directive(batch: Batch, frame: Frame, n: int, size: int) -> None:
    state, key = _state(n, size), DirectiveId(uuid.uuid4())
    at = _when(frame, n, size)
    numbered = state not in WAY[:4] and state != "cancelled"
    issued = at if numbered and state not in WAY else None
    number = frame.base + n + 1
    batch.add(
        Directive, id=key, organisation_id=frame.own, regime="party", doc_type="Hướng dẫn",
        subject=f"{_TEXT} {number}", symbol="HD/BTGTU", state=state, revision=1,
        urgency="KHẨN" if n % 50 == 0 else None, drafter_id=PEOPLE.drafter,
        content_reviewer_id=PEOPLE.content_reviewer, form_reviewer_id=PEOPLE.form_reviewer,
        signatory_id=PEOPLE.signatory, authority_id=PEOPLE.authority,
        number=number if numbered else None,
        number_text=f"{number}-HD/BTGTU" if numbered else None,
        issue_date=at.date() if numbered else None,
        frozen_sha256=frame.pdf if numbered else None,
        signed_sha256=frame.pdf if issued or state in WAY[5:] else None,
        sealed_sha256=frame.pdf if issued or state == "sealed" else None,
        public_code=f"B{number:09}" if numbered else None, created_at=at, updated_at=at,
        issued_at=issued, closed_at=at + timedelta(days=60) if state == "closed" else None,
        return_reason="Ghi lại địa danh." if state == "returned" else None,
    )  # fmt: skip
    batch.add(
        Revision, directive_id=key, ordinal=1, content=frame.content, content_sha256=_EMPTY,
        created_by=PEOPLE.drafter, created_at=at,
    )  # fmt: skip
    head = (f"{number}-HD/BTGTU" if numbered else None, "Hướng dẫn", f"{_TEXT} {number}")
    batch.add(
        DirectiveWords, directive_id=key, revision=1, number_text=head[0],
        words=f"{words_of(head, {})} {frame.words}",
    )  # fmt: skip
    batch.add(
        RecipientLine, directive_id=key, revision=1, ordinal=1, raw="Các đơn vị", role="report",
        organisations=list(_units(frame, n)), groups=[],
    )  # fmt: skip
    _audit(batch, frame, n, key, at)
    if numbered or state == "approved":
        for step in ("content", "form", "approval"):
            batch.add(
                Review, id=uuid.uuid4(), directive_id=key, revision=1, step=step,
                decision="passed", officer_id=PEOPLE.signatory, at=at,
            )  # fmt: skip
    if numbered:
        _paper(batch, frame, number, key, at)
    if issued is not None:
        _sent(batch, frame, n, key, at, state)


def _when(frame: Frame, n: int, size: int) -> datetime:
    """Evenly over some years; the last one just now."""
    return frame.now - timedelta(days=365 * YEARS) * ((size - n) / size)


def _units(frame: Frame, n: int) -> Iterable[str]:
    return (frame.units[(n + k) % len(frame.units)] for k in range(UNITS_EACH))


def _audit(batch: Batch, frame: Frame, n: int, key: DirectiveId, at: datetime) -> None:
    batch.add(
        AuditEvent, sequence=frame.audited + n + 1, at=at, actor_kind="officer",
        actor_id=PEOPLE.drafter, actor_name="Nguyễn Minh An", deed="start", outcome="done",
        subject_kind="directive", subject_id=str(key), detail={}, previous_hash=_EMPTY,
        hash=_EMPTY,
    )  # fmt: skip


def _paper(batch: Batch, frame: Frame, number: int, key: DirectiveId, at: datetime) -> None:
    batch.add(
        Document, id=uuid.uuid4(), directive_id=key, revision=1, kind="sealed", name="Văn bản.pdf",
        media_type="application/pdf", sha256=frame.pdf, size_bytes=20_000, made_with={},
        created_at=at,
    )  # fmt: skip
    known = {
        "number_symbol": f"{number}-HD/BTGTU", "date": f"{at:%d/%m/%Y}",
        "type_and_subject": f"Hướng dẫn: {_TEXT} {number}", "signatory": "Trần Trung Hiếu",
        "recipients": "Các đơn vị", "copies": "10",
    }  # fmt: skip
    batch.add(
        RegisterEntry, register="outgoing", year=at.year, ordinal=1_000 + number, directive_id=key,
        columns={name: known.get(name, "") for name in COLUMNS}, on_day=at.date(), entered_at=at,
        entered_by=PEOPLE.clerk, incoming_document_id=None,
    )  # fmt: skip


def _sent(  # noqa: PLR0917 (what one directive is)
    batch: Batch, frame: Frame, n: int, key: DirectiveId, at: datetime, state: str
) -> None:
    due = at.date() + timedelta(days=30 + n % 30)
    batch.add(
        DirectiveTask, directive_id=key, revision=1, ref="R1", what="Báo cáo kết quả",
        sentence="Báo cáo kết quả trước ngày nêu trên.", is_report=True, kind="before_date",
        deadline_raw=f"trước ngày {due:%d/%m/%Y}", named_date=due, inclusive=True,
        organisations=list(_units(frame, n)), groups=[], coordinating=[], schedule={},
    )  # fmt: skip
    for k, unit in enumerate(_units(frame, n)):
        is_stuck = state == "issued" and n % 100 == 0 and k == 0
        batch.add(
            Consignment, id=uuid.uuid4(), directive_id=key, revision=1, organisation_id=unit,
            role="report", lines=[1], channel="smtp", address=f"{unit}@donvi.example",
            key=f"{key}:1:{unit}:smtp", message_id=f"<{key}.{unit}@ban.example>",
            state="bounced" if is_stuck else ("sent", "arrived", "accepted", "done")[n % 4],
            planned_at=at, sent_at=None if is_stuck else at, send_by=at + timedelta(days=1),
        )  # fmt: skip
        _owed(batch, n, k, key, unit, at, due, state)


def _owed(  # noqa: PLR0917 (what one obligation is)
    batch: Batch, n: int, k: int, key: DirectiveId, unit: str, at: datetime, due: date, state: str
) -> None:
    owed = uuid.uuid4()
    stands = _answer(n, k, state)
    answered = stands in ("reported", "accepted")
    when = at + timedelta(days=20 + (n + k) % 50)
    batch.add(
        Obligation, id=owed, directive_id=key, task_ref="R1", organisation_id=unit, leads=True,
        what="Báo cáo kết quả", sentence="Báo cáo kết quả trước ngày nêu trên.", is_report=True,
        deadline_raw=f"trước ngày {due:%d/%m/%Y}", kind="before_date", named_date=due, due=due,
        last_allowed_day=due, inclusive=True, computed="Ngày nêu trong văn bản.", flags=[],
        state=stands, opened_at=at, reported_at=when if answered else None,
        accepted_at=when if stands == "accepted" else None, period_key="",
        ladder_ended=due if state != "issued" else None,
    )  # fmt: skip
    if stands == "extension_requested":
        batch.add(
            ExtensionRequest, id=uuid.uuid4(), obligation_id=owed, state="asked",
            asked_until=due + timedelta(days=15), reason="Chờ số liệu.", asked_at=at,
        )  # fmt: skip
    if k == 0:
        batch.add(Reminder, obligation_id=owed, step_key="before_7", due=due, at=at)
    if answered and k < 3:  # noqa: PLR2004 (three reports of ten units are kept as files)
        report = uuid.uuid4()
        batch.add(
            Report, id=report, directive_id=key, organisation_id=unit, via="upload",
            file_name="Báo cáo.pdf", document_sha256=_EMPTY, answers=[], verdict="passed",
            verification={}, state="received" if stands == "reported" else "accepted",
            received_at=when, version=1, period_key="", number_symbol="", figures={},
            attachments=[],
        )  # fmt: skip
        batch.add(ReportedObligation, report_id=report, obligation_id=owed)


def _answer(n: int, k: int, state: str) -> str:
    if state == "closed":
        return "accepted"
    if state != "issued":
        return "cancelled"
    if n % 5 == 0 and k == 0:
        return "reported"
    if n % 10 == 1 and k == 1:
        return "extension_requested"
    return "accepted" if k % 2 else "open"


def _incoming(batch: Batch, frame: Frame, n: int, size: int) -> None:
    key, at = uuid.uuid4(), _when(frame, n, size)
    each = max(2, size // _FEW)
    late = n - (size - each * len(_STATES_ARRIVED))
    state = _STATES_ARRIVED[late // each] if late >= 0 else "done"
    taken = state not in ("arrived", "refused")
    number = frame.base + n + 1_000
    batch.add(
        IncomingDocument, id=key, origin_key=f"bench:{number}", via="folder",
        sender_name="Uỷ ban nhân dân tỉnh", number_symbol=f"{n}/UBND-VP", document_date=at.date(),
        words=f"uy ban nhan dan tinh {n} ubnd vp cong van bao cao cong tac tuyen truyen {n}",
        doc_type="Công văn", subject=f"Báo cáo công tác tuyên truyền {n}", signatory="",
        header={}, files=[], verdict="passed", state=state, warnings=[],
        year=at.year if taken else None, number=number if taken else None, arrived_at=at,
        accepted_at=at if taken else None, done_at=at if state == "done" else None,
    )  # fmt: skip
    if state in ("assigned", "in_progress", "done"):
        stands = {"assigned": "open", "in_progress": "working"}.get(state, "done")
        batch.add(
            IncomingAssignment, id=uuid.uuid4(), document_id=key, officer_id=PEOPLE.drafter,
            leads=True, due=at.date() + timedelta(days=10), state=stands,
            assigned_by=PEOPLE.signatory, assigned_at=at,
        )  # fmt: skip
    if taken:
        known = {
            "arrived_on": f"{at:%d/%m/%Y}", "number": str(number), "author": "UBND tỉnh",
            "number_symbol": f"{n}/UBND-VP", "type_and_subject": "Công văn: báo cáo",
        }  # fmt: skip
        batch.add(
            RegisterEntry, register="incoming", year=at.year, ordinal=number, directive_id=None,
            columns={name: known.get(name, "") for name in INCOMING_COLUMNS}, on_day=at.date(),
            entered_at=at, entered_by=PEOPLE.clerk, incoming_document_id=key,
        )  # fmt: skip
    if n % 500 == 0:
        batch.add(
            IncomingMessage, id=uuid.uuid4(), dedupe_key=f"bench:{number}", channel="smtp",
            sender="ai-do@donvi.example", subject="Hỏi về văn bản", raw_sha256=frame.mail,
            state="unmatched", received_at=at,
        )  # fmt: skip


def sizes(database: Database) -> Iterator[tuple[str, int]]:
    """How many rows the largest tables hold."""
    with database.reading() as session:
        for table in (Directive, Obligation, Consignment, Report, IncomingDocument):
            counted = session.scalar(text(f"select count(*) from {table.__tablename__}"))  # noqa: S608 (our own names)
            yield table.__tablename__, int(counted or 0)
