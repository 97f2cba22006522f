"""Papers by hand and by mail, and replies with a file: forms of the clerk and of who handles.

A scan that is read for its facts waits in the archive until the form comes back; the form names it
by a digest that only this session could have been given.
"""

import hashlib
import hmac
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError, InvalidInputError, NotAuthorisedError, NotFoundError
from actions.errors import Problem as Wrong
from actions.incoming.replying import Answer, reply
from actions.incoming.suggesting import suggest
from actions.incoming.taking import PaperFacts, register_by_hand, take_mail
from actions.offices import office_facts
from actions.trying import archive_wrapped
from delivery.edxml.message import EdxmlFile
from delivery.inbox import read_mail
from models.dispatch import IncomingMessage
from models.officer import Role
from portal.context import Portal, ThePortal
from portal.errors import BadUploadError, UploadTooLargeError
from portal.identity import Deciding, Person, SignedInPerson, check_own_form
from portal.incoming_page import require_sight, show
from portal.pages.following import a_day
from portal.problems import problem_of, sentence_of
from portal.rendering import page
from portal.uploads import Upload, read_upload

PREFIX: Final = "/van-ban-den"
FILES: Final = f"{PREFIX}/tep/"
"""Where files come in; the only paths here that take more than a form."""
URGENCIES: Final = ("khẩn", "thượng khẩn", "hỏa tốc")

router = APIRouter(prefix=PREFIX)


