"""`POST /api/v1/verifications`: what `trinhky verify` says, for programs, without a token."""

from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Final

from anyio import to_thread
from fastapi import APIRouter, Request
from pydantic import BaseModel

from portal.checking import judge, refuse_large
from portal.context import ThePortal, address_of
from portal.errors import UploadTooLargeError
from portal.uploads import read_upload
from signing.report import to_json

PATH: Final = "/api/v1/verifications"
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}

router = APIRouter(tags=["verification"])


class Policy(BaseModel):
    """The rules that were applied."""

    name: str
    version: str


class Finding(BaseModel):
    """One thing that was found."""

    code: str
    severity: str
    message: str


class Signature(BaseModel):
    """What is known of one signature or document time stamp."""

    field: str
    kind: str
    signer: str
    organisation: str
    email: str
    serial: str
    claimed_time: datetime | None
    proven_time: datetime | None
    level: str
    covers: str
    verdict: str
    findings: list[Finding]


class Verification(BaseModel):
    """What `trinhky verify --format json` says of a file."""

    file: str
    sha256: str
    verdict: str
    sentence: str
    policy: Policy
    signatures: list[Signature]
    findings: list[Finding]
    milliseconds: float


class Profile(StrEnum):
    """Which rules a file is judged by."""

    INTEGRITY = "integrity"
    OFFICIAL = "official"


@router.post(
    PATH,
    openapi_extra=_BODY,
    responses={422: {"description": "No file in the form"}, 429: {"description": "Too often"}},
)
async def verify(
    request: Request, portal: ThePortal, profile: Profile = Profile.OFFICIAL
) -> Verification:
    """Judges a PDF; answers 200 whatever the verdict. The file is not kept.

    A file above the office's limit is given up early: `unreadable`, with the limit, and without
    its digest, since it was not read.
    """
    portal.checks.take(address_of(request))
    try:
        upload = await read_upload(request, limit_bytes=portal.desk.size_limit_bytes)
    except UploadTooLargeError as refusal:
        return Verification(**to_json(refuse_large(portal, refusal.name, profile.value)))
    report = await to_thread.run_sync(
        partial(judge, portal, upload.content, name=upload.name, profile=profile.value),
        limiter=portal.judges,
    )
    return Verification(**to_json(report))
