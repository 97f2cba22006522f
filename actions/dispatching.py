"""Dispatch: the sending of what lies in the outbox, and who gets a directive at all.

The network is never asked inside a transaction: a batch is claimed, each attempt is written down,
sent, and recorded. One thread writes the database; others talk to the other sides, one channel
each, and what has ended meanwhile is recorded together. A second run finds nothing to send; a run
after a crash repeats at most what was under way, under the same Message-ID, and says so.
"""

from collections import Counter, deque
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue

from sqlalchemy.orm import Session

from actions import outbox
from actions.attempting import (
    Attempt,
    Dispatching,
    Outcome,
    OutcomeKind,
    UnknownPolicy,
    begin_all,
    take_back,
)
from actions.auditing import MACHINE, NewEvent, append_events
from actions.composing import Composer, Draft, FileCache
from actions.consigning import plan_consignments, preview_units, resend
from actions.desk import Deed, Desk, doing
from actions.outcomes import record_all
from archive.errors import ArchiveError, StoreUnavailableError
from delivery.channel import Channel
from delivery.errors import (
    ChannelError,
    EnvelopeError,
    PermanentDeliveryError,
    UnknownOutcomeError,
)
from models.organisation import Office

__all__ = [
    "DispatchSummary",
    "deliver_batch",
    "plan_consignments",
    "preview_units",
    "release_expired",
    "resend",
]

