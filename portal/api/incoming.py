"""Papers that come in, for programs: looked at, accepted, assigned, handled, answered."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.responses import Response

from actions.errors import NotFoundError
from actions.incoming.accepting import accept, judge_again, refuse
from actions.incoming.answering import send_held
from actions.incoming.assigning import Handler, assign
from actions.incoming.handling import assignments_of, begin, finish
from actions.incoming.recalling import agree, destroy_files, refuse_request
from actions.incoming.replying import reply_with_directive
from actions.incoming.showing import whole_paper
from actions.incoming.taking import PaperFacts, register_by_hand
from actions.listing import incoming as listing
from actions.trying import archive_wrapped
from models.base import DirectiveId
from portal.api.shapes import (
    DOES,
    FILE,
    After,
    Day,
    Given,
    Key,
    Limit,
    Line,
    Listed,
    Noted,
    Reasoned,
    Told,
    Words,
    handed_out,
)
from portal.calling import Call, Decides, Reads, Writes

router = APIRouter(prefix="/api/v1/incoming", tags=["incoming papers"])
STATES = "^(arrived|refused|accepted|assigned|in_progress|done|recall_asked|recalled|replaced)$"


class Paper(Told):
    """A paper that came in."""

    id: UUID
    via: str
    sender_id: str | None
    sender_name: str
    number_symbol: str
    document_date: date | None
    doc_type: str
    subject: str
    signatory: str
    urgency: str | None
    due: date | None
    verdict: str
    state: str
    reason: str | None
    warnings: list[str]
    year: int | None
    number: int | None
    """Số đến."""
    opinion: str | None
    presented_to_id: str | None
    arrived_at: datetime
    accepted_at: datetime | None
    assigned_at: datetime | None
    done_at: datetime | None


class Assignment(Told):
    """Who handles a part of it."""

    id: UUID
    organisation_id: str | None
    officer_id: str | None
    leads: bool
    due: date | None
    note: str | None
    state: str
    result: str | None


class SenderAsks(Told):
    """What the sender asks: to give it back, to put another in its place."""

    id: UUID
    kind: str
    reason: str
    state: str
    answer: str | None
    asked_at: datetime


class PaperFile(Told):
    """One of its files."""

    name: str
    media_type: str
    sha256: str
    size: int
    verdict: str
    sentence: str


class WholePaper(Paper):
    """A paper with what belongs to it."""

    files: list[PaperFile]
    assignments: list[Assignment]
    requests: list[SenderAsks]
    next_due: date | None
    late: bool


class Accepted(Given):
    """A word about it, and who is to assign it."""

    note: Words = ""
    presented_to: Key | None = None


class Hand(Given):
    """A unit or an officer, one of both."""

    organisation_id: Key | None = None
    officer_id: Key | None = None
    due: Day | None = None
    note: Words = ""


class Assigned(Given):
    """The leader's opinion and who handles it."""

    opinion: Words = ""
    lead: Hand
    coordinating: Annotated[tuple[Hand, ...], Field(max_length=100)] = ()


class Finished(Given):
    """What came of it."""

    result: Words = ""


class Answering(Given):
    """With which sealed directive it is answered."""

    directive_id: UUID


class Facts(Given):
    """What a paper says of itself."""

    sender_name: Line
    number_symbol: Annotated[str, Field(max_length=80)] = ""
    document_date: Day | None = None
    doc_type: Annotated[str, Field(max_length=60)] = ""
    subject: Words = ""
    signatory: Annotated[str, Field(max_length=200)] = ""
    urgency: Annotated[str | None, Field(max_length=20)] = None
    due: Day | None = None
    sender_id: Key | None = None

    def facts(self) -> PaperFacts:
        """Returns them as deeds take them."""
        named: dict[str, Any] = {name: getattr(self, name) for name in Facts.model_fields}
        return PaperFacts(**named)


class ByHand(Facts):
    """A paper that came by hand."""

    note: Words = ""
    presented_to: Key | None = None


@router.get("")
def papers(
    call: Reads,
    state: Annotated[str | None, Query(pattern=STATES)] = None,
    limit: Limit = 50,
    after: After = None,
) -> Listed[Paper]:
    """Returns the papers that came in, the last one first."""
    with call.looking() as reader:
        found = listing.papers(reader, state=state, after=after, limit=limit)
    return Listed(items=[Paper.model_validate(one) for one in found.items], next=found.next)


@router.post("", **DOES)
def registers(call: Writes, body: ByHand) -> Response:
    """Registers a paper that came by hand, without a scan."""
    return call.do(
        lambda desk: register_by_hand(
            desk, call.actor, body.facts(), note=body.note, presented_to=body.presented_to
        )
    )


