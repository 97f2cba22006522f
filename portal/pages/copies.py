"""Copies and annexes: the clerk brings a file or scan, looks at the copy, signs with the PIN.

The PIN goes to the key and nowhere else; one form touches the key once.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from actions.access import roles_on
from actions.copying import CopyOrder, copy_file, copy_scans
from actions.errors import (
    ActionRefusedError,
    CertificateUnfitError,
    InvalidInputError,
    NotAcceptedError,
    NotAuthorisedError,
    PinRefusedError,
    Problem,
    StaleRevisionError,
    UnavailableError,
)
from actions.offices import office_facts
from actions.paper_rows import PREPARED, get_paper, next_kind, waiting_file
from actions.paper_signing import complete_paper, sign_paper
from actions.paper_words import facts_of, kind_words, warnings_of
from actions.trying import archive_wrapped
from documents.copies import CopyForm, draw_page, page_total
from documents.errors import CopyRefusedError
from models.officer import Role
from models.paper import Paper
from portal.context import Portal, ThePortal
from portal.errors import BadUploadError, UploadTooLargeError
from portal.identity import Deciding, Person, SignedInPerson, check_own_form
from portal.once import new_word
from portal.pages.directive import download as kept_file
from portal.problems import sentence_of
from portal.rendering import page
from portal.uploads import Upload, read_upload

PREFIX: Final = "/ban-sao"
UPLOAD: Final = f"{PREFIX}/lap"
"""Where files come in; the only path here that takes more than a form."""
LISTED: Final = 100
MOST_SHOWN: Final = 200
"""Pages drawn of one copy; the file has them all."""
SHOWN_HERE: Final = (
    PinRefusedError,
    UnavailableError,
    CertificateUnfitError,
    NotAcceptedError,
    StaleRevisionError,
    InvalidInputError,
)
"""Refusals after which the same page is shown again with the reason."""

router = APIRouter(prefix=PREFIX)


@router.get("")
def papers(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Shows the papers, and the form for one more."""
    return _list(request, portal, person)


