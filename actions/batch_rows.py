"""The rows of batches: their states and results in words, and a batch as its person sees it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.errors import NotFoundError, WrongStateError
from actions.ordering import title_of
from actions.signatures import COMPLETED, KEYED, PLANNED
from models.base import DirectiveId
from models.batch import BatchItem, SigningBatch
from models.directive import Directive
from models.officer import SigningAuthority
from models.signature import Signature

SUMMARISED, RUNNING, FINISHED, STOPPED = "summarised", "running", "finished", "stopped"
"""States of a batch."""
WAITING, SIGNED, REFUSED, NOT_BEGUN = "waiting", "signed", "refused", "not_begun"
"""Results of a file."""
STATE_WORDS = {
    SUMMARISED: "chưa bắt đầu",
    RUNNING: "đang chạy",
    FINISHED: "đã xong",
    STOPPED: "đã dừng",
}
"""How a state is called."""
OUTCOME_WORDS = {
    "officer": {
        WAITING: "đang chờ",
        SIGNED: "đã ký",
        REFUSED: "không ký được",
        NOT_BEGUN: "chưa ký",
    },
    "seal": {
        WAITING: "đang chờ",
        SIGNED: "đã đóng dấu",
        REFUSED: "không đóng dấu được",
        NOT_BEGUN: "chưa đóng dấu",
    },
}
"""How a result is called, by the kind of the batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One file of a batch."""

    position: int
    directive_id: DirectiveId
    number: str
    """`96-HD/BTGTU`, or a word where there is none yet."""
    doc_type: str
    subject: str
    capacity: str
    """In which capacity it is signed; empty for seals."""
    seen_sha256: str
    outcome: str
    problem: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch at one instant."""

    id: uuid.UUID
    kind: str
    state: str
    stop_asked: bool
    created_at: datetime
    ended_at: datetime | None
    lines: tuple[BatchLine, ...]
    prepared: int
    """Files whose plan is written, those included that were signed since."""
    certificate: str | None
    """Fingerprint of the one certificate; None where nothing can be signed."""
    moved_at: datetime
    """When something last happened to it."""

    def lines_with(self, *outcomes: str) -> tuple[BatchLine, ...]:
        """The files that came to one of these results."""
        return tuple(line for line in self.lines if line.outcome in outcomes)

    @property
    def to_sign(self) -> tuple[BatchLine, ...]:
        """The files that still wait."""
        return self.lines_with(WAITING)

    @property
    def signed(self) -> tuple[BatchLine, ...]:
        """The files that were signed."""
        return self.lines_with(SIGNED)


def own_batch(session: Session, actor: Actor, batch_id: uuid.UUID) -> SigningBatch:
    """Returns a batch of this very person.

    Raises:
        NotFoundError: there is none; somebody else's is not spoken of.
    """
    batch = session.get(SigningBatch, batch_id)
    if batch is None or batch.officer_id != actor.id:
        raise NotFoundError("lần ký nhiều văn bản", batch_id)
    return batch


def items_of(session: Session, batch_id: uuid.UUID) -> Sequence[BatchItem]:
    """Returns the files of a batch in their order."""
    return session.scalars(
        select(BatchItem).where(BatchItem.batch_id == batch_id).order_by(BatchItem.position)
    ).all()


def wrong_state(batch: SigningBatch, wanted: str) -> WrongStateError:
    """The refusal of a deed for which the batch is too far, or not far enough."""
    return WrongStateError(
        "Lần ký này", expected=(STATE_WORDS[wanted],), actual=STATE_WORDS[batch.state]
    )


def view(session: Session, actor: Actor, batch_id: uuid.UUID) -> BatchView:
    """Returns a batch as it stands. What a key has signed counts, even after a kill.

    Raises:
        NotFoundError: the actor has no such batch.
    """
    batch = own_batch(session, actor, batch_id)
    made = {
        one.directive_id: one
        for one in session.scalars(
            select(Signature).where(
                Signature.batch_id == batch_id, Signature.state.in_((PLANNED, KEYED, COMPLETED))
            )
        )
    }
    rows = session.execute(
        select(BatchItem, Directive, SigningAuthority)
        .join(Directive, Directive.id == BatchItem.directive_id)
        .outerjoin(SigningAuthority, SigningAuthority.id == Directive.authority_id)
        .where(BatchItem.batch_id == batch_id)
        .order_by(BatchItem.position)
    ).all()
    lines = tuple(
        _line(item, directive, authority if batch.kind == "officer" else None, made)
        for item, directive, authority in rows
    )
    moments = [batch.created_at, batch.ended_at, *(line.at for line in lines)]
    moments += [at for one in made.values() for at in (one.planned_at, one.keyed_at)]
    return BatchView(
        id=batch.id,
        kind=batch.kind,
        state=batch.state,
        stop_asked=batch.stop_asked,
        created_at=batch.created_at,
        ended_at=batch.ended_at,
        lines=lines,
        prepared=len(made),
        certificate=batch.certificate,
        moved_at=max(at for at in moments if at is not None),
    )


def _line(
    item: BatchItem,
    directive: Directive,
    authority: SigningAuthority | None,
    made: dict[DirectiveId | None, Signature],
) -> BatchLine:
    signature = made.get(item.directive_id)
    found = item.outcome == WAITING and signature is not None and signature.state != PLANNED
    words = (*map(str, authority.capacity_lines), authority.position) if authority else ()
    return BatchLine(
        position=item.position,
        directive_id=item.directive_id,
        number=title_of(directive),
        doc_type=directive.doc_type,
        subject=directive.subject,
        capacity=" · ".join(words),
        seen_sha256=item.seen_sha256,
        outcome=SIGNED if found else item.outcome,
        problem=item.problem or "",
        at=signature.keyed_at if found and signature is not None else item.at,
    )
