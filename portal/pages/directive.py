"""One directive: its page, its page images and files."""

from typing import Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from actions.errors import NotFoundError
from actions.sealing import fill_in
from models.base import DirectiveId
from portal import directive_page
from portal.context import ThePortal
from portal.identity import SignedInPerson
from portal.seeing import open_directive, stored_document

PRIVATE_FOR_A_WHILE: Final = {"Cache-Control": "private, max-age=900"}
"""Named by their digest, so they never change; for the reader's browser alone, and not for long."""
HIDDEN_KINDS: Final = frozenset({"prepared"})

router = APIRouter(prefix="/van-ban/{directive_id}")


@router.get("")
def directive(
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    directive_id: UUID,
    the: str = "tien-trinh",
) -> Response:
    """Shows the page of a directive."""
    return directive_page.show(request, portal, person, DirectiveId(directive_id), tab=the)


@router.get("/anh/{sha256_hex}/{number}.png")
def picture(
    *,
    portal: ThePortal,
    person: SignedInPerson,
    directive_id: UUID,
    sha256_hex: str,
    number: int,
    dien: str = "",
) -> Response:
    """Returns one page as a picture; with `dien` as it will look once number and date are in it."""
    with portal.database.reading() as session:
        found = open_directive(session, portal, person, DirectiveId(directive_id))
        if stored_document(session, found, sha256_hex) is None:
            raise NotFoundError("trang", number)
        fill = fill_in(found) if dien and sha256_hex == found.signed_sha256 else ()
    if fill:
        png = portal.pictures.filled(sha256_hex, fill, number)
    else:
        png = portal.pictures.page(sha256_hex, number)
    return Response(png, media_type="image/png", headers=PRIVATE_FOR_A_WHILE)


@router.get("/tep/{sha256_hex}")
def file(
    portal: ThePortal, person: SignedInPerson, directive_id: UUID, sha256_hex: str
) -> Response:
    """Returns a stored file to keep."""
    with portal.database.reading() as session:
        found = open_directive(session, portal, person, DirectiveId(directive_id))
        stored = stored_document(session, found, sha256_hex)
    if stored is None or stored.kind in HIDDEN_KINDS:
        raise NotFoundError("tệp", sha256_hex[:12])
    return download(portal.desk.archive.get(sha256_hex), stored.name, stored.media_type)


def download(content: bytes, name: str, media_type: str) -> Response:
    """Returns a file as something to keep: never shown inside our own pages."""
    return Response(content, media_type=media_type, headers=to_keep(name))


def to_keep(name: str) -> dict[str, str]:
    """Returns the header by which a browser keeps an answer under a name."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
