"""A draft that began with a file: what was read stands beside the pages of the file."""

from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.errors import (
    ActionRefusedError,
    InvalidInputError,
    StaleRevisionError,
)
from actions.notices.kinds import DRAFT
from actions.notices.showing import mark_seen
from actions.trying import archive_wrapped
from actions.working.choices import authorities
from actions.working.correcting import correct, reading_in, value_at
from actions.working.importing import reading_of
from actions.working.keeping import body_of, working_draft
from actions.working.reading import Doubt, Reading
from documents.intake.files import FileKind
from models.working import WorkingDraft
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.pages.directive import PRIVATE_FOR_A_WHILE, download
from portal.problems import problem_of, sentence_of
from portal.rendering import page

MOST_PAGES: Final = 60
"""Pages of a source that are shown; the file itself can be taken along whole."""
_PICTURES: Final = ("image/png", "image/jpeg")
_LONGEST_LINE: Final = 90

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDoubt:
    """One doubt with what the draft has at its place now."""

    index: int
    doubt: Doubt
    value: str
    rows: int
    """Lines of its field; 0 where it has none, or is chosen from a list."""


@router.get("/soan/{key}/nguon")
def source(request: Request, portal: ThePortal, person: SignedInPerson, key: UUID) -> Response:
    """Shows what was read beside the file."""
    mark_seen(portal.database, person.officer_id, DRAFT, key, portal.at())
    return _show(request, portal, person, key)


@router.post("/soan/{key}/nguon")
async def corrects(request: Request, portal: ThePortal, person: Deciding, key: UUID) -> Response:
    """Keeps what was corrected, and which doubts are settled."""
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    ticked = frozenset(
        int(one)
        for one in form.getlist("settled")
        if isinstance(one, str) and one.isascii() and one.isdigit() and len(one) < len("10000")
    )
    return await to_thread.run_sync(
        partial(_correct, request, portal, person, key, fields=fields, ticked=ticked)
    )


def _correct(
    request: Request,
    portal: Portal,
    person: Person,
    key: UUID,
    *,
    fields: dict[str, str],
    ticked: frozenset[int],
) -> Response:
    version = fields.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 12 else 0  # noqa: PLR2004 (digits)
    with portal.database.reading() as session:
        reading = reading_of(working_draft(session, person.actor, key))
    if reading is None:
        return RedirectResponse(f"/soan/{key}", status_code=303)
    known = {one.field for one in reading.doubts if one.field}
    try:
        open_ = correct(
            portal.desk, person.actor, key,
            {name: text for name, text in fields.items() if name in known},
            settled=frozenset(at for at in ticked if at < len(reading.doubts)), seen=seen,
        )  # fmt: skip
    except (StaleRevisionError, InvalidInputError) as refusal:
        return _show(request, portal, person, key, refusal=refusal, typed=fields)
    target = f"/soan/{key}/nguon" if open_ and "go" not in fields else f"/soan/{key}"
    return RedirectResponse(target, status_code=303)


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: UUID,
    *,
    refusal: ActionRefusedError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    with portal.database.reading() as session:
        row = working_draft(session, person.actor, key)
        body = body_of(row)
        ways = authorities(session, row.organisation_id, body.doc_type, portal.today())
    reading = reading_of(row)
    if reading is None:
        return RedirectResponse(f"/soan/{key}", status_code=303)
    given = typed or {}
    doubts = [
        _shown(at, one, given.get(one.field) or value_at(body, one.field))
        for at, one in enumerate(reading.doubts)
        if not one.settled
    ]
    return page(
        request, "draft_source.html", person=person, row=row, body=body, reading=reading,
        status=problem_of(refusal).status if refusal else 200, doubts=doubts, ways=ways,
        refusal=sentence_of(refusal) if refusal else "", pages=_pages(portal, row, reading),
        most_pages=MOST_PAGES,
    )  # fmt: skip


def _shown(index: int, doubt: Doubt, value: str) -> ShownDoubt:
    rows = 0 if not doubt.field or doubt.field == "h.authority_id" else 1 + len(value) // 40
    return ShownDoubt(index=index, doubt=doubt, value=value, rows=min(rows, 12))


def _pages(portal: Portal, row: WorkingDraft, reading: Reading) -> int:
    """How many pages there are pictures of."""
    if reading.media_type in _PICTURES:
        return 1
    if reading.kind != FileKind.PDF:
        return 0
    outline = portal.viewing.outline(_bytes(portal, row))
    return 0 if outline.fault else outline.count


def _bytes(portal: Portal, row: WorkingDraft) -> bytes:
    with archive_wrapped():
        return portal.desk.archive.get(row.source_sha256 or "")


@router.get("/soan/{key}/nguon/trang/{number}.png")
def picture(portal: ThePortal, person: SignedInPerson, key: UUID, number: int) -> Response:
    """Returns one page of the file as a picture, drawn in a child."""
    row, reading = _of(portal, person, key)
    if not 1 <= number <= MOST_PAGES:
        raise HTTPException(404)
    content = _bytes(portal, row)
    if reading.media_type in _PICTURES and number == 1:
        return Response(content, media_type=reading.media_type, headers=PRIVATE_FOR_A_WHILE)
    drawn = portal.viewing.picture(content, number) if reading.kind == FileKind.PDF else b""
    if not drawn:
        raise HTTPException(404)
    return Response(drawn, media_type="image/png", headers=PRIVATE_FOR_A_WHILE)


@router.get("/soan/{key}/nguon/tep")
def file(portal: ThePortal, person: SignedInPerson, key: UUID) -> Response:
    """Returns the file to keep."""
    row, reading = _of(portal, person, key)
    return download(_bytes(portal, row), row.source_name or "tep-goc", reading.media_type)


def _of(portal: Portal, person: Person, key: UUID) -> tuple[WorkingDraft, Reading]:
    with portal.database.reading() as session:
        row = working_draft(session, person.actor, key)
    return row, reading_in(row)
