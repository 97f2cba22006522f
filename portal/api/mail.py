"""Mail that came in and waits for a person, for programs: read, matched or set aside."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from actions.incoming.taking import take_mail
from actions.listing import incoming as listing
from actions.receiving import match, set_aside
from actions.waiting_mail import Meaning, match_to_delivery, read_message
from models.base import DirectiveId
from portal.api.incoming import Facts
from portal.api.shapes import DOES, After, Given, Key, Limit, Listed, Reasoned, Told, Words
from portal.calling import Call, Decides, Reads, Writes

router = APIRouter(prefix="/api/v1/mail", tags=["mail"])


class Mail(Told):
    """A message that came in."""

    id: UUID
    channel: str
    message_id: str | None
    sender: str
    subject: str
    state: str
    """new, matched, unmatched (waits for a person), set_aside."""
    matched_to: str | None
    detail: str | None
    received_at: datetime


class MailFile(Told):
    """A file in it."""

    name: str
    media_type: str
    size: int


class WholeMail(Mail):
    """A message as text."""

    text: str
    cut: bool
    files: list[MailFile]


class AsReport(Given):
    """Whose report about what it is."""

    organisation_id: Key
    directive_id: UUID


class AsWord(Given):
    """About which consignment, and what it means for it."""

    consignment_id: UUID
    meaning: Meaning
    reason: Words = ""


@router.get("")
def mail(
    call: Reads,
    waiting: Annotated[bool, Query(description="Only what waits for a person")] = True,  # noqa: FBT002 (a query)
    limit: Limit = 50,
    after: After = None,
) -> Listed[Mail]:
    """Returns mail that came in, the oldest first."""
    with call.looking() as reader:
        found = listing.mail(reader, waiting_only=waiting, after=after, limit=limit)
    return Listed(items=[Mail.model_validate(one) for one in found.items], next=found.next)


@router.get("/{message_id}")
def message(call: Reads, message_id: UUID) -> WholeMail:
    """Returns one message as text."""
    with call.looking() as reader:
        found = listing.message(reader, message_id)
    read = read_message(call.portal.desk, found)
    return WholeMail.model_validate(
        {
            **Mail.model_validate(found).model_dump(),
            "text": read.text,
            "cut": read.cut,
            "files": [
                {"name": name, "media_type": kind, "size": size} for name, kind, size in read.files
            ],
        }
    )


@router.post("/{message_id}/as-report", **DOES)
def as_report(call: Decides, message_id: UUID, body: AsReport) -> Response:
    """Takes the PDF in it as the report of a unit."""
    _look(call, message_id)
    return call.do(
        lambda desk: match(
            desk, call.actor, message_id, organisation_id=body.organisation_id,
            directive_id=DirectiveId(body.directive_id),
        )
    )  # fmt: skip


@router.post("/{message_id}/as-word", **DOES)
def as_word(call: Decides, message_id: UUID, body: AsWord) -> Response:
    """Matches it to a delivery, with what it means."""
    _look(call, message_id)
    return call.do(
        lambda desk: match_to_delivery(
            desk, call.actor, message_id, consignment_id=body.consignment_id,
            meaning=body.meaning, reason=body.reason,
        )
    )  # fmt: skip


@router.post("/{message_id}/as-paper", **DOES)
def as_paper(call: Writes, message_id: UUID, body: Facts) -> Response:
    """Takes it as an incoming paper."""
    _look(call, message_id)
    return call.do(lambda desk: take_mail(desk, call.actor, message_id, body.facts()))


@router.post("/{message_id}/set-aside", **DOES)
def put_aside(call: Decides, message_id: UUID, body: Reasoned) -> Response:
    """Sets it aside with a reason; it stays in the archive."""
    _look(call, message_id)
    return call.do(lambda desk: set_aside(desk, call.actor, message_id, reason=body.reason))


def _look(call: Call, message_id: UUID) -> None:
    with call.looking() as reader:
        listing.message(reader, message_id)
