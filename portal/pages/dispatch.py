"""Dispatch: which directives went out, and how far each came to each unit."""

from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from actions.consigning import resend
from actions.errors import InvalidInputError, NotFoundError, WrongStateError
from actions.exporting import CSV, deliveries_csv
from actions.listing.paging import Order, page_of
from actions.sending_limits import rule_for
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import NEEDS_A_PERSON, REACHED, DeliveryState
from portal.context import Portal, ThePortal
from portal.dispatch_view import (
    CHIPS,
    FOLDED_FROM,
    MOST_UNITS,
    UNDER_WAY,
    chips,
    counts,
    headings,
    limit_of,
    lines_of_units,
    shown,
    titles_of,
)
from portal.identity import Deciding, Person, SignedInPerson
from portal.live import Watched, live_of
from portal.pages.directive import download
from portal.problems import problem_of, sentence_of
from portal.rendering import page
from portal.seeing import open_directive

ROWS: Final = 50

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One directive in the list."""

    directive: Directive
    total: int
    reached: int
    waiting: int
    stuck: int


@router.get("/phat-hanh")
def sent(request: Request, portal: ThePortal, person: SignedInPerson, sau: str = "") -> Response:
    """Shows the directives that went out, the newest first; `sau` leads on."""
    newest = Order(by=Directive.issued_at, key=Directive.id, descending=True)
    with portal.database.reading() as session:
        query = select(Directive).where(
            Directive.organisation_id.in_(person.roles), Directive.issued_at.is_not(None)
        )
        found = page_of(
            session, query, newest, after=sau or None, limit=ROWS,
            values=lambda one: (one.issued_at, one.id),
        )  # fmt: skip
        stand = counts(session, [one.id for one in found.items])
    rows = [_sent(one, stand.get(one.id, Counter())) for one in found.items]
    return page(request, "dispatched.html", person=person, rows=rows, found=found, is_first=not sau)


@router.get("/phat-hanh/{directive_id}")
def grid(
    *,
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    directive_id: UUID,
    loc: str = "",
    ten: str = "",
) -> Response:
    """Shows how far a directive came to each unit; `ten` is part of a unit's name."""
    return _grid(request, portal, person, DirectiveId(directive_id), loc=loc, named=ten)


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


@router.post("/phat-hanh/{directive_id}/gui-lai-nhieu")
def send_many_again(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    consignment: Annotated[list[UUID] | None, Form()] = None,
) -> Response:
    """Puts the chosen consignments back into the outbox, each to the address on record.

    One that cannot go out again keeps none of the others back; it is named.
    """
    key = DirectiveId(directive_id)
    refused: dict[str, str] = {}
    if not consignment:
        refused[""] = "Chưa chọn đơn vị nào. Đánh dấu các đơn vị cần gửi lại rồi bấm lại."
    for one in consignment or ():
        try:
            resend(portal.desk, person.actor, one)
        except (WrongStateError, InvalidInputError, NotFoundError) as refusal:
            refused[str(one)] = sentence_of(refusal)
    portal.nudge(key)
    if refused:
        return _grid(
            request, portal, person, key, refusal=" ".join(dict.fromkeys(refused.values())),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )  # fmt: skip
    return RedirectResponse(f"/phat-hanh/{key}", status_code=303)


@router.get("/phat-hanh/{directive_id}/don-vi.csv")
def table(portal: ThePortal, person: SignedInPerson, directive_id: UUID) -> Response:
    """Returns the grid as a table for other programs."""
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, DirectiveId(directive_id))
        content = deliveries_csv(session, directive.id)
    return download(content, "noi-nhan.csv", CSV)


def _grid(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    loc: str = "",
    named: str = "",
    refusal: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    chosen = loc if loc in CHIPS else ""
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        live = live_of(session, portal, person, Watched.DISPATCH, key)
        lines = lines_of_units(session, directive, person)
        titles = titles_of(session, directive)
    stand = Counter(DeliveryState(line.consignment.state) for line in lines)
    found = shown(lines, chosen, named)
    return page(
        request, "dispatch.html", person=person, status=status, directive=directive, live=live,
        chips=chips(lines), chosen=chosen, named=named, found=len(found), most=MOST_UNITS,
        headings=headings(found[:MOST_UNITS], titles), folded=len(found) > FOLDED_FROM,
        total=len(lines),
        reached=sum(stand[state] for state in REACHED), refusal=refusal, typed=typed or {},
        stuck=sum(stand[state] for state in NEEDS_A_PERSON),
        may_resend=sum(line.may_resend for line in found[:MOST_UNITS]),
        under_way=sum(stand[state] for state in UNDER_WAY),
        limit=limit_of(lines), warned=sum(line.warned for line in lines),
        rule=rule_for(urgent=bool(directive.urgency)),
    )  # fmt: skip


def _sent(directive: Directive, counts: Counter[str]) -> Sent:
    return Sent(
        directive=directive,
        total=sum(counts.values()),
        reached=sum(counts[state] for state in REACHED),
        waiting=sum(counts[state] for state in UNDER_WAY),
        stuck=sum(counts[state] for state in NEEDS_A_PERSON),
    )
