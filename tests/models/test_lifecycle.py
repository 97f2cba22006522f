"""The pure rules of a directive's life."""

import re
from itertools import combinations, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dispatch import STUCK
from models.lifecycle import (
    DELIVERY_MOVES,
    MOVES,
    NEEDS_A_PERSON,
    NOT_KNOWN_THERE,
    OBLIGATION_MOVES,
    OPEN_OBLIGATIONS,
    REACHED,
    SIGN_FIRST_MOVES,
    DeliveryState,
    DirectiveState,
    ObligationState,
    Order,
    ReviewStep,
    delivery_sources,
    may_move,
    may_move_delivery,
    may_move_obligation,
    open_review_steps,
)

S, S_ = DirectiveState, DeliveryState


def test_every_state_says_what_may_follow() -> None:
    assert set(MOVES) == set(SIGN_FIRST_MOVES) == set(DirectiveState)
    assert set(OBLIGATION_MOVES) == set(ObligationState)
    assert set(DELIVERY_MOVES) == set(DeliveryState)


@pytest.mark.parametrize(("old", "new"), list(product(DirectiveState, DirectiveState)))
def test_a_move_is_allowed_exactly_where_the_table_names_it(
    old: DirectiveState, new: DirectiveState
) -> None:
    assert may_move(old, new) == (new in MOVES[old])
    assert may_move(old, new, Order.SIGN_FIRST) == (new in SIGN_FIRST_MOVES[old])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (S.DRAFTING, S.APPROVED),
        (S.DRAFTING, S.NUMBERED),
        (S.APPROVED, S.SIGNED),
        (S.NUMBERED, S.SEALED),
        (S.SIGNED, S.ISSUED),
        (S.SIGNED, S.RETURNED),
        (S.SEALED, S.RETURNED),
        (S.ISSUED, S.CANCELLED),
        (S.CANCELLED, S.DRAFTING),
        (S.SIGNED, S.NUMBERED),
        (S.SEALED, S.SIGNED),
    ],
)
def test_no_step_is_skipped_and_nothing_signed_goes_back(
    old: DirectiveState, new: DirectiveState
) -> None:
    assert not may_move(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (S.APPROVED, S.NUMBERED),
        (S.IN_REVIEW, S.NUMBERED),
        (S.SIGNED, S.SEALED),
        (S.SIGNED, S.RETURNED),
        (S.NUMBERED, S.SIGNED),
        (S.NUMBERED, S.RETURNED),
        (S.SEALED, S.NUMBERED),
    ],
)
def test_where_the_officer_signs_first_nothing_is_skipped_and_nothing_signed_goes_back(
    old: DirectiveState, new: DirectiveState
) -> None:
    assert not may_move(old, new, Order.SIGN_FIRST)


def _reachable(
    start: DirectiveState, without: DirectiveState, order: Order = Order.NUMBER_FIRST
) -> set[DirectiveState]:
    moves = SIGN_FIRST_MOVES if order is Order.SIGN_FIRST else MOVES
    found, waiting = {start}, [start]
    while waiting:
        for state in moves[waiting.pop()] - found - {without}:
            found.add(state)
            waiting.append(state)
    return found


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("needed", [S.IN_REVIEW, S.NUMBERED, S.SIGNED, S.SEALED])
def test_no_way_to_issue_leads_past_a_needed_state(needed: DirectiveState, order: Order) -> None:
    assert S.ISSUED in _reachable(S.DRAFTING, S.CLOSED, order)
    assert S.ISSUED not in _reachable(S.DRAFTING, needed, order)


@pytest.mark.parametrize(
    ("order", "way"),
    [
        (Order.NUMBER_FIRST, [S.APPROVED, S.NUMBERED, S.SIGNED, S.SEALED, S.ISSUED]),
        (Order.SIGN_FIRST, [S.APPROVED, S.SIGNED, S.NUMBERED, S.SEALED, S.ISSUED]),
    ],
)
def test_each_order_has_its_one_way(order: Order, way: list[DirectiveState]) -> None:
    assert all(may_move(old, new, order) for old, new in pairwise(way))


def test_what_is_over_stays_over() -> None:
    assert [state for state, after in MOVES.items() if not after] == [
        S.CANCELLED,
        S.RECALLED,
        S.REPLACED,
    ]


@pytest.mark.parametrize(("old", "new"), list(product(ObligationState, ObligationState)))
def test_an_obligation_moves_exactly_where_the_table_names_it(
    old: ObligationState, new: ObligationState
) -> None:
    assert may_move_obligation(old, new) == (new in OBLIGATION_MOVES[old])


def test_an_obligation_that_is_settled_owes_nothing_more() -> None:
    settled = {state for state, after in OBLIGATION_MOVES.items() if not after}
    assert not settled & OPEN_OBLIGATIONS


def test_a_unit_is_reached_from_sent_on_and_not_before() -> None:
    assert DeliveryState.SENT in REACHED
    assert not {DeliveryState.PLANNED, DeliveryState.BOUNCED, DeliveryState.HELD} & REACHED


@pytest.mark.parametrize(("old", "new"), list(product(DeliveryState, DeliveryState)))
def test_a_consignment_moves_exactly_where_the_table_names_it(
    old: DeliveryState, new: DeliveryState
) -> None:
    assert may_move_delivery(old, new) == (new in DELIVERY_MOVES[old])
    assert (old in delivery_sources(new)) == may_move_delivery(old, new)


def test_the_word_of_a_unit_only_goes_forward() -> None:
    order = [S_.ARRIVED, S_.REFUSED, S_.ACCEPTED, S_.ASSIGNED, S_.IN_PROGRESS, S_.DONE]
    for earlier, later in combinations(order, 2):
        assert may_move_delivery(earlier, later)
        assert not may_move_delivery(later, earlier)
    assert not any(may_move_delivery(word, S_.BOUNCED) for word in order)
    assert all(may_move_delivery(before, word) for before in NOT_KNOWN_THERE for word in order)


def test_what_is_recalled_moves_no_more_and_what_was_seen_must_be_asked_for() -> None:
    assert not DELIVERY_MOVES[S_.RECALLED]
    assert delivery_sources(S_.RECALLED) == {
        S_.PLANNED, S_.HELD, S_.BOUNCED, S_.FAILED, S_.RECALL_ASKED, S_.RECALL_REFUSED,
    }  # fmt: skip
    assert delivery_sources(S_.BOUNCED) == {S_.PLANNED, S_.SENDING, S_.SENT, S_.UNKNOWN}


@given(st.frozensets(st.sampled_from(ReviewStep)), st.none() | st.sampled_from(ReviewStep))
def test_steps_due_are_never_passed_ones_and_end_only_when_all_passed(
    passed: frozenset[ReviewStep], resume: ReviewStep | None
) -> None:
    due = open_review_steps(passed, resume)
    assert not due & passed
    assert (not due) == (passed == frozenset(ReviewStep))


@given(st.frozensets(st.sampled_from(ReviewStep)))
def test_approval_waits_for_both_checks_unless_it_returned_the_draft(
    passed: frozenset[ReviewStep],
) -> None:
    checks = {ReviewStep.CONTENT, ReviewStep.FORM}
    if ReviewStep.APPROVAL in open_review_steps(passed, None):
        assert checks <= passed
    if ReviewStep.APPROVAL not in passed:
        assert open_review_steps(passed, ReviewStep.APPROVAL) == {ReviewStep.APPROVAL}


def test_the_index_of_what_needs_a_person_holds_just_the_states_that_do() -> None:
    assert set(re.findall(r"'(\w+)'", STUCK)) == {state.value for state in NEEDS_A_PERSON}
