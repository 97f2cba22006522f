"""The guarded change of an obligation, and who stands where with what is owed."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.desk import Deed
from actions.errors import NotAuthorisedError, NotFoundError, WrongStateError
from actions.follow_up_words import OBLIGATION_WORDS
from models.base import DirectiveId
from models.lifecycle import OPEN_OBLIGATIONS, ObligationState, may_move_obligation
from models.obligation import Obligation


def get_obligation(session: Session, obligation_id: UUID) -> Obligation:
    """Returns the obligation.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(Obligation, obligation_id)
    if found is None:
        raise NotFoundError("nhiệm vụ", obligation_id)
    return found


def obligations_of(
    session: Session, directive_id: DirectiveId, organisation_id: str
) -> list[Obligation]:
    """Returns what a unit owes or owed of a directive, the most pressing first.

    Inside a transaction on PostgreSQL the rows are locked: two deeds about one unit follow each
    other, and the second sees what the first one did.
    """
    return list(
        session.scalars(
            select(Obligation)
            .where(
                Obligation.directive_id == directive_id,
                Obligation.organisation_id == organisation_id,
            )
            .order_by(Obligation.due.is_(None), Obligation.due, Obligation.task_ref)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def is_owed(obligation: Obligation) -> bool:
    """Tells whether the unit still owes an answer."""
    return ObligationState(obligation.state) in OPEN_OBLIGATIONS


def move_obligation(
    deed: Deed,
    obligation: Obligation,
    new: ObligationState,
    **values: Any,  # noqa: ANN401 (columns of Obligation, of every type)
) -> None:
    """Moves an obligation on from the state it was read in, or refuses. Does not commit.

    Raises:
        WrongStateError: the move is not allowed, or somebody moved it in between.
    """
    old = ObligationState(obligation.state)
    moved = False
    if may_move_obligation(old, new):
        changed = deed.session.execute(
            update(Obligation)
            .where(Obligation.id == obligation.id, Obligation.state == old.value)
            .values(state=new.value, **values)
            .execution_options(synchronize_session=False)
        )
        moved = changed.rowcount == 1  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
    deed.session.refresh(obligation)
    if not moved:
        raise WrongStateError(
            "Nhiệm vụ", expected=_before(new),
            actual=OBLIGATION_WORDS[ObligationState(obligation.state)],
        )  # fmt: skip


def _before(new: ObligationState) -> tuple[str, ...]:
    return tuple(OBLIGATION_WORDS[old] for old in ObligationState if may_move_obligation(old, new))


def require_unit(deed: Deed, organisation_id: str, what: str) -> None:
    """Insists that the actor is the unit itself.

    Raises:
        NotAuthorisedError: it is somebody else.
    """
    if deed.actor.kind != "unit" or deed.actor.id != organisation_id:
        raise NotAuthorisedError(deed.actor.name, what, "chính đơn vị được giao")
