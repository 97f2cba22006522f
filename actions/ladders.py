"""The ladders of the office, and how far up each obligation stands on its own."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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

EVERY_KIND = "*"
"""Stands for every kind of directive that has no ladder of its own."""

StepsTaken = Mapping[tuple[UUID, date], frozenset[str]]
"""Keys of the steps taken, by obligation and its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladders:
    """All ladders of the office."""

    own: Mapping[str, tuple[LadderStep, ...]]
    """Of the kinds of directives that have one of their own."""
    usual: tuple[LadderStep, ...]
    """Of all others."""

    def of(self, doc_type: str) -> tuple[LadderStep, ...]:
        """Returns the ladder of a kind of directive."""
        return self.own.get(doc_type, self.usual)


def all_ladders(session: Session) -> Ladders:
    """Returns the office's ladders.

    Raises:
        LadderInvalidError: one of them contradicts itself.
    """
    found: dict[str, list[LadderStep]] = {}
    rows = session.scalars(
        select(LadderStepRow).order_by(LadderStepRow.working_days, LadderStepRow.key)
    )
    for row in rows:
        step = LadderStep(
            key=row.key, working_days=row.working_days, audience=Audience(row.audience),
            wording=Wording(row.wording),
        )  # fmt: skip
        found.setdefault(row.doc_type, []).append(step)
    for steps in found.values():
        check_ladder(steps)
    usual = tuple(found.pop(EVERY_KIND, ())) or DEFAULT_LADDER
    return Ladders(own={kind: tuple(steps) for kind, steps in found.items()}, usual=usual)


def state_of(steps: Sequence[LadderStep]) -> str:
    """Returns what names the state of a ladder, so that nobody changes one he has not seen."""
    told = (f"{one.key} {one.working_days} {one.audience} {one.wording}" for one in steps)
    return hashlib.sha256("\n".join(sorted(told)).encode()).hexdigest()[:32]


def ladder_for(session: Session, doc_type: str) -> tuple[LadderStep, ...]:
    """Returns the ladder of a kind of directive: its own, else the office's, else the default.

    Raises:
        LadderInvalidError: the office's ladder contradicts itself.
    """
    return all_ladders(session).of(doc_type)


def steps_taken(session: Session, obligations: Sequence[UUID]) -> StepsTaken:
    """Returns the steps that were taken or passed over for these obligations."""
    found: dict[tuple[UUID, date], frozenset[str]] = {}
    for first in range(0, len(obligations), _AT_ONCE):
        some = obligations[first : first + _AT_ONCE]
        for row in session.execute(
            select(Reminder.obligation_id, Reminder.due, Reminder.step_key).where(
                Reminder.obligation_id.in_(some)
            )
        ):
            key = (row.obligation_id, row.due)
            found[key] = found.get(key, frozenset()) | {row.step_key}
    return found


_AT_ONCE = 500
"""Identifiers in one query."""


def is_still_chased(session: Session, directive_id: DirectiveId, organisation_id: str) -> bool:
    """Tells whether a unit still owes anything that it is reminded of."""
    owed = select(Obligation.id).where(
        Obligation.directive_id == directive_id,
        Obligation.organisation_id == organisation_id,
        Obligation.state.in_([state.value for state in CHASED]),
    )
    return session.scalars(owed.limit(1)).first() is not None
