"""“Mẫu văn bản”: templates of the office: made of a draft, begun with, renamed, withdrawn."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError, InvalidInputError, NotAuthorisedError
from actions.offices import office_facts
from actions.working.body import Body, Task
from actions.working.keeping import body_of, working_draft
from actions.working.previewing import preview_template
from actions.working.templates import (
    DATED,
    LONGEST_NAME,
    USERS,
    begin_from_template,
    blank,
    may_keep,
    rename_template,
    save_template,
    template_of,
    templates_of,
    withdraw_template,
)
from models.officer import Officer, Role
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import gettext, noted
from portal.identity import Deciding, Person, SignedInPerson
from portal.pages.draft_looking import PREVIEWS
from portal.problems import problem_of, sentence_of
from portal.rendering import page

PATH: Final = "/soan/mau"
LONGEST_TYPED: Final = 400
_DONE: Final = {
    "luu": noted("Đã lưu mẫu. Người soạn thảo của cơ quan dùng được ngay."),
    "ten": noted("Đã đổi tên mẫu."),
    "thu-hoi": noted("Đã thu hồi mẫu. Dự thảo đã soạn theo mẫu vẫn còn."),
}

router = APIRouter()
Name = Annotated[str, Form(max_length=LONGEST_TYPED)]


@router.get(PATH)
def templates(
    request: Request, portal: ThePortal, person: SignedInPerson, xong: str = ""
) -> Response:
    """Shows the templates of the office."""
    with portal.database.reading() as session:
        office_id = office_facts(session).organisation_id
        if not person.has(office_id, *USERS):
            needed = "người soạn thảo, văn thư và người quản trị"
            raise NotAuthorisedError(person.actor.name, "xem mẫu văn bản", needed)
        rows = templates_of(session, office_id)
    return page(
        request, "draft_templates.html", person=person, rows=rows,
        drafts=person.has(office_id, Role.DRAFTER), done=gettext(_DONE.get(xong, "")),
    )  # fmt: skip


@router.get(PATH + "/{key}")
def one(
    request: Request, portal: ThePortal, person: SignedInPerson, key: UUID, xong: str = ""
) -> Response:
    """Shows one template: its pages, who made it, what may be done with it."""
    return _one(request, portal, person, key, done=gettext(_DONE.get(xong, "")))


def _one(
    request: Request,
    portal: Portal,
    person: Person,
    key: UUID,
    *,
    done: str = "",
    refusal: ActionRefusedError | None = None,
    typed: str | None = None,
) -> Response:
    with portal.database.reading() as session:
        row = template_of(session, person.actor, key, portal.today())
        body = Body.model_validate(row.body)
        made_by = session.get_one(Officer, row.made_by).name
        keeps = may_keep(session, person.actor, row, portal.today())
    count, unseen = _pages(portal, person, key)
    return page(
        request, "draft_template.html", person=person, row=row, body=body, made_by=made_by,
        keeps=keeps, drafts=person.has(row.organisation_id, Role.DRAFTER), count=count,
        unseen=unseen, done=done, longest=LONGEST_NAME,
        refusal=sentence_of(refusal) if refusal else "", typed=row.name if typed is None else typed,
        status=problem_of(refusal).status if refusal else 200,
    )  # fmt: skip


def _pages(portal: Portal, person: Person, key: UUID) -> tuple[int, str]:
    """How many pages there are, or why they cannot be drawn."""
    try:
        return len(_drawn(portal, person, key)), ""
    except InvalidInputError as refusal:
        return 0, refusal.diagnosis()


def _drawn(portal: Portal, person: Person, key: UUID) -> list[bytes]:
    return PREVIEWS.kept(key, 0, partial(preview_template, portal.desk, person.actor, key))


@router.get(PATH + "/{key}/trang/{number}.png")
def picture(portal: ThePortal, person: SignedInPerson, key: UUID, number: int) -> Response:
    """Returns one page of a template."""
    with portal.database.reading() as session:
        template_of(session, person.actor, key, portal.today())
    pages = _drawn(portal, person, key)
    if not 1 <= number <= len(pages):
        raise HTTPException(404)
    return Response(pages[number - 1], media_type="image/png")


@router.post(PATH + "/{key}/soan")
def begins(portal: ThePortal, person: Deciding, key: UUID) -> Response:
    """Begins a draft with a template and opens it."""
    return RedirectResponse(
        f"/soan/{begin_from_template(portal.desk, person.actor, key)}", status_code=303
    )


@router.post(PATH + "/{key}/ten")
def renames(
    request: Request, portal: ThePortal, person: Deciding, key: UUID, name: Name = ""
) -> Response:
    """Calls a template otherwise."""
    try:
        rename_template(portal.desk, person.actor, key, name)
    except InvalidInputError as refusal:
        return _one(request, portal, person, key, refusal=refusal, typed=name)
    return RedirectResponse(f"{PATH}/{key}?xong=ten", status_code=303)


@router.post(PATH + "/{key}/thu-hoi")
def withdraws(portal: ThePortal, person: Deciding, key: UUID) -> Response:
    """Offers a template no more."""
    withdraw_template(portal.desk, person.actor, key)
    return RedirectResponse(f"{PATH}?xong=thu-hoi", status_code=303)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What becomes of the deadline of a task in a template."""

    before: Task
    after: Task

    @property
    def is_blank(self) -> bool:
        """Whether it wants a day when the template is used."""
        return self.before.kind in DATED


@router.get("/soan/{key}/luu-mau")
def makes(request: Request, portal: ThePortal, person: SignedInPerson, key: UUID) -> Response:
    """Shows what a draft keeps as a template, and asks for its name."""
    return _making(request, portal, person, key)


@router.post("/soan/{key}/luu-mau")
def saves(
    request: Request, portal: ThePortal, person: Deciding, key: UUID, name: Name = ""
) -> Response:
    """Keeps a draft as a template of the office."""
    try:
        made = save_template(portal.desk, person.actor, key, name)
    except InvalidInputError as refusal:
        return _making(request, portal, person, key, refusal=refusal, typed=name)
    return RedirectResponse(f"{PATH}/{made}?xong=luu", status_code=303)


def _making(
    request: Request,
    portal: Portal,
    person: Person,
    key: UUID,
    *,
    refusal: ActionRefusedError | None = None,
    typed: str | None = None,
) -> Response:
    with portal.database.reading() as session:
        body = body_of(working_draft(session, person.actor, key))
    kept = blank(body)
    deadlines = [
        Deadline(before=old, after=new) for old, new in zip(body.tasks, kept.tasks, strict=True)
    ]
    proposed = " ".join((body.title or body.doc_type).split())[:LONGEST_NAME]
    return page(
        request, "draft_template_new.html", person=person, draft_key=key, body=body,
        deadlines=deadlines, typed=proposed if typed is None else typed, longest=LONGEST_NAME,
        refusal=sentence_of(refusal) if refusal else "",
        status=problem_of(refusal).status if refusal else 200,
    )  # fmt: skip
