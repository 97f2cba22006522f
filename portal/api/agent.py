"""`/api/v1/agent`: what `trinhky agent` on a signatory's own machine asks of the portal.

A machine has a token of its own kind, which opens nothing else; a program's token opens nothing
here. Everything may be asked again: a plan for the same document is the same plan, the same
signature handed in again changes nothing.
"""

import base64
import re
import zlib
from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from actions.agent_work import (
    Waiting,
    document_to_sign,
    hand_in_from_device,
    plan_for_device,
    plan_of_device,
    waiting_work,
)
from actions.errors import InvalidInputError, Problem
from actions.keying import PlannedSignature
from actions.pairing import DeviceInUse, PairingRefusedError, device_in_use, end_device, pair_device
from models.base import DirectiveId
from models.signature import Signature
from portal.context import Portal, ThePortal, address_of
from portal.errors import TokenRefusedError
from signing.request import SignatureKind

PREFIX: Final = "/api/v1/agent"
ALL: Final = "*"
"""Stands for all addresses together where tries are limited."""
LONGEST_SIGNATURE: Final = 4096
"""Bytes of a raw signature; RSA with 16384 bits has 2048."""
_RANGE: Final = re.compile(r"bytes=(\d{1,15})-(\d{1,15})?")
_DIGEST: Final = r"^[0-9a-f]{64}$"

router = APIRouter(prefix=PREFIX, tags=["agent"])

Sha256 = Annotated[str, Field(pattern=_DIGEST, description="SHA-256, lower-case hex")]


class Shape(BaseModel):
    """What comes in and goes out."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PairingRequest(Shape):
    """A code from the page `Máy ký của tôi`, and how the machine is to be called."""

    code: Annotated[str, Field(min_length=1, max_length=40)]
    label: Annotated[str, Field(min_length=1, max_length=80)]


class Pairing(Shape):
    """What a machine keeps; the token is to be had this once."""

    device: UUID
    token: str
    officer: str
    office: str


class Certificate(Shape):
    """The registered certificate that must sign."""

    sha256: Sha256
    der: str
    """Base64."""
    mechanism: str
    """For instance `rsa-pss/sha384`; empty for the usual one of the key."""


class WaitingItem(Shape):
    """One document that waits for this officer's key."""

    id: UUID
    kind: str
    """`officer` (signature) or `seal`."""
    number: str
    doc_type: str
    subject: str
    urgency: str
    issue_date: date | None
    capacity: list[str]
    sha256: Sha256
    certificate: Certificate | None
    problem: str
    since: datetime


class Work(Shape):
    """All that waits for this officer's key, longest waiting first."""

    office: str
    officer: str
    test_only: bool
    items: list[WaitingItem]


class PlanRequest(Shape):
    """What the person looked at, and which certificate they were told."""

    kind: Literal["officer", "seal"]
    seen_sha256: Sha256
    certificate_sha256: Sha256


class Plan(Shape):
    """What the key is to sign: the seen document with `appended` behind it."""

    id: UUID
    directive_id: UUID
    kind: str
    seen_sha256: Sha256
    prepared_sha256: Sha256
    appended: str
    """What is added to the seen document: zlib (RFC 1950), in base64."""
    appended_bytes: int
    document_digest: str
    signed_attributes: str
    region: tuple[int, int]
    field: str
    certificate: str
    issuers: list[str]
    mechanism: str
    at: datetime


class RawSignature(Shape):
    """What the key gave."""

    signature: Annotated[str, Field(max_length=LONGEST_SIGNATURE * 2)]
    """Base64."""


class SignatureState(Shape):
    """How far a signature is."""

    id: UUID
    directive_id: UUID | None
    state: str
    """`planned`, `keyed` (handed in), `completed` (judged and filed) or `abandoned`."""
    problem: str


def device(portal: ThePortal, authorization: Annotated[str, Header()] = "") -> DeviceInUse:
    """Returns the machine that asks, by its Bearer token.

    Raises:
        TokenRefusedError: no token of a machine, an ended one, or an officer who is out.
    """
    scheme, _, token = authorization.partition(" ")
    found = device_in_use(portal.database, token.strip(), portal.at()) if token else None
    if scheme.lower() != "bearer" or found is None:
        raise TokenRefusedError
    return found


Device = Annotated[DeviceInUse, Depends(device)]
"""The machine that asks."""


@router.post("/pairing", status_code=201, responses={403: {"description": "Code not good"}})
def pair(request: Request, portal: ThePortal, body: PairingRequest) -> Pairing:
    """Takes a code for a token. Needs no token; tries are limited."""
    portal.pairings.take(address_of(request))
    try:
        made = pair_device(portal.database, code=body.code, label=body.label, at=portal.at())
    except PairingRefusedError:
        portal.wrong_codes.take(ALL)
        raise
    work = waiting_work(portal.desk, made.actor)
    return Pairing(device=made.id, token=made.token, officer=made.actor.name, office=work.office)


