"""Templates of the office, for programs: seen, begun with, made of a draft, renamed, withdrawn."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from actions.listing import working as listing
from actions.working.body import Body
from actions.working.templates import (
    LONGEST_NAME,
    begin_from_template,
    rename_template,
    save_template,
    template_of,
    withdraw_template,
)
from models.working import DraftTemplate
from portal.api.draft_shapes import DraftText
from portal.api.shapes import DOES, After, Given, Limit, Listed, Told
from portal.calling import Reads, Writes

router = APIRouter(prefix="/api/v1", tags=["templates"])


class Name(Given):
    """How a template is called; once in the office."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class Template(Told):
    """A template of the office."""

    id: UUID
    name: str
    doc_type: str
    made_by: str
    created_at: datetime


class WholeTemplate(Template):
    """A template with what a draft begins with."""

    body: DraftText
    """Without people, files and days."""


@router.get("/templates")
def templates(call: Reads, limit: Limit = 50, after: After = None) -> Listed[Template]:
    """Returns the templates of the office, the newest first, to those who draft and keep them."""
    with call.looking() as reader:
        found = listing.templates(reader, after=after, limit=limit)
    return Listed(items=[Template.model_validate(one) for one in found.items], next=found.next)


@router.get("/templates/{template_id}")
def template(call: Reads, template_id: UUID) -> WholeTemplate:
    """Returns one template; a withdrawn one is not found."""
    with call.looking() as reader:
        row = template_of(reader.session, call.actor, template_id, reader.day)
        return _whole(row)


@router.post("/templates/{template_id}/begin", **DOES)
def begins(call: Writes, template_id: UUID) -> Response:
    """Begins a draft with a template; the receipt names the draft."""
    return call.do(lambda desk: begin_from_template(desk, call.actor, template_id))


@router.post("/drafts/{draft_id}/template", **DOES)
def saves(call: Writes, draft_id: UUID, body: Name) -> Response:
    """Keeps a draft as a template of the office; the receipt names the template."""
    return call.do(lambda desk: save_template(desk, call.actor, draft_id, body.name))


@router.put("/templates/{template_id}", **DOES)
def renames(call: Writes, template_id: UUID, body: Name) -> Response:
    """Calls a template otherwise: its maker, the registry clerk or the administrator."""
    return call.do(lambda desk: rename_template(desk, call.actor, template_id, body.name))


@router.delete("/templates/{template_id}", **DOES)
def withdraws(call: Writes, template_id: UUID) -> Response:
    """Offers a template no more; drafts that began with it stay."""
    return call.do(lambda desk: withdraw_template(desk, call.actor, template_id))


def _whole(row: DraftTemplate) -> WholeTemplate:
    return WholeTemplate(
        id=row.id, name=row.name, doc_type=row.doc_type, made_by=row.made_by,
        created_at=row.created_at, body=DraftText.of(Body.model_validate(row.body)),
    )  # fmt: skip
