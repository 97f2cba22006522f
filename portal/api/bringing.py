"""Files that programs bring: to draft from, signed elsewhere, scans, replies, old registers.

All under one address, so that the limit of a body is the office's limit of a file there.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Path, Request
from pydantic import ValidationError
from starlette.responses import Response

from actions.copying import CopyOrder, copy_file, copy_scans
from actions.desk import Desk
from actions.draft import NewAttachment
from actions.errors import InvalidInputError, Problem
from actions.incoming.replying import Answer, reply
from actions.incoming.suggesting import suggest
from actions.incoming.taking import PaperFacts, register_by_hand
from actions.listing import incoming as listing
from actions.registers.importing import import_register, read_old_register
from actions.uploading import download_for_signing, take_signed
from actions.working.attaching import attach
from actions.working.body import Body
from actions.working.keeping import Save, save
from actions.working.sources import SourceFile, keep_source
from delivery.edxml.message import EdxmlFile
from documents.copies import CopyForm
from documents.grids import read_grid
from models.base import DirectiveId
from models.officer import Role
from portal.api.incoming import ByHand
from portal.api.shapes import DOES, FILE, LARGEST, Told
from portal.calling import Call, Signs, Writes
from portal.pages.copies import pages_in
from portal.pages.directive import download
from portal.pages.following import a_day
from portal.problem_words import reason_of
from portal.uploads import Upload, read_upload
from signing.request import SignatureKind

PREFIX: Final = "/api/v1/files"
_KINDS: Final = {"officer": SignatureKind.OFFICER, "seal": SignatureKind.SEAL}
Kind = Annotated[str, Path(pattern="^(officer|seal)$")]

router = APIRouter(prefix=PREFIX, tags=["files"])


class Proposed(Told):
    """What a paper seems to say of itself, to be looked over before it is registered."""

    sender_name: str
    sender_id: str | None
    number_symbol: str
    document_date: date | None
    doc_type: str
    subject: str
    signatory: str


def _form(*required: str, **fields: str | dict[str, Any]) -> dict[str, Any]:
    """Describes a form with one file and some other fields: their words, or their schema."""
    others = {
        name: one if isinstance(one, dict) else {"type": "string", "description": one}
        for name, one in fields.items()
    }
    schema = {
        "type": "object",
        "required": ["file", *required],
        "properties": {"file": {"type": "string", "format": "binary"}, **others},
    }
    content = {"multipart/form-data": {"schema": schema}}
    return {"requestBody": {"required": True, "content": content}}


@router.get("/to-sign/{directive_id}/{kind}", **FILE)
def to_sign(call: Signs, directive_id: UUID, kind: Kind) -> Response:
    """Hands out the very bytes that are to be signed, to their signatory or clerk."""
    key = DirectiveId(directive_id)
    out = download_for_signing(call.portal.desk, call.actor, key, kind=_KINDS[kind])
    return download(out.pdf, out.name, "application/pdf")


@router.post("/signed/{directive_id}/{kind}", openapi_extra=_form(), **DOES)
async def signed(request: Request, call: Signs, directive_id: UUID, kind: Kind) -> Response:
    """Takes the document back with the signature that was made elsewhere."""
    upload, key = await _read(request, call), DirectiveId(directive_id)

    def takes(desk: Desk) -> None:
        take_signed(desk, call.actor, key, kind=_KINDS[kind], uploaded=upload.content)

    return await _do(call, upload, takes, nudge=key)


@router.post("/imports", openapi_extra=_form(), **DOES)
async def imports(request: Request, call: Writes) -> Response:
    """Keeps a file that a draft is to begin with; it is read beside, as `GET …/imports` shows."""
    upload = await _read(request, call)
    source = SourceFile(name=upload.name, content=upload.content)

    def takes(desk: Desk) -> None:
        keep_source(desk, call.actor, source)

    answer = await _do(call, upload, takes)
    call.portal.sources.poke()
    return answer


@router.post(
    "/drafts/{draft_id}/attachments",
    openapi_extra=_form("version", version="`version` of the draft as read"),
    **DOES,
)
async def attaches(request: Request, call: Writes, draft_id: UUID) -> Response:
    """Lets a file travel beside a draft. Leaves no event, as saving does: no deeds."""
    upload = await _read(request, call)
    file = NewAttachment(name=upload.name, media_type=upload.media_type, content=upload.content)
    said = Save(version=_version(upload.fields))

    def takes(desk: Desk) -> None:
        files = attach(desk, call.actor, draft_id, (file,))

        def change(body: Body) -> None:
            body.attachments = [*body.attachments, *files]

        save(desk, call.actor, draft_id, change, said)

    return await _do(call, upload, takes)


@router.post(
    "/incoming",
    openapi_extra=_form("facts", facts={"$ref": "#/components/schemas/ByHand"}),
    **DOES,
)
async def scanned(request: Request, call: Writes) -> Response:
    """Registers a paper that came by hand, with its scan."""
    upload = await _read(request, call)
    body = _facts(upload.fields)
    scans = (EdxmlFile(name=upload.name or "ban-quet.pdf", content=upload.content),)

    def takes(desk: Desk) -> None:
        register_by_hand(
            desk, call.actor, body.facts(), scans=scans, note=body.note,
            presented_to=body.presented_to,
        )  # fmt: skip

    return await _do(call, upload, takes)


@router.post("/incoming-look", openapi_extra=_form())
async def reads_scan(request: Request, call: Writes) -> Proposed:
    """Reads a scan and proposes what it says of itself, empty where it says nothing; keeps none."""
    upload = await _read(request, call)

    def looks() -> PaperFacts:
        with call.looking() as reader:
            reader.require_role("vào sổ văn bản đến", Role.REGISTRY_CLERK)
        return suggest(call.portal.desk, upload.content, upload.name)

    found = await to_thread.run_sync(looks, limiter=call.portal.judges)
    return Proposed.model_validate(found)


@router.post(
    "/incoming/{document_id}/reply",
    openapi_extra=_form(
        "number", "symbol", "subject",
        number="`15`", symbol="`BC-BNV`", subject="What it is about", day="ISO; today",
        signer="Who signed it",
    ),
    **DOES,
)  # fmt: skip
async def replies(request: Request, call: Writes, document_id: UUID) -> Response:
    """Sends a signed file back as our reply to a paper."""
    upload = await _read(request, call)
    given = upload.fields
    answer = Answer(
        number=given.get("number", ""), symbol=given.get("symbol", ""),
        subject=given.get("subject", ""), day=a_day(given.get("day", "")) or call.portal.today(),
        signer=given.get("signer", ""), file_name=upload.name,
    )  # fmt: skip

    def takes(desk: Desk) -> None:
        with call.looking() as reader:
            listing.paper(reader, document_id)
        reply(desk, call.actor, document_id, answer, upload.content)

    return await _do(call, upload, takes)


@router.post(
    "/registers/{key}",
    openapi_extra=_form(series="Number series that the lines belong to, where they are ours"),
    **DOES,
)
async def old_register(
    request: Request, call: Writes, key: Annotated[str, Path(max_length=30)]
) -> Response:
    """Takes the lines of an old register over (XLSX, CSV), all or none."""
    upload = await _read(request, call)

    def takes(desk: Desk) -> None:
        with call.looking() as reader:
            reader.require_post("nhập sổ văn bản")
        old = read_old_register(key, read_grid(upload.content))
        series = upload.fields.get("series", "").strip() or None
        import_register(desk, call.actor, old, file_name=upload.name, series_id=series)

    return await _do(call, upload, takes)


@router.post(
    "/copies",
    openapi_extra=_form(
        "form", "name",
        form={"enum": [one.value for one in CopyForm]}, name="What it is", pages="`1,3-5`",
        decided_by="Who decided it", source="`paper` for a scan of a paper original",
    ),
    **DOES,
)  # fmt: skip
async def copies(request: Request, call: Writes) -> Response:
    """Prepares a copy in due form, which then waits for the agency's signature."""
    upload = await _read(request, call)
    order = _order(upload.fields)

    def takes(desk: Desk) -> None:
        if upload.fields.get("source") == "paper":
            copy_scans(desk, call.actor, order, [upload.content])
        else:
            copy_file(desk, call.actor, order, upload.content)

    return await _do(call, upload, takes)


