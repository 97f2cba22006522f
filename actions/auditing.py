"""The chain of audit events: written in the transaction of the deed, provable afterwards."""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session, aliased

from actions.event_kinds import note_events
from models.audit import AuditEvent, AuditHead

GENESIS = "0" * 64
"""The hash before the first event."""
FOLLOWING: Final = "following_events"
"""Note of a session (`Database.bearing`): called with the events of every transaction of an office,
to write what follows from them (`actions.notices.noting`)."""
BESIDE: Final = "beside_events"
"""As `FOLLOWING`, for the deeds of one request: what must stand or fall with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: an officer, a unit that answers, or the machine."""

    kind: str
    """`officer`, `unit` or `machine`."""
    id: str
    name: str
    """Name and post, as the record will show them."""


MACHINE = Actor(kind="machine", id="trinh-ky", name="Trình Ký")
"""The flows, doing what needs no decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What a look at the whole chain found."""

    events: int
    head: str
    broken_at: int | None
    """Sequence of the first event that does not fit, or None where all fit."""
    reason: str
    """One Vietnamese sentence."""


def _canonical(event: AuditEvent) -> bytes:
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = [
        event.sequence, at, event.actor_kind, event.actor_id, event.actor_name, event.deed,
        event.outcome, event.subject_kind, event.subject_id, event.detail,
    ]  # fmt: skip
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _hash(previous: str, event: AuditEvent) -> str:
    return hashlib.sha256(previous.encode() + b"\n" + _canonical(event)).hexdigest()


