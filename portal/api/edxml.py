"""`POST /api/v1/edxml`: messages of QCVN 102:2016 from other systems.

The sender signs the body with the secret that both sides hold, as webhooks are signed
(`delivery.webhook_signing`); whose secret fits is the sender. Nobody else is taken in. A message
that names its secret is hashed once, however many senders there are; one that does not is tried
with each of them only as far as a fixed number of bytes goes.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from actions.receiving_edxml import EdxmlReceivedAs, receive_edxml
from delivery.secret_file import read_secret_file
from delivery.webhook_signing import (
    KEY,
    KEY_ID,
    SIGNATURE,
    TIMESTAMP,
    Checked,
    check_signature,
    is_fresh,
    key_id,
)
from portal.context import Portal, ThePortal, address_of
from portal.errors import BadUploadError, TokenRefusedError, UploadTooLargeError
from wiring.clock import real_now

PATH: Final = "/api/v1/edxml"
SHORTEST_SECRET: Final = 32
TIMES: Final = 4
"""A message may be so many times as large as the largest file: base64, and several files."""
UNNAMED_BYTES: Final = 64 * 1024 * 1024
"""So much is hashed at most for a message that does not name its secret: size times senders."""

router = APIRouter(tags=["edxml"])


class Taken(BaseModel):
    """What became of a message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[UUID | None, Field(description="Our row; null for one that was here before.")]
    taken_as: EdxmlReceivedAs
    problem: Annotated[str, Field(description="Why a person must look at it; else empty.")]


@router.post(
    PATH,
    status_code=HTTPStatus.ACCEPTED,
    responses={
        HTTPStatus.BAD_REQUEST: {
            "model": Taken,
            "description": "It cannot be read: mend it, as `problem` says. We have kept it.",
        },
        HTTPStatus.CONFLICT: {"description": "The same message was here before."},
        HTTPStatus.UNAUTHORIZED: {"description": "No secret of a known sender fits."},
    },
)
async def take(request: Request, response: Response, portal: ThePortal) -> Taken:
    """Takes one message; a repeat is answered with 409 and changes nothing."""
    portal.exchanges.take(address_of(request))
    _require_signed(request)
    raw = await _body(request, TIMES * portal.desk.size_limit_bytes)
    headers = dict(request.headers)
    sender = await to_thread.run_sync(_sender, portal, headers, raw)
    taken = await to_thread.run_sync(
        lambda: receive_edxml(portal.desk, raw, channel="edxml_http", sender=sender),
        limiter=portal.judges,
    )
    if taken.unreadable:
        # Said again for a repeat: a sender that lost our answer must not take 409 for success.
        response.status_code = HTTPStatus.BAD_REQUEST
    elif taken.as_ is EdxmlReceivedAs.DUPLICATE:
        response.status_code = HTTPStatus.CONFLICT
    return Taken(id=taken.incoming_id, taken_as=taken.as_, problem=taken.problem)


def _require_signed(request: Request) -> None:
    """Looks, before anything of the body is kept, whether it is signed at all, and lately.

    Raises:
        TokenRefusedError: it is not.
    """
    said = request.headers
    if not all(said.get(name) for name in (TIMESTAMP, SIGNATURE, KEY)):
        raise TokenRefusedError
    if not is_fresh(said[TIMESTAMP], real_now()):
        raise TokenRefusedError


async def _body(request: Request, limit: int) -> bytes:
    """Returns the whole body, given up as soon as it is too large.

    Raises:
        UploadTooLargeError: it is larger than the limit.
        BadUploadError: there is none.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise UploadTooLargeError(limit, "edXML")
    if not body:
        raise BadUploadError
    return bytes(body)


def _sender(portal: Portal, headers: dict[str, str], raw: bytes) -> str:
    """Returns the sender whose secret fits.

    Raises:
        TokenRefusedError: none does, the message is too old, or it names no secret and is too large
            to be tried with all.
    """
    path = portal.office.settings.edxml_senders_file
    secrets = read_secret_file(path, shortest=SHORTEST_SECRET) if path.exists() else {}
    for sender, secret in _candidates(secrets, headers.get(KEY_ID.lower(), ""), len(raw)):
        checked = check_signature(headers, raw, secret=secret, at=real_now())
        if checked is Checked.GENUINE:
            return sender
    raise TokenRefusedError


def _candidates(secrets: Mapping[str, str], named: str, size_bytes: int) -> list[tuple[str, bytes]]:
    """Returns the senders to try: the one that is named, or all where that is not too much."""
    known = [(sender, secret.encode()) for sender, secret in secrets.items()]
    if named:
        # Two senders with one secret cannot be told apart anyway.
        return [one for one in known if key_id(one[1]) == named][:1]
    return known if size_bytes * len(known) <= UNNAMED_BYTES else []
