"""Judging again what lies in the archive, and renewing its time stamps before they run out.

A document is due where its last judgement asks for renewal soon, is old, did not pass, or was made
under other anchors or rules; and where there is none yet. What is due is judged as on the first
day. A verdict that turns is an audit event; one that got worse is told until it passes again.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.archive_stamps import NoTimestampError, record, stamp
from actions.auditing import MACHINE
from actions.desk import Desk, doing, local_day
from actions.errors import AlreadyDoneError, NotAcceptedError, UnavailableError, WrongStateError
from actions.keepers import (
    Keeper,
    keeper_of,
    last_judgements,
    note_judgement,
    paper_keepers,
    renewal_day,
)
from actions.signatures import count_without_timestamp
from actions.trying import archive_wrapped
from models.directive import Directive
from models.judgement import Judgement
from signing.outcome import VerificationReport, sentence
from signing.verdict import Verdict
from signing.words import JUDGE_FAULTS

RENEW, JUDGE = "renew_archive_timestamp", "rejudge"
_DAILY = timedelta(hours=20)
"""What does not pass is looked at each night, whatever the minute at which the night's run is."""
_VERDICT_WORDS = {
    "passed": "hợp lệ",
    "indeterminate": "chưa kết luận được",
    "failed": "không hợp lệ",
    "unsigned": "không có chữ ký",
    "unreadable": "không đọc được",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """When to look again, and when to renew."""

    days_before: int = 90
    """So many days before `renew_by` a further archive time stamp is added."""
    every_days: int = 90
    batch: int = 500
    """How many documents are judged in one call, at most."""
    trust: str = ""
    """Mark of the anchors and rules of today; another one than a judgement's makes it due."""


class Due(IntEnum):
    """Why a document is judged again; what presses most comes first."""

    RENEWAL = 1
    NOT_PASSED = 2
    TRUST = 3
    NEVER = 4
    AGE = 5


@dataclass(slots=True, kw_only=True)
class RenewalReport:
    """What a call did, in sentences for people."""

    judged: int = 0
    left: int = 0
    """Due, and left for the next call."""
    renewed: list[str] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    """Better or worse than the judgement before, and why."""
    problems: list[str] = field(default_factory=list)
    """What a person must see to, with what to do."""

    @property
    def summary(self) -> str:
        """One Vietnamese sentence."""
        return (
            f"Đã kiểm tra lại {self.judged} văn bản, gia hạn dấu thời gian {len(self.renewed)}, "
            f"kết luận thay đổi {len(self.turned)}, cần xử lý {len(self.problems)}"
            f"{f', còn {self.left} văn bản để lần sau' if self.left else ''}."
        )

    def sentences(self) -> tuple[str, ...]:
        """Vietnamese, a line each; the first one sums up."""
        return (self.summary, *self.renewed, *self.turned, *self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    keeper: Keeper
    due: Due
    since: datetime | None
    """Of the last judgement."""


def judge_again(desk: Desk, terms: Terms) -> RenewalReport:
    """Judges what is due, and adds archive time stamps where they are needed soon.

    Idempotent: a kill loses at most the judgement under way; what was judged is not due again.
    """
    now = desk.clock()
    with desk.database.reading() as session:
        tasks = sorted(_due(session, terms, now), key=_pressing)
    report = RenewalReport(left=max(0, len(tasks) - terms.batch))
    round_ = _Round(desk=desk, terms=terms, report=report)
    for task in tasks[: terms.batch]:
        try:
            round_.take(task)
        except UnavailableError as err:
            report.problems.append(f"{task.keeper.title}: {err.diagnosis()}")
    return report


def _pressing(task: _Task) -> tuple[int, float, str]:
    return task.due, task.since.timestamp() if task.since else 0.0, task.keeper.name


def _due(session: Session, terms: Terms, now: datetime) -> list[_Task]:
    judged = last_judgements(session)
    found: list[_Task] = []
    for subject, keeper in _keepers(session, judged):
        last = judged.get(subject)
        why = _why_due(last, terms, now)
        made = keeper() if why is not None else None
        if why is not None and made is not None:
            since = last.at if last is not None else None
            found.append(_Task(keeper=made, due=why, since=since))
    return found


def _keepers(
    session: Session, judged: Mapping[uuid.UUID, Judgement]
) -> Iterator[tuple[uuid.UUID, Callable[[], Keeper | None]]]:
    """Yields every directive and paper with how to find its file."""
    signed = select(Directive).where(Directive.signed_sha256.is_not(None))
    for directive in session.scalars(signed):
        yield directive.id, partial(keeper_of, session, directive)
    for paper_id, keeper in paper_keepers(session, judged):
        yield paper_id, partial(lambda one: one, keeper)


def _why_due(last: Judgement | None, terms: Terms, now: datetime) -> Due | None:
    if last is None:
        return Due.NEVER
    if last.verdict != Verdict.PASSED.value:
        return Due.NOT_PASSED if last.at <= now - _DAILY else None
    if _presses(last.renew_by, terms, now):
        return Due.RENEWAL if last.at <= now - _DAILY else None
    if last.detail.get("trust", "") != terms.trust:
        return Due.TRUST
    return Due.AGE if last.at <= now - timedelta(days=terms.every_days) else None


def _presses(renew_by: date | None, terms: Terms, now: datetime) -> bool:
    return renew_by is not None and local_day(now) >= renew_by - timedelta(days=terms.days_before)


@dataclass(slots=True, kw_only=True)
class _Round:
    """One call while it works through what is due."""

    desk: Desk
    terms: Terms
    report: RenewalReport
    blocked: str = ""
    """Why no further time stamp is asked for in this call."""

    def take(self, task: _Task) -> None:
        """Judges one document, records it, and renews it where that is due.

        Raises:
            UnavailableError: archive or judge are not to be had; nothing was recorded.
        """
        keeper = task.keeper
        judged = self._judge(keeper)
        self._note(task, judged)
        self.report.judged += 1
        if judged.verdict is not Verdict.PASSED:
            self.report.problems.append(_not_passed(keeper, judged))
        elif _presses(renewal_day(judged), self.terms, self.desk.clock()):
            self._renew(keeper, judged)

    def _judge(self, keeper: Keeper) -> VerificationReport:
        with archive_wrapped():
            pdf = self.desk.archive.get(keeper.sha256)
        judged = self.desk.judge(pdf, keeper.name, self.desk.clock())
        faults = [one.message for one in judged.findings if one.code in JUDGE_FAULTS]
        if faults:
            raise UnavailableError("Bộ kiểm tra chữ ký", faults[0])
        return judged

    def _note(self, task: _Task, judged: VerificationReport) -> None:
        keeper = task.keeper
        with doing(self.desk, MACHINE, JUDGE, kind=keeper.kind, subject=keeper.id) as deed:
            row = note_judgement(
                deed, keeper, judged, trust=self.terms.trust, because=task.due.name.lower()
            )
            deed.detail |= {
                "sha256": keeper.sha256,
                "verdict": row.verdict,
                "because": task.due.name.lower(),
                "level": row.level,
                "renew_by": str(row.renew_by or ""),
            }
            if row.turned_from is not None:
                deed.detail |= {"turned_from": row.turned_from, "reason": row.sentence}
                self.report.turned.append(_turned(keeper, row))

    def _renew(self, keeper: Keeper, judged: VerificationReport) -> None:
        until = renewal_day(judged)
        if self.blocked:
            self.report.problems.append(_not_renewed(keeper, until, self.blocked))
            return
        try:
            stamped = stamp(self.desk, keeper)
            again = renewal_day(stamped.report)
            if again is None or until is None or again <= until:
                self.blocked = (
                    f"dấu thời gian mới cũng chỉ có giá trị tới {again:%d/%m/%Y}"
                    if again is not None
                    else "dấu thời gian mới không có hạn"
                )
                self.report.problems.append(_not_renewed(keeper, until, self.blocked))
                return
            record(self.desk, RENEW, stamped, trust=self.terms.trust)
        except NoTimestampError as err:
            self.blocked = err.reason
            self.report.problems.append(_not_renewed(keeper, until, err.reason))
        except (NotAcceptedError, UnavailableError) as refusal:
            self.report.problems.append(_not_renewed(keeper, until, refusal.diagnosis()))
        except (AlreadyDoneError, WrongStateError):
            return  # another run was quicker, or it moved on: the next call sees what is left
        else:
            self.report.renewed.append(
                f"{keeper.title}: đã gia hạn dấu thời gian, có giá trị tới {again:%d/%m/%Y}."
            )


def _turned(keeper: Keeper, row: Judgement) -> str:
    before, now = _VERDICT_WORDS[row.turned_from or ""], _VERDICT_WORDS[row.verdict]
    return f"{keeper.title}: kết luận đổi từ “{before}” sang “{now}”. {row.sentence}"


def _not_passed(keeper: Keeper, judged: VerificationReport) -> str:
    return (
        f"{keeper.title} (SHA-256 {keeper.sha256[:16]}…): {sentence(judged)} "
        "Giữ nguyên tệp, đối chiếu bản sao lưu và chứng thư gốc tin cậy."
    )


def _not_renewed(keeper: Keeper, until: date | None, reason: str) -> str:
    day = f"{until:%d/%m/%Y}" if until is not None else "không rõ ngày"
    return (
        f"{keeper.title}: chưa gia hạn được dấu thời gian, cần trước ngày {day} ({reason}). "
        "Việc cần làm: kiểm tra hoặc đổi máy chủ dấu thời gian; hệ thống tự thử lại mỗi đêm."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the newest judgements say of all stored documents."""

    documents: int
    never: int
    """Not judged again yet since they were signed."""
    without_timestamp: int
    next_renewal: date | None
    problems: tuple[str, ...]
    """A sentence for each document that did not pass."""

    @property
    def summary(self) -> str:
        """One Vietnamese sentence."""
        renewal = (
            f"; hạn dấu thời gian gần nhất {self.next_renewal:%d/%m/%Y}"
            if self.next_renewal is not None
            else ""
        )
        return (
            f"{self.documents} văn bản có chữ ký, {self.never} chưa kiểm tra lại lần nào, "
            f"{len(self.problems)} không đạt, {self.without_timestamp} chưa có dấu thời gian"
            f"{renewal}."
        )


def standing(session: Session) -> Standing:
    """Returns how all stored documents stand, by their newest judgements. Judges nothing."""
    judged = last_judgements(session)
    signed = select(Directive.id, Directive.number_text).where(Directive.signed_sha256.is_not(None))
    names = {key: f"Văn bản {number or key}" for key, number in session.execute(signed)}
    names |= {key: keeper.title for key, keeper in paper_keepers(session, judged)}
    rows = [(name, judged[key]) for key, name in names.items() if key in judged]
    return Standing(
        documents=len(names),
        never=len(names) - len(rows),
        without_timestamp=count_without_timestamp(session),
        next_renewal=min((row.renew_by for _, row in rows if row.renew_by), default=None),
        problems=tuple(
            f"{name}: {row.sentence}"
            for name, row in sorted(rows, key=lambda one: one[0])
            if row.verdict != Verdict.PASSED.value
        ),
    )
