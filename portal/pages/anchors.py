"""Chứng thư gốc tin cậy: whom the office trusts; a file is looked at first, then trusted."""

from functools import partial
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.anchor_rows import (
    STANDING_WORDS,
    Standing,
    anchor_rows,
    find_anchor,
    row_of,
    would_lack,
)
from actions.errors import ActionRefusedError, InvalidInputError, NotFoundError
from actions.trusting import (
    Offered,
    SentFile,
    add_trust_anchors,
    change_trust_anchor,
    look_at_anchors,
    remove_trust_anchor,
)
from portal.administering import (
    MOST_REASON,
    PREFIX,
    Administrator,
    ChangingAdministrator,
    done_or_said,
)
from portal.anchor_form import (
    LIMIT_BYTES,
    MOST_NAME,
    Typed,
    TypedTerms,
    brought,
    carried,
    plain_name,
    typed_of,
)
from portal.context import Portal, ThePortal
from portal.errors import BadUploadError, PortalError, UploadTooLargeError
from portal.i18n.catalogue import noted
from portal.identity import Person, check_own_form
from portal.problems import problem_of
from portal.rendering import page
from portal.uploads import read_upload
from signing.trust import PURPOSE_WORDS

PATH: Final = f"{PREFIX}/tin-cay"
UPLOAD: Final = f"{PATH}/them"
DONE: Final = {
    "them": noted("Đã tin chứng thư gốc."), "khai": noted("Đã ghi."),
    "bo": noted("Không tin chứng thư gốc ấy nữa."),
}  # fmt: skip
TONES: Final = {
    Standing.HOLDS: "good", Standing.NOT_YET: "wait", Standing.OVER: "bad",
    Standing.EXPIRED: "bad",
}  # fmt: skip

router = APIRouter(prefix=PATH)


@router.get("")
def anchors(request: Request, portal: ThePortal, person: Administrator, xong: str = "") -> Response:
    """Lists the anchors, those that count no more last."""
    problem = None
    try:
        rows = anchor_rows(portal.office.settings.trust_folder, portal.at())
    except InvalidInputError as refusal:
        rows, problem = (), problem_of(refusal)
    return page(
        request, "anchors.html", person=person, status=problem.status if problem else 200,
        rows=rows, done=DONE.get(xong, ""), is_new=xong == "them",
        refusal=problem.sentence if problem else "",
        purposes=PURPOSE_WORDS, standings=STANDING_WORDS, tones=TONES,
    )  # fmt: skip


@router.get("/them")
def new(request: Request, person: Administrator) -> Response:
    """Asks for a file."""
    return _ask(request, person)


@router.post("/them")
async def look(request: Request, portal: ThePortal, person: Administrator) -> Response:
    """Shows the certificates of a file, to be compared; nothing is trusted yet."""
    try:
        upload = await read_upload(request, limit_bytes=LIMIT_BYTES)
        check_own_form(request, person, upload.fields.get("csrf", ""))
        file = SentFile(name=plain_name(upload.name), content=upload.content)
        found = await to_thread.run_sync(
            partial(_look, portal, person, file), limiter=portal.judges
        )
    except (ActionRefusedError, BadUploadError, UploadTooLargeError) as refusal:
        return await to_thread.run_sync(partial(_ask, request, person, refusal=refusal))
    return await to_thread.run_sync(partial(_offer, request, person, file, found))


@router.post("")
def add(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    typed: TypedTerms,
    content: Annotated[str, Form()] = "",
    file_name: Annotated[str, Form()] = "",
) -> Response:
    """Trusts the certificates of the file that was looked at."""
    try:
        file = brought(file_name, content)
        found = _look(portal, person, file)
    except ActionRefusedError as refusal:
        return _ask(request, person, refusal=refusal)
    try:
        add_trust_anchors(
            portal.database, portal.office.settings.trust_folder, file, typed.terms(),
            seen=typed.compared(), at=portal.at(), actor=person.actor,
        )  # fmt: skip
    except ActionRefusedError as refusal:
        return _offer(request, person, file, found, typed=typed, refusal=refusal)
    return RedirectResponse(f"{PATH}?xong=them", status_code=303)