LONGEST_SUBJECT: Final = 300
"""Characters. Only what somebody asked for in vain is longer; its refusal is written down too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """One event about to be written."""

    actor: Actor
    deed: str
    outcome: str
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]


def append_event(
    session: Session,
    *,
    actor: Actor,
    deed: str,
    outcome: str,
    subject_kind: str,
    subject_id: str,
    detail: dict[str, Any],
    at: datetime,
) -> AuditEvent:
    """Writes one event at the end of the chain. Does not commit.

    Takes the chain's head row first: writers queue for it, so the chain has no forks and no gaps.
    Call it last in a transaction, since from here on nobody else can write.
    """
    new = NewEvent(
        actor=actor, deed=deed, outcome=outcome, subject_kind=subject_kind, subject_id=subject_id,
        detail=detail,
    )  # fmt: skip
    return append_events(session, (new,), at=at)[0]


def append_events(session: Session, new: Sequence[NewEvent], *, at: datetime) -> list[AuditEvent]:
    """Writes several events of one transaction, as `append_event` does one; the head moves once."""
    session.flush()
    if not new:
        return []
    sequence, previous = _take_head(session, len(new))
    made = []
    for number, one in enumerate(new, sequence - len(new) + 1):
        event = AuditEvent(
            sequence=number, at=at, actor_kind=one.actor.kind, actor_id=one.actor.id,
            actor_name=one.actor.name, deed=one.deed, outcome=one.outcome,
            subject_kind=one.subject_kind, subject_id=one.subject_id[:LONGEST_SUBJECT],
            detail=json.loads(json.dumps(one.detail, ensure_ascii=False, default=str)),
            previous_hash=previous, hash="",
        )  # fmt: skip
        previous = event.hash = _hash(previous, event)
        made.append(event)
    session.add_all(made)
    session.execute(update(AuditHead).where(AuditHead.id == 1).values(hash=previous))
    session.flush()
    note_events(session, made)
    session.flush()
    for note in (FOLLOWING, BESIDE):
        beside: Callable[[Session, Sequence[AuditEvent]], None] | None = session.info.get(note)
        if beside is not None:
            beside(session, made)
    return made


def _take_head(session: Session, count: int) -> tuple[int, str]:
    """Moves the head on; returns the sequence of the last new event and the hash before them."""
    head = session.execute(
        update(AuditHead)
        .where(AuditHead.id == 1)
        .values(sequence=AuditHead.sequence + count)
        .returning(AuditHead.sequence, AuditHead.hash)
    ).one_or_none()
    if head is not None:
        return head.sequence, head.hash
    session.add(AuditHead(id=1, sequence=count, hash=GENESIS))
    session.flush()
    return count, GENESIS


def is_about(subject_kind: str, subject_id: object) -> ColumnElement[bool]:
    """The condition on `AuditEvent` under which one is about a subject; the index serves it."""
    return and_(AuditEvent.subject_kind == subject_kind, AuditEvent.subject_id == str(subject_id))


def events(session: Session, *, after: int = 0) -> Iterator[AuditEvent]:
    """Yields the events in order."""
    query = select(AuditEvent).where(AuditEvent.sequence > after).order_by(AuditEvent.sequence)
    found = session.scalars(query.execution_options(yield_per=500))
    try:
        yield from found
    finally:
        # Who stops half-way leaves a cursor open on the server otherwise.
        found.close()


def subject_key(event_subject: str) -> uuid.UUID | None:
    """Returns the identifier of the row that an event is about.

    None where it is about none with such an identifier: officers and accounts go by names, and what
    was refused may have named nothing that there is.
    """
    try:
        return uuid.UUID(event_subject)
    except ValueError:
        return None


def verify_chain(session: Session, *, after: int = 0) -> ChainReport:
    """Recomputes every hash; tells the first event that was changed, removed or added.

    With `after`, only of the events after that number; the one that bears it is believed.
    """
    believed = session.get(AuditEvent, after) if after else None
    previous, expected = believed.hash if believed else GENESIS, after + 1
    for event in events(session, after=after):
        if event.sequence != expected or event.previous_hash != previous:
            return _broken(expected, previous, "thiếu hoặc thừa một sự kiện")
        if _hash(previous, event) != event.hash:
            return _broken(expected, previous, "nội dung sự kiện đã bị sửa")
        previous, expected = event.hash, expected + 1
    head = session.get(AuditHead, 1)
    end = (head.sequence, head.hash) if head is not None else (0, GENESIS)
    if end != (expected - 1, previous):
        return _broken(expected, previous, "các sự kiện cuối đã bị xoá")
    return ChainReport(
        events=expected - 1,
        head=previous,
        broken_at=None,
        reason=f"Nhật ký còn nguyên vẹn: {expected - 1} sự kiện nối nhau đúng thứ tự.",
    )


def verify_events_of(session: Session, subject_kind: str, subject_id: str) -> ChainReport:
    """Recomputes the hashes of the events of one subject, and their ties to both neighbours.

    Tells whether one of them was changed, or one beside them removed or put in; that none was ever
    taken out as a whole with its neighbours, only `verify_chain` can tell. The head is the hash of
    the last of them.
    """
    before, after = aliased(AuditEvent), aliased(AuditEvent)
    # One statement, so that what somebody writes meanwhile is there whole or not at all.
    rows = session.execute(
        select(AuditEvent, before.hash, after.previous_hash, AuditHead.sequence, AuditHead.hash)
        .select_from(AuditEvent)
        .join(AuditHead, AuditHead.id == 1)
        .outerjoin(before, before.sequence == AuditEvent.sequence - 1)
        .outerjoin(after, after.sequence == AuditEvent.sequence + 1)
        .where(is_about(subject_kind, subject_id))
        .order_by(AuditEvent.sequence)
    ).all()
    for event, hash_before, known_after, end, end_hash in rows:
        if _hash(event.previous_hash, event) != event.hash:
            return _broken(event.sequence, event.hash, "nội dung sự kiện đã bị sửa")
        expected_before = GENESIS if event.sequence == 1 else hash_before
        expected_after = end_hash if event.sequence == end else known_after
        if (expected_before, expected_after) != (event.previous_hash, event.hash):
            return _broken(event.sequence, event.hash, "thiếu hoặc thừa một sự kiện")
    return ChainReport(
        events=len(rows),
        head=rows[-1][0].hash if rows else GENESIS,
        broken_at=None,
        reason=f"{len(rows)} việc ghi ở đây khớp mã băm, nối đúng với việc liền trước và liền sau.",
    )


def _broken(sequence: int, head: str, reason: str) -> ChainReport:
    return ChainReport(
        events=sequence - 1,
        head=head,
        broken_at=sequence,
        reason=f"Nhật ký không còn nguyên vẹn từ sự kiện số {sequence}: {reason}.",
    )
