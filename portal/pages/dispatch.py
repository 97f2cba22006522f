"""Dispatch: which directives went out, and how far each came to each unit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions.consigning import resend
from actions.draft_rows import lines_of
from actions.errors import InvalidInputError, WrongStateError
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment, DeliveryAttempt
from models.lifecycle import REACHED, DeliveryState
from models.officer import Role
from models.organisation import Organisation
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.problems import problem_of
from portal.rendering import page
from portal.seeing import open_directive
from portal.words import NEEDS_A_PERSON

_CHIPS: Final = {
    "": ("Tất cả", frozenset(DeliveryState)),
    "da-gui": ("Đã gửi", REACHED),
    "cho-gui": ("Chờ gửi", frozenset({DeliveryState.PLANNED, DeliveryState.SENDING})),
    "can-xu-ly": (
        "Cần xử lý", frozenset({*NEEDS_A_PERSON, DeliveryState.REFUSED})
    ),
}  # fmt: skip
_UNDER_WAY: Final = frozenset({DeliveryState.PLANNED, DeliveryState.SENDING})
MOST_ROWS: Final = 200

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One unit's row of the grid."""

    consignment: Consignment
    unit: str
    attempts: int
    may_resend: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A line of the recipient list with the units that it led to."""

    title: str
    rows: tuple[Line, ...]
    reached: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One directive in the list."""

    directive: Directive
    total: int
    reached: int
    waiting: int
    stuck: int


@router.get("/phat-hanh")
def sent(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Shows the directives that went out, the newest first."""
    with portal.database.reading() as session:
        found = session.scalars(
            select(Directive)
            .where(Directive.organisation_id.in_(person.roles), Directive.issued_at.is_not(None))
            .order_by(Directive.issued_at.desc())
            .limit(MOST_ROWS)
        ).all()
        counts = _counts(session, [one.id for one in found])
    rows = [_sent(one, counts.get(one.id, Counter())) for one in found]
    return page(request, "dispatched.html", person=person, rows=rows)


@router.get("/phat-hanh/{directive_id}")
def grid(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID, loc: str = ""
) -> Response:
    """Shows how far a directive came to each unit."""
    return _grid(request, portal, person, DirectiveId(directive_id), loc=loc)


@router.post("/phat-hanh/{directive_id}/gui-lai")
def send_again(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    consignment: Annotated[UUID, Form()],
    address: Annotated[str, Form()] = "",
) -> Response:
    """Puts a consignment back into the outbox, to the address that was typed if one was."""
    key = DirectiveId(directive_id)
    try:
        resend(portal.desk, person.actor, consignment, address=address.strip() or None)
    except (WrongStateError, InvalidInputError) as refusal:
        problem = problem_of(refusal)
        return _grid(
            request, portal, person, key, refusal=problem.sentence, status=problem.status,
            typed={str(consignment): address},
        )  # fmt: skip
    portal.nudge(key)
    return RedirectResponse(f"/phat-hanh/{key}", status_code=303)


def _grid(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    loc: str = "",
    refusal: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    chosen = loc if loc in _CHIPS else ""
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        lines = _lines(session, directive, person)
        titles = {line.ordinal: line.raw for line in lines_of(session, directive)}
    counts = Counter(DeliveryState(line.consignment.state) for line in lines)
    chips = [
        (name, label, sum(counts[state] for state in states))
        for name, (label, states) in _CHIPS.items()
    ]
    shown = [line for line in lines if line.consignment.state in _CHIPS[chosen][1]]
    return page(
        request, "dispatch.html", person=person, status=status, directive=directive, chips=chips,
        chosen=chosen, headings=_headings(shown, titles), total=len(lines),
        reached=sum(counts[state] for state in REACHED), refusal=refusal, typed=typed or {},
        stuck=sum(counts[state] for state in NEEDS_A_PERSON),
        under_way=sum(counts[state] for state in _UNDER_WAY),
    )  # fmt: skip


def _lines(session: Session, directive: Directive, person: Person) -> list[Line]:
    tried = (
        select(DeliveryAttempt.ikey, func.count().label("attempts"))
        .group_by(DeliveryAttempt.ikey)
        .subquery()
    )
    rows = session.execute(
        select(Consignment, Organisation.name, tried.c.attempts)
        .join(Organisation, Organisation.id == Consignment.organisation_id)
        .outerjoin(tried, tried.c.ikey == Consignment.key)
        .where(Consignment.directive_id == directive.id)
        .order_by(Organisation.name)
    )
    is_clerk = person.has(directive.organisation_id, Role.REGISTRY_CLERK)
    return [
        Line(
            consignment=one,
            unit=name,
            attempts=attempts or 0,
            may_resend=is_clerk and one.state in NEEDS_A_PERSON,
        )
        for one, name, attempts in rows
    ]


def _headings(lines: Sequence[Line], titles: dict[int, str]) -> list[Heading]:
    found: dict[int, list[Line]] = {}
    for line in lines:
        found.setdefault(min(line.consignment.lines, default=0), []).append(line)
    return [
        Heading(
            title=titles.get(ordinal, "Nơi nhận khác"),
            rows=tuple(rows),
            reached=sum(row.consignment.state in REACHED for row in rows),
            total=len(rows),
        )
        for ordinal, rows in sorted(found.items())
    ]


def _counts(session: Session, keys: Sequence[UUID]) -> dict[UUID, Counter[str]]:
    found: dict[UUID, Counter[str]] = {}
    rows = session.execute(
        select(Consignment.directive_id, Consignment.state, func.count())
        .where(Consignment.directive_id.in_(keys))
        .group_by(Consignment.directive_id, Consignment.state)
    )
    for key, state, count in rows:
        found.setdefault(key, Counter())[state] += count
    return found


def _sent(directive: Directive, counts: Counter[str]) -> Sent:
    return Sent(
        directive=directive,
        total=sum(counts.values()),
        reached=sum(counts[state] for state in REACHED),
        waiting=sum(counts[state] for state in _UNDER_WAY),
        stuck=sum(counts[state] for state in NEEDS_A_PERSON),
    )
