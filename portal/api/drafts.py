"""Drafts while they are written, for programs: begun, saved, corrected, handed in, thrown away."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from actions.listing import working as listing
from actions.listing.sight import Reader
from actions.offices import office_facts
from actions.trying import archive_wrapped
from actions.working.body import Body
from actions.working.choices import authorities, kinds, reviewers
from actions.working.correcting import correct, reading_in, value_at
from actions.working.faults import faults_of
from actions.working.importing import reading_of
from actions.working.keeping import (
    Save,
    begin,
    begin_copy,
    begin_revision,
    body_of,
    discard,
    hand_in,
    save,
    take_back,
    working_draft,
)
from actions.working.replacing import replace
from models.base import DirectiveId
from models.officer import Role
from models.working import WorkingDraft
from portal.api.draft_shapes import (
    BriefDraft,
    Choices,
    DraftReading,
    DraftText,
    SavedDraft,
    Version,
    WholeDraft,
)
from portal.api.shapes import DOES, FILE, After, Given, Limit, Listed, Words, handed_out
from portal.calling import Reads, Writes

router = APIRouter(prefix="/api/v1", tags=["drafts"])


class NewPaper(Given):
    """Which kind of paper."""

    doc_type: Annotated[str, Field(min_length=1, max_length=60)]


class Corrections(Given):
    """What was read badly, put right; a field that is corrected is settled."""

    version: Version
    fields: Annotated[
        dict[str, str],
        Field(max_length=300, description="Words by `field` of a doubt."),
    ] = Field(default_factory=dict)
    settled: Annotated[
        tuple[Annotated[int, Field(ge=0, le=10_000)], ...],
        Field(max_length=300, description="`index` of doubts that are right as they stand."),
    ] = ()


class HandedIn(Given):
    """The version that was looked at, and what a further revision changes."""

    version: Version
    note: Words = ""


@router.get("/drafts")
def drafts(call: Reads, limit: Limit = 50, after: After = None) -> Listed[BriefDraft]:
    """Returns the officer's own unfinished drafts, the one that changed last first."""
    with call.looking() as reader:
        found = listing.drafts(reader, after=after, limit=limit)
        items = [BriefDraft.model_validate(_brief(one)) for one in found.items]
    return Listed(items=items, next=found.next)


@router.get("/draft-choices")
def choices(
    call: Reads,
    doc_type: Annotated[
        str, Query(max_length=60, description="Signatories for this kind; for any where left out.")
    ] = "",
) -> Choices:
    """Returns what a draft may name today: kinds, who signs, who checks."""
    with call.looking() as reader:
        reader.require_role("soạn thảo văn bản", Role.DRAFTER)
        session, day = reader.session, reader.day
        office = office_facts(session).organisation_id
        return Choices.model_validate(
            {
                "kinds": kinds(session, office, day),
                "authorities": authorities(session, office, doc_type, day),
                "content_reviewers": reviewers(session, office, Role.CONTENT_REVIEWER, day),
                "form_reviewers": reviewers(session, office, Role.FORM_REVIEWER, day),
            }
        )


@router.get("/drafts/{draft_id}")
def draft(call: Reads, draft_id: UUID) -> WholeDraft:
    """Returns one of the officer's drafts: its text, its doubts, what is still missing."""
    with call.looking() as reader:
        row = working_draft(reader.session, call.actor, draft_id)
        return WholeDraft.model_validate(_whole(reader, row))


@router.get("/drafts/{draft_id}/source", **FILE)
def source(call: Reads, draft_id: UUID) -> Response:
    """Returns the file that a draft was read from."""
    with call.looking() as reader:
        row = working_draft(reader.session, call.actor, draft_id)
        reading = reading_in(row)
    with archive_wrapped():
        content = call.portal.desk.archive.get(row.source_sha256 or "")
    return handed_out(content, row.source_name or "tep-goc", reading.media_type)


