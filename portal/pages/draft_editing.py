"""The editor of a draft: what was typed is saved, the structure changed, the draft handed in."""

from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from actions.discussing.threads import summary_of
from actions.draft import NewAttachment
from actions.drafting import submit
from actions.errors import ActionRefusedError, InvalidInputError, StaleRevisionError
from actions.working.acting import act
from actions.working.attaching import attach
from actions.working.body import Attached, Body
from actions.working.keeping import (
    Save,
    body_of,
    hand_in,
    save,
    take_back,
    working_draft,
)
from actions.working.typed import put, texts_missing
from portal.context import Portal, ThePortal
from portal.draft_view import ROLE_WORDS, URGENCIES, editor_of
from portal.identity import Person, SignedInPerson, check_own_form
from portal.problems import problem_of
from portal.rendering import page
from portal.uploads import Uploads, read_uploads

SAVES: Final = "/soan/luu/"
"""Where whole drafts come in; they keep to a limit of their own."""
MOST_FIELDS: Final = 6000
MOST_FILES: Final = 20

router = APIRouter()


async def whole_form(request: Request, portal: ThePortal, person: SignedInPerson) -> Uploads:
    """Reads a form of a whole draft, as large as a draft can be, and looks whether it is ours."""
    limit = portal.desk.size_limit_bytes
    form = await read_uploads(
        request, limit_bytes=limit, most_files=MOST_FILES, most_fields=MOST_FIELDS
    )
    check_own_form(request, person, form.fields.get("csrf", ""))
    return form


WholeForm = Annotated[Uploads, Depends(whole_form)]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(1 << 50)) else 0


