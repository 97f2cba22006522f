"""Evidence of a directive: its signatures judged anew, and everything as one ZIP."""

import tempfile
from collections.abc import Iterator
from typing import IO, Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from actions.dossier import write_dossier
from actions.errors import NotFoundError
from models.base import DirectiveId
from models.directive import Document
from portal.check_visits import keep
from portal.checking import check
from portal.context import Portal, ThePortal, address_of
from portal.identity import Person, SignedInPerson
from portal.pages.directive import to_keep
from portal.seeing import open_directive, stored_document

IN_MEMORY: Final = 2_000_000
"""Bytes of a ZIP that stay out of the file system."""
_PIECE: Final = 65_536

router = APIRouter(prefix="/van-ban/{directive_id}")


@router.get("/chung-cu.zip")
def dossier(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID
) -> Response:
    """Returns the dossier of evidence to keep; its best copy is judged anew, as in a check."""
    key = DirectiveId(directive_id)
    portal.checks.take(address_of(request))
    with portal.database.reading() as session:
        open_directive(session, portal, person, key)
    return dossier_file(portal, key)


@router.get("/kiem-tra/{sha256_hex}")
async def verify(
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    directive_id: UUID,
    sha256_hex: str,
) -> Response:
    """Judges a stored file anew, and shows the result like that of any other file."""
    key = DirectiveId(directive_id)
    stored = await to_thread.run_sync(_stored, portal, person, key, sha256_hex)
    portal.checks.take(address_of(request))
    content = await to_thread.run_sync(portal.desk.archive.get, sha256_hex)
    checked = await check(portal, content, name=stored.name)
    return keep(request, portal, [checked], back=f"/van-ban/{key}?the=chung-cu")


def dossier_file(portal: Portal, key: DirectiveId) -> Response:
    """Returns the dossier of a directive that the caller may see."""
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (closed once it is sent)
    try:
        name = write_dossier(portal.desk, key, out)
    except BaseException:
        out.close()
        raise
    size = out.tell()
    out.seek(0)
    return StreamingResponse(
        _pieces(out), media_type="application/zip",
        headers={**to_keep(name), "Content-Length": str(size)},
    )  # fmt: skip


def _pieces(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        while piece := out.read(_PIECE):
            yield piece


def _stored(portal: Portal, person: Person, key: DirectiveId, sha256_hex: str) -> Document:
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        found = stored_document(session, directive, sha256_hex)
    if found is None or found.media_type != "application/pdf":
        raise NotFoundError("tệp", sha256_hex[:12])
    return found