@router.post("/drafts", **DOES)
def begins(call: Writes, body: NewPaper) -> Response:
    """Begins an empty draft of a kind of paper; the receipt names it."""
    return call.do(lambda desk: begin(desk, call.actor, body.doc_type))


@router.post("/directives/{directive_id}/copy", **DOES)
def copies(call: Writes, directive_id: UUID) -> Response:
    """Begins a draft with the text of an earlier directive; the receipt names it."""
    key = DirectiveId(directive_id)
    return call.do(lambda desk: begin_copy(desk, call.actor, key))


@router.post("/directives/{directive_id}/take-up", **DOES)
def takes_up(call: Writes, directive_id: UUID) -> Response:
    """Takes a directive that lies with its drafter up again; the receipt names the draft."""
    key = DirectiveId(directive_id)
    return call.do(lambda desk: begin_revision(desk, call.actor, key))


@router.put("/drafts/{draft_id}", **DOES)
def saves(call: Writes, draft_id: UUID, body: SavedDraft) -> Response:
    """Saves the whole text. What is typed leaves no event: no deeds, and a version one higher."""

    def change(held: Body) -> None:
        replace(held, body.body.as_kept(held.regime, held.doc_type), body.attachments)

    said = Save(version=body.version)
    return call.do(
        lambda desk: save(desk, call.actor, draft_id, change, said, structure=True)
    )  # fmt: skip


@router.post("/drafts/{draft_id}/take-back", **DOES)
def takes_back(call: Writes, draft_id: UUID) -> Response:
    """Takes the last whole saving back; once more, and it is there again."""
    return call.do(lambda desk: take_back(desk, call.actor, draft_id))


@router.post("/drafts/{draft_id}/corrections", **DOES)
def corrects(call: Writes, draft_id: UUID, body: Corrections) -> Response:
    """Puts right what was read badly from the file. Leaves no event, as saving."""
    return call.do(
        lambda desk: correct(
            desk, call.actor, draft_id, body.fields, settled=frozenset(body.settled),
            seen=body.version,
        )
    )  # fmt: skip


@router.post("/drafts/{draft_id}/hand-in", **DOES)
def hands_in(call: Writes, draft_id: UUID, body: HandedIn) -> Response:
    """Makes the draft a directive, or its next revision, with its drafter still.

    The receipt names the directive; `POST …/directives/{directive_id}/submit` sends it to review.
    """
    return call.do(
        lambda desk: hand_in(desk, call.actor, draft_id, note=body.note, seen=body.version)
    )


@router.delete("/drafts/{draft_id}", **DOES)
def discards(call: Writes, draft_id: UUID) -> Response:
    """Throws a draft away; a directive that it revises stays as it is."""
    return call.do(lambda desk: discard(desk, call.actor, draft_id))


def _brief(row: WorkingDraft) -> dict[str, Any]:
    body, reading = body_of(row), reading_of(row)
    return {
        "id": row.id, "doc_type": body.doc_type, "title": body.title, "version": row.version,
        "directive_id": row.directive_id, "source_name": row.source_name,
        "open_doubts": len(reading.open) if reading else 0, "created_at": row.created_at,
        "updated_at": row.updated_at,
    }  # fmt: skip


def _whole(reader: Reader, row: WorkingDraft) -> dict[str, Any]:
    body = body_of(row)
    return {
        **_brief(row), "regime": body.regime, "body": DraftText.of(body),
        "attachments": body.attachments,
        "reading": _read(row, body), "faults": list(faults_of(reader.session, body, reader.day)),
    }  # fmt: skip


def _read(row: WorkingDraft, body: Body) -> DraftReading | None:
    reading = reading_of(row)
    if reading is None:
        return None
    return DraftReading.model_validate(
        {
            **reading.model_dump(include={"kind", "media_type", "size_bytes", "notes"}),
            "name": row.source_name or "",
            "doubts": [
                {**one.model_dump(), "index": at, "value": value_at(body, one.field)}
                for at, one in enumerate(reading.doubts)
            ],
        }
    )
