"""The dossier of evidence of a directive: what happened to it and every stored byte, as one ZIP.

For an inspector, a court, or the office itself without this product: the papers as they were
frozen, signed and sealed; the journal of the directive with its hashes, by which anyone can compute
them again; how its best copy is judged now; to whom it went and what is owed.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePath
from typing import IO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auditing import is_about, verify_events_of
from actions.changing import get_directive
from actions.desk import Desk
from actions.exporting import deliveries_csv, obligations_csv
from actions.journey import journey
from actions.ordering import title_of
from actions.trying import archive_wrapped
from documents.papers import timeline_page
from documents.wording import time_text
from models.audit import AuditEvent
from models.base import DirectiveId
from models.directive import Document
from models.officer import Officer, RegisteredCertificate
from models.signature import Signature
from signing.report import to_html

KINDS: Final = (
    "draft", "source", "annex_source", "attachment", "frozen", "signed", "sealed", "archived",
    "consolidated",
)  # fmt: skip
"""Kinds of stored files that are in it. Reports of units are not: the table names them."""
MOST_BYTES: Final = 500_000_000
"""Of one dossier; a stored file that does not fit any more is named and left out."""
JOURNAL: Final = "nhat-ky.jsonl"
SIGNATURES: Final = "chu-ky.json"
JUDGEMENT: Final = "kiem-tra-chu-ky.html"
READ_ME: Final = "DOC-TRUOC.txt"
SUMS: Final = "SHA256SUMS"
_JUDGED: Final = ("archived", "sealed", "signed")
"""Kinds that can be judged, the best first."""
_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest of a ZIP: when something was, the papers and the journal say."""
_LONGEST_NAME: Final = 80
_WORDS: Final = """Hồ sơ chứng cứ của văn bản {title}
{subject}

Lập lúc {at}. {chain}
{left_out}
  van-ban/              các tệp đã lưu, theo thứ tự thời gian, tên có loại tệp
  {journal}         mỗi dòng một việc đã làm hoặc bị từ chối, kèm mã băm
  {signatures}           từng chữ ký: ai, chứng thư nào, mã băm trước và sau, kết quả kiểm tra
  dien-bien.html        diễn biến, nơi nhận, nhiệm vụ để đọc
  {judgement}  kết quả kiểm tra chữ ký của bản mới nhất đã ký, vào lúc lập hồ sơ
  noi-nhan.csv          từng đơn vị nhận
  nhiem-vu.csv          từng nhiệm vụ, thời hạn, báo cáo
  {sums}            mã băm của các tệp trên; kiểm tra bằng lệnh: sha256sum -c {sums}

Mã băm (hash) của một việc là SHA-256 của “previous_hash”, một dấu xuống dòng, rồi mảng JSON (UTF-8,
không dấu cách thừa, khoá trong detail theo thứ tự chữ cái): sequence, at, actor_kind, actor_id,
actor_name, deed, outcome, subject_kind, subject_id, detail.
Nhật ký nối mọi việc của cơ quan; việc của văn bản khác nằm xen giữa không có trong hồ sơ này. Cả
nhật ký được kiểm tra tại cơ quan bằng lệnh: trinhky audit verify.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeSignature:
    """One signature of a directive, as it was made and judged."""

    signature: Signature
    officer: str
    """Who typed the PIN."""
    subject: str
    """Of the certificate."""
    trial: bool
    verdict: str
    """Of the office's own judge when it was made: a `signing.verdict.Verdict`; empty before."""


def signatures_of(session: Session, directive_id: DirectiveId) -> list[MadeSignature]:
    """Returns every signature whose key was used, first to last; abandoned ones too."""
    rows = session.execute(
        select(Signature, Officer.name, RegisteredCertificate.subject, RegisteredCertificate.trial)
        .join(Officer, Officer.id == Signature.officer_id)
        .join(RegisteredCertificate, RegisteredCertificate.fingerprint == Signature.certificate)
        .where(Signature.directive_id == directive_id, Signature.keyed_at.is_not(None))
        .order_by(Signature.keyed_at, Signature.kind, Signature.id)
    )
    return [
        MadeSignature(
            signature=one, officer=name, subject=subject, trial=trial,
            verdict=(one.verification or {}).get("verdict", ""),
        )
        for one, name, subject, trial in rows
    ]  # fmt: skip


@dataclass(slots=True)
class _Packing:
    packed: zipfile.ZipFile
    sums: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    taken: int = 0

    def add(self, name: str, content: bytes) -> None:
        self.sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        self._write(name, content)

    def add_last(self, content: bytes) -> None:
        self._write(SUMS, content)

    def _write(self, name: str, content: bytes) -> None:
        self.packed.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED)


