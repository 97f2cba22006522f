"""Carrying a batch out: one key, opened once; everything planned first, then signed file by file.

Each file's result is stored as it comes. A file that cannot be signed does not stop the others; a
key that is lost does. Between two files the person's wish to stop is looked at. A kill leaves what
the key has signed on record, and the rest unsigned: both are found by looking.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import select, update

from actions.auditing import Actor
from actions.batch_rows import (
    FINISHED,
    REFUSED,
    RUNNING,
    SIGNED,
    STOPPED,
    SUMMARISED,
    WAITING,
    items_of,
    own_batch,
)
from actions.batching import ACTS, begin_batch, close
from actions.desk import Desk
from actions.errors import (
    ActionRefusedError,
    PinRefusedError,
    UnavailableError,
    WrongStateError,
)
from actions.keying import (
    Admitted,
    Order,
    PlannedSignature,
    admit,
    announce,
    let_sign,
    open_key,
    plan,
    record,
    require_good,
)
from actions.sealing import require_signed
from models.base import DirectiveId
from models.batch import BatchItem, SigningBatch
from signing.keys.key import SigningKey
from signing.request import SignatureKind

OTHER_CERTIFICATE = (
    "Chứng thư đã đổi so với lúc lập danh sách. Việc cần làm: lập lại danh sách rồi ký."
)
STOPPED_BY_PERSON = "Đã dừng theo yêu cầu trước khi đến văn bản này."
STOPPED_BY_SERVER = "Máy chủ dừng trước khi đến văn bản này. Việc cần làm: lập lại danh sách."
KEY_LOST = "Khoá không còn trả lời nên chưa đến văn bản này. {reason}"
NOT_REACHED = "Chưa đến văn bản này."

Signed = Callable[[DirectiveId], None]
"""Told of each directive that was signed, so that its run may go on."""


@dataclass(frozen=True, slots=True)
class _File:
    """One file on its way."""

    position: int
    order: Order
    admitted: Admitted


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is worked with."""

    desk: Desk
    actor: Actor
    id: uuid.UUID
    kind: SignatureKind
    certificate: str | None
    """Fingerprint of the one that the summary showed."""
    halted: Callable[[], bool]
    """Whether the process itself is to end."""

    def note(self, position: int, outcome: str, problem: str | None = None) -> None:
        """Stores the result of a file, which is decided once."""
        with self.desk.database.writing() as session:
            session.execute(
                update(BatchItem)
                .where(
                    BatchItem.batch_id == self.id,
                    BatchItem.position == position,
                    BatchItem.outcome == WAITING,
                )
                .values(outcome=outcome, problem=problem, at=self.desk.clock())
            )

    def end(self, deed: str, state: str, reason: str) -> None:
        """Ends the batch, unless somebody else ended it meanwhile."""
        with suppress(WrongStateError):
            close(self.desk, self.actor, self.id, deed, state=state, reason=reason)

    @property
    def why_stopped(self) -> str:
        """Why files were not begun."""
        return STOPPED_BY_SERVER if self.halted() else STOPPED_BY_PERSON

    def goes_on(self) -> bool:
        """Whether the next file may be begun: nobody asked to stop, and nobody ended the batch."""
        if self.halted():
            return False
        with self.desk.database.reading() as session:
            wanted = select(SigningBatch.id).where(
                SigningBatch.id == self.id,
                SigningBatch.state == RUNNING,
                SigningBatch.stop_asked.is_(False),
            )
            return session.scalars(wanted).first() is not None


def run_batch(desk: Desk, actor: Actor, batch_id: uuid.UUID, pin: str) -> None:
    """Begins a batch and carries it out.

    Raises:
        ActionRefusedError: as `begin_batch` and `carry_out`.
    """
    begin_batch(desk, actor, batch_id)
    carry_out(desk, actor, batch_id, pin)


def carry_out(
    desk: Desk,
    actor: Actor,
    batch_id: uuid.UUID,
    pin: str,
    *,
    signed: Signed = lambda _key: None,
    halted: Callable[[], bool] = lambda: False,
) -> None:
    """Signs the files of a batch that was begun.

    Args:
        desk: the tools.
        actor: whose batch it is.
        batch_id: the batch; `begin_batch` was called.
        pin: opens the key, once; never stored, never written anywhere.
        signed: told of each directive as soon as its signature is on record.
        halted: tells that the process is to end; looked at between two files.

    Raises:
        NotFoundError: the actor has no such batch.
        PinRefusedError, CertificateUnfitError, UnavailableError: the key could not be used;
            nothing was signed and the batch may be begun again.
    """
    with desk.database.reading() as session:
        row = own_batch(session, actor, batch_id)
    batch = _Batch(desk, actor, batch_id, SignatureKind(row.kind), row.certificate, halted)
    files = list(_admitted(batch))
    if not files:
        batch.end("finish_batch", FINISHED, NOT_REACHED)
        return
    try:
        _through_the_key(batch, files, pin, signed)
    except _KeyNotUsedError as refusal:
        batch.end("put_back_batch", SUMMARISED, refusal.cause.diagnosis())
        raise refusal.cause from None


