"""The life of a directive, of a delivery and of an obligation, as pure rules.

Directive: drafting -> in_review -> approved -> numbered -> signed -> sealed -> issued -> closed,
with `returned` (to the drafter with a reason), `cancelled` before issue, and `recalled`,
`replaced`, `corrected` after it. Where the officer signs first: approved -> signed -> numbered ->
sealed. No function here touches a database: `actions/` asks whether a
move is allowed and then makes it in one guarded UPDATE.
"""

from enum import StrEnum


class DirectiveState(StrEnum):
    """Where a directive stands."""

    DRAFTING = "drafting"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    APPROVED = "approved"
    NUMBERED = "numbered"
    SIGNED = "signed"
    SEALED = "sealed"
    ISSUED = "issued"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    RECALLED = "recalled"
    REPLACED = "replaced"
    CORRECTED = "corrected"


class Order(StrEnum):
    """What comes first: the number, or the officer's signature."""

    NUMBER_FIRST = "number_first"
    """The usual one: the number lies in the bytes that the officer signs."""
    SIGN_FIRST = "sign_first"
    """Number and date are filled in the revision that the agency seals."""


class ReviewStep(StrEnum):
    """One of the three decisions that must cover the very revision that is signed.

    Source: NĐ 30/2020 Đ11 (duyệt), Đ12 (content check, form check).
    """

    CONTENT = "content"
    FORM = "form"
    APPROVAL = "approval"


class DeliveryState(StrEnum):
    """Where the consignment to one unit stands; 01-16 are codes of QCVN 102:2016."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    ARRIVED = "arrived"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REFUSED = "refused"
    BOUNCED = "bounced"
    FAILED = "failed"
    HELD = "held"
    UNKNOWN = "unknown"
    RECALL_ASKED = "recall_asked"
    RECALLED = "recalled"
    RECALL_REFUSED = "recall_refused"


class ObligationState(StrEnum):
    """Where one unit stands with one task. Overdue is derived from the due date, never stored."""

    OPEN = "open"
    REPORTED = "reported"
    RETURNED = "returned"
    EXTENSION_REQUESTED = "extension_requested"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"


class OutboxState(StrEnum):
    """Where a row of the outbox stands."""

    QUEUED = "queued"
    LEASED = "leased"
    SETTLED = "settled"


_D = DirectiveState
MOVES: dict[DirectiveState, frozenset[DirectiveState]] = {
    _D.DRAFTING: frozenset({_D.IN_REVIEW, _D.CANCELLED}),
    _D.IN_REVIEW: frozenset({_D.APPROVED, _D.NUMBERED, _D.RETURNED, _D.CANCELLED}),
    _D.RETURNED: frozenset({_D.IN_REVIEW, _D.CANCELLED}),
    _D.APPROVED: frozenset({_D.NUMBERED, _D.RETURNED, _D.CANCELLED}),
    _D.NUMBERED: frozenset({_D.SIGNED, _D.RETURNED, _D.CANCELLED}),
    _D.SIGNED: frozenset({_D.SEALED, _D.CANCELLED}),
    _D.SEALED: frozenset({_D.ISSUED, _D.CANCELLED}),
    _D.ISSUED: frozenset({_D.CLOSED, _D.RECALLED, _D.REPLACED, _D.CORRECTED}),
    _D.CLOSED: frozenset({_D.RECALLED, _D.REPLACED, _D.CORRECTED}),
    _D.CORRECTED: frozenset({_D.CLOSED, _D.RECALLED, _D.REPLACED}),
    _D.CANCELLED: frozenset(),
    _D.RECALLED: frozenset(),
    _D.REPLACED: frozenset(),
}
"""What may follow what. In review -> numbered: approved again after a return that came later than
the number; a number once taken stays with its directive."""

SIGN_FIRST_MOVES: dict[DirectiveState, frozenset[DirectiveState]] = {
    **MOVES,
    _D.IN_REVIEW: frozenset({_D.APPROVED, _D.RETURNED, _D.CANCELLED}),
    _D.APPROVED: frozenset({_D.SIGNED, _D.RETURNED, _D.CANCELLED}),
    _D.SIGNED: frozenset({_D.NUMBERED, _D.CANCELLED}),
    _D.NUMBERED: frozenset({_D.SEALED, _D.CANCELLED}),
}
"""What may follow what where the officer signs first. What is signed never goes back here either:
a numbered directive has its signature already."""

_O = ObligationState
OBLIGATION_MOVES: dict[ObligationState, frozenset[ObligationState]] = {
    _O.OPEN: frozenset({_O.REPORTED, _O.EXTENSION_REQUESTED, _O.CANCELLED, _O.TRANSFERRED}),
    _O.REPORTED: frozenset({_O.ACCEPTED, _O.RETURNED, _O.CANCELLED}),
    _O.RETURNED: frozenset({_O.REPORTED, _O.EXTENSION_REQUESTED, _O.CANCELLED, _O.TRANSFERRED}),
    _O.EXTENSION_REQUESTED: frozenset({_O.OPEN, _O.REPORTED, _O.CANCELLED, _O.TRANSFERRED}),
    _O.ACCEPTED: frozenset(),
    _O.CANCELLED: frozenset(),
    _O.TRANSFERRED: frozenset(),
}
"""What may follow what for an obligation."""

OPEN_OBLIGATIONS = frozenset({_O.OPEN, _O.RETURNED, _O.EXTENSION_REQUESTED})
"""States in which the unit still owes an answer."""

REACHED = frozenset(
    {
        DeliveryState.SENT,
        DeliveryState.ARRIVED,
        DeliveryState.ACCEPTED,
        DeliveryState.ASSIGNED,
        DeliveryState.IN_PROGRESS,
        DeliveryState.DONE,
    }
)
"""States at `sent` or beyond."""


def may_move(old: DirectiveState, new: DirectiveState, order: Order = Order.NUMBER_FIRST) -> bool:
    """Tells whether a directive may go from `old` to `new` in its order."""
    return new in (SIGN_FIRST_MOVES if order is Order.SIGN_FIRST else MOVES)[old]


def may_move_obligation(old: ObligationState, new: ObligationState) -> bool:
    """Tells whether an obligation may go from `old` to `new`."""
    return new in OBLIGATION_MOVES[old]


def open_review_steps(
    passed: frozenset[ReviewStep], resume: ReviewStep | None
) -> frozenset[ReviewStep]:
    """Returns which decisions are due now for the current revision.

    Args:
        passed: steps already passed for the current revision.
        resume: the step that returned the draft; it comes first, before the others look again.
    """
    if resume is not None and resume not in passed:
        return frozenset({resume})
    checks = frozenset({ReviewStep.CONTENT, ReviewStep.FORM}) - passed
    if checks:
        return checks
    return frozenset({ReviewStep.APPROVAL}) - passed
