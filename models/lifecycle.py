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

_S = DeliveryState
NOT_KNOWN_THERE = frozenset(
    {_S.PLANNED, _S.SENDING, _S.SENT, _S.UNKNOWN, _S.HELD, _S.BOUNCED, _S.FAILED}
)
"""Where sending can leave it; nobody at the unit has said yet that it is there."""
NEEDS_A_PERSON = (_S.HELD, _S.BOUNCED, _S.FAILED, _S.UNKNOWN, _S.REFUSED)
"""Where it goes on only when somebody does something: sends it again, or another way."""
UNITS_WORDS = (_S.ARRIVED, _S.REFUSED, _S.ACCEPTED, _S.ASSIGNED, _S.IN_PROGRESS, _S.DONE)
"""In the order in which they follow each other."""


def _after(state: DeliveryState) -> frozenset[DeliveryState]:
    later = UNITS_WORDS[UNITS_WORDS.index(state) + 1 :]
    return frozenset({*later, _S.RECALL_ASKED})


DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    _S.PLANNED: (NOT_KNOWN_THERE - {_S.PLANNED}) | {*UNITS_WORDS, _S.RECALLED},
    **{
        state: (NOT_KNOWN_THERE - {state}) | {*UNITS_WORDS, _S.RECALL_ASKED}
        for state in (_S.SENDING, _S.UNKNOWN)
    },
    _S.SENT: frozenset({_S.BOUNCED, *UNITS_WORDS, _S.RECALL_ASKED}),
    **{
        state: frozenset({_S.PLANNED, _S.SENT, *UNITS_WORDS, _S.RECALLED})
        for state in (_S.HELD, _S.BOUNCED, _S.FAILED)
    },
    **{state: _after(state) for state in UNITS_WORDS},
    _S.REFUSED: _after(_S.REFUSED) | {_S.PLANNED},
    _S.RECALL_ASKED: frozenset({_S.RECALLED, _S.RECALL_REFUSED}),
    _S.RECALL_REFUSED: frozenset({_S.RECALLED, _S.RECALL_ASKED}),
    _S.RECALLED: frozenset(),
}
"""What may follow what for a consignment. Whatever sending ends in may be tried again by a person
(`planned`), marked as sent by hand (`sent`), or overtaken by the unit's own word; that word only
goes forward. Who refused may accept later; who refused to give back may agree later. What never
reached the unit is `recalled` at once: nothing has to be given back."""

OPEN_OBLIGATIONS = frozenset({_O.OPEN, _O.RETURNED, _O.EXTENSION_REQUESTED})
"""States in which the unit still owes an answer."""
ANSWERED_OBLIGATIONS = frozenset({_O.REPORTED, _O.ACCEPTED})
"""States in which an answer has come, and was not returned."""
GONE_OBLIGATIONS = frozenset({_O.CANCELLED, _O.TRANSFERRED})
"""States in which nothing is owed any more: by nobody, or by a successor."""

REACHED = frozenset(
    {
        DeliveryState.SENT,
        DeliveryState.ARRIVED,
        DeliveryState.ACCEPTED,
        DeliveryState.ASSIGNED,
        DeliveryState.IN_PROGRESS,
        DeliveryState.DONE,
        DeliveryState.RECALL_ASKED,
        DeliveryState.RECALL_REFUSED,
    }
)
"""States at `sent` or beyond; who is asked to give it back has it."""


def may_move(old: DirectiveState, new: DirectiveState, order: Order = Order.NUMBER_FIRST) -> bool:
    """Tells whether a directive may go from `old` to `new` in its order."""
    return new in (SIGN_FIRST_MOVES if order is Order.SIGN_FIRST else MOVES)[old]


def may_move_obligation(old: ObligationState, new: ObligationState) -> bool:
    """Tells whether an obligation may go from `old` to `new`."""
    return new in OBLIGATION_MOVES[old]


def may_move_delivery(old: DeliveryState, new: DeliveryState) -> bool:
    """Tells whether a consignment may go from `old` to `new`."""
    return new in DELIVERY_MOVES[old]


def delivery_sources(new: DeliveryState) -> frozenset[DeliveryState]:
    """Returns the states from which a consignment may come to `new`."""
    return frozenset(old for old, after in DELIVERY_MOVES.items() if new in after)


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
