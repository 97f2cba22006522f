"""Revising a draft that lies with its drafter: the texts, and what was changed."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions.discussing.threads import summary_of
from actions.draft import Draft, NewAttachment
from actions.draft_rows import content_of, draft_of
from actions.drafting import revise
from actions.errors import InvalidInputError, NotAuthorisedError
from documents.content import DirectiveContent
from documents.errors import ContentError
from models.base import DirectiveId
from models.directive import Directive, Document
from models.lifecycle import DirectiveState
from portal.context import Portal, ThePortal
from portal.editing import changed, texts_of
from portal.identity import Deciding, Person, SignedInPerson
from portal.pages.decisions import refused_words
from portal.problems import STALE, problem_of
from portal.rendering import page
from portal.seeing import open_directive

WITH_DRAFTER = (DirectiveState.DRAFTING, DirectiveState.RETURNED)

router = APIRouter(prefix="/van-ban/{directive_id}")


async def form_texts(request: Request) -> dict[str, str]:
    """Returns every field of the form as text."""
    form = await request.form()
    return {key: value for key, value in form.items() if isinstance(value, str)}


FormTexts = Annotated[dict[str, str], Depends(form_texts)]


@router.get("/sua")
def editor(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID
) -> Response:
    """Shows the texts of the draft."""
    return _show(request, portal, person, DirectiveId(directive_id))


@router.post("/sua")
def save(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    given: FormTexts,
) -> Response:
    """Stores a further revision and goes back to the directive."""
    key = DirectiveId(directive_id)
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        before = draft_of(session, directive)
        files = _attachments(session, portal, directive)
    try:
        content = changed(before.content, given)
        draft = replace(before, content=content, attachments=files)
        _store(portal, person, key, draft, given.get("note", ""))
    except (*STALE, InvalidInputError) as refusal:
        words, status = refused_words(portal, key, refusal), problem_of(refusal).status
        return _show(request, portal, person, key, given=given, refusal=words, status=status)
    except ContentError as fault:
        words, status = fault.diagnosis(), problem_of(fault).status
        return _show(request, portal, person, key, given=given, refusal=words, status=status)
    return RedirectResponse(f"/van-ban/{key}", status_code=303)


def _store(portal: Portal, person: Person, key: DirectiveId, draft: Draft, note: str) -> None:
    revise(portal.desk, person.actor, key, draft=draft, note=note)
    portal.nudge(key)


def _attachments(
    session: Session, portal: Portal, directive: Directive
) -> tuple[NewAttachment, ...]:
    """The files that travel beside the directive go on with every revision."""
    rows = session.scalars(
        select(Document)
        .where(
            Document.directive_id == directive.id,
            Document.revision == directive.revision,
            Document.kind == "attachment",
        )
        .order_by(Document.created_at, Document.id)
    )
    return tuple(
        NewAttachment(
            name=row.name, media_type=row.media_type, content=portal.desk.archive.get(row.sha256)
        )
        for row in rows
    )


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    given: dict[str, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> Response:
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        content: DirectiveContent = content_of(session, directive)
        discussion = summary_of(session, directive, person.officer_id)
    if person.officer_id != directive.drafter_id:
        who = "người soạn thảo văn bản này"
        raise NotAuthorisedError(person.actor.name, "sửa văn bản", who)
    if directive.state not in WITH_DRAFTER and not refusal:
        return RedirectResponse(f"/van-ban/{key}", status_code=303)
    return page(
        request, "revising.html", person=person, status=status, directive=directive,
        discussion=discussion, texts=texts_of(content), given=given or {}, refusal=refusal,
    )  # fmt: skip
