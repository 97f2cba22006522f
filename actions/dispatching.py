"""Dispatch: the sending of what lies in the outbox, and who gets a directive at all.

The network is never asked inside a transaction: a batch is claimed, each attempt is written down,
sent, and recorded. A second run finds nothing to send; a run after a crash repeats at most what was
under way, under the same Message-ID, and says so.
"""

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field

from actions import outbox
from actions.attempting import (
    DEFAULT_DISPATCHING,
    Dispatching,
    Outcome,
    OutcomeKind,
    begin,
    record,
    take_back,
)
from actions.auditing import MACHINE
from actions.composing import Draft, FileCache, compose
from actions.consigning import plan_consignments, preview_units, resend
from actions.desk import Desk, doing
from archive.errors import ArchiveError, StoreUnavailableError
from delivery.channel import Channel
from delivery.errors import (
    ChannelError,
    EnvelopeError,
    PermanentDeliveryError,
    UnknownOutcomeError,
)

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
class _Round:
    """What one round of sending works with."""

    desk: Desk
    how: Dispatching
    token: str
    stack: ExitStack
    files: FileCache
    channels: dict[str, Channel] = field(default_factory=dict)

    def channel(self, name: str) -> Channel | None:
        """Returns the channel of that name, opened once per round; None where there is none."""
        if name not in self.channels:
            make = self.desk.channels.get(name)
            if make is None:
                return None
            self.channels[name] = self.stack.enter_context(make())
        return self.channels[name]


def deliver_batch(
    desk: Desk, *, limit: int = 50, how: Dispatching = DEFAULT_DISPATCHING
) -> DispatchSummary:
    """Takes back what dead workers left, then sends up to `limit` due messages.

    Call it until `claimed` is 0. Safe to run twice, and at once in several processes on PostgreSQL.
    """
    released = release_expired(desk, how=how)
    batch = outbox.claim(desk, KINDS, limit=limit, lease_s=how.lease_s)
    counted: Counter[str] = Counter()
    with ExitStack() as stack:
        work = _Round(
            desk=desk, how=how, token=batch.token, stack=stack, files=FileCache(desk)
        )  # fmt: skip
        for row in batch.rows:
            counted[_deliver(work, row)] += 1
    return DispatchSummary(claimed=len(batch.rows), released=released, **counted)


def release_expired(desk: Desk, *, how: Dispatching = DEFAULT_DISPATCHING) -> int:
    """Takes back rows whose lease ran out. Returns how many."""
    with desk.database.reading() as session:
        if not outbox.any_expired(session, KINDS, at=desk.clock()):
            return 0
    with doing(desk, MACHINE, "release_expired", kind="outbox") as deed:
        works = outbox.expired(deed.session, KINDS, at=deed.at)
        deed.detail["rows"] = [
            {"key": work.ikey, "outcome": take_back(deed, work, how=how).value} for work in works
        ]
    return len(works)


def _deliver(work: _Round, row: outbox.ClaimedRow) -> str:
    """Sends one row; returns the field of the summary that it counts under."""
    draft = compose(work.desk, row, work.files)
    attempt_id = begin(work.desk, row, work.token, text=draft.text, how=work.how)
    if attempt_id is None:
        return "lost"
    outcome = _attempt(work, draft)
    kind = record(work.desk, row, work.token, attempt_id, outcome, how=work.how)
    last = row.attempts >= work.how.backoff.attempts
    return {
        OutcomeKind.SENT: "sent",
        OutcomeKind.PERMANENT: "bounced",
        OutcomeKind.UNFIT: "failed",
        OutcomeKind.TRANSIENT: "failed" if last else "retried",
        OutcomeKind.UNKNOWN: "unknown",
    }.get(kind, "lost")


def _attempt(work: _Round, draft: Draft) -> Outcome:
    """Makes the envelope and hands it over; every fault becomes an outcome with its words."""
    try:
        channel = work.channel(draft.channel)
        if channel is None:
            said = f"Chưa cấu hình kênh gửi “{draft.channel}”."
            return Outcome(kind=OutcomeKind.TRANSIENT, code="no_channel", text=said)
        receipt = channel.send(draft.envelope())
    except ChannelError as fault:
        return _fault(fault)
    except StoreUnavailableError as fault:
        return Outcome(kind=OutcomeKind.TRANSIENT, code=fault.code, text=fault.diagnosis())
    except (EnvelopeError, ArchiveError) as fault:
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
