"""Certificates are ended: token lost, officer left, certificate replaced.

A certificate that is ended stays in the office's data with its last day and the reason: what was
signed until then stays valid, what is signed later is refused, by `usable_certificate` before the
key is touched and by our judge afterwards. Once it is ended for today or earlier its key is not
reached any more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from actions.accounts import require_administrator
from actions.auditing import Actor, append_event
from actions.certificates import find_certificate
from actions.desk import Deed
from actions.errors import AlreadyDoneError, InvalidInputError, Problem
from actions.paper_rows import PREPARED, next_kind
from actions.progress import next_steps
from actions.recording import recording_refusals
from actions.signatures import ABANDONED, PLANNED
from models.base import DirectiveId
from models.batch import BatchItem, SigningBatch
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.officer import Officer, RegisteredCertificate
from models.organisation import Organisation
from models.paper import Paper
from models.session import Database
from models.signature import Signature
from signing.request import SignatureKind

_OPEN_BATCHES: Final = ("summarised", "running")
_BEFORE_A_KEY: Final = (DirectiveState.APPROVED, DirectiveState.NUMBERED, DirectiveState.SIGNED)
"""States in which an officer's or the agency's key may be next, whatever the office's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPaper:
    """What waits for a signature by the holder of an ended certificate."""

    directive_id: DirectiveId | None
    """None of a paper beside the directives."""

    title: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What the end of a certificate did."""

    fingerprint: str
    holder: str
    last_day: date
    abandoned: int
    """Signatures that were planned with it and whose key was never touched."""

    batches: int
    """Batches that were stopped."""

    waiting: tuple[WaitingPaper, ...]
    """Open work that waits for another certificate of the same holder."""


def end(
    database: Database,
    fingerprint: str,
    *,
    on: date,
    reason: str,
    at: datetime,
    actor: Actor,
) -> Ended:
    """Ends a certificate: token lost, officer left, certificate replaced.

    Args:
        database: migrated tables.
        fingerprint: its SHA-256 in hexadecimal, or the first eight digits or more.
        on: last day on which signatures with it count. Today or earlier: nothing more is signed
            with it from this moment.
        reason: for the record.
        at: aware, UTC.
        actor: an administrator or the machine.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: no certificate has that fingerprint.
        InvalidInputError: several have, or there is no reason.
        AlreadyDoneError: it was ended for that day or an earlier one.
    """
    with (
        recording_refusals(
            database, actor, "end_certificate", kind="certificate", subject=fingerprint, at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "chấm dứt chứng thư")
        if not reason.strip():
            raise InvalidInputError(Problem(place="Lý do", reason="không được để trống."))
        row = find_certificate(session, fingerprint)
        if row.end_reason is not None and row.valid_to is not None and row.valid_to <= on:
            raise AlreadyDoneError("Chấm dứt chứng thư này")
        deed = Deed(session=session, actor=actor, at=at)
        return end_certificate(deed, row, on=on, reason=reason.strip())


def end_certificate(deed: Deed, row: RegisteredCertificate, *, on: date, reason: str) -> Ended:
    """Ends a certificate, gives up what was planned with it, writes its event. Does not commit."""
    before = {"valid_to": str(row.valid_to) if row.valid_to else None, "key_kind": row.key_kind}
    last = min(on, row.valid_to or on)
    at_once = last <= deed.day
    row.valid_to, row.end_reason = last, reason
    abandoned = batches = 0
    if at_once:
        # Signing today is over as well, though what was signed today before counts.
        row.key_kind = "none"
        abandoned = _abandon_planned(deed, row, reason)
        batches = _stop_batches(deed, row)
    ended = Ended(
        fingerprint=row.fingerprint,
        holder=holder_name(deed.session, row),
        last_day=last,
        abandoned=abandoned,
        batches=batches,
        waiting=_waiting(deed.session, row),
    )
    append_event(
        deed.session, actor=deed.actor, deed="end_certificate", outcome="done",
        subject_kind="certificate", subject_id=row.fingerprint,
        detail={
            "last_day": str(last), "reason": reason, "at_once": at_once, "before": before,
            "abandoned": abandoned, "batches": batches,
            "waiting": [str(one.directive_id or one.subject) for one in ended.waiting],
        },
        at=deed.at,
    )  # fmt: skip
    return ended


def _abandon_planned(deed: Deed, row: RegisteredCertificate, reason: str) -> int:
    given_up = deed.session.execute(
        update(Signature)
        .where(Signature.certificate == row.fingerprint, Signature.state == PLANNED)
        .values(state=ABANDONED, problem=f"Chứng thư đã được chấm dứt: {reason}")
        .execution_options(synchronize_session=False)
    )
    return int(given_up.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def _stop_batches(deed: Deed, row: RegisteredCertificate) -> int:
    if row.officer_id is not None:
        mine = (SigningBatch.kind == "officer", SigningBatch.officer_id == row.officer_id)
        return stop_batches(deed, *mine)
    return stop_batches(deed, SigningBatch.kind == "seal")


def stop_batches(deed: Deed, *which: ColumnElement[bool]) -> int:
    """Stops batches: one that waits is over, one that runs begins no further file.

    Does not commit. Returns how many there were.
    """
    batches = deed.session.scalars(
        select(SigningBatch).where(SigningBatch.state.in_(_OPEN_BATCHES), *which)
    ).all()
    for batch in batches:
        batch.stop_asked = True
        if batch.state != "summarised":
            continue
        batch.state, batch.ended_at = "stopped", deed.at
        deed.session.execute(
            update(BatchItem)
            .where(BatchItem.batch_id == batch.id, BatchItem.outcome == "waiting")
            .values(outcome="not_begun", problem="Chứng thư đã được chấm dứt.", at=deed.at)
            .execution_options(synchronize_session=False)
        )
    return len(batches)


def _waiting(session: Session, row: RegisteredCertificate) -> tuple[WaitingPaper, ...]:
    if row.officer_id is not None:
        return tuple(_directives(session, "sign", Directive.signatory_id == row.officer_id))
    own = Directive.organisation_id == (row.organisation_id or "")
    return (*_directives(session, "seal", own), *_papers(session, row.organisation_id or ""))


def _directives(session: Session, deed: str, mine: ColumnElement[bool]) -> Iterator[WaitingPaper]:
    rows = session.scalars(
        select(Directive)
        .where(mine, Directive.state.in_([state.value for state in _BEFORE_A_KEY]))
        .order_by(Directive.updated_at)
    ).all()
    for one in rows:
        if any(step.deed == deed for step in next_steps(session, one)):
            yield WaitingPaper(
                directive_id=one.id, title=one.number_text or "Dự thảo", subject=one.subject
            )


def _papers(session: Session, organisation_id: str) -> Iterator[WaitingPaper]:
    rows = session.scalars(
        select(Paper)
        .where(Paper.organisation_id == organisation_id, Paper.state == PREPARED)
        .order_by(Paper.created_at)
    ).all()
    for one in rows:
        if next_kind(session, one) is not SignatureKind.OFFICER:
            yield WaitingPaper(directive_id=None, title="Giấy tờ", subject=one.name)


def holder_name(session: Session, row: RegisteredCertificate) -> str:
    """Returns the name of the officer or of the agency."""
    if row.officer_id is not None:
        return session.get_one(Officer, row.officer_id).name
    return session.get_one(Organisation, row.organisation_id or "").name


def end_all_of(deed: Deed, officer_id: str, *, on: date, reason: str) -> Sequence[Ended]:
    """Ends every certificate of an officer that is not ended by then. Does not commit."""
    rows = deed.session.scalars(
        select(RegisteredCertificate)
        .where(RegisteredCertificate.officer_id == officer_id)
        .order_by(RegisteredCertificate.fingerprint)
    ).all()
    return [
        end_certificate(deed, row, on=on, reason=reason)
        for row in rows
        if row.end_reason is None or row.valid_to is None or row.valid_to > on
    ]
