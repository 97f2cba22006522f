"""“Soạn văn bản”: begin a draft, go on with one, throw one away."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions.errors import InvalidInputError, NotAuthorisedError
from actions.offices import office_facts
from actions.working.choices import kinds
from actions.working.keeping import (
    begin,
    begin_copy,
    begin_revision,
    body_of,
    discard,
    my_drafts,
)
from actions.working.sources import sources_of
from actions.working.templates import templates_of
from models.base import DirectiveId
from models.directive import Directive
from models.officer import Role
from portal.context import ThePortal
from portal.i18n.catalogue import gettext, noted
from portal.identity import Deciding, Person, SignedInPerson
from portal.live import Watched, live_of
from portal.problems import problem_of, sentence_of
from portal.rendering import page

PATH: Final = "/soan"
_SHOWN: Final = 12
"""Earlier papers offered as a beginning; any other is copied from its own page."""
_TEMPLATES_SHOWN: Final = 8
_DONE: Final = {
    "bo": noted("Đã xoá dự thảo đang soạn."),
    "bo-tep": noted("Đã bỏ tệp."),
}

router = APIRouter()


@router.get(PATH)
def drafts(request: Request, portal: ThePortal, person: SignedInPerson, xong: str = "") -> Response:
    """Shows the kinds to begin with, and the reader's unfinished drafts."""
    return _show(request, portal, person, done=gettext(_DONE.get(xong, "")))


@router.post(PATH)
def begin_new(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    kind: Annotated[str, Form()] = "",
) -> Response:
    """Begins an empty draft and opens it."""
    try:
        key = begin(portal.desk, person.actor, kind)
    except InvalidInputError as refusal:
        status = problem_of(refusal).status
        return _show(request, portal, person, refusal=sentence_of(refusal), status=status)
    return RedirectResponse(f"{PATH}/{key}", status_code=303)


@router.post("/van-ban/{directive_id}/soan-theo")
def begin_from(portal: ThePortal, person: Deciding, directive_id: UUID) -> Response:
    """Begins a draft with the text of an earlier directive and opens it."""
    key = begin_copy(portal.desk, person.actor, DirectiveId(directive_id))
    return RedirectResponse(f"{PATH}/{key}", status_code=303)


@router.post("/van-ban/{directive_id}/sua")
def revise(portal: ThePortal, person: Deciding, directive_id: UUID) -> Response:
    """Takes a directive that lies with its drafter up again and opens it."""
    key = begin_revision(portal.desk, person.actor, DirectiveId(directive_id))
    return RedirectResponse(f"{PATH}/{key}", status_code=303)


@router.post("/soan/{key}/xoa")
def throw_away(portal: ThePortal, person: Deciding, key: UUID) -> Response:
    """Throws a draft away."""
    discard(portal.desk, person.actor, key)
    return RedirectResponse(f"{PATH}?xong=bo", status_code=303)


def _show(
    request: Request,
    portal: ThePortal,
    person: Person,
    *,
    done: str = "",
    refusal: str = "",
    status: int = 200,
) -> Response:
    with portal.database.reading() as session:
        office_id = office_facts(session).organisation_id
        if not person.has(office_id, Role.DRAFTER):
            raise NotAuthorisedError(person.actor.name, "soạn thảo văn bản", "người soạn thảo")
        offered = kinds(session, office_id, portal.today())
        sources = sources_of(session, person.officer_id)
        live = live_of(session, portal, person, Watched.SOURCES) if sources else None
        mine = [(row, body_of(row)) for row in my_drafts(session, person.officer_id)]
        earlier = _earlier(session, office_id)
        templates = templates_of(session, office_id)
    return page(
        request, "drafts.html", person=person, status=status, kinds=offered, mine=mine,
        templates=templates, most_templates=_TEMPLATES_SHOWN,
        earlier=earlier, sources=sources, live=live, done=done, refusal=refusal,
    )  # fmt: skip


def _earlier(session: Session, organisation_id: str) -> list[Directive]:
    return list(
        session.scalars(
            select(Directive)
            .where(Directive.organisation_id == organisation_id, Directive.number.is_not(None))
            .order_by(Directive.updated_at.desc(), Directive.id)
            .limit(_SHOWN)
        )
    )