class _KeyNotUsedError(Exception):
    """The key could not be used at all; nothing was signed."""

    def __init__(self, cause: ActionRefusedError) -> None:
        super().__init__(cause)
        self.cause = cause


def _admitted(batch: _Batch) -> Iterator[_File]:
    """The files that may still be signed, by the very certificate that the summary showed."""
    with batch.desk.database.reading() as session:
        items = [one for one in items_of(session, batch.id) if one.outcome == WAITING]
    for item in items:
        order = Order(
            directive_id=item.directive_id, act=ACTS[batch.kind], seen_sha256=item.seen_sha256
        )
        try:
            admitted = admit(batch.desk, batch.actor, order)
        except ActionRefusedError as refusal:
            batch.note(item.position, REFUSED, refusal.diagnosis())
            continue
        if admitted.certificate.fingerprint != batch.certificate:
            batch.note(item.position, REFUSED, OTHER_CERTIFICATE)
            continue
        yield _File(item.position, order, admitted)


def _through_the_key(batch: _Batch, files: list[_File], pin: str, signed: Signed) -> None:
    first = files[0]
    try:
        require_good(batch.desk, batch.actor, first.order, first.admitted)
        key = open_key(batch.desk, batch.actor, first.order, first.admitted, pin)
    except ActionRefusedError as refusal:
        raise _KeyNotUsedError(refusal) from None
    with key:
        planned = dict(_planned(batch, files, key))
        try:
            if planned:
                announce(batch.desk, batch.actor, first.order, key, list(planned.values()))
        except ActionRefusedError as refusal:
            raise _KeyNotUsedError(refusal) from None
        state, reason = _sign_each(batch, files, planned, key, signed)
    batch.end("finish_batch", state, reason)


def _planned(
    batch: _Batch, files: list[_File], key: SigningKey
) -> Iterator[tuple[int, PlannedSignature]]:
    """Writes down everything before the key signs anything; the documents' bytes are let go."""
    for file in files:
        if not batch.goes_on():
            return
        try:
            if batch.kind is SignatureKind.SEAL:
                require_signed(batch.desk, batch.actor, file.order.directive_id)
            made = plan(
                batch.desk,
                batch.actor,
                file.order,
                file.admitted,
                certificate=key.certificate,
                mechanism=key.mechanism,
                batch_id=batch.id,
            )
        except ActionRefusedError as refusal:
            batch.note(file.position, REFUSED, refusal.diagnosis())
            continue
        yield file.position, replace(made, prepared=replace(made.prepared, pdf=b""))


def _sign_each(
    batch: _Batch,
    files: list[_File],
    planned: dict[int, PlannedSignature],
    key: SigningKey,
    signed: Signed,
) -> tuple[str, str]:
    """Returns the state in which the batch ends, and why files were not begun."""
    for file in files:
        if not batch.goes_on():
            return STOPPED, batch.why_stopped
        made = planned.get(file.position)
        if made is None:
            continue  # refused while it was prepared
        try:
            raw = let_sign(batch.desk, batch.actor, file.order, key, made)
        except (UnavailableError, PinRefusedError) as refusal:
            batch.note(file.position, REFUSED, refusal.diagnosis())
            return FINISHED, KEY_LOST.format(reason=refusal.diagnosis())
        except ActionRefusedError as refusal:
            batch.note(file.position, REFUSED, refusal.diagnosis())
            continue
        _keep(batch, file, made, raw, signed)
    return FINISHED, NOT_REACHED


def _keep(batch: _Batch, file: _File, made: PlannedSignature, raw: bytes, signed: Signed) -> None:
    try:
        record(batch.desk, batch.actor, file.order, made.id, raw)
    except ActionRefusedError as refusal:
        batch.note(file.position, REFUSED, refusal.diagnosis())
        return
    batch.note(file.position, SIGNED)
    signed(file.order.directive_id)
