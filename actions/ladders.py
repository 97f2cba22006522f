"""The ladder of the office, and how far up each obligation stands on it."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from deadlines.ladder import DEFAULT_LADDER, Audience, LadderStep, Wording, check_ladder
from models.base import DirectiveId
from models.lifecycle import ObligationState
from models.obligation import Obligation, Reminder
from models.organisation import LadderStepRow

CHASED = (ObligationState.OPEN, ObligationState.RETURNED)
"""States in which a unit is reminded; while it waits for an answer about more time it is not."""

StepsTaken = Mapping[tuple[UUID, date], frozenset[str]]
"""Keys of the steps taken, by obligation and its day."""


def ladder_for(session: Session, doc_type: str) -> tuple[LadderStep, ...]:
    """Returns the ladder of a kind of directive: its own, else the office's, else the default.

    Raises:
        LadderInvalidError: the office's ladder contradicts itself.
    """
    rows = session.scalars(
        select(LadderStepRow).where(LadderStepRow.doc_type.in_([doc_type, "*"]))
    ).all()
    own = [row for row in rows if row.doc_type == doc_type] or rows
    ladder = tuple(
        LadderStep(
            key=row.key,
            working_days=row.working_days,
            audience=Audience(row.audience),
            wording=Wording(row.wording),
        )
        for row in sorted(own, key=lambda row: (row.working_days, row.key))
    )
    check_ladder(ladder)
    return ladder or DEFAULT_LADDER


def steps_taken(session: Session, directive_id: DirectiveId | None = None) -> StepsTaken:
    """Returns the steps that were taken or passed over for what is still chased."""
    query = (
        select(Reminder)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .where(Obligation.state.in_([state.value for state in CHASED]))
    )
    if directive_id is not None:
        query = query.where(Obligation.directive_id == directive_id)
    found: dict[tuple[UUID, date], frozenset[str]] = {}
    for row in session.scalars(query):
        key = (row.obligation_id, row.due)
        found[key] = found.get(key, frozenset()) | {row.step_key}
    return found


def is_still_chased(session: Session, directive_id: DirectiveId, organisation_id: str) -> bool:
    """Tells whether a unit still owes anything that it is reminded of."""
    owed = select(Obligation.id).where(
        Obligation.directive_id == directive_id,
        Obligation.organisation_id == organisation_id,
        Obligation.state.in_([state.value for state in CHASED]),
    )
    return session.scalars(owed.limit(1)).first() is not None
