"""Compares what the database says is in the archive with what lies there."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from actions.auditing import MACHINE, Actor
from actions.desk import Desk, doing
from archive.store import FindingKind
from models.directive import Directive, Document
from models.dispatch import IncomingMessage
from models.incoming import IncomingDocument, IncomingReply
from models.paper import Paper
from models.report import Consolidation, Report
from models.signature import Signature

_KEPT: tuple[tuple[str, InstrumentedAttribute[str] | InstrumentedAttribute[str | None]], ...] = (
    ("tệp của văn bản", Document.sha256),
    ("bản chờ ký", Directive.frozen_sha256),
    ("bản đã ký", Directive.signed_sha256),
    ("bản đã đóng dấu", Directive.sealed_sha256),
    ("bản chuẩn bị ký", Signature.prepared_sha256),
    ("bản có chữ ký", Signature.document_sha256),
    ("giấy tờ nhận vào", Paper.source_sha256),
    ("giấy tờ chờ ký", Paper.prepared_sha256),
    ("giấy tờ đã ký", Paper.signed_sha256),
    ("báo cáo của đơn vị", Report.document_sha256),
    ("báo cáo tổng hợp (PDF)", Consolidation.pdf_sha256),
    ("báo cáo tổng hợp (XLSX)", Consolidation.xlsx_sha256),
)
"""Every column that names bytes in the archive, with what they are."""

_WORDS = {
    FindingKind.MISSING: "Thiếu tệp",
    FindingKind.DAMAGED: "Tệp bị hỏng hoặc bị sửa",
    FindingKind.FOREIGN: "Tệp lạ trong kho lưu trữ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFinding:
    """One file that is missing, damaged, or strange."""

    kind: FindingKind
    """What is wrong."""
    sha256_hex: str
    """Which file; empty for a strange one."""
    belongs_to: tuple[str, ...]
    """What the database keeps under this digest; empty where nothing refers to it."""
    message: str
    """One Vietnamese sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveReport:
    """What a look at the whole archive found."""

    expected: int
    """Files that the database refers to."""
    findings: tuple[ArchiveFinding, ...]
    """Empty where everything is there and whole."""


def verify_archive(desk: Desk, *, actor: Actor = MACHINE) -> ArchiveReport:
    """Reads every file of the archive and compares it with the database.

    Reads outside any transaction; the result is an audit event, with every finding.

    Raises:
        StoreUnavailableError: the archive cannot be read at all.
    """
    with desk.database.reading() as session:
        kept = expected_files(session)
    findings = tuple(
        ArchiveFinding(
            kind=one.kind, sha256_hex=one.sha256_hex,
            belongs_to=tuple(kept.get(one.sha256_hex, ())),
            message=_message(one.kind, one.sha256_hex or one.detail, kept.get(one.sha256_hex, ())),
        )
        for one in desk.archive.verify(kept)
    )  # fmt: skip
    with doing(desk, actor, "verify_archive", kind="archive") as deed:
        deed.detail |= {
            "expected": len(kept),
            "findings": [[one.kind.value, one.sha256_hex, one.message] for one in findings],
        }
    return ArchiveReport(expected=len(kept), findings=findings)


def expected_files(session: Session) -> dict[str, list[str]]:
    """Returns every digest that the database refers to, with what it stands for."""
    found: dict[str, list[str]] = {}
    for digest, words in _references(session):
        found.setdefault(digest, []).append(words)
    return found


def _references(session: Session) -> Iterator[tuple[str, str]]:
    for words, column in _KEPT:
        for digest in session.scalars(select(column).where(column.is_not(None)).distinct()):
            yield str(digest), words
    yield from _incoming(session)
    for details in session.scalars(select(Paper.details)):
        for digest in details.get("sources", ()):  # a copy of paper has one for each scan
            yield str(digest), "bản quét, bản gốc của bản sao"


def _incoming(session: Session) -> Iterator[tuple[str, str]]:
    """Messages and the files of incoming papers, save those that were destroyed after a recall."""
    destroyed: set[object] = set()
    papers = select(
        IncomingDocument.id, IncomingDocument.message_id, IncomingDocument.files,
        IncomingDocument.files_destroyed_at,
    )  # fmt: skip
    for key, message_id, files, destroyed_at in session.execute(papers):
        if destroyed_at is not None:
            destroyed |= {message_id, f"document:{key}"}
            continue
        for file in files:
            yield str(file["sha256"]), "tệp của văn bản đến"
    for row in session.execute(
        select(IncomingMessage.id, IncomingMessage.matched_to, IncomingMessage.raw_sha256)
    ):
        if row.id not in destroyed and row.matched_to not in destroyed:
            yield row.raw_sha256, "thư, bản tin đến"
    for digest in session.scalars(select(IncomingReply.sha256)):
        yield digest, "văn bản trả lời văn bản đến"


def _message(kind: FindingKind, name: str, belongs_to: object) -> str:
    about = ", ".join(belongs_to) if isinstance(belongs_to, list) else ""
    beside = f" ({about})" if about else ""
    return f"{_WORDS[kind]} {name[:16]}{beside}. Khôi phục từ bản sao lưu và báo người vận hành."
