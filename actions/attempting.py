"""One attempt to send: written down before it begins, recorded after it, guarded by the lease.

Everything here works inside a transaction of the caller, so that several attempts share one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from actions import outbox
from actions.delivery_history import write_event
from actions.desk import Deed, Desk
from actions.distribution.rerouting import FAILED_FOR_GOOD, reroute_failed
from actions.notifying import CHASING_KINDS
from actions.outbox import ClaimedRow
from actions.reminding.quiet import may_go_at
from actions.reminding.waiting import is_needless
from delivery.backoff import DEFAULT_BACKOFF, Backoff, next_attempt
from models.dispatch import Consignment, DeliveryAttempt, Notice
from models.lifecycle import DeliveryState
from models.outbox import OutboxRow

_S = DeliveryState
SENDABLE = (_S.PLANNED, _S.SENDING, _S.UNKNOWN)
"""States in which a message may still be sent; the others are an answer or a decision."""


class UnknownPolicy(StrEnum):
    """What follows when nobody can say whether a message arrived."""

    RESEND = "resend"
    """Send it again under the same Message-ID: the receiver can recognise the repeat."""
    ASK = "ask"
    """Leave it to a person."""


class OutcomeKind(StrEnum):
    """How an attempt ended."""

    SENT = "sent"
    TRANSIENT = "transient"
    PERMANENT = "permanent"
    """The other side refused for good."""
    UNFIT = "unfit"
    """Our own side could not make the message: an unfit address, a file that is missing."""
    UNKNOWN = "unknown"
    LEASE_LOST = "lease_lost"
    NOT_SENT = "not_sent"
    """Nothing was to be sent any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt ended, in the channel's own words."""

    kind: OutcomeKind
    """What it means for us."""
    code: str | None = None
    """The channel's code."""
    text: str = ""
    """The channel's words."""
    elsewhere: bool = True
    """False where no other channel could do better: a file of ours is missing."""

    @property
    def words(self) -> str:
        """Code and words, as they are shown."""
        return " ".join(part for part in (self.code, self.text) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatching:
    """How a dispatching process works."""

    lease_s: int = outbox.LEASE_S
    """How long an attempt may take before others take its row over."""
    backoff: Backoff = DEFAULT_BACKOFF
    """Pauses between attempts and their limit."""
    unknown: UnknownPolicy = UnknownPolicy.RESEND
    """What follows an unknown outcome."""


DEFAULT_DISPATCHING = Dispatching()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt that was written down and may be made."""

    id: int
    row: ClaimedRow
    token: str


def begin_all(
    session: Session,
    rows: Sequence[tuple[ClaimedRow, str]],
    token: str,
    *,
    at: datetime,
    how: Dispatching,
) -> list[Attempt]:
    """Writes down that attempts begin; commit before anything is sent.

    An attempt's row is its own record, so it has no audit event; the outcome has one.

    Args:
        session: the open transaction.
        rows: claimed rows, each with the text that goes out.
        token: proves the lease.
        at: aware, UTC.
        how: leases.

    Returns:
        The attempts that may be made. Left out are those whose lease was lost, and those that an
        answer or a decision overtook; their rows are settled.
    """
    until = at + timedelta(seconds=how.lease_s)
    held = outbox.renew_all(session, [row.id for row, _ in rows], token, until=until)
    alive = [
        (row, text)
        for row, text in rows
        if row.id in held and not _must_wait(session, row, token, at)
    ]
    for row, _ in alive:
        if _is_overtaken(session, row):
            said = "Không gửi nữa: đơn vị đã báo cáo hoặc đang xin gia hạn."
            _move(session, row, _S.HELD, detail=said)
    moved = _move_all(session, [row for row, _ in alive])
    for row, _ in alive:
        if row.reference not in moved:
            outbox.settle(session, row.id, token)
    going = [(row, text) for row, text in alive if row.reference in moved]
    return _write_attempts(session, going, token, at)


def _write_attempts(
    session: Session, going: Sequence[tuple[ClaimedRow, str]], token: str, at: datetime
) -> list[Attempt]:
    keys = [row.ikey for row, _ in going]
    counted = session.execute(
        select(DeliveryAttempt.ikey, func.count())
        .where(DeliveryAttempt.ikey.in_(keys))
        .group_by(DeliveryAttempt.ikey)
    )
    made = {row[0]: row[1] for row in counted}
    outbox.keep_texts(session, {row.id: text for row, text in going if not row.said})
    attempts = [
        DeliveryAttempt(ikey=row.ikey, ordinal=made.get(row.ikey, 0) + 1, started_at=at)
        for row, _ in going
    ]
    session.add_all(attempts)
    session.flush()
    return [
        Attempt(id=attempt.id, row=row, token=token)
        for attempt, (row, _) in zip(attempts, going, strict=True)
    ]


def _move_all(session: Session, rows: Sequence[ClaimedRow]) -> set[str]:
    """Moves what may be sent to `sending`, each table at once; returns what moved."""
    moved: set[str] = set()
    for table, kind in ((Consignment, "consignment"), (Notice, "notice")):
        keys = [UUID(row.reference) for row in rows if row.kind == kind]
        if keys:
            changed = session.scalars(
                update(table)
                .where(table.id.in_(keys), table.state.in_([one.value for one in SENDABLE]))
                .values(state=_S.SENDING.value)
                .returning(table.id)
                .execution_options(synchronize_session=False)
            )
            moved |= {str(key) for key in changed}
    return moved


def record(
    desk: Desk, deed: Deed, attempt: Attempt, outcome: Outcome, *, how: Dispatching
) -> OutcomeKind:
    """Records how an attempt ended, with the message's own state and what follows from it.

    What failed for good goes on by the unit's next channel at once. Where the lease was lost in
    the meantime only the attempt is written: somebody else holds the message now. Does not commit;
    the words of the audit event are in `deed.detail`.
    """
    row = attempt.row
    held = _end_row(deed, row, attempt.token, outcome, how)
    kind = outcome.kind if held else OutcomeKind.LEASE_LOST
    end_attempt(deed, attempt.id, kind, outcome)
    deed.detail |= audited(row, kind, outcome)
    if held:
        state = _state_after(deed, row, outcome, how)
        if _move(deed.session, row, state, **_marks(deed, outcome)):
            _tell(desk, deed, row, state, outcome)
    return kind


def audited(row: ClaimedRow, kind: OutcomeKind, outcome: Outcome) -> dict[str, Any]:
    """Returns what the audit event says of an outcome."""
    return {"outcome": kind.value, "words": outcome.words, "key": row.ikey}


def take_back(desk: Desk, deed: Deed, work: OutboxRow, *, how: Dispatching) -> OutcomeKind:
    """Takes a row back whose lease ran out. Does not commit.

    Where an attempt had begun by mail, the message may have been handed over: its state is unknown,
    and the policy decides. Elsewhere a repeat is harmless, and the row simply waits again.
    """
    row = ClaimedRow(
        id=work.id, ikey=work.ikey, kind=work.kind, reference=work.reference,
        attempts=work.attempts,
    )  # fmt: skip
    attempt = deed.session.scalar(
        select(DeliveryAttempt)
        .where(DeliveryAttempt.ikey == row.ikey, DeliveryAttempt.outcome == "started")
        .order_by(DeliveryAttempt.ordinal.desc())
    )
    if attempt is None or not _repeat_matters(deed.session, row):
        outbox.requeue(deed.session, row.id, work.lease_token, next_at=deed.at)
        kind = OutcomeKind.NOT_SENT
        if attempt is not None:
            end_attempt(deed, attempt.id, OutcomeKind.LEASE_LOST, Outcome(kind=kind))
        return kind
    said = "Tiến trình gửi dừng giữa chừng; không rõ thư đã được nhận hay chưa."
    outcome = Outcome(kind=OutcomeKind.UNKNOWN, code="lease_expired", text=said)
    end_attempt(deed, attempt.id, outcome.kind, outcome)
    if _move(deed.session, row, _S.UNKNOWN, detail=outcome.words):
        _tell(desk, deed, row, _S.UNKNOWN, outcome)
    if how.unknown is UnknownPolicy.RESEND:
        outbox.requeue(deed.session, row.id, work.lease_token, next_at=deed.at)
    else:
        outbox.settle(deed.session, row.id, work.lease_token)
    return outcome.kind


def end_attempt(deed: Deed, attempt_id: int, kind: OutcomeKind, outcome: Outcome) -> None:
    """Writes the end of an attempt beside its beginning. Does not commit."""
    deed.session.execute(
        update(DeliveryAttempt)
        .where(DeliveryAttempt.id == attempt_id)
        .values(
            ended_at=deed.at, outcome=kind.value, text=outcome.text,
            code=outcome.code[:40] if outcome.code else None,
        )
    )  # fmt: skip


def _tell(desk: Desk, deed: Deed, row: ClaimedRow, state: DeliveryState, outcome: Outcome) -> None:
    """Writes the move into the consignment's history, and lets the next channel take over."""
    if row.kind != "consignment":
        return
    key = UUID(row.reference)
    write_event(
        deed, key, source="channel", words=outcome.text or outcome.words, state=state,
        code=outcome.code,
    )  # fmt: skip
    if state in FAILED_FOR_GOOD and outcome.elsewhere:
        one = deed.session.get_one(Consignment, key)
        reroute_failed(desk, deed, one, why=outcome.words)


def _end_row(deed: Deed, row: ClaimedRow, token: str, outcome: Outcome, how: Dispatching) -> bool:
    again = _next(deed, row, outcome, how)
    if again is None:
        return outbox.settle(deed.session, row.id, token)
    return outbox.requeue(deed.session, row.id, token, next_at=again)


def _next(deed: Deed, row: ClaimedRow, outcome: Outcome, how: Dispatching) -> datetime | None:
    """Returns when to try again, None where there is no further attempt."""
    if outcome.kind is OutcomeKind.TRANSIENT or (
        outcome.kind is OutcomeKind.UNKNOWN and how.unknown is UnknownPolicy.RESEND
    ):
        return next_attempt(row.attempts, at=deed.at, backoff=how.backoff)
    return None


def _state_after(deed: Deed, row: ClaimedRow, outcome: Outcome, how: Dispatching) -> DeliveryState:
    if outcome.kind is OutcomeKind.TRANSIENT:
        return _S.FAILED if _next(deed, row, outcome, how) is None else _S.PLANNED
    return {
        OutcomeKind.SENT: _S.SENT,
        OutcomeKind.PERMANENT: _S.BOUNCED,
        OutcomeKind.UNFIT: _S.FAILED,
        OutcomeKind.UNKNOWN: _S.UNKNOWN,
    }[outcome.kind]


def _marks(deed: Deed, outcome: Outcome) -> dict[str, Any]:
    marks: dict[str, Any] = {"detail": outcome.words}
    if outcome.kind is OutcomeKind.SENT:
        marks["sent_at"] = deed.at
    return marks


def _move(
    session: Session,
    row: ClaimedRow,
    new: DeliveryState,
    **values: Any,  # noqa: ANN401 (columns of both tables, of every type)
) -> bool:
    """Moves the consignment or notice in one guarded UPDATE; False where it stands elsewhere."""
    table = Consignment if row.kind == "consignment" else Notice
    changed = session.execute(
        update(table)
        .where(table.id == UUID(row.reference), table.state.in_([one.value for one in SENDABLE]))
        .values(state=new.value, **values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def _must_wait(session: Session, row: ClaimedRow, token: str, at: datetime) -> bool:
    """Puts a reminder back whose attempt would fall into the quiet hours: none goes out in them."""
    if row.kind != "notice" or not _chases(session.get_one(Notice, UUID(row.reference))):
        return False
    loud = may_go_at(session, at)
    return loud > at and outbox.requeue(session, row.id, token, next_at=loud)


def _chases(notice: Notice) -> bool:
    return notice.kind in CHASING_KINDS or "chased" in notice.payload


def _is_overtaken(session: Session, row: ClaimedRow) -> bool:
    """Tells whether a reminder has become needless while it waited in the outbox."""
    if row.kind != "notice":
        return False
    notice = session.get_one(Notice, UUID(row.reference))
    return notice.kind in (*CHASING_KINDS, "copy") and is_needless(session, notice)


def _repeat_matters(session: Session, row: ClaimedRow) -> bool:
    """Tells whether the receiver would see a repeat: by mail yes, in a folder or over HTTP no."""
    if row.kind == "consignment":
        return session.get_one(Consignment, UUID(row.reference)).channel == "smtp"
    return session.get_one(Notice, UUID(row.reference)).channel == "smtp"