@router.get("/{document_id}")
def paper(call: Reads, document_id: UUID) -> WholePaper:
    """Returns one paper with what belongs to it."""
    with call.looking() as reader:
        found = listing.paper(reader, document_id)
        whole = whole_paper(
            reader.session, document_id, officer_id=call.actor.id, at=call.portal.at()
        )
    return WholePaper.model_validate(
        {
            **Paper.model_validate(found).model_dump(),
            "files": [PaperFile.model_validate(one) for one in found.files],
            "assignments": [Assignment.model_validate(one) for one in whole.assignments],
            "requests": [SenderAsks.model_validate(one) for one in whole.requests],
            "next_due": whole.due,
            "late": whole.late,
        }
    )


@router.get("/{document_id}/files/{index}", **FILE)
def file(call: Reads, document_id: UUID, index: Annotated[int, Path(ge=0, le=1000)]) -> Response:
    """Returns one of its files."""
    with call.looking() as reader:
        one = listing.file_of(reader, document_id, index)
    with archive_wrapped():
        content = call.portal.desk.archive.get(one["sha256"])
    return handed_out(content, one["name"], one["media_type"])


@router.post("/{document_id}/accept", **DOES)
def accepts(call: Writes, document_id: UUID, body: Accepted) -> Response:
    """Accepts it with the next số đến."""
    _look(call, document_id)
    return call.do(
        lambda desk: accept(
            desk, call.actor, document_id, note=body.note, presented_to=body.presented_to
        )
    )


@router.post("/{document_id}/refuse", **DOES)
def refuses(call: Decides, document_id: UUID, body: Reasoned) -> Response:
    """Refuses it with a reason."""
    _look(call, document_id)
    return call.do(lambda desk: refuse(desk, call.actor, document_id, reason=body.reason))


@router.post("/{document_id}/judge", **DOES)
def judges(call: Writes, document_id: UUID) -> Response:
    """Has its signatures judged again."""
    _look(call, document_id)
    return call.do(lambda desk: judge_again(desk, call.actor, document_id))


@router.post("/{document_id}/assign", **DOES)
def assigns(call: Decides, document_id: UUID, body: Assigned) -> Response:
    """Assigns it: opinion, lead, those who coordinate, each with a day."""
    _look(call, document_id)
    return call.do(
        lambda desk: assign(
            desk, call.actor, document_id, opinion=body.opinion,
            lead=Handler(**body.lead.model_dump()),
            coordinating=[Handler(**one.model_dump()) for one in body.coordinating],
        )
    )  # fmt: skip


@router.post("/{document_id}/assignments/{assignment_id}/begin", **DOES)
def begins(call: Writes, document_id: UUID, assignment_id: UUID) -> Response:
    """Begins a part of the work."""
    _look(call, document_id, assignment_id=assignment_id)
    return call.do(lambda desk: begin(desk, call.actor, assignment_id))


@router.post("/{document_id}/assignments/{assignment_id}/finish", **DOES)
def finishes(call: Writes, document_id: UUID, assignment_id: UUID, body: Finished) -> Response:
    """Finishes a part of the work."""
    _look(call, document_id, assignment_id=assignment_id)
    return call.do(lambda desk: finish(desk, call.actor, assignment_id, result=body.result))


@router.post("/{document_id}/requests/{request_id}/agree", **DOES)
def agrees(call: Decides, document_id: UUID, request_id: UUID, body: Noted) -> Response:
    """Agrees to what the sender asks."""
    _look(call, document_id)
    return call.do(lambda desk: agree(desk, call.actor, request_id, note=body.note))


@router.post("/{document_id}/requests/{request_id}/refuse", **DOES)
def refuses_request(call: Decides, document_id: UUID, request_id: UUID, body: Reasoned) -> Response:
    """Refuses what the sender asks."""
    _look(call, document_id)
    return call.do(lambda desk: refuse_request(desk, call.actor, request_id, reason=body.reason))


@router.post("/{document_id}/destroy-files", **DOES)
def destroys(call: Writes, document_id: UUID) -> Response:
    """Ends a destruction that the archive had not answered to."""
    _look(call, document_id)
    return call.do(lambda desk: destroy_files(desk, document_id))


@router.post("/{document_id}/send-held", **DOES)
def sends_held(call: Writes, document_id: UUID) -> Response:
    """Sends answers that were held for want of a channel."""
    _look(call, document_id)
    return call.do(lambda desk: send_held(desk, call.actor, document_id))


@router.post("/{document_id}/reply-with-directive", **DOES)
def replies(call: Writes, document_id: UUID, body: Answering) -> Response:
    """Sends a sealed paper of this office back as the reply."""
    _look(call, document_id)
    with call.looking() as reader:
        reader.directive(DirectiveId(body.directive_id))
    return call.do(
        lambda desk: reply_with_directive(
            desk, call.actor, document_id, DirectiveId(body.directive_id)
        )
    )


def _look(call: Call, document_id: UUID, *, assignment_id: UUID | None = None) -> None:
    """Looks whether there is such a paper for this officer, with such a part."""
    with call.looking() as reader:
        listing.paper(reader, document_id)
        if assignment_id is None:
            return
        parts = {one.id for one in assignments_of(reader.session, document_id)}
    if assignment_id not in parts:
        raise NotFoundError("phần việc", assignment_id)