def write_dossier(desk: Desk, directive_id: DirectiveId, out: IO[bytes]) -> str:
    """Writes the ZIP and returns a name for it.

    Whoever may see the directive may have it: its page shows nothing less.

    Args:
        desk: the tools.
        directive_id: the directive.
        out: an empty file, open for writing; one stored file at a time is in memory.

    Raises:
        NotFoundError: no such directive.
        UnavailableError: the archive does not answer, or a stored file is damaged.
    """
    at = desk.clock()
    with desk.database.reading() as session:
        directive = get_directive(session, directive_id)
        title, subject = title_of(directive), directive.subject
        stored = _stored(session, directive_id)
        chain = verify_events_of(session, "directive", str(directive_id)).reason
        tables = {
            JOURNAL: _journal(session, directive_id),
            "dien-bien.html": timeline_page(journey(session, directive_id, at=at)).encode(),
            "noi-nhan.csv": deliveries_csv(session, directive_id),
            "nhiem-vu.csv": obligations_csv(session, directive_id, at=at),
            SIGNATURES: _signatures(session, directive_id),
        }
    with zipfile.ZipFile(out, "w") as packed:
        packing = _Packing(packed)
        _add_stored(packing, desk, stored)
        for name, content in tables.items():
            packing.add(name, content)
        words = _WORDS.format(
            title=title, subject=subject, at=time_text(at), chain=chain, journal=JOURNAL,
            judgement=JUDGEMENT, signatures=SIGNATURES, sums=SUMS,
            left_out="".join(f"Không kèm vì quá lớn: {one}\n" for one in packing.left_out),
        )  # fmt: skip
        packing.add(READ_ME, words.encode())
        packing.add_last("".join(packing.sums).encode())
    return f"chung-cu-{_plain(title)}.zip"


def _stored(session: Session, directive_id: DirectiveId) -> Sequence[Document]:
    found = session.scalars(
        select(Document).where(Document.directive_id == directive_id, Document.kind.in_(KINDS))
    )
    return sorted(found, key=lambda one: (one.created_at, KINDS.index(one.kind), one.name))


def _add_stored(packing: _Packing, desk: Desk, stored: Sequence[Document]) -> None:
    ranked = [one for kind in _JUDGED for one in reversed(stored) if one.kind == kind]
    for ordinal, one in enumerate(stored, 1):
        name = f"van-ban/{ordinal:02}-{one.kind}-{_plain(one.name)}"
        if packing.taken + one.size_bytes > MOST_BYTES:
            packing.left_out.append(f"{name}, SHA-256 {one.sha256}")
            continue
        packing.taken += one.size_bytes
        with archive_wrapped():
            content = desk.archive.get(one.sha256)
        packing.add(name, content)
        if one in ranked[:1]:
            packing.add(JUDGEMENT, to_html(desk.judge(content, one.name, desk.clock())).encode())


def _journal(session: Session, directive_id: DirectiveId) -> bytes:
    """One JSON object a line, with all that its hash was computed from."""
    events = session.scalars(
        select(AuditEvent).where(is_about("directive", directive_id)).order_by(AuditEvent.sequence)
    )
    columns = [column.key for column in AuditEvent.__table__.columns]
    lines = (
        {name: getattr(one, name) for name in columns} | {"at": _iso(one.at)} for one in events
    )
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _signatures(session: Session, directive_id: DirectiveId) -> bytes:
    told = [
        {
            "kind": one.signature.kind, "state": one.signature.state, "officer": one.officer,
            "certificate_sha256": one.signature.certificate, "subject": one.subject,
            "trial": one.trial, "source_sha256": one.signature.source_sha256,
            "document_sha256": one.signature.document_sha256,
            "planned_at": one.signature.planned_at, "keyed_at": one.signature.keyed_at,
            "completed_at": one.signature.completed_at, "problem": one.signature.problem,
            "verification": one.signature.verification,
        }
        for one in signatures_of(session, directive_id)
    ]  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1, default=_iso).encode()


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _plain(name: str) -> str:
    """A name that every system takes: letters, digits, dots; its ending is kept."""
    ending = PurePath(name).suffix
    stem = re.sub(r"[^\w.-]+", "-", name.removesuffix(ending))[:_LONGEST_NAME].strip("-.")
    return (stem or "tep") + re.sub(r"[^\w.]", "", ending)[:_LONGEST_NAME]
