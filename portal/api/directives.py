"""Directives for programs: lists, one with where it stands, history, recipients, files."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from actions.auditing import verify_events_of
from actions.exporting import figures
from actions.legal_steps import legal_steps
from actions.listing import directives as listing
from actions.progress import next_steps, timeline, work_for
from actions.searching.finding import Filters, find
from actions.searching.terms import LONGEST, Terms
from actions.signatures import without_timestamp
from actions.trying import archive_wrapped
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from portal.api.shapes import FILE, LARGEST, After, Day, Limit, Listed, Told, handed_out
from portal.calling import Reads
from portal.pages.evidence import dossier_file

_Q: Final = (
    "Words of number, kind, subject, text and recipients; all must be there, the last one may be "
    "the beginning of a longer one; in double quotes, as they follow each other"
)

router = APIRouter(prefix="/api/v1/directives", tags=["directives"])
work_router = APIRouter(prefix="/api/v1/work", tags=["directives"])


class Brief(Told):
    """A directive in a list."""

    id: UUID
    number: str | None
    doc_type: str
    subject: str
    state: DirectiveState
    urgency: str | None
    issue_date: date | None
    updated_at: datetime


class Step(Told):
    """One thing that a directive waits for."""

    kind: str
    deed: str
    words: str


class LegalStep(Told):
    """One legal step.

    Keys: submit, check_content, check_form, approve, take_number, sign, seal, issue, sent, arrived,
    accepted, reported.
    """

    key: str
    words: str
    stands: Literal["done", "partly", "now", "ahead", "dropped"]
    at: datetime | None
    actor: str
    count: int | None
    """Units of which it holds (answers, for `reported`); null before issue."""
    total: int


class Event(Told):
    """One thing that was done to it, or refused to somebody."""

    sequence: int
    """In the audit trail."""
    at: datetime
    actor_kind: str
    actor_id: str
    actor_name: str
    deed: str
    outcome: str
    detail: dict[str, Any]
    hash: str


class Whole(Brief):
    """A directive with where it stands."""

    organisation_id: str
    symbol: str
    revision: int
    drafter_id: str
    content_reviewer_id: str | None
    form_reviewer_id: str | None
    signatory_id: str | None
    return_reason: str | None
    """Why it came back to its drafter last, until it is approved."""
    taken_back_revision: int | None
    """The version that the drafter took back, where `return_reason` is the drafter's own."""
    created_at: datetime
    issued_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    frozen_sha256: str | None
    signed_sha256: str | None
    sealed_sha256: str | None
    without_timestamp: list[str]
    """`officer`, `seal`: signatures that still lack a time stamp."""
    next_steps: list[Step]
    legal_steps: list[LegalStep]
    record_broken_at: int | None
    """First event of it that does not fit the chain of the audit trail; null where all do."""
    figures: dict[str, int]


class RecipientLine(Told):
    """One line of the recipient list as printed."""

    ordinal: int
    raw: str
    role: str
    organisations: list[str]
    groups: list[str]


class Unit(Told):
    """One unit that the list comes down to today."""

    organisation_id: str
    name: str
    role: str
    lines: list[int]
    channel: str
    address: str | None
    problem: str | None
    """Why nothing can be sent to it now."""


class Recipients(Told):
    """To whom a directive goes."""

    lines: list[RecipientLine]
    units: list[Unit]


class File(Told):
    """A stored file of a directive."""

    id: UUID
    kind: str
    name: str
    media_type: str
    sha256: str
    size_bytes: int
    revision: int | None
    created_at: datetime


class Files(Told):
    """All that is stored of a directive, oldest first."""

    items: list[File]


class Content(Told):
    """One version of the text."""

    ordinal: int
    content: dict[str, Any]
    content_sha256: str
    note: str | None
    created_by: str
    created_at: datetime


class WorkItem(Told):
    """One thing that waits for the officer."""

    directive_id: UUID
    title: str
    subject: str
    doc_type: str
    urgency: str | None
    state: str
    deed: str
    words: str
    since: datetime


class Work(Told):
    """All that waits for the officer, as on their first page."""

    items: list[WorkItem]


@work_router.get("")
def work(call: Reads) -> Work:
    """Returns what waits for the officer of the token."""
    with call.looking() as reader:
        found = work_for(reader.session, call.actor.id, call.portal.today())
    return Work(items=[WorkItem.model_validate(one) for one in found])