KINDS = ("consignment", "notice")
"""Kinds of outbox rows that are messages."""
AT_ONCE = 50
"""So many messages are composed in one look at the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchSummary:
    """What one round of sending did."""

    claimed: int = 0
    """Rows taken; 0 where nothing was due."""
    sent: int = 0
    """Confirmed by the other side."""
    bounced: int = 0
    """Refused for good."""
    failed: int = 0
    """Could not be made, or the last attempt failed."""
    unknown: int = 0
    """Handed over without an answer."""
    retried: int = 0
    """Put back for a later attempt."""
    lost: int = 0
    """Lease lost, or nothing to send any more."""
    released: int = 0
    """Rows of dead workers taken back."""


@dataclass(slots=True)
class _Line:
    """The channels of one thread at a time, each opened once per round."""

    desk: Desk
    stack: ExitStack
    channels: dict[str, Channel] = field(default_factory=dict)

    def channel(self, name: str) -> Channel | None:
        """Returns the channel of that name; None where there is none."""
        if name not in self.channels:
            make = self.desk.channels.get(name)
            if make is None:
                return None
            self.channels[name] = self.stack.enter_context(make())
        return self.channels[name]


@dataclass(slots=True)
class _Round:
    """What one round of sending works with."""

    desk: Desk
    how: Dispatching
    token: str
    composer: Composer
    pool: ThreadPoolExecutor
    lines: SimpleQueue[_Line]
    running: dict[Future[Outcome], Attempt] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)

    def work(self, rows: Iterable[outbox.ClaimedRow]) -> None:
        """Sends all rows: whenever something has ended, it is recorded and the next ones begin."""
        waiting, composed = deque(rows), deque[tuple[outbox.ClaimedRow, Draft]]()
        while waiting or composed or self.running:
            ended = [] if not self.running else wait(self.running, return_when=FIRST_COMPLETED)[0]
            # All results first: a process that is being ended records nothing half.
            results = [(self.running.pop(future), future.result()) for future in ended]
            room = self.desk.connections - len(self.running)
            if len(composed) < room:
                next_ = [waiting.popleft() for _ in range(min(AT_ONCE, len(waiting)))]
                composed.extend(zip(next_, self.composer.compose(next_), strict=True))
            begun = [composed.popleft() for _ in range(min(room, len(composed)))]
            for attempt, draft in self._write(results, begun):
                self.running[self.pool.submit(self._send, draft)] = attempt

    def _write(
        self,
        results: list[tuple[Attempt, Outcome]],
        begun: list[tuple[outbox.ClaimedRow, Draft]],
    ) -> list[tuple[Attempt, Draft]]:
        """Records what has ended and writes down what begins, in one transaction."""
        at, deeds, started = self.desk.clock(), [], []
        counted: Counter[str] = Counter()
        with self.desk.database.writing() as session:
            recorded = record_all(self.desk, session, results, at=at, how=self.how)
            for (attempt, _), (kind, deed) in zip(results, recorded, strict=True):
                counted[_counts_as(kind, attempt.row, self.how)] += 1
                deeds.append((attempt.row.kind, deed))
            drafts = {row.id: draft for row, draft in begun}
            texts = [(row, draft.text) for row, draft in begun]
            new = begin_all(session, texts, self.token, at=at, how=self.how)
            started += [(attempt, drafts[attempt.row.id]) for attempt in new]
            counted["lost"] += len(begun) - len(started)
            _audit(session, deeds, at)
        self.counted += counted
        return started

    def _send(self, draft: Draft) -> Outcome:
        line = self.lines.get()
        try:
            return _attempt(line, draft)
        finally:
            self.lines.put(line)


def deliver_batch(
    desk: Desk, *, limit: int = 50, how: Dispatching | None = None
) -> DispatchSummary:
    """Takes back what dead workers left, then sends up to `limit` due messages.

    Call it until `claimed` is 0. Safe to run twice, and at once in several processes on PostgreSQL.

    Args:
        desk: the tools; `desk.connections` messages are under way at once.
        limit: how many rows are claimed.
        how: pauses, leases and policy; by default the office's own policy.
    """
    how = how or usual_way(desk)
    released = release_expired(desk, how=how)
    batch = outbox.claim(desk, KINDS, limit=limit, lease_s=how.lease_s)
    if not batch.rows:
        return DispatchSummary(released=released)
    counted = _send_all(desk, batch, how)
    return DispatchSummary(claimed=len(batch.rows), released=released, **counted)


def usual_way(desk: Desk) -> Dispatching:
    """Returns how this office dispatches: what follows an unknown outcome is its own choice."""
    with desk.database.reading() as session:
        office = session.get(Office, 1)
    return Dispatching(unknown=UnknownPolicy(office.unknown_policy)) if office else Dispatching()


def _send_all(desk: Desk, batch: outbox.Batch, how: Dispatching) -> Counter[str]:
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(desk.connections, "dispatch"))
        lines: SimpleQueue[_Line] = SimpleQueue()
        for _ in range(desk.connections):
            lines.put(_Line(desk=desk, stack=stack.enter_context(ExitStack())))
        work = _Round(
            desk=desk, how=how, token=batch.token, pool=pool, lines=lines,
            composer=Composer(desk=desk, files=FileCache(desk)),
        )  # fmt: skip
        work.work(batch.rows)
    return work.counted


def release_expired(desk: Desk, *, how: Dispatching | None = None) -> int:
    """Takes back rows whose lease ran out. Returns how many."""
    with desk.database.reading() as session:
        if not outbox.any_expired(session, KINDS, at=desk.clock()):
            return 0
    policy = how or usual_way(desk)
    with doing(desk, MACHINE, "release_expired", kind="outbox") as deed:
        works = outbox.expired(deed.session, KINDS, at=deed.at)
        deed.detail["rows"] = [
            {"key": work.ikey, "outcome": take_back(desk, deed, work, how=policy).value}
            for work in works
        ]
    return len(works)


def _audit(session: Session, deeds: list[tuple[str, Deed]], at: datetime) -> None:
    """Writes the events of all outcomes; last, since then nobody else can write."""
    new = [
        NewEvent(
            actor=deed.actor, outcome="done", subject_kind=kind, subject_id=deed.subject_id,
            deed="dispatch" if kind == "consignment" else "send_notice", detail=deed.detail,
        )
        for kind, deed in deeds
    ]  # fmt: skip
    append_events(session, new, at=at)


def _counts_as(kind: OutcomeKind, row: outbox.ClaimedRow, how: Dispatching) -> str:
    """Returns the field of the summary that an outcome counts under."""
    last = row.attempts >= how.backoff.attempts
    return {
        OutcomeKind.SENT: "sent",
        OutcomeKind.PERMANENT: "bounced",
        OutcomeKind.UNFIT: "failed",
        OutcomeKind.TRANSIENT: "failed" if last else "retried",
        OutcomeKind.UNKNOWN: "unknown",
    }.get(kind, "lost")


def _attempt(line: _Line, draft: Draft) -> Outcome:
    """Makes the parcel and hands it over; every fault becomes an outcome with its words."""
    try:
        channel = line.channel(draft.channel)
        if channel is None:
            said = f"Chưa cấu hình kênh gửi “{draft.channel}”."
            return Outcome(kind=OutcomeKind.TRANSIENT, code="no_channel", text=said)
        receipt = channel.send(draft.parcel())
    except ChannelError as fault:
        return _fault(fault)
    except StoreUnavailableError as fault:
        return Outcome(kind=OutcomeKind.TRANSIENT, code=fault.code, text=fault.diagnosis())
    except ArchiveError as fault:
        return Outcome(
            kind=OutcomeKind.UNFIT, code=fault.code, text=fault.diagnosis(), elsewhere=False
        )
    except EnvelopeError as fault:
        return Outcome(kind=OutcomeKind.UNFIT, code=fault.code, text=fault.diagnosis())
    return Outcome(kind=OutcomeKind.SENT, code=receipt.code, text=receipt.text)


def _fault(fault: ChannelError) -> Outcome:
    if isinstance(fault, PermanentDeliveryError):
        kind = OutcomeKind.PERMANENT
    elif isinstance(fault, UnknownOutcomeError):
        kind = OutcomeKind.UNKNOWN
    else:
        kind = OutcomeKind.TRANSIENT
    words = " ".join(part for part in (fault.enhanced_code, fault.reply_text) if part)
    return Outcome(kind=kind, code=fault.reply_code, text=words)
