"""Signing with any other tool: the document is taken away, signed, and brought back.

The page is the one of signing and sealing (`portal.pages.signing`); where the key lies elsewhere
it shows three steps in place of the PIN. Errors are shown there, each with its reason.
"""

from functools import partial
from typing import Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError, InvalidInputError, NotFoundError, Problem
from actions.uploading import UploadNotTakenError, download_for_signing, take_signed
from models.base import DirectiveId
from portal.context import Portal, ThePortal
from portal.errors import BadUploadError, UploadTooLargeError
from portal.identity import Person, SignedInPerson, check_own_form
from portal.pages.directive import download as kept_file
from portal.pages.signing import SEAL, SHOWN_HERE, SIGN, Way, show
from portal.uploads import Upload, read_upload
from signing.uploaded.errors import UploadTooLargeError as TooLarge

PREFIX: Final = "/ky-noi-khac"
_WAYS: Final = {way.path: way for way in (SIGN, SEAL)}

router = APIRouter(prefix=PREFIX)


@router.get("/{directive_id}/{path}")
def download(portal: ThePortal, person: SignedInPerson, directive_id: UUID, path: str) -> Response:
    """Hands out the very bytes that are to be signed."""
    way = _way(path)
    out = download_for_signing(
        portal.desk, person.actor, DirectiveId(directive_id), kind=way.act.kind
    )
    return kept_file(out.pdf, out.name, "application/pdf")


@router.post("/{directive_id}/{path}")
async def upload(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID, path: str
) -> Response:
    """Takes the signed document, or shows the page again with the reason."""
    way, key = _way(path), DirectiveId(directive_id)
    try:
        brought = await read_upload(request, limit_bytes=portal.desk.size_limit_bytes)
    except (UploadTooLargeError, BadUploadError) as err:
        refusal = _unread(err, way, portal.desk.size_limit_bytes)
        return await to_thread.run_sync(
            partial(show, request, portal, person, key, way, refusal=refusal)
        )
    check_own_form(request, person, brought.fields.get("csrf", ""))
    take = partial(_take, request, portal, person, key, way=way, brought=brought)
    return await to_thread.run_sync(take, limiter=portal.judges)


def _unread(
    err: UploadTooLargeError | BadUploadError, way: Way, limit_bytes: int
) -> ActionRefusedError:
    if isinstance(err, UploadTooLargeError):
        return UploadNotTakenError(way.act.what, TooLarge(limit_mb=str(limit_bytes >> 20)))
    return InvalidInputError(Problem(place="Bản đã ký", reason=err.diagnosis()))


def _way(path: str) -> Way:
    way = _WAYS.get(path)
    if way is None:
        raise NotFoundError("trang", path)
    return way


def _take(
    request: Request, portal: Portal, person: Person, key: DirectiveId, *, way: Way, brought: Upload
) -> Response:
    try:
        take_signed(portal.desk, person.actor, key, kind=way.act.kind, uploaded=brought.content)
    except SHOWN_HERE as refusal:
        return show(request, portal, person, key, way, refusal=refusal)
    portal.nudge(key)
    return RedirectResponse(f"/van-ban/{key}", status_code=303)