async def _read(request: Request, call: Call) -> Upload:
    return await read_upload(request, limit_bytes=call.portal.desk.size_limit_bytes)


async def _do(
    call: Call,
    upload: Upload,
    takes: Callable[[Desk], None],
    *,
    nudge: DirectiveId | None = None,
) -> Response:
    """Does it beside the other judgements, of which only a few go on at once."""
    return await to_thread.run_sync(
        partial(call.do, takes, nudge=nudge, said=_digest(upload)), limiter=call.portal.judges
    )


def _digest(upload: Upload) -> bytes:
    told = hashlib.sha256(hashlib.sha256(upload.content).digest())
    for name, text in sorted(upload.fields.items()):
        told.update(hashlib.sha256(name.encode()).digest())
        told.update(hashlib.sha256(text.encode()).digest())
    return told.digest()


def _version(fields: Mapping[str, str]) -> int:
    text = fields.get("version", "")
    if not (text.isascii() and text.isdigit() and int(text[:12]) <= LARGEST):
        raise InvalidInputError(Problem(place="version", reason="là số phiên bản của dự thảo."))
    return int(text[:12])


def _facts(fields: Mapping[str, str]) -> ByHand:
    try:
        return ByHand.model_validate_json(fields.get("facts", ""))
    except ValidationError as err:
        raise InvalidInputError(
            *(
                Problem(
                    place=".".join(("facts", *(str(one) for one in fault["loc"]))),
                    reason=reason_of(fault["type"]),
                )
                for fault in err.errors()
            )
        ) from err


def _order(fields: Mapping[str, str]) -> CopyOrder:
    try:
        return CopyOrder(
            form=CopyForm(fields.get("form", "")), name=fields.get("name", ""),
            decided_by=fields.get("decided_by", ""), pages=pages_in(fields.get("pages", "")),
        )  # fmt: skip
    except ValueError as err:
        wrong = Problem(place="Hình thức, trang", reason="Chọn lại, ví dụ 1,3-5.")
        raise InvalidInputError(wrong) from err
