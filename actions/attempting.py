"""One attempt to send: written down before it begins, recorded after it, guarded by the lease.

Everything here works inside a transaction of the caller, so that several attempts share one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from actions import outbox
from actions.desk import Deed, Desk
from actions.distribution.history import write_event
from actions.distribution.rerouting import FAILED_FOR_GOOD, reroute_failed
from actions.ladders import is_still_chased
from actions.notifying import CHASING_KINDS
from actions.outbox import ClaimedRow
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


def begin(
    session: Session, row: ClaimedRow, token: str, *, text: str, at: datetime, how: Dispatching
) -> Attempt | None:
    """Writes down that an attempt begins; commit before anything is sent.

    The attempt's row is its own record, so it has no audit event; the outcome has one.

    Returns:
        The attempt; None where nothing may be sent: the lease was lost, or an answer or a decision
        came first (then the row is settled).
    """
    until = at + timedelta(seconds=how.lease_s)
    if not outbox.renew(session, row.id, token, until=until):
        return None
    if _is_overtaken(session, row):
        said = "Không gửi nữa: đơn vị đã báo cáo hoặc đang xin gia hạn."
        _move(session, row, _S.HELD, detail=said)
    if not _move(session, row, _S.SENDING):
        outbox.settle(session, row.id, token)
        return None
    work = session.get_one(OutboxRow, row.id)
    work.payload = {"text": text, **work.payload}
    attempt = DeliveryAttempt(ikey=row.ikey, ordinal=_ordinal(session, row), started_at=at)
    session.add(attempt)
    session.flush()
    return Attempt(id=attempt.id, row=row, token=token)


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
    deed.detail |= {"outcome": kind.value, "words": outcome.words, "key": row.ikey}
    if held:
        state = _state_after(deed, row, outcome, how)
        if _move(deed.session, row, state, **_marks(deed, outcome)):
            _tell(desk, deed, row, state, outcome)
    return kind


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


def _is_overtaken(session: Session, row: ClaimedRow) -> bool:
    """Tells whether a reminder has become needless while it waited in the outbox."""
    if row.kind != "notice":
        return False
    notice = session.get_one(Notice, UUID(row.reference))
    about, unit = notice.directive_id, notice.organisation_id
    if notice.kind not in (*CHASING_KINDS, "copy") or about is None or unit is None:
        return False
    return not is_still_chased(session, about, unit)


def _repeat_matters(session: Session, row: ClaimedRow) -> bool:
    """Tells whether the receiver would see a repeat: by mail yes, in a folder or over HTTP no."""
    if row.kind == "consignment":
        return session.get_one(Consignment, UUID(row.reference)).channel == "smtp"
    return session.get_one(Notice, UUID(row.reference)).channel == "smtp"


def _ordinal(session: Session, row: ClaimedRow) -> int:
    made = select(func.count()).select_from(DeliveryAttempt).where(DeliveryAttempt.ikey == row.ikey)
    return session.scalars(made).one() + 1