@router.get("/soan/{key}")
def editor(request: Request, portal: ThePortal, person: SignedInPerson, key: UUID) -> Response:
    """Shows a draft to go on with."""
    return _show(request, portal, person, key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One form of a draft."""

    request: Request
    portal: Portal
    person: Person
    key: UUID
    form: Uploads

    @property
    def fields(self) -> dict[str, str]:
        """What was typed."""
        return self.form.fields

    @property
    def word(self) -> str:
        """What the button said: `save`, `auto`, `undo`, `look`, `hand-in`, `units:…` or an act."""
        return self.form.fields.get("act", "save")

    @property
    def is_quiet(self) -> bool:
        """Tells whether the page saved by itself."""
        return self.word == "auto"

    @property
    def is_structural(self) -> bool:
        """Tells whether parts are added, moved or taken out."""
        return self.word not in _PLAIN and not self.word.startswith(_UNITS)


_UNITS: Final = "units:"
_LEADS: Final = {"look": "xem", "template": "luu-mau"}
"""What is saved first and then leads to another page of the draft."""
_PLAIN: Final = ("save", "auto", "undo", "hand-in", "look", "template")


@router.post("/soan/luu/{key}")
async def keep(
    request: Request, portal: ThePortal, person: SignedInPerson, key: UUID, form: WholeForm
) -> Response:
    """Saves what was typed, then does what the button said."""
    sent = Sent(request=request, portal=portal, person=person, key=key, form=form)
    return await run_in_threadpool(_keep, sent)


def _keep(sent: Sent) -> Response:
    target = f"/soan/{sent.key}"
    try:
        version, anchor = _save(sent)
        if sent.is_quiet:
            return JSONResponse({"version": version})
        if sent.word == "hand-in":
            return _hand_in(sent)
        if sent.word == "undo":
            take_back(sent.portal.desk, sent.person.actor, sent.key)
    except ActionRefusedError as refusal:
        return _refused(sent, refusal)
    if sent.word.startswith(_UNITS):
        place = sent.word.removeprefix(_UNITS)
        return RedirectResponse(f"{target}/don-vi?cho={quote(place)}", status_code=303)
    if sent.word in _LEADS:
        return RedirectResponse(f"{target}/{_LEADS[sent.word]}", status_code=303)
    return RedirectResponse(f"{target}#{anchor}" if anchor else target, status_code=303)


def _save(sent: Sent) -> tuple[int, str]:
    """Puts what was typed into the draft. Returns the new version and the place to look at."""
    fields = sent.fields
    files = _attached(sent)
    anchor = "tep-kem" if files else ""

    def change(body: Body) -> None:
        nonlocal anchor
        put(body, fields)
        body.attachments = [*body.attachments, *files]
        if sent.is_structural:
            anchor = act(body, sent.word)

    said = Save(
        version=_number(fields.get("version", "")),
        window=fields.get("window", ""),
        sequence=_number(fields.get("sequence", "")),
    )
    desk, actor = sent.portal.desk, sent.person.actor
    return save(desk, actor, sent.key, change, said, structure=sent.is_structural), anchor


def _attached(sent: Sent) -> tuple[Attached, ...]:
    if not sent.form.files:
        return ()
    files = [
        NewAttachment(name=one.name, media_type=one.media_type, content=one.content)
        for one in sent.form.files
    ]
    return attach(sent.portal.desk, sent.person.actor, sent.key, files)


def _hand_in(sent: Sent) -> Response:
    """Stores the draft and hands it in for review; a kill in between leaves it with its drafter."""
    desk, actor = sent.portal.desk, sent.person.actor
    directive_id = hand_in(desk, actor, sent.key, note=sent.fields.get("note", ""))
    submit(desk, actor, directive_id)
    sent.portal.nudge(directive_id)
    return RedirectResponse(f"/van-ban/{directive_id}", status_code=303)


def _refused(sent: Sent, refusal: ActionRefusedError) -> Response:
    status, sentence = problem_of(refusal).status, _sentence(sent, refusal)
    is_stale = isinstance(refusal, StaleRevisionError)
    if sent.is_quiet:
        return JSONResponse({"stale": is_stale, "sentence": sentence}, status_code=status)
    kept = Typed(fields=sent.fields, sentence=sentence, is_stale=is_stale)
    return _show(sent.request, sent.portal, sent.person, sent.key, kept, status=status)


def _sentence(sent: Sent, refusal: ActionRefusedError) -> str:
    many = isinstance(refusal, InvalidInputError) and len(refusal.problems) > 1
    if sent.word == "hand-in" and many:
        return "Chưa trình được: còn chỗ phải sửa, nêu ở mục Rà soát và tại từng ô."
    if isinstance(refusal, StaleRevisionError):
        return (
            "Dự thảo này vừa được lưu ở một cửa sổ khác. Bản đó đang hiện ở dưới; những gì gõ ở "
            "cửa sổ này chưa được lưu, còn giữ ngay dưới đây để chép lại."
        )
    return refusal.diagnosis()


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a form that was refused held; shown again so that nothing is lost."""

    fields: dict[str, str] = field(default_factory=dict)
    sentence: str = ""
    is_stale: bool = False
    """Another window saved: what was typed no longer has its place."""


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: UUID,
    kept: Typed | None = None,
    *,
    status: int = 200,
) -> Response:
    kept = kept or Typed()
    with portal.database.reading() as session:
        row = working_draft(session, person.actor, key)
        body = body_of(row)
        unsaved: list[str] = []
        if kept.is_stale:
            unsaved = texts_missing(body, kept.fields)
        elif kept.fields:
            put(body, kept.fields)
        shown = editor_of(session, row, body, portal.today())
        discussion = (
            summary_of(session, shown.directive, person.officer_id) if shown.directive else None
        )
    return page(
        request, "draft.html", person=person, status=status, shown=shown, kept=kept,
        discussion=discussion,
        unsaved=unsaved, note=kept.fields.get("note", ""), ROLES=ROLE_WORDS, URGENCIES=URGENCIES,
    )  # fmt: skip


@router.get("/soan/{key}/ra-soat")
def check(request: Request, portal: ThePortal, person: SignedInPerson, key: UUID) -> Response:
    """Shows what is missing or wrong now, as a part of the page."""
    with portal.database.reading() as session:
        row = working_draft(session, person.actor, key)
        shown = editor_of(session, row, body_of(row), portal.today())
    return page(request, "parts/draft_faults.html", person=person, shown=shown)