@router.delete("/pairing", status_code=204)
def leave(portal: ThePortal, asking: Device) -> None:
    """Ends the machine that asks."""
    end_device(portal.database, asking.id, actor=asking.actor, at=portal.at())


@router.get("/waiting")
def work(portal: ThePortal, asking: Device) -> Work:
    """Returns what waits for the officer of this machine."""
    found = waiting_work(portal.desk, asking.actor)
    return Work(
        office=found.office,
        officer=asking.actor.name,
        test_only=found.test_only,
        items=[_item(one) for one in found.items],
    )


@router.get(
    "/waiting/{directive_id}/documents/{sha256}",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}}, "description": "The whole document"},
        206: {"content": {"application/pdf": {}}, "description": "The part that was asked for"},
        416: {"description": "No such part"},
    },
)
def document(
    *,
    portal: ThePortal,
    asking: Device,
    directive_id: UUID,
    sha256: Annotated[str, Path(pattern=_DIGEST)],
    range_: Annotated[str, Header(alias="range")] = "",
    if_range: Annotated[str, Header()] = "",
) -> Response:
    """Returns a document that waits for this officer; a broken transfer goes on with `Range`.

    Its entity tag is its SHA-256.
    """
    data = document_to_sign(portal.desk, asking.actor, DirectiveId(directive_id), sha256)
    tag = f'"{sha256}"'
    headers = {"ETag": tag, "Accept-Ranges": "bytes"}
    wanted = _RANGE.fullmatch(range_.strip()) if if_range in {"", tag} else None
    if wanted is None:
        return Response(data, media_type="application/pdf", headers=headers)
    first = int(wanted[1])
    last = min(int(wanted[2]) if wanted[2] else len(data) - 1, len(data) - 1)
    if first > last:
        headers["Content-Range"] = f"bytes */{len(data)}"
        return Response(status_code=416, headers=headers)
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(
        data[first : last + 1], status_code=206, media_type="application/pdf", headers=headers
    )


@router.post("/waiting/{directive_id}/plan")
def plan(portal: ThePortal, asking: Device, directive_id: UUID, body: PlanRequest) -> Plan:
    """Prepares what the key is to sign, for this machine alone. Asked again it is the same."""
    key = DirectiveId(directive_id)
    planned = plan_for_device(
        portal.desk,
        asking,
        key,
        kind=SignatureKind(body.kind),
        seen_sha256=body.seen_sha256,
        certificate_sha256=body.certificate_sha256,
    )
    size = len(portal.desk.archive.get(body.seen_sha256))
    return _plan(planned, key, body, size)


@router.get("/plans/{signature_id}")
def state(portal: ThePortal, asking: Device, signature_id: UUID) -> SignatureState:
    """Returns how far a signature of this machine is."""
    return _state(plan_of_device(portal.desk, asking, signature_id))


@router.put("/plans/{signature_id}/signature")
def hand_in(
    portal: ThePortal, asking: Device, signature_id: UUID, body: RawSignature
) -> SignatureState:
    """Takes what the key gave. The same signature again changes nothing."""
    row = hand_in_from_device(portal.desk, asking, signature_id, _raw(body.signature))
    _nudge(portal, row)
    return _state(row)


def _nudge(portal: Portal, row: Signature) -> None:
    if row.directive_id is not None:
        portal.nudge(row.directive_id)


def _raw(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as err:  # also where a letter is not ASCII
        reason = "không phải base64; gửi lại từ trinhky agent."
        raise InvalidInputError(Problem(place="Chữ ký", reason=reason)) from err


def _item(one: Waiting) -> WaitingItem:
    named = one.certificate
    return WaitingItem(
        id=one.directive_id,
        kind=one.kind.value,
        number=one.number,
        doc_type=one.doc_type,
        subject=one.subject,
        urgency=one.urgency,
        issue_date=one.issue_date,
        capacity=list(one.capacity),
        sha256=one.sha256,
        certificate=None
        if named is None
        else Certificate(
            sha256=named.facts.sha256_hex, der=_text(named.der), mechanism=one.mechanism
        ),
        problem=one.problem,
        since=one.since,
    )


def _plan(planned: PlannedSignature, key: DirectiveId, body: PlanRequest, size: int) -> Plan:
    prepared = planned.prepared
    added = prepared.pdf[size:]
    return Plan(
        id=planned.id,
        directive_id=key,
        kind=body.kind,
        seen_sha256=body.seen_sha256,
        prepared_sha256=planned.prepared_sha256,
        appended=_text(zlib.compress(added)),
        appended_bytes=len(added),
        document_digest=prepared.document_digest.hex(),
        signed_attributes=_text(prepared.signed_attributes),
        region=(prepared.region_start, prepared.region_end),
        field=prepared.field,
        certificate=_text(prepared.certificate.der),
        issuers=[_text(issuer) for issuer in prepared.certificate.issuers],
        mechanism=str(prepared.mechanism),
        at=prepared.at,
    )


def _state(row: Signature) -> SignatureState:
    return SignatureState(
        id=row.id,
        directive_id=row.directive_id,
        state=row.state,
        problem=row.problem or "",
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
