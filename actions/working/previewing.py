"""The pages of a draft, and of a template, as they would be printed now."""

import uuid
from dataclasses import replace

from actions.auditing import Actor
from actions.desk import Desk, local_day
from actions.errors import InvalidInputError, Problem
from actions.freezing import DRAFT_NOTICE
from actions.working.body import Body
from actions.working.building import build
from actions.working.keeping import body_of, working_draft
from actions.working.templates import template_of
from documents.content import DirectiveContent
from documents.errors import DocumentsError
from documents.render import render_pages

PPI = 100


def preview(desk: Desk, actor: Actor, key: uuid.UUID) -> list[bytes]:
    """Sets a working copy on A4, marked as a draft. Returns a PNG a page.

    Raises:
        NotFoundError: there is no such copy of the actor's.
        InvalidInputError: the page cannot be set; it says why.
    """
    with desk.database.reading() as session:
        content = build(session, body_of(working_draft(session, actor, key))).content
    return _drawn(desk, content)


def preview_template(desk: Desk, actor: Actor, key: uuid.UUID) -> list[bytes]:
    """Sets a template of the office on A4, marked as a draft. Returns a PNG a page.

    Raises:
        NotAuthorisedError, NotFoundError: it is none of the actor's office.
        InvalidInputError: the page cannot be set; it says why.
    """
    with desk.database.reading() as session:
        row = template_of(session, actor, key, local_day(desk.clock()))
        content = build(session, Body.model_validate(row.body)).content
    return _drawn(desk, content)


def _drawn(desk: Desk, content: DirectiveContent) -> list[bytes]:
    marked = replace(content, notice=DRAFT_NOTICE)
    try:
        return render_pages(marked, at=desk.clock(), fonts=desk.fonts, ppi=PPI)
    except DocumentsError as err:
        raise InvalidInputError(Problem(place="Trang văn bản", reason=err.diagnosis())) from err
