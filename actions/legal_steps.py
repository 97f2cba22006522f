"""The legal steps of a directive, a line each: from its draft to the answers of the units.

A timeline tells all that happened; this tells at a glance how far the paper is. Up to issue the
state decides what is done; after it units are counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from actions.ordering import signs_first
from actions.progress import OPEN_STATES, NextStep, TimelineEntry
from actions.reviewing import DEEDS, passed_steps
from models.directive import Directive
from models.dispatch import Consignment, DeliveryEvent
from models.lifecycle import (
    ANSWERED_OBLIGATIONS,
    GONE_OBLIGATIONS,
    REACHED,
    UNITS_WORDS,
    DirectiveState,
)
from models.obligation import Obligation


class Stands(StrEnum):
    """How far one step is."""

    DONE = "done"
    PARTLY = "partly"
    """Some units, not all."""
    NOW = "now"
    """What the directive waits for."""
    AHEAD = "ahead"
    DROPPED = "dropped"
    """It will not come any more: it was cancelled, recalled or replaced, or its follow-up ended."""


STANDS_WORDS: Final = {
    Stands.DONE: "xong",
    Stands.PARTLY: "một phần",
    Stands.NOW: "đang chờ",
    Stands.AHEAD: "chưa đến",
    Stands.DROPPED: "không làm nữa",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalStep:
    """One line."""

    key: str
    """submit, check_content, check_form, approve, take_number, sign, seal, issue, sent, arrived,
    accepted or reported."""
    words: str
    stands: Stands
    at: datetime | None = None
    """When it was done; where units are counted, when the last one was."""
    actor: str = ""
    """Who did it, as they were called then; empty where units are counted."""
    count: int | None = None
    """Units (answers, for `reported`) of which it holds; None before issue."""
    total: int = 0


_WORDS: Final = {
    "submit": "Soạn thảo và trình",
    "check_content": "Kiểm tra nội dung",
    "check_form": "Kiểm tra thể thức",
    "approve": "Phê duyệt",
    "take_number": "Cấp số và ngày",
    "sign": "Lãnh đạo ký số",
    "seal": "Đóng dấu cơ quan",
    "issue": "Phát hành văn bản",
    "sent": "Đã gửi",
    "arrived": "Đã đến, có báo nhận",
    "accepted": "Đơn vị tiếp nhận",
    "reported": "Nhiệm vụ đã báo cáo",
}
_REVIEW: Final = ("submit", *DEEDS.values())
_NUMBER_FIRST: Final = (*_REVIEW, "take_number", "sign", "seal", "issue")
_SIGN_FIRST: Final = (*_REVIEW, "sign", "take_number", "seal", "issue")
_UNITS_STEPS: Final = ("sent", "arrived", "accepted", "reported")
_OVER: Final = {
    DirectiveState.RECALLED: frozenset(_UNITS_STEPS),
    DirectiveState.REPLACED: frozenset(_UNITS_STEPS),
    DirectiveState.CLOSED: frozenset({"reported"}),
}
"""A state after issue, to what nobody waits for any more."""
_TAKEN_AWAY: Final = {
    "return": _REVIEW,
    "take_back": _REVIEW,
    "abandon_officer": ("sign",),
    "abandon_seal": ("seal",),
}
"""A deed, to the steps whose last deed counts no more after it."""


def legal_steps(
    session: Session,
    directive: Directive,
    entries: Sequence[TimelineEntry],
    steps: Sequence[NextStep],
) -> list[LegalStep]:
    """Returns the steps in the order that the directive follows.

    Args:
        session: a look.
        directive: the directive.
        entries: its `actions.progress.timeline`; who did what, and when, is read from it.
        steps: its `actions.progress.next_steps`.
    """
    before = _before_issue(session, directive, _counting(entries), steps)
    return [*before, *_of_units(session, directive)]


def _counting(entries: Sequence[TimelineEntry]) -> dict[str, TimelineEntry]:
    """The last entry of each deed that still counts."""
    last: dict[str, TimelineEntry] = {}
    for entry in entries:
        if entry.outcome == "done":
            last[entry.deed] = entry
            for taken in _TAKEN_AWAY.get(entry.deed, ()):
                last.pop(taken, None)
    return last


def _before_issue(
    session: Session,
    directive: Directive,
    last: dict[str, TimelineEntry],
    steps: Sequence[NextStep],
) -> list[LegalStep]:
    order = _SIGN_FIRST if signs_first(session, directive) else _NUMBER_FIRST
    state = DirectiveState(directive.state)
    if state is DirectiveState.CANCELLED:
        done = {key for key in order if key in last}
    else:
        done = {*order[: _passed(state, order)]}
        if state is DirectiveState.IN_REVIEW:
            done |= {"submit", *(DEEDS[step] for step in passed_steps(session, directive))}
        if directive.number is not None:
            done.add("take_number")  # a number once taken stays, whatever comes back
    if state is DirectiveState.IN_REVIEW:
        due = {step.deed for step in steps}  # there may be two, and not the first of the line
    else:
        due = {*[key for key in order if key not in done][:1]}
    return [
        LegalStep(
            key=key, words=_WORDS[key], stands=_stands(key, state, done, due),
            at=last[key].at if key in done and key in last else None,
            actor=last[key].actor if key in done and key in last else "",
        )
        for key in order
    ]  # fmt: skip


def _passed(state: DirectiveState, order: Sequence[str]) -> int:
    """How many of the steps a state has behind it; in review the decisions tell."""
    if state not in OPEN_STATES:
        return len(order)
    behind = {
        DirectiveState.APPROVED: "approve",
        DirectiveState.NUMBERED: "take_number",
        DirectiveState.SIGNED: "sign",
        DirectiveState.SEALED: "seal",
    }.get(state)
    return order.index(behind) + 1 if behind else 0


def _stands(key: str, state: DirectiveState, done: set[str], due: set[str]) -> Stands:
    if key in done:
        return Stands.DONE
    if state is DirectiveState.CANCELLED:
        return Stands.DROPPED
    return Stands.NOW if key in due else Stands.AHEAD


def _of_units(session: Session, directive: Directive) -> list[LegalStep]:
    if directive.issued_at is None:
        dropped = directive.state == DirectiveState.CANCELLED
        stands = Stands.DROPPED if dropped else Stands.AHEAD
        return [LegalStep(key=key, words=_WORDS[key], stands=stands) for key in _UNITS_STEPS]
    counted = [*_deliveries(session, directive), _answers(session, directive)]
    over = _OVER.get(DirectiveState(directive.state), frozenset())
    return [_counted(*facts, is_over=facts[0] in over) for facts in counted if facts[2]]


def _counted(key: str, count: int, total: int, at: datetime | None, *, is_over: bool) -> LegalStep:
    left = Stands.DROPPED if is_over else Stands.NOW
    stands = Stands.DONE if count == total else Stands.PARTLY if count else left
    return LegalStep(key=key, words=_WORDS[key], stands=stands, at=at, count=count, total=total)


_Counted = tuple[str, int, int, datetime | None]


def _deliveries(session: Session, directive: Directive) -> list[_Counted]:
    """Of the consignments that count: how many went out, came in, were accepted."""
    came = (
        select(DeliveryEvent.consignment_id, func.min(DeliveryEvent.at).label("at"))
        .join(Consignment, Consignment.id == DeliveryEvent.consignment_id)
        .where(
            Consignment.directive_id == directive.id, DeliveryEvent.state.in_(UNITS_WORDS)
        )
        .group_by(DeliveryEvent.consignment_id)
        .subquery()
    )  # fmt: skip
    accepted = Consignment.acknowledged_at
    reached = Consignment.state.in_(REACHED)
    there = or_(came.c.at.is_not(None), accepted.is_not(None))
    total, sent, sent_at, arrived, came_at, took, took_at = session.execute(
        select(
            func.count(),
            func.sum(case((reached, 1), else_=0)),
            func.max(case((reached, Consignment.sent_at))),
            func.sum(case((there, 1), else_=0)),
            func.max(func.coalesce(came.c.at, accepted)),
            func.count(accepted),
            func.max(accepted),
        )
        .outerjoin(came, came.c.consignment_id == Consignment.id)
        .where(Consignment.directive_id == directive.id, Consignment.rerouted_to_id.is_(None))
    ).one()  # fmt: skip
    return [
        ("sent", sent or 0, total, sent_at),
        ("arrived", arrived or 0, total, came_at),
        ("accepted", took, total, took_at),
    ]


def _answers(session: Session, directive: Directive) -> _Counted:
    answered = Obligation.state.in_(ANSWERED_OBLIGATIONS)
    total, came, at = session.execute(
        select(
            func.count(),
            func.sum(case((answered, 1), else_=0)),
            func.max(case((answered, Obligation.reported_at))),
        ).where(
            Obligation.directive_id == directive.id, Obligation.state.not_in(GONE_OBLIGATIONS)
        )
    ).one()  # fmt: skip
    return ("reported", came or 0, total, at)
