"""What is said of a draft, for programs: remarks on its words, opinions that are asked for."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from actions.discussing import comments
from actions.discussing.asked import AnswerKind, opinions_of
from actions.discussing.opinions import (
    LONGEST_PAPER,
    MOST_ASKED,
    Asked,
    Said,
    ask_opinions,
    give_opinion,
    record_opinion,
    withdraw_request,
)
from actions.discussing.texts import LONGEST_TEXT
from actions.discussing.threads import discussion_of
from actions.errors import NotFoundError
from actions.listing.sight import Reader
from models.base import DirectiveId
from models.discussion import OpinionRequest
from portal.api.shapes import DOES, LARGEST, Day, Given, Key, Told
from portal.calling import Call, Reads, Writes

router = APIRouter(prefix="/api/v1/directives/{directive_id}", tags=["discussing"])
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class NewRemark(Given):
    """A remark on words of a version."""

    revision: Annotated[int, Field(ge=1, le=LARGEST)]
    place: Annotated[str, Field(max_length=500, description="As `points` names it.")]
    quote: Annotated[str, Field(max_length=20_000, description="The whole point where empty.")] = ""
    text: Text


class Answered(Given):
    """An answer to a remark."""

    text: Text


class Wanted(Given):
    """Whose opinion is wanted, by when, on what."""

    officers: Annotated[tuple[Key, ...], Field(max_length=MOST_ASKED)] = ()
    organisations: Annotated[tuple[Key, ...], Field(max_length=MOST_ASKED)] = ()
    due: Day
    question: Text = ""


class Opined(Given):
    """An opinion; words are needed for all but `agree`."""

    answer: AnswerKind
    text: Text = ""


class Recorded(Opined):
    """What a unit answered on a paper of its own."""

    received_as: Annotated[
        str, Field(min_length=1, max_length=LONGEST_PAPER, description="Number and day of it.")
    ]


class TextPoint(Told):
    """One point of the text that stands now."""

    place: str
    kind: str
    text: str


class RemarkAnswer(Told):
    """One answer to a remark."""

    author: str
    at: datetime
    text: str


class Remark(Told):
    """One remark with its answers."""

    id: UUID
    author: str
    at: datetime
    revision: int
    place: str
    """In the words of its own version."""
    quote: str
    text: str
    answers: list[RemarkAnswer]
    done_at: datetime | None
    done_by: str
    point: int | None
    """Index in `points`; null where the point was taken away."""
    is_kept: bool
    """Whether the words are still there as they were."""
    may_mark: bool
    """Whether the officer says when it is done."""


class Remarks(Told):
    """The text that stands now and all that was remarked on it, in its order."""

    is_open: bool
    """Whether remarks are still taken."""
    points: list[TextPoint]
    items: list[Remark]


class Opinion(Told):
    """One request with its answer."""

    id: UUID
    who: str
    is_unit: bool
    asked_by: str
    asked_at: datetime
    revision: int
    question: str
    due: date
    kind: AnswerKind | None
    """Null while it waits."""
    text: str
    answered_by: str
    answered_at: datetime | None
    answered_revision: int | None
    received_as: str
    is_late: bool
    is_mine: bool
    """Whether the officer may answer it."""


class Opinions(Told):
    """All that was asked and not taken back, in its order."""

    items: list[Opinion]


@router.get("/remarks")
def remarks(call: Reads, directive_id: UUID) -> Remarks:
    """Returns the text of a directive with what was remarked on it."""
    with call.looking() as reader:
        found = discussion_of(
            reader.session, reader.directive(DirectiveId(directive_id)), call.actor.id
        )
    return Remarks.model_validate(
        {"is_open": found.is_open, "points": found.points, "items": found.threads}
    )


@router.post("/remarks", **DOES)
def adds(call: Writes, directive_id: UUID, body: NewRemark) -> Response:
    """Remarks on words of a version."""
    key = _seen(call, directive_id)
    return call.do(
        lambda desk: comments.comment(
            desk, call.actor, key, revision=body.revision, place=body.place, quote=body.quote,
            text=body.text,
        )
    )  # fmt: skip


@router.post("/remarks/{remark_id}/answer", **DOES)
def answers(call: Writes, directive_id: UUID, remark_id: UUID, body: Answered) -> Response:
    """Answers a remark."""
    _of_remark(call, directive_id, remark_id)
    return call.do(lambda desk: comments.answer(desk, call.actor, remark_id, text=body.text))


@router.post("/remarks/{remark_id}/finish", **DOES)
def finishes(call: Writes, directive_id: UUID, remark_id: UUID) -> Response:
    """Marks a remark as done."""
    _of_remark(call, directive_id, remark_id)
    return call.do(lambda desk: comments.finish(desk, call.actor, remark_id))


@router.post("/remarks/{remark_id}/reopen", **DOES)
def reopens(call: Writes, directive_id: UUID, remark_id: UUID) -> Response:
    """Marks a remark as not done after all."""
    _of_remark(call, directive_id, remark_id)
    return call.do(lambda desk: comments.reopen(desk, call.actor, remark_id))


@router.get("/opinions")
def opinions(call: Reads, directive_id: UUID) -> Opinions:
    """Returns whose opinion was asked on a directive and what they said."""
    with call.looking() as reader:
        directive = reader.directive(DirectiveId(directive_id))
        found = opinions_of(reader.session, directive, call.actor.id, call.portal.at())
    return Opinions(items=[Opinion.model_validate(one) for one in found.rows])


@router.post("/opinions", **DOES)
def asks(call: Writes, directive_id: UUID, body: Wanted) -> Response:
    """Asks officers and units for their opinion on the version that stands now."""
    key = _seen(call, directive_id)
    asked = Asked(
        officers=body.officers, organisations=body.organisations, due=body.due,
        question=body.question,
    )  # fmt: skip
    return call.do(lambda desk: ask_opinions(desk, call.actor, key, asked))


@router.post("/opinions/{request_id}/give", **DOES)
def gives(call: Writes, directive_id: UUID, request_id: UUID, body: Opined) -> Response:
    """Gives the opinion that was asked of the officer or of their unit."""
    _of_request(call, directive_id, request_id)
    said = Said(kind=body.answer, text=body.text)
    return call.do(lambda desk: give_opinion(desk, call.actor, request_id, said))


@router.post("/opinions/{request_id}/record", **DOES)
def records(call: Writes, directive_id: UUID, request_id: UUID, body: Recorded) -> Response:
    """Writes down what a unit answered on a paper of its own; the drafter does."""
    _of_request(call, directive_id, request_id)
    said = Said(kind=body.answer, text=body.text, received_as=body.received_as)
    return call.do(lambda desk: record_opinion(desk, call.actor, request_id, said))


@router.post("/opinions/{request_id}/withdraw", **DOES)
def withdraws(call: Writes, directive_id: UUID, request_id: UUID) -> Response:
    """Takes a request back that nobody has answered."""
    _of_request(call, directive_id, request_id)
    return call.do(lambda desk: withdraw_request(desk, call.actor, request_id))


def _seen(call: Call, directive_id: UUID) -> DirectiveId:
    """What the officer may not see is not found, and no deed is tried on it."""
    with call.looking() as reader:
        return reader.directive(DirectiveId(directive_id)).id


def _of_remark(call: Call, directive_id: UUID, remark_id: UUID) -> None:
    key = _seen(call, directive_id)
    if comments.directive_of(call.portal.desk, remark_id) != key:
        raise NotFoundError("góp ý", remark_id)


def _of_request(call: Call, directive_id: UUID, request_id: UUID) -> None:
    with call.looking() as reader:
        _require_of(reader, directive_id, request_id)


def _require_of(reader: Reader, directive_id: UUID, request_id: UUID) -> None:
    key = reader.directive(DirectiveId(directive_id)).id
    row = reader.session.get(OpinionRequest, request_id)
    if row is None or row.directive_id != key:
        raise NotFoundError("lần xin ý kiến", request_id)
