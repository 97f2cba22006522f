"""Opinions on a draft: asked of officers and units, given, written down, taken back."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.discussing.asked import (
    MOST_SHOWN,
    askers_of,
    officers_to_ask,
    opinions_of,
    units_to_ask,
)
from actions.discussing.looks import keep_look
from actions.discussing.opinions import (
    BEFORE_APPROVAL,
    LONGEST_PAPER,
    Asked,
    Said,
    ask_opinions,
    give_opinion,
    record_opinion,
    withdraw_request,
)
from actions.discussing.texts import LONGEST_TEXT
from actions.errors import ActionRefusedError, InvalidInputError
from models.base import DirectiveId
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.pages.following import a_day
from portal.problems import STALE, problem_of, sentence_of
from portal.rendering import page
from portal.seeing import open_directive

LONGEST_SEARCH: Final = 200

router = APIRouter()


@router.get("/van-ban/{directive_id}/y-kien")
def opinions(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID, tim: str = ""
) -> Response:
    """Shows who was asked and what they said; for those who may ask, whom else they may."""
    return _show(request, portal, person, DirectiveId(directive_id), words=tim)


@router.post("/van-ban/{directive_id}/y-kien")
def ask(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    officer: Annotated[list[str] | None, Form()] = None,
    unit: Annotated[list[str] | None, Form()] = None,
    due: Annotated[str, Form()] = "",
    question: Annotated[str, Form()] = "",
    tim: Annotated[str, Form()] = "",
) -> Response:
    """Asks the officers and units that were ticked."""
    key = DirectiveId(directive_id)
    typed: dict[str, Any] = {
        "officers": officer or [], "units": unit or [], "due": due, "question": question,
    }  # fmt: skip

    def asks() -> object:
        asked = Asked(
            officers=tuple(officer or ()), organisations=tuple(unit or ()), due=_day(due),
            question=question,
        )  # fmt: skip
        return ask_opinions(portal.desk, person.actor, key, asked)

    return _do(request, portal, person, key, asks, typed=typed, words=tim)


@router.post("/van-ban/{directive_id}/y-kien/{request_id}/tra-loi")
def give(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    request_id: UUID,
    answer: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> Response:
    """Stores the reader's opinion."""
    said = Said(kind=answer, text=text)
    return _do(
        request, portal, person, DirectiveId(directive_id),
        lambda: give_opinion(portal.desk, person.actor, request_id, said),
        typed={"request": str(request_id), "answer": answer, "text": text},
    )  # fmt: skip


@router.post("/van-ban/{directive_id}/y-kien/{request_id}/ghi")
def record(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    request_id: UUID,
    answer: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    received_as: Annotated[str, Form()] = "",
) -> Response:
    """Writes down what a unit answered on a paper of its own."""
    said = Said(kind=answer, text=text, received_as=received_as)
    typed = {
        "request": str(request_id), "answer": answer, "text": text, "received_as": received_as,
    }  # fmt: skip
    return _do(
        request, portal, person, DirectiveId(directive_id),
        lambda: record_opinion(portal.desk, person.actor, request_id, said), typed=typed,
    )  # fmt: skip


@router.post("/van-ban/{directive_id}/y-kien/{request_id}/rut")
def withdraw(
    request: Request, portal: ThePortal, person: Deciding, directive_id: UUID, request_id: UUID
) -> Response:
    """Takes a request back."""
    return _do(
        request, portal, person, DirectiveId(directive_id),
        lambda: withdraw_request(portal.desk, person.actor, request_id), typed={},
    )  # fmt: skip


def _day(text: str) -> date | None:
    return a_day(text[:20])


def _do(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    deed: Callable[[], object],
    *,
    typed: dict[str, Any],
    words: str = "",
) -> Response:
    try:
        deed()
    except (*STALE, InvalidInputError) as refusal:
        return _show(request, portal, person, key, typed=typed, words=words, refusal=refusal)
    return RedirectResponse(f"/van-ban/{key}/y-kien", status_code=303)


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    typed: dict[str, Any] | None = None,
    words: str = "",
    refusal: ActionRefusedError | None = None,
) -> Response:
    wanted = words.strip()[:LONGEST_SEARCH]
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        found = opinions_of(session, directive, person.officer_id, portal.at())
        may_ask = person.officer_id in askers_of(directive) and directive.state in BEFORE_APPROVAL
        office, today = directive.organisation_id, portal.today()
        officers = officers_to_ask(session, office, wanted, today) if may_ask else ()
        units = units_to_ask(session, office, wanted, today) if may_ask else ()
    if refusal is None and found.mine:
        keep_look(
            portal.database, directive, person.officer_id, at=portal.at(),
            among=(person.officer_id,),
        )  # fmt: skip
    return page(
        request, "opinions.html", person=person, directive=directive, opinions=found,
        status=problem_of(refusal).status if refusal else 200, typed=typed or {}, words=wanted,
        refusal=sentence_of(refusal) if refusal else "", may_ask=may_ask, most=LONGEST_TEXT,
        officers=[one for one in officers if one.id != person.officer_id], units=units,
        most_shown=MOST_SHOWN, longest_paper=LONGEST_PAPER,
        is_drafter=person.officer_id == directive.drafter_id,
    )  # fmt: skip
