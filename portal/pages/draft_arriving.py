"""A file that a draft is to begin with: it comes in, is read beside the pages, or says why not."""

from functools import partial
from typing import Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import (
    ActionRefusedError,
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    Problem,
)
from actions.notices.kinds import DRAFT
from actions.notices.showing import mark_seen
from actions.offices import office_facts
from actions.working.keeping import working_draft
from actions.working.sources import (
    UNDER_WAY,
    SourceFile,
    drop_source,
    keep_source,
    read_again,
    source_of,
)
from models.officer import Role
from portal.context import Portal, ThePortal
from portal.errors import BadUploadError, UploadTooLargeError
from portal.identity import Deciding, Person, SignedInPerson, check_own_form
from portal.live import Watched, live_of
from portal.problems import problem_of, sentence_of
from portal.rendering import page
from portal.uploads import Upload, read_upload

UPLOAD: Final = "/soan/tep"
"""Where files come in; they keep to the office's limit by themselves."""
PATH: Final = "/soan/doc/"

router = APIRouter()


@router.get(UPLOAD)
def choose(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Shows the form for a file."""
    return _choose(request, portal, person)


@router.post(UPLOAD)
async def begins(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Keeps a file and has it read."""
    try:
        upload = await read_upload(request, limit_bytes=portal.desk.size_limit_bytes)
    except (UploadTooLargeError, BadUploadError) as err:
        refusal = InvalidInputError(Problem(place="Tệp", reason=err.diagnosis()))
        return await to_thread.run_sync(partial(_choose, request, portal, person, refusal=refusal))
    check_own_form(request, person, upload.fields.get("csrf", ""))
    return await to_thread.run_sync(
        partial(_begin, request, portal, person, upload), limiter=portal.judges
    )


def _begin(request: Request, portal: Portal, person: Person, upload: Upload) -> Response:
    try:
        source = SourceFile(name=upload.name, content=upload.content)
        key = keep_source(portal.desk, person.actor, source)
    except InvalidInputError as refusal:
        return _choose(request, portal, person, refusal=refusal)
    portal.sources.submit(key)
    return _where_it_is(portal, person, key)


def _where_it_is(portal: Portal, person: Person, key: UUID) -> Response:
    """Leads to what was read, or to how far the reading is."""
    with portal.database.reading() as session:
        try:
            working_draft(session, person.actor, key)
        except NotFoundError:
            return RedirectResponse(f"{PATH}{key}", status_code=303)
    return RedirectResponse(f"/soan/{key}/nguon", status_code=303)


def _choose(
    request: Request, portal: Portal, person: Person, *, refusal: ActionRefusedError | None = None
) -> Response:
    with portal.database.reading() as session:
        office_id = office_facts(session).organisation_id
    if not person.has(office_id, Role.DRAFTER):
        raise NotAuthorisedError(person.actor.name, "soạn thảo văn bản", "người soạn thảo")
    return page(
        request, "draft_from_file.html", person=person,
        status=problem_of(refusal).status if refusal else 200,
        refusal=sentence_of(refusal) if refusal else "", limit=portal.desk.size_limit_bytes,
    )  # fmt: skip


@router.get(PATH + "{key}")
def arriving(request: Request, portal: ThePortal, person: SignedInPerson, key: UUID) -> Response:
    """Shows how far the reading is, or why it failed; what is read leads on to the draft."""
    with portal.database.reading() as session:
        live = live_of(session, portal, person, Watched.SOURCES)
        try:
            row = source_of(session, person.actor, key)
        except NotFoundError:
            working_draft(session, person.actor, key)
            return RedirectResponse(f"/soan/{key}/nguon", status_code=303)
    if row.state not in UNDER_WAY:
        mark_seen(portal.database, person.officer_id, DRAFT, key, portal.at())
    return page(request, "draft_arriving.html", person=person, row=row, live=live)


@router.post(PATH + "{key}/lai")
def reads_again(portal: ThePortal, person: Deciding, key: UUID) -> Response:
    """Has a file read once more."""
    try:
        read_again(portal.desk, person.actor, key)
    except AlreadyDoneError:
        return _where_it_is(portal, person, key)
    portal.sources.submit(key)
    return _where_it_is(portal, person, key)


@router.post(PATH + "{key}/bo")
def drops(portal: ThePortal, person: Deciding, key: UUID) -> Response:
    """Throws a file away; its reading stops."""
    drop_source(portal.desk, person.actor, key)
    return RedirectResponse("/soan?xong=bo-tep", status_code=303)