@router.get("")
def directives(
    *,
    call: Reads,
    state: DirectiveState | None = None,
    number: Annotated[
        str | None, Query(max_length=80, description="Number and symbol: `96-HD/BTGTU`")
    ] = None,
    q: Annotated[str | None, Query(max_length=LONGEST, description=_Q)] = None,
    doc_type: Annotated[
        str | None, Query(max_length=60, description="Kind, as it stands in `doc_type`")
    ] = None,
    unit: Annotated[
        str | None, Query(max_length=80, description="Organisation that it was or will be sent to")
    ] = None,
    since: Annotated[Day | None, Query(description="First `issue_date`")] = None,
    until: Annotated[Day | None, Query(description="Last `issue_date`")] = None,
    limit: Limit = 50,
    after: After = None,
) -> Listed[Brief]:
    """Returns directives of the officer's offices, the one that changed last first.

    Found by words, as on the page of directives: without marks and case, `huong dan` is `hướng
    dẫn`. All filters must be fulfilled.
    """
    terms = Terms.read(q or "")
    if q is not None and not terms:
        return Listed(items=[], next=None)  # nothing but signs, which no directive holds
    filters = Filters(
        terms=terms,
        states=None if state is None else frozenset({state}),
        doc_type=doc_type, unit=unit, number=number, since=since, until=until,
    )  # fmt: skip
    with call.looking() as reader:
        found = find(reader, filters, after=after, limit=limit)
    return Listed(items=[_brief(one) for one in found.items], next=found.next)


@router.get("/{directive_id}")
def directive(call: Reads, directive_id: UUID) -> Whole:
    """Returns one directive. One that the officer may not see is not found."""
    with call.looking() as reader:
        one = reader.directive(DirectiveId(directive_id))
        steps = next_steps(reader.session, one)
        happened = timeline(reader.session, one.id)
        record = verify_events_of(reader.session, "directive", str(one.id))
        return Whole.model_validate(
            {
                **_values(one, Whole),
                "without_timestamp": list(without_timestamp(reader.session, one.id)),
                "next_steps": list(steps),
                "legal_steps": legal_steps(reader.session, one, happened, steps),
                "record_broken_at": record.broken_at,
                "figures": figures(reader.session, one.id, at=call.portal.at()),
            }
        )


@router.get("/{directive_id}/events")
def events(
    call: Reads, directive_id: UUID, limit: Limit = 50, after: After = None
) -> Listed[Event]:
    """Returns what happened to it, oldest first, with who did it."""
    with call.looking() as reader:
        found = listing.history(reader, DirectiveId(directive_id), after=after, limit=limit)
    return Listed(items=[Event.model_validate(one) for one in found.items], next=found.next)


@router.get("/{directive_id}/content")
def content(
    call: Reads,
    directive_id: UUID,
    revision: Annotated[
        int | None, Query(ge=1, le=LARGEST, description="The newest where left out")
    ] = None,
) -> Content:
    """Returns a version of its text."""
    with call.looking() as reader:
        found = listing.revision_of(reader, DirectiveId(directive_id), revision)
    return Content.model_validate(found)


@router.get("/{directive_id}/recipients")
def recipients(call: Reads, directive_id: UUID) -> Recipients:
    """Returns its recipient list, and the units that it means today."""
    with call.looking() as reader:
        found = listing.recipients(reader, DirectiveId(directive_id))
    return Recipients.model_validate(found)


@router.get("/{directive_id}/files")
def files(call: Reads, directive_id: UUID) -> Files:
    """Returns which files are stored of it."""
    with call.looking() as reader:
        found = listing.files(reader, DirectiveId(directive_id))
    return Files(items=[File.model_validate(one) for one in found])


@router.get("/{directive_id}/files/{file_id}", **FILE)
def file(call: Reads, directive_id: UUID, file_id: UUID) -> Response:
    """Returns the bytes of a stored file."""
    with call.looking() as reader:
        found = listing.file_of(reader, DirectiveId(directive_id), file_id)
    with archive_wrapped():
        data = call.portal.desk.archive.get(found.sha256)
    return handed_out(data, found.name, found.media_type)


@router.get("/{directive_id}/dossier", **FILE)
def dossier(call: Reads, directive_id: UUID) -> Response:
    """Returns the dossier of evidence: its files, signatures, journal with hashes, as one ZIP."""
    with call.looking() as reader:
        key = reader.directive(DirectiveId(directive_id)).id
    return dossier_file(call.portal, key)


def _brief(one: Directive) -> Brief:
    return Brief.model_validate(_values(one, Brief))


def _values(one: Directive, shape: type[Brief]) -> dict[str, Any]:
    same = (name for name in shape.model_fields if name != "number" and hasattr(one, name))
    return {"number": one.number_text, **{name: getattr(one, name) for name in same}}