@router.get("/{fingerprint}")
def anchor(
    request: Request, portal: ThePortal, person: Administrator, fingerprint: str, xong: str = ""
) -> Response:
    """Shows one anchor, to be declared anew or taken away."""
    return _show(request, portal, person, fingerprint, done=DONE.get(xong, ""))


@router.post("/{fingerprint}")
def change(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    fingerprint: str,
    typed: TypedTerms,
    seen: Annotated[str, Form()] = "",
) -> Response:
    """Says anew what an anchor is good for."""
    try:
        made = change_trust_anchor(
            portal.database, portal.office.settings.trust_folder, fingerprint, typed.terms(),
            seen=seen, at=portal.at(), actor=person.actor,
        )  # fmt: skip
    except NotFoundError:
        raise
    except ActionRefusedError as refusal:
        return _show(request, portal, person, fingerprint, typed=typed, refusal=refusal)
    return RedirectResponse(f"{PATH}/{made.sha256_hex}?xong=khai", status_code=303)


@router.post("/{fingerprint}/bo")
def remove(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    fingerprint: str,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Trusts a certificate no longer, with the reason."""
    why = reason.strip()[:MOST_REASON]
    deed = partial(
        remove_trust_anchor, portal.database, portal.office.settings.trust_folder, fingerprint, why,
        at=portal.at(), actor=person.actor,
    )  # fmt: skip

    def again(refusal: ActionRefusedError) -> Response:
        return _show(
            request, portal, person, fingerprint, why=why, is_leaving=True, refusal=refusal
        )

    return done_or_said(deed, again, f"{PATH}?xong=bo")


def _look(portal: Portal, person: Person, file: SentFile) -> tuple[Offered, ...]:
    return look_at_anchors(
        portal.database, portal.office.settings.trust_folder, file, at=portal.at(),
        actor=person.actor,
    )  # fmt: skip


def _ask(
    request: Request, person: Person, *, refusal: ActionRefusedError | PortalError | None = None
) -> Response:
    problem = problem_of(refusal) if refusal else None
    return page(
        request, "anchors_adding.html", person=person, status=problem.status if problem else 200,
        found=(), refusal=problem.sentence if problem else "",
    )  # fmt: skip


def _offer(
    request: Request,
    person: Person,
    file: SentFile,
    found: tuple[Offered, ...],
    *,
    typed: Typed | None = None,
    refusal: ActionRefusedError | None = None,
) -> Response:
    problem = problem_of(refusal) if refusal else None
    return page(
        request, "anchors_adding.html", person=person, status=problem.status if problem else 200,
        found=found, file=file, content=carried(file), typed=typed or Typed(),
        refusal=problem.sentence if problem else "", purposes=PURPOSE_WORDS,
        most_reason=MOST_REASON, most_name=MOST_NAME,
    )  # fmt: skip


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    fingerprint: str,
    *,
    done: str = "",
    typed: Typed | None = None,
    why: str = "",
    is_leaving: bool = False,
    refusal: ActionRefusedError | None = None,
) -> Response:
    problem = problem_of(refusal) if refusal else None
    folder = portal.office.settings.trust_folder
    row = row_of(find_anchor(folder, fingerprint), portal.at())
    lacking = would_lack(anchor_rows(folder, portal.at()), row.fingerprint)
    return page(
        request, "anchor.html", person=person, status=problem.status if problem else 200,
        row=row, typed=typed or typed_of(row), done=done, why=why, is_leaving=is_leaving,
        refusal=problem.sentence if problem else "", purposes=PURPOSE_WORDS,
        standings=STANDING_WORDS, tones=TONES, lacking=lacking,
        most_reason=MOST_REASON, most_name=MOST_NAME,
    )  # fmt: skip