@router.get("/vao-so")
def entry(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Shows the form for a paper by hand."""
    return _form(request, portal, person, {})


@router.post("/vao-so")
async def enters(request: Request, portal: ThePortal, person: Deciding) -> Response:
    """Registers a paper by hand."""
    given = {key: str(value) for key, value in (await request.form()).items()}
    return await to_thread.run_sync(partial(_enter, request, portal, person, given))


@router.post("/tep/doc")
async def reads(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Reads a scan and shows the form with what it says."""
    upload = await _upload(request, portal)
    if isinstance(upload, InvalidInputError):
        return await to_thread.run_sync(partial(_form, request, portal, person, {}, refusal=upload))
    check_own_form(request, person, upload.fields.get("csrf", ""))
    return await to_thread.run_sync(
        partial(_read, request, portal, person, upload), limiter=portal.judges
    )


@router.get("/tu-thu/{message_id}")
def mail_entry(
    request: Request, portal: ThePortal, person: SignedInPerson, message_id: UUID
) -> Response:
    """Shows the form for a mail that is to become an incoming paper."""
    return _mail_form(request, portal, person, message_id, None)


@router.post("/tu-thu/{message_id}")
async def takes_mail(
    request: Request, portal: ThePortal, person: Deciding, message_id: UUID
) -> Response:
    """Takes a mail as an incoming paper."""
    given = {key: str(value) for key, value in (await request.form()).items()}
    return await to_thread.run_sync(
        partial(_take, request, portal, person, message_id, given), limiter=portal.judges
    )


@router.post("/tep/tra-loi/{document_id}")
async def replies(
    request: Request, portal: ThePortal, person: SignedInPerson, document_id: UUID
) -> Response:
    """Sends a signed file back as our reply."""
    upload = await _upload(request, portal)
    if isinstance(upload, InvalidInputError):
        return await to_thread.run_sync(
            partial(show, request, portal, person, document_id, refusal=upload)
        )
    check_own_form(request, person, upload.fields.get("csrf", ""))
    return await to_thread.run_sync(
        partial(_reply, request, portal, person, document_id, upload), limiter=portal.judges
    )


async def _upload(request: Request, portal: Portal) -> Upload | InvalidInputError:
    try:
        return await read_upload(request, limit_bytes=portal.desk.size_limit_bytes)
    except (UploadTooLargeError, BadUploadError) as err:
        return InvalidInputError(Wrong(place="Tệp", reason=err.diagnosis()))


def _reply(
    request: Request, portal: Portal, person: Person, document_id: UUID, upload: Upload
) -> Response:
    with portal.database.reading() as session:
        require_sight(session, portal, person, document_id)
    given = upload.fields
    try:
        answer = Answer(
            number=given.get("number", ""), symbol=given.get("symbol", ""),
            subject=given.get("subject", ""), day=a_day(given.get("day", "")) or portal.today(),
            signer=given.get("signer", ""), file_name=upload.name,
        )  # fmt: skip
        reply(portal.desk, person.actor, document_id, answer, upload.content)
    except ActionRefusedError as refusal:
        return show(request, portal, person, document_id, refusal=refusal, typed=given)
    return RedirectResponse(f"{PREFIX}/{document_id}", status_code=303)


def _read(request: Request, portal: Portal, person: Person, upload: Upload) -> Response:
    _require_clerk(portal, person)
    facts = suggest(portal.desk, upload.content, upload.name)
    with archive_wrapped():
        digest = portal.desk.archive.put(upload.content)
    scan = {"scan": digest, "scan_name": upload.name, "scan_proof": _proof(person, digest)}
    return _form(request, portal, person, {**_typed(facts), **scan}, read=True)


def _enter(request: Request, portal: Portal, person: Person, given: Mapping[str, str]) -> Response:
    try:
        made = register_by_hand(
            portal.desk, person.actor, _facts(given), scans=_scans(portal, person, given),
            note=given.get("note", ""), presented_to=given.get("presented_to") or None,
        )  # fmt: skip
    except ActionRefusedError as refusal:
        return _form(request, portal, person, given, refusal=refusal)
    return RedirectResponse(f"{PREFIX}/{made.document_id}", status_code=303)


def _take(
    request: Request, portal: Portal, person: Person, message_id: UUID, given: Mapping[str, str]
) -> Response:
    try:
        made = take_mail(portal.desk, person.actor, message_id, _facts(given))
    except ActionRefusedError as refusal:
        return _mail_form(request, portal, person, message_id, given, refusal=refusal)
    return RedirectResponse(f"{PREFIX}/{made}", status_code=303)


def _mail_form(
    request: Request,
    portal: Portal,
    person: Person,
    message_id: UUID,
    given: Mapping[str, str] | None,
    *,
    refusal: ActionRefusedError | None = None,
) -> Response:
    _require_clerk(portal, person)
    with portal.database.reading() as session:
        message = session.get(IncomingMessage, message_id)
    if message is None:
        raise NotFoundError("thư đến", message_id)
    with archive_wrapped():
        mail = read_mail(portal.desk.archive.get(message.raw_sha256))
    if given is None:
        first = next((one for one in mail.attachments if b"%PDF-" in one.content[:1024]), None)
        facts = (
            suggest(portal.desk, first.content, first.name)
            if first is not None
            else PaperFacts(sender_name="", subject=mail.subject)
        )
        given = _typed(facts)
    about = {
        "sender": mail.sender, "subject": mail.subject,
        "names": [one.name for one in mail.attachments],
    }  # fmt: skip
    return _form(
        request, portal, person, given, refusal=refusal, mail=about,
        action=f"{PREFIX}/tu-thu/{message_id}",
    )  # fmt: skip


def _form(
    request: Request,
    portal: Portal,
    person: Person,
    given: Mapping[str, str],
    *,
    refusal: ActionRefusedError | None = None,
    read: bool = False,
    mail: Mapping[str, Any] | None = None,
    action: str = f"{PREFIX}/vao-so",
) -> Response:
    _require_clerk(portal, person)
    status = problem_of(refusal).status if refusal is not None else 200
    return page(
        request, "incoming_entry.html", person=person, status=status, given=given, read=read,
        mail=mail, action=action, urgencies=URGENCIES,
        refusal=sentence_of(refusal) if refusal else "", limit_bytes=portal.desk.size_limit_bytes,
        limit_mb=portal.desk.size_limit_bytes >> 20,
    )  # fmt: skip


def _require_clerk(portal: Portal, person: Person) -> None:
    with portal.database.reading() as session:
        own = office_facts(session).organisation_id
    if not person.has(own, Role.REGISTRY_CLERK):
        raise NotAuthorisedError(person.actor.name, "vào sổ văn bản đến", "văn thư")


def _facts(given: Mapping[str, str]) -> PaperFacts:
    return PaperFacts(
        sender_name=given.get("sender_name", ""),
        sender_id=given.get("sender_id") or None,
        number_symbol=given.get("number_symbol", ""),
        document_date=a_day(given.get("document_date", "")),
        doc_type=given.get("doc_type", ""),
        subject=given.get("subject", ""),
        signatory=given.get("signatory", ""),
        urgency=given.get("urgency") or None,
        due=a_day(given.get("due", "")),
    )


def _typed(facts: PaperFacts) -> dict[str, str]:
    return {
        "sender_name": facts.sender_name,
        "sender_id": facts.sender_id or "",
        "number_symbol": facts.number_symbol,
        "document_date": facts.document_date.isoformat() if facts.document_date else "",
        "doc_type": facts.doc_type,
        "subject": facts.subject,
        "signatory": facts.signatory,
    }


def _scans(portal: Portal, person: Person, given: Mapping[str, str]) -> tuple[EdxmlFile, ...]:
    digest = given.get("scan", "")
    if not digest:
        return ()
    given_proof = given.get("scan_proof", "").encode()
    if not hmac.compare_digest(given_proof, _proof(person, digest).encode()):
        raise InvalidInputError(Wrong(place="Bản quét", reason="Chọn lại tệp rồi đọc lần nữa."))
    with archive_wrapped():
        content = portal.desk.archive.get(digest)
    return (EdxmlFile(name=given.get("scan_name", "ban-quet.pdf"), content=content),)


def _proof(person: Person, digest: str) -> str:
    return hmac.new(person.csrf_token.encode(), digest.encode(), hashlib.sha256).hexdigest()
