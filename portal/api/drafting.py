"""Drafts by programs: a new directive, a further version of one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from actions.draft import Draft, LineReading, NewAttachment, TaskReading
from actions.drafting import revise, start_directive
from actions.pages import attachments_of
from actions.trying import archive_wrapped
from documents.content import RecipientRole, from_json
from models.base import DirectiveId
from portal.api.shapes import DOES, Day, Given, Key, Line, Words
from portal.calling import Writes

router = APIRouter(prefix="/api/v1/directives", tags=["drafting"])
Keys = Annotated[tuple[Key, ...], Field(max_length=2000)]


class RecipientLine(Given):
    """One recipient line, with whom it names; as many as the text has, in its order."""

    raw: Annotated[str, Field(max_length=500)]
    role: RecipientRole
    organisations: Keys = ()
    groups: Keys = ()


class Task(Given):
    """One thing that the directive asks of units."""

    ref: Annotated[str, Field(min_length=1, max_length=20)]
    what: Words
    sentence: Words
    is_report: bool = False
    deadline_raw: Line | None = None
    kind: Annotated[str, Field(min_length=1, max_length=30)]
    named_date: Day | None = None
    inclusive: bool | None = None
    organisations: Keys = ()
    groups: Keys = ()
    coordinating: Keys = ()
    schedule: Annotated[dict[str, Any], Field(default_factory=dict, max_length=20)]
    reports_through: Key | None = None


class NewDraft(Given):
    """A directive as its drafter hands it in."""

    content: Annotated[
        dict[str, Any],
        Field(
            description="As `GET …/content` returns it. Number and date are not taken from here.",
            max_length=60,
        ),
    ]
    lines: Annotated[tuple[RecipientLine, ...], Field(max_length=2000)]
    tasks: Annotated[tuple[Task, ...], Field(max_length=500)] = ()
    content_reviewer: Key
    form_reviewer: Key
    signatory: Key
    authority_id: Key

    def draft(self) -> Draft:
        """Returns it as deeds take it.

        Raises:
            ContentError: the text has not the shape of a directive.
        """
        return Draft(
            content=from_json(self.content),
            lines=tuple(LineReading(**_given(one)) for one in self.lines),
            tasks=tuple(TaskReading(**_given(one)) for one in self.tasks),
            content_reviewer=self.content_reviewer,
            form_reviewer=self.form_reviewer,
            signatory=self.signatory,
            authority_id=self.authority_id,
        )


class NewVersion(NewDraft):
    """A further version; files beside the directive go on with it."""

    note: Words


@router.post("", **DOES)
def starts(call: Writes, body: NewDraft) -> Response:
    """Begins a directive; the receipt names it."""
    draft = body.draft()
    return call.do(lambda desk: start_directive(desk, call.actor, draft=draft))


@router.post("/{directive_id}/revisions", **DOES)
def revises(call: Writes, directive_id: UUID, body: NewVersion) -> Response:
    """Stores a further version of a draft."""
    key = DirectiveId(directive_id)
    with call.looking() as reader:
        rows = attachments_of(reader.session, reader.directive(key))
    with archive_wrapped():
        files = tuple(
            NewAttachment(
                name=row.name, media_type=row.media_type,
                content=call.portal.desk.archive.get(row.sha256),
            )
            for row in rows
        )  # fmt: skip
    draft = replace(body.draft(), attachments=files)
    return call.do(
        lambda desk: revise(desk, call.actor, key, draft=draft, note=body.note), nudge=key
    )


def _given(shape: Given) -> Mapping[str, Any]:
    return {name: getattr(shape, name) for name in type(shape).model_fields}
