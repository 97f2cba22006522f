"""Consignments for programs: how far a directive came to each unit, and what the clerk decides."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from actions.amending.answering import note_recall_answer
from actions.consigning import resend
from actions.distribution.clerk import (
    ByHand,
    hold,
    mark_arrived,
    mark_sent_by_hand,
    release,
    reroute,
)
from actions.listing import following as listing
from models.base import DirectiveId
from models.lifecycle import DeliveryState
from portal.api.shapes import (
    DOES,
    After,
    Day,
    Given,
    Limit,
    Line,
    Listed,
    Noted,
    Reason,
    Reasoned,
    Told,
    Words,
)
from portal.calling import Call, Decides, Reads, Writes

router = APIRouter(prefix="/api/v1", tags=["dispatch"])


class Sending(Told):
    """What one unit gets through one channel, and how far it came."""

    id: UUID
    directive_id: UUID
    revision: int
    organisation_id: str
    role: str
    channel: str
    address: str
    state: DeliveryState
    detail: str | None
    message_id: str
    planned_at: datetime
    send_by: datetime | None
    sent_at: datetime | None
    acknowledged_at: datetime | None
    tracking: str | None
    rerouted_to_id: UUID | None
    """What took its place; where this is null, it stands for the unit."""


class Moment(Told):
    """One thing that became known of it."""

    at: datetime
    said_at: datetime | None
    source: str
    state: str | None
    code: str | None
    words: str


class WholeSending(Sending):
    """A consignment with its history."""

    history: list[Moment]


class Again(Given):
    """Where to, if not to the same address."""

    address: Line = ""
    reason: Words = ""


class Channel(Given):
    """Another channel."""

    channel: Annotated[str, Field(min_length=1, max_length=20)]
    address: Line = ""
    reason: Reason


class Posted(Given):
    """How paper was sent."""

    tracking: Annotated[str, Field(max_length=200)] = ""
    sent_on: Day
    note: Words = ""


class RecallAnswer(Given):
    """What a unit said to a recall."""

    agreed: bool
    words: Words = ""


@router.get("/directives/{directive_id}/consignments")
def consignments(
    call: Reads,
    directive_id: UUID,
    state: DeliveryState | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Listed[Sending]:
    """Returns how far a directive came to each unit."""
    with call.looking() as reader:
        found = listing.consignments(
            reader, DirectiveId(directive_id), state=state, after=after, limit=limit
        )
    return Listed(items=[Sending.model_validate(one) for one in found.items], next=found.next)


@router.get("/consignments/{consignment_id}")
def consignment(call: Reads, consignment_id: UUID) -> WholeSending:
    """Returns one consignment with every word about it."""
    with call.looking() as reader:
        found = listing.consignment(reader, consignment_id)
        history = listing.delivery_history(reader, consignment_id)
    return WholeSending.model_validate(
        {
            **Sending.model_validate(found).model_dump(),
            "history": [Moment.model_validate(one) for one in history],
        }
    )


@router.post("/consignments/{consignment_id}/resend", **DOES)
def resends(call: Writes, consignment_id: UUID, body: Again) -> Response:
    """Sends it again, to another address where one is given."""
    return call.do(
        lambda desk: resend(
            desk, call.actor, consignment_id, address=body.address.strip() or None,
            reason=body.reason,
        ),
        nudge=_about(call, consignment_id),
    )  # fmt: skip


@router.post("/consignments/{consignment_id}/hold", **DOES)
def holds(call: Writes, consignment_id: UUID, body: Reasoned) -> Response:
    """Holds it back."""
    return call.do(lambda desk: hold(desk, call.actor, consignment_id, reason=body.reason))


@router.post("/consignments/{consignment_id}/release", **DOES)
def releases(call: Writes, consignment_id: UUID, body: Noted) -> Response:
    """Lets go of what was held back."""
    return call.do(
        lambda desk: release(desk, call.actor, consignment_id, reason=body.note),
        nudge=_about(call, consignment_id),
    )


@router.post("/consignments/{consignment_id}/reroute", **DOES)
def reroutes(call: Writes, consignment_id: UUID, body: Channel) -> Response:
    """Sends it by another channel."""
    return call.do(
        lambda desk: reroute(
            desk, call.actor, consignment_id, channel=body.channel, address=body.address,
            reason=body.reason,
        ),
        nudge=_about(call, consignment_id),
    )  # fmt: skip


@router.post("/consignments/{consignment_id}/arrived", **DOES)
def arrives(call: Writes, consignment_id: UUID, body: Reasoned) -> Response:
    """Notes that it arrived, where nobody could tell."""
    return call.do(lambda desk: mark_arrived(desk, call.actor, consignment_id, reason=body.reason))


@router.post("/consignments/{consignment_id}/sent-by-hand", **DOES)
def sent_by_hand(call: Writes, consignment_id: UUID, body: Posted) -> Response:
    """Notes that paper was sent."""
    how = ByHand(tracking=body.tracking, sent_on=body.sent_on, note=body.note)
    return call.do(lambda desk: mark_sent_by_hand(desk, call.actor, consignment_id, how))


@router.post("/consignments/{consignment_id}/recall-answer", **DOES)
def recall_answer(call: Decides, consignment_id: UUID, body: RecallAnswer) -> Response:
    """Notes what the unit said to a recall."""
    return call.do(
        lambda desk: note_recall_answer(
            desk, call.actor, consignment_id, agreed=body.agreed, words=body.words
        ),
        nudge=_about(call, consignment_id),
    )


def _about(call: Call, consignment_id: UUID) -> DirectiveId | None:
    """The directive whose run is to look again, where the officer may see it."""
    with call.looking() as reader:
        return listing.consignment(reader, consignment_id).directive_id
