# ruff: noqa: ANN401 (columns and options of every type pass through)
"""An issued directive, channels that can be told how to behave, and a judge that reads marks."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Self

from sqlalchemy import select

from actions.auditing import MACHINE, Actor
from actions.desk import Desk, doing
from actions.dispatching import DispatchSummary, deliver_batch, plan_consignments
from actions.obliging import open_obligations
from delivery.channel import Receipt
from delivery.envelope import Envelope
from delivery.errors import (
    PermanentDeliveryError,
    TransientDeliveryError,
    UnknownOutcomeError,
)
from models.base import DirectiveId
from models.directive import Directive, DirectiveTask, RecipientLine
from models.dispatch import Consignment
from models.obligation import Obligation
from models.organisation import Organisation
from signing.outcome import SignatureReport, VerificationReport
from signing.words import finding

PDF = b"%PDF-1.7\n% the sealed directive\n%%EOF\n"
ISSUED = date(2022, 9, 21)

Line = tuple[str, tuple[str, ...], tuple[str, ...]]
"""Role, organisations, groups."""
LINES: tuple[Line, ...] = (
    ("action", (), ("huyen",)),
    ("know", ("so-tt",), ()),
    ("report", ("tinh-uy",), ()),
    ("archive", ("ban",), ()),
)


def task(ref: str = "R1", **values: Any) -> dict[str, Any]:
    """A task row; by default the report that the whole group owes before 31/10/2022."""
    return {
        "ref": ref,
        "what": "Báo cáo kết quả",
        "sentence": "báo cáo kết quả về Ban trước ngày 31/10/2022",
        "is_report": True,
        "deadline_raw": "trước ngày 31/10/2022",
        "kind": "before_date",
        "named_date": date(2022, 10, 31),
        "inclusive": False,
        "groups": ["huyen"],
        **values,
    }


WORK = task(
    "III.3", what="Quán triệt kế hoạch", is_report=False, sentence="Tổ chức quán triệt kế hoạch",
    deadline_raw="Hoàn thành trong tháng 10 năm 2022", kind="within_month", named_date=None,
    inclusive=None,
)  # fmt: skip
OWN = task(
    "R2", deadline_raw="định kỳ", kind="periodic_unspecified", named_date=None, inclusive=None,
    sentence="định kỳ báo cáo cấp trên", groups=[], organisations=["ban"],
)  # fmt: skip


def draft_directive(
    desk: Desk,
    *,
    lines: Sequence[Line] = LINES,
    tasks: Sequence[Mapping[str, Any]] = (),
    **columns: Any,
) -> DirectiveId:
    """A directive as it stands just before issue, sealed document and all."""
    digest = desk.archive.put(PDF)
    key = DirectiveId(uuid.uuid4())
    with desk.database.writing() as session:
        session.add(
            Directive(
                **{
                    "id": key, "organisation_id": "ban", "regime": "party",
                    "doc_type": "Hướng dẫn", "subject": "Tuyên truyền, quán triệt Kế hoạch số 53",
                    "symbol": "HD/BTNTU", "state": "issued", "drafter_id": "drafter",
                    "number": 96, "number_text": "96-HD/BTNTU", "issue_date": ISSUED,
                    "sealed_sha256": digest, "created_at": desk.clock(),
                    "updated_at": desk.clock(), "issued_at": desk.clock(), **columns,
                }
            )
        )  # fmt: skip
        session.flush()
        for ordinal, (role, organisations, groups) in enumerate(lines, 1):
            session.add(
                RecipientLine(
                    directive_id=key, revision=1, ordinal=ordinal, raw=f"dòng {ordinal}",
                    role=role, organisations=list(organisations), groups=list(groups),
                )
            )  # fmt: skip
        for values in tasks:
            session.add(DirectiveTask(directive_id=key, revision=1, **values))
    return key


def issue(
    desk: Desk,
    *,
    lines: Sequence[Line] = LINES,
    tasks: Sequence[Mapping[str, Any]] = (),
    **columns: Any,
) -> DirectiveId:
    """The same with its consignments and obligations, as the deed of issuing writes them."""
    key = draft_directive(desk, lines=lines, tasks=tasks, **columns)
    with doing(desk, MACHINE, "issue", subject=key) as deed:
        directive = deed.session.get_one(Directive, key)
        plan_consignments(desk, deed, directive)
        open_obligations(deed, directive)
    return key


def consignments(desk: Desk) -> dict[str, Consignment]:
    with desk.database.reading() as session:
        return {one.organisation_id: one for one in session.scalars(select(Consignment))}


def obligations(desk: Desk) -> dict[tuple[str, str], Obligation]:
    with desk.database.reading() as session:
        return {
            (one.task_ref, one.organisation_id): one for one in session.scalars(select(Obligation))
        }


def unit(key: str) -> Actor:
    return Actor(kind="unit", id=key, name=key)


def change_unit(desk: Desk, key: str, **columns: Any) -> None:
    with desk.database.writing() as session:
        one = session.get_one(Organisation, key)
        for name, value in columns.items():
            setattr(one, name, value)


class ScriptedChannel:
    """Records what is sent; behaves per address as it was told, first word first, then accepts."""

    def __init__(self, name: str = "smtp") -> None:
        self.name = name
        self.sent: list[Envelope] = []
        self.opened = 0
        self.plan: dict[str, list[str]] = defaultdict(list)
        self.before_answer: Callable[[], None] = lambda: None

    def __call__(self) -> Self:
        return self

    def __enter__(self) -> Self:
        self.opened += 1
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def send(self, envelope: Envelope) -> Receipt:
        waiting = self.plan[envelope.recipient_address]
        word = waiting.pop(0) if waiting else "accept"
        facts = {"channel": self.name, "recipient": envelope.recipient_address}
        if word == "defer":
            raise TransientDeliveryError(**facts, reply_code="451", reply_text="try again later")
        if word == "bounce":
            raise PermanentDeliveryError(
                **facts, reply_code="550", enhanced_code="5.1.1", reply_text="no such user"
            )
        self.sent.append(envelope)
        if word == "silent":
            raise UnknownOutcomeError(**facts, reply_code="connection_lost", reply_text="reset")
        if word == "die":
            raise KeyboardInterrupt  # what a killed process looks like to the code above
        self.before_answer()
        return Receipt(code="250", text="2.0.0 queued")

    @property
    def recipients(self) -> list[str]:
        return sorted(one.recipient_address for one in self.sent)


def send_all(desk: Desk, **options: Any) -> list[DispatchSummary]:
    rounds = []
    while (summary := deliver_batch(desk, **options)).claimed:
        rounds.append(summary)
    return rounds


def signed_pdf(fingerprint: str, *, word: str = "passed") -> bytes:
    """A stand-in for a signed report; `MarkJudge` reads the marks."""
    return f"%PDF-1.7\n% {word} {fingerprint}\n".encode()


def mark_judge(content: bytes, name: str, at: Any) -> VerificationReport:
    """Judges by the marks that `signed_pdf` wrote; a report of the real shape."""
    word, fingerprint = content.split(b"% ", 1)[1].decode().split()
    code = {
        "failed": "content_changed", "indeterminate": "time_not_proven",
        "unsigned": "unsigned", "encrypted": "encrypted",
    }.get(word)  # fmt: skip
    found = () if code is None else (finding(code),)
    if word == "indeterminate":
        found = (finding("trailing_bytes"),)
    signature = SignatureReport(
        field="Sig1", kind="signature", signer="Người ký", certificate_sha256_hex=fingerprint
    )
    signatures = () if word in {"unsigned", "encrypted"} else (signature,)
    return VerificationReport(
        name=name, sha256_hex="0" * 64, size_bytes=len(content), policy_name="official",
        policy_version="t", at=at, signatures=signatures, findings=found,
    )  # fmt: skip
