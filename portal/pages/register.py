"""The registers of the office, for a year or a term: looked at, printed, begun from an old one."""

from functools import partial
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError, NotAuthorisedError
from actions.offices import office_facts
from actions.registers.books import book, books, span_of, spans
from actions.registers.importing import IMPORTABLE, import_register, read_old_register
from actions.registers.looking import leaf
from actions.registers.printing import print_register
from actions.registers.unused import unused
from documents.errors import DocumentsError
from documents.grids import read_grid
from models.officer import Role
from portal.context import Portal, ThePortal
from portal.errors import BadUploadError, PortalError, UploadTooLargeError
from portal.identity import Person, SignedInPerson, check_own_form
from portal.pages.directive import download
from portal.problems import problem_of
from portal.rendering import page
from portal.uploads import read_upload

PATH: Final = "/so-van-ban"
UPLOAD: Final = f"{PATH}/nhap/"
OUTGOING: Final = "outgoing"

router = APIRouter(prefix=PATH)


@router.get("")
def register(
    *,
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    so: str = OUTGOING,
    ky: str = "",
    truoc: str = "",
) -> Response:
    """Shows a register (`so`) of a year or term (`ky`) to those who hold a post at the office.

    The newest lines; those before them by the cursor `truoc`.
    """
    _require_office(portal, person)
    return _show(request, portal, person, so, ky, before=truoc)


@router.get("/tep")
def printed(portal: ThePortal, person: SignedInPerson, so: str, ky: str, dang: str) -> Response:
    """Returns a register as a file to print (pdf) or to work with (xlsx)."""
    _require_office(portal, person)
    made = print_register(portal.desk, so, span=ky, form=dang)
    return download(made.content, made.name, made.media_type)


def _require_office(portal: Portal, person: Person) -> None:
    """Registers name every paper of the office.

    Raises:
        NotAuthorisedError: the reader holds no post at the office.
    """
    with portal.database.reading() as session:
        facts = office_facts(session)
    if facts.organisation_id not in person.roles:
        raise NotAuthorisedError(person.actor.name, "xem sổ văn bản", f"cán bộ của {facts.name}")


@router.post("/nhap/{key}")
async def bring(request: Request, portal: ThePortal, person: SignedInPerson, key: str) -> Response:
    """Takes the lines of an old register over, all or none."""
    await to_thread.run_sync(_require_office, portal, person)
    try:
        upload = await read_upload(request, limit_bytes=portal.desk.size_limit_bytes)
        check_own_form(request, person, upload.fields.get("csrf", ""))
        taken = await to_thread.run_sync(
            partial(_take, portal, person, key, upload.name, upload.content,
                    upload.fields.get("series", "")),
            limiter=portal.judges,
        )  # fmt: skip
    except (ActionRefusedError, DocumentsError, BadUploadError, UploadTooLargeError) as refusal:
        return await to_thread.run_sync(
            partial(_show, request, portal, person, key, "", refusal=refusal)
        )
    return RedirectResponse(f"{PATH}?so={key}&ky={taken}", status_code=303)


def _take(  # noqa: PLR0917 (what the form said)
    portal: Portal, person: Person, key: str, name: str, content: bytes, series: str
) -> str:
    """Returns the newest year of which lines were taken."""
    old = read_old_register(key, read_grid(content))
    import_register(
        portal.desk, person.actor, old, file_name=name, series_id=series.strip() or None
    )
    return str(old.years[-1])


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: str,
    span: str,
    *,
    before: str = "",
    refusal: ActionRefusedError | DocumentsError | PortalError | None = None,
) -> Response:
    wanted, today = book(key), portal.today()
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        when = span_of(session, span, today)
        shown = leaf(session, key, when, before=before or None)
        every = spans(session, today)
        left = unused(session, when) if key == OUTGOING else ()
    return page(
        request, "register.html", person=person, status=problem.status if problem else 200,
        book=wanted, books=books(), leaf=shown, is_last=not before, span=when, spans=every,
        unused=left,
        refusal=problem.sentence if problem else "",
        may_import=key in IMPORTABLE and Role.REGISTRY_CLERK in person.all_roles,
        limit_mb=portal.desk.size_limit_bytes >> 20,
    )  # fmt: skip