@router.post("/lap")
async def bring(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Takes a file and prepares its copy, or shows the form again with the reason."""
    try:
        upload = await read_upload(request, limit_bytes=portal.desk.size_limit_bytes)
    except (UploadTooLargeError, BadUploadError) as err:
        refusal = InvalidInputError(Problem(place="Tệp", reason=err.diagnosis()))
        return await to_thread.run_sync(partial(_list, request, portal, person, refusal=refusal))
    check_own_form(request, person, upload.fields.get("csrf", ""))
    return await to_thread.run_sync(
        partial(_prepare, request, portal, person, upload), limiter=portal.judges
    )


@router.get("/{paper_id}")
def paper(request: Request, portal: ThePortal, person: SignedInPerson, paper_id: UUID) -> Response:
    """Shows one paper: what it is, its pages, and what waits."""
    return _show(request, portal, person, paper_id)


@router.post("/{paper_id}/ky")
def sign(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    paper_id: UUID,
    seen: Annotated[str, Form()] = "",
    once: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
) -> Response:
    """Signs what was seen with the agency's key."""
    sent = Sent(seen=seen, once=once, pin=pin)
    act = partial(_sign, portal, person, paper_id, sent)
    form = f"{person.csrf_token}:ban-sao:{paper_id}:{sent.once}"
    refusal = portal.forms.send(form, act, remember=bool(sent.once))
    if isinstance(refusal, SHOWN_HERE):
        return _show(request, portal, person, paper_id, refusal=refusal)
    if refusal is not None:
        raise refusal
    return RedirectResponse(f"{PREFIX}/{paper_id}", status_code=303)


@router.get("/{paper_id}/anh/{sha256_hex}/{number}.png")
def picture(
    portal: ThePortal, person: SignedInPerson, paper_id: UUID, sha256_hex: str, number: int
) -> Response:
    """One page of a paper's file, drawn in a child: it may be a stranger's."""
    found = _open(portal, person, paper_id)
    if sha256_hex not in {found.prepared_sha256, found.signed_sha256}:
        raise StaleRevisionError(sha256_hex, waiting_file(found) or "")
    try:
        with archive_wrapped():
            png = draw_page(portal.desk.archive.get(sha256_hex), number)
    except CopyRefusedError as err:
        raise InvalidInputError(Problem(place="Trang", reason=err.diagnosis())) from err
    return Response(png, media_type="image/png")


@router.get("/{paper_id}/tep.pdf")
def download(portal: ThePortal, person: SignedInPerson, paper_id: UUID) -> Response:
    """The file as it stands."""
    found = _open(portal, person, paper_id)
    with archive_wrapped():
        content = portal.desk.archive.get(waiting_file(found) or found.source_sha256)
    return kept_file(content, f"{found.name}.pdf".replace("/", "-"), "application/pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a form brought."""

    seen: str
    once: str
    pin: str = field(repr=False)


def _sign(portal: Portal, person: Person, paper_id: UUID, sent: Sent) -> None:
    """The signature stands whatever the services do; `reconcile` finishes what is left."""
    with portal.database.reading() as session:
        kind = next_kind(session, get_paper(session, paper_id))
    if kind is None:
        raise StaleRevisionError(sent.seen, "")
    sign_paper(portal.desk, person.actor, paper_id, kind=kind, pin=sent.pin, seen_sha256=sent.seen)
    try:
        complete_paper(portal.desk, paper_id)
    except UnavailableError:
        return


def _prepare(request: Request, portal: Portal, person: Person, upload: Upload) -> Response:
    given = upload.fields
    try:
        order = CopyOrder(
            form=CopyForm(given.get("form", "")),
            name=given.get("name", ""),
            decided_by=given.get("decided_by", ""),
            pages=pages_in(given.get("pages", "")),
        )
        if given.get("source") == "paper":
            paper_id = copy_scans(portal.desk, person.actor, order, [upload.content])
        else:
            paper_id = copy_file(portal.desk, person.actor, order, upload.content)
    except SHOWN_HERE as refusal:
        return _list(request, portal, person, refusal=refusal, given=given)
    except ValueError:
        wrong = InvalidInputError(
            Problem(place="Hình thức, trang", reason="Chọn lại, ví dụ 1,3-5.")
        )
        return _list(request, portal, person, refusal=wrong, given=given)
    return RedirectResponse(f"{PREFIX}/{paper_id}", status_code=303)


def pages_in(typed: str) -> tuple[int, ...]:
    """Reads "1,3-5".

    Raises:
        ValueError: it cannot be read so.
    """
    pages: list[int] = []
    for part in filter(None, (piece.strip() for piece in typed[:200].split(","))):
        first, _, last = part.partition("-")
        begin, end = int(first), int(last or first)
        if not 0 < begin <= end < 10_000:  # noqa: PLR2004 (no copy has as many pages)
            raise ValueError(part)
        pages.extend(range(begin, end + 1))
    return tuple(dict.fromkeys(pages))


def _list(
    request: Request,
    portal: Portal,
    person: Person,
    *,
    refusal: ActionRefusedError | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    with portal.database.reading() as session:
        organisation_id = office_facts(session).organisation_id
        held = roles_on(session, person.officer_id, organisation_id, portal.today())
        found = session.scalars(
            select(Paper)
            .where(Paper.organisation_id == organisation_id)
            .order_by(Paper.created_at.desc())
            .limit(LISTED)
        ).all()
    if not held:
        raise NotAuthorisedError(person.actor.name, "xem bản sao", "cán bộ của cơ quan")
    return page(
        request, "copies.html", person=person, status=422 if refusal else 200,
        papers=[(one, kind_words(one)) for one in found],
        may_copy=Role.REGISTRY_CLERK in held, forms=list(CopyForm), given=given or {},
        refusal=sentence_of(refusal) if refusal else "",
        limit_mb=portal.desk.size_limit_bytes >> 20, limit_bytes=portal.desk.size_limit_bytes,
    )  # fmt: skip


def _total(portal: Portal, digest: str) -> int:
    """Pages of a stranger's file; none is shown of one that cannot be drawn."""
    if not digest:
        return 0
    with archive_wrapped():
        content = portal.desk.archive.get(digest)
    try:
        return page_total(content)
    except CopyRefusedError:
        return 0


def _open(portal: Portal, person: Person, paper_id: UUID) -> Paper:
    """Returns a paper that the person may look at: anybody with a post at its office."""
    with portal.database.reading() as session:
        found = get_paper(session, paper_id)
        if not roles_on(session, person.officer_id, found.organisation_id, portal.today()):
            raise NotAuthorisedError(person.actor.name, "xem giấy tờ này", "cán bộ của cơ quan")
        return found


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    paper_id: UUID,
    *,
    refusal: ActionRefusedError | None = None,
) -> Response:
    found = _open(portal, person, paper_id)
    digest = waiting_file(found) or ""
    with portal.database.reading() as session:
        kind = next_kind(session, found)
        clerk = Role.REGISTRY_CLERK in roles_on(
            session, person.officer_id, found.organisation_id, portal.today()
        )
    values: dict[str, Any] = {
        "paper": found,
        "what": kind_words(found),
        "facts": tuple(facts_of(found)),
        "warnings": warnings_of(found),
        "sheets": range(1, min(_total(portal, digest), MOST_SHOWN) + 1),
        "seen": digest,
        "once": new_word(),
        "may_sign": clerk and kind is not None and found.state == PREPARED,
        "wrong_pin": isinstance(refusal, PinRefusedError),
        "refusal": sentence_of(refusal) if refusal else "",
    }
    status = 422 if refusal else 200
    return page(request, "copy.html", person=person, status=status, **values)
