"""Batches: a summary of what will be signed, agreed to once, carried out under one PIN.

1. `summarise`     looks at every file and writes down what was shown: order, digest, or why not
2. `begin_batch`   from here on nobody begins it a second time
3. `carry_out`     (`actions.batch_running`) signs file by file, each with its own result
4. `stop_batch`    asks it to stop between two files
5. `end_batch`     says how a batch ended whose process is gone

Nothing is signed that was not in the summary, by its digest.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions import sealing, signing_off
from actions.access import may_see
from actions.auditing import Actor
from actions.batch_rows import (
    FINISHED,
    NOT_BEGUN,
    REFUSED,
    RUNNING,
    SIGNED,
    STOPPED,
    SUMMARISED,
    WAITING,
    items_of,
    own_batch,
    wrong_state,
)
from actions.changing import get_directive
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotAuthorisedError, Problem
from actions.keying import SigningAct
from actions.readiness import known_here
from actions.readiness_terms import Readiness
from actions.signatures import ABANDONED, COMPLETED, KEYED, PLANNED
from actions.trying import trying
from models.base import DirectiveId
from models.batch import BatchItem, SigningBatch
from models.signature import Signature
from signing.request import SignatureKind

ACTS: Final[Mapping[SignatureKind, SigningAct]] = {
    SignatureKind.OFFICER: signing_off.ACT,
    SignatureKind.SEAL: sealing.ACT,
}
"""What is done to each file of a batch, by its kind."""
MOST: Final = 500
"""Files of one batch."""
_PLACE: Final = "Các văn bản đã chọn"


def summarise(
    desk: Desk, actor: Actor, kind: SignatureKind, directive_ids: Iterable[DirectiveId]
) -> SigningBatch:
    """Writes down what a person is about to sign in one go.

    Files that cannot be signed now are listed with the reason and left out.

    Args:
        desk: the tools.
        actor: the signatory, or the clerk for seals.
        kind: signatures or seals.
        directive_ids: in the order in which they are shown and signed; a repeat counts once.

    Raises:
        NotFoundError: there is no such directive.
        NotAuthorisedError: one of them is another office's.
        InvalidInputError: nothing or too much was chosen, or they need several certificates.
    """
    chosen = tuple(dict.fromkeys(directive_ids))
    with trying(desk, actor, "summarise_batch", subject=""):
        _refuse_amount(len(chosen))
        found = {key: _looked(desk, actor, key, ACTS[kind]) for key in chosen}
        certificates = {
            one.certificate.fingerprint
            for one in found.values()
            if isinstance(one, Readiness) and one.takes_pin and one.certificate is not None
        }
        _refuse_several(len(certificates))
    with doing(desk, actor, "summarise_batch", kind="signing_batch") as deed:
        batch = SigningBatch(
            id=uuid.uuid4(),
            officer_id=actor.id,
            kind=kind.value,
            certificate=next(iter(certificates), None),
            state=SUMMARISED,
            created_at=deed.at,
        )
        deed.session.add(batch)
        deed.session.flush()
        items = [_item(deed, batch, at, key, found[key]) for at, key in enumerate(chosen, 1)]
        deed.session.add_all(items)
        deed.subject_id = str(batch.id)
        deed.detail |= {
            "kind": kind.value,
            "certificate": batch.certificate,
            "files": [[str(one.directive_id), one.seen_sha256] for one in items if not one.problem],
            "left_out": [str(one.directive_id) for one in items if one.problem],
        }
    return batch


def _refuse_amount(number: int) -> None:
    if number == 0:
        raise InvalidInputError(Problem(place=_PLACE, reason="chưa chọn văn bản nào."))
    if number > MOST:
        reason = f"mỗi lần nhiều nhất {MOST} văn bản; bỏ bớt rồi làm lại."
        raise InvalidInputError(Problem(place=_PLACE, reason=reason))


def _refuse_several(number: int) -> None:
    """One PIN opens one key."""
    if number > 1:
        reason = (
            f"cần {number} chứng thư khác nhau, mà mỗi lần một mã PIN chỉ mở một chứng thư. "
            "Việc cần làm: chọn riêng văn bản của từng cơ quan."
        )
        raise InvalidInputError(Problem(place=_PLACE, reason=reason))


def _looked(desk: Desk, actor: Actor, key: DirectiveId, act: SigningAct) -> Readiness | str:
    """What is known of a file, or why the actor may not sign it at all."""
    try:
        return known_here(desk, actor, key, act)
    except NotAuthorisedError as refusal:
        with desk.database.reading() as session:
            deed = Deed(session=session, actor=actor, at=desk.clock())
            if not may_see(session, actor.id, get_directive(session, key), deed.day):
                raise
        return refusal.diagnosis()


def _item(
    deed: Deed, batch: SigningBatch, position: int, key: DirectiveId, found: Readiness | str
) -> BatchItem:
    problem = _why_not(found)
    return BatchItem(
        batch_id=batch.id,
        position=position,
        directive_id=key,
        seen_sha256=(found.source_sha256 or "") if isinstance(found, Readiness) else "",
        outcome=REFUSED if problem else WAITING,
        problem=problem,
        at=deed.at if problem else None,
    )


def _why_not(found: Readiness | str) -> str | None:
    if isinstance(found, str):
        return found
    if not found.may_sign:
        return " ".join(check.words for check in found.stops)
    if found.elsewhere:
        return next(check.words for check in found.checks if check.key == "key")
    return None


def begin_batch(desk: Desk, actor: Actor, batch_id: uuid.UUID) -> None:
    """Takes a summarised batch in hand, once.

    Raises:
        NotFoundError: the actor has no such batch.
        WrongStateError: it was begun already.
        InvalidInputError: nothing in it can be signed.
    """
    with doing(desk, actor, "begin_batch", kind="signing_batch", subject=batch_id) as deed:
        batch = own_batch(deed.session, actor, batch_id)
        begun = deed.session.execute(
            update(SigningBatch)
            .where(SigningBatch.id == batch_id, SigningBatch.state == SUMMARISED)
            .values(state=RUNNING, stop_asked=False)
        )
        if begun.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise wrong_state(batch, SUMMARISED)
        if not any(one.outcome == WAITING for one in items_of(deed.session, batch_id)):
            reason = "không có văn bản nào ký được."
            raise InvalidInputError(Problem(place=_PLACE, reason=reason))


def stop_batch(desk: Desk, actor: Actor, batch_id: uuid.UUID) -> None:
    """Asks that nothing further of a batch be begun; the file in hand is still finished.

    Raises:
        NotFoundError: the actor has no such batch.
        WrongStateError: it is not running.
    """
    with doing(desk, actor, "stop_batch", kind="signing_batch", subject=batch_id) as deed:
        batch = own_batch(deed.session, actor, batch_id)
        asked = deed.session.execute(
            update(SigningBatch)
            .where(SigningBatch.id == batch_id, SigningBatch.state == RUNNING)
            .values(stop_asked=True)
        )
        if asked.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise wrong_state(batch, RUNNING)


def end_batch(desk: Desk, actor: Actor, batch_id: uuid.UUID, *, reason: str) -> None:
    """Ends a running batch: what a key signed counts as signed, the rest was not begun.

    For a batch whose process is gone. One that still runs notices and begins nothing further.

    Raises:
        NotFoundError: the actor has no such batch.
        WrongStateError: it is not running.
    """
    close(desk, actor, batch_id, "end_batch", state=STOPPED, reason=reason)


def close(
    desk: Desk, actor: Actor, batch_id: uuid.UUID, name: str, *, state: str, reason: str
) -> None:
    """Moves a batch from running to its end, and every file that still waits to its own.

    Args:
        desk: the tools.
        actor: whose batch it is.
        batch_id: the batch.
        name: the deed.
        state: `finished`, `stopped`; or `summarised`, which leaves the files waiting.
        reason: why files that wait were not begun.
    """
    with doing(desk, actor, name, kind="signing_batch", subject=batch_id) as deed:
        batch = own_batch(deed.session, actor, batch_id)
        over = state in {FINISHED, STOPPED}
        moved = deed.session.execute(
            update(SigningBatch)
            .where(SigningBatch.id == batch_id, SigningBatch.state == RUNNING)
            .values(state=state, ended_at=deed.at if over else None, stop_asked=False)
        )
        if moved.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise wrong_state(batch, RUNNING)
        _give_up_plans(deed.session, batch_id, reason)
        items = items_of(deed.session, batch_id)
        keyed = keyed_in(deed.session, batch_id)
        for item in items:
            if item.outcome != WAITING:
                continue
            if item.directive_id in keyed:
                item.outcome, item.at = SIGNED, deed.at
            elif over:
                item.outcome, item.problem, item.at = NOT_BEGUN, reason, deed.at
        deed.detail |= {
            "state": state,
            **{
                outcome: sum(one.outcome == outcome for one in items)
                for outcome in (SIGNED, REFUSED, NOT_BEGUN)
            },
        }


def _give_up_plans(session: Session, batch_id: uuid.UUID, reason: str) -> None:
    session.execute(
        update(Signature)
        .where(Signature.batch_id == batch_id, Signature.state == PLANNED)
        .values(state=ABANDONED, problem=reason)
    )


def keyed_in(session: Session, batch_id: uuid.UUID) -> frozenset[DirectiveId]:
    """Returns the directives that a key signed for a batch, whatever its own rows say by now."""
    return frozenset(
        key
        for key in session.scalars(
            select(Signature.directive_id).where(
                Signature.batch_id == batch_id, Signature.state.in_((KEYED, COMPLETED))
            )
        )
        if key is not None
    )
