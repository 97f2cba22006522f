"""Đôn đốc: how the office chases: its ladders, the words of its letters, its quiet hours."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions.access import ROLE_WORDS
from actions.errors import (
    ActionRefusedError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from actions.ladders import Ladders, all_ladders, state_of
from actions.offices import office_facts
from actions.reminding.built_in import BUILT_IN, FIELDS
from actions.reminding.quiet import quiet_hours
from actions.reminding.setting import (
    MAY_SET,
    MOST_DAYS,
    MOST_STEPS,
    preview,
    reset_ladder,
    reset_template,
    set_ladder,
    set_quiet_hours,
    set_template,
)
from actions.reminding.templates import MOST_SUBJECT, MOST_TEXT, Template, template_of
from portal import reminding_view as view
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import noted
from portal.identity import Deciding, Person, SignedInPerson
from portal.problems import problem_of
from portal.rendering import page

PATH: Final = "/don-doc"
SAVE, ADD, LOOK = "ghi", "them", "xem"
REFUSED: Final = (InvalidInputError, NotFoundError)
DONE: Final = {
    "thang": noted("Đã ghi thang đôn đốc."),
    "thang-bo": noted("Đã bỏ thang của cơ quan."),
    "gio": noted("Đã đặt giờ yên lặng."),
    "thu": noted("Đã ghi lời thư."),
    "thu-bo": noted("Đã bỏ lời thư của cơ quan; dùng mẫu có sẵn."),
}
"""What the page says after a deed, by what stands in its address."""
MOST_PLAIN: Final = 60
"""Characters of a short field: a kind of directive, a time of day."""
_TAKE_OUT: Final = re.compile(r"bo-([0-9]{1,2})")

router = APIRouter(prefix=PATH)


@router.get("")
def chasing(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Shows the ladders in sentences, the quiet hours, and the letters."""
    return _overview(request, portal, person)


@router.post("/gio-yen-lang")
def quiet(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    begins: Annotated[str, Form()] = "",
    ends: Annotated[str, Form()] = "",
) -> Response:
    """Sets the quiet hours."""
    begins, ends = _plain(begins), _plain(ends)
    try:
        set_quiet_hours(portal.desk, person.actor, begins=begins, ends=ends)
    except InvalidInputError as refusal:
        return _overview(request, portal, person, typed=(begins, ends), refusal=refusal)
    return _over("gio")


@router.get("/thang")
def ladder(request: Request, portal: ThePortal, person: SignedInPerson, loai: str = "") -> Response:
    """Shows the ladder of a kind of directive as a table to change."""
    return _ladder(request, portal, person, _plain(loai))


@router.post("/thang")
def change_ladder(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    loai: Annotated[str, Form()] = "",
    act: Annotated[str, Form()] = SAVE,
    key: Annotated[list[str] | None, Form()] = None,
    days: Annotated[list[str] | None, Form()] = None,
    when: Annotated[list[str] | None, Form()] = None,
    audience: Annotated[list[str] | None, Form()] = None,
    wording: Annotated[list[str] | None, Form()] = None,
    seen: Annotated[str, Form()] = "",
) -> Response:
    """Puts a ladder in place; or gives the table back with a row more or less."""
    kind, rows = _plain(loai), None
    try:
        rows = view.rows_of([one or [] for one in (key, days, when, audience, wording)])
        if act != SAVE:
            after = _rows_after(rows, act)
            return _ladder(request, portal, person, kind, rows=after, seen=seen)
        _save(portal, person, kind, rows, seen)
    except (InvalidInputError, WrongStateError) as refusal:
        return _ladder(request, portal, person, kind, rows=rows, refusal=refusal, seen=seen)
    return _over("thang")


@router.post("/thang/bo")
def drop_ladder(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    loai: Annotated[str, Form()] = "",
) -> Response:
    """Takes a ladder of the office's own away."""
    kind = _plain(loai)

    def deed() -> None:
        _known_kind(portal, kind)
        reset_ladder(portal.desk, person.actor, kind)

    return _done_or_said(request, portal, person, deed, done="thang-bo")


@router.get("/thu/{key}")
def letter(request: Request, portal: ThePortal, person: SignedInPerson, key: str) -> Response:
    """Shows the words of a letter to change, with their fields and how the letter looks."""
    return _letter(request, portal, person, key)


@router.post("/thu/{key}")
def change_letter(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    key: str,
    act: Annotated[str, Form()] = SAVE,
    subject: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> Response:
    """Puts the words in place; or only shows how the letter would look."""
    _require_letter(key)
    typed = Template(key=key, subject=subject.strip(), text=_lines(text), own=True)
    if act == LOOK:
        return _letter(request, portal, person, key, typed=typed)
    try:
        set_template(portal.desk, person.actor, key, subject=typed.subject, text=typed.text)
    except InvalidInputError as refusal:
        return _letter(request, portal, person, key, typed=typed, refusal=refusal)
    return _over("thu", f"/thu/{quote(key)}")


@router.post("/thu/{key}/bo")
def drop_letter(*, request: Request, portal: ThePortal, person: Deciding, key: str) -> Response:
    """Takes the office's own words of a letter away."""
    _require_letter(key)
    return _done_or_said(
        request, portal, person, lambda: reset_template(portal.desk, person.actor, key),
        done="thu-bo",
    )  # fmt: skip


def _lines(text: str) -> str:
    """Browsers end the lines of a form with two characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _plain(text: str) -> str:
    """Returns a short text without what nobody sees and no record could keep."""
    return "".join(one for one in text if one.isprintable()).strip()[:MOST_PLAIN]


def _require_letter(key: str) -> None:
    if key not in BUILT_IN:
        raise NotFoundError("mẫu thư", key)


def _known_kind(portal: Portal, kind: str) -> Ladders:
    with portal.database.reading() as session:
        ladders = all_ladders(session)
        view.require_kind(kind, view.kinds_of(session, portal, ladders))
    return ladders


def _save(
    portal: Portal, person: Person, kind: str, rows: Sequence[view.TypedStep], seen: str
) -> None:
    steps = view.ladder_of(rows, _known_kind(portal, kind).of(kind))
    set_ladder(portal.desk, person.actor, kind, steps, seen=seen or None)


def _rows_after(rows: list[view.TypedStep], act: str) -> list[view.TypedStep]:
    found = _TAKE_OUT.fullmatch(act)
    if found is not None:
        return [row for place, row in enumerate(rows) if place != int(found[1])]
    return [*rows, view.TypedStep()] if act == ADD else rows


def _done_or_said(
    request: Request, portal: Portal, person: Person, deed: Callable[[], object], *, done: str
) -> Response:
    try:
        deed()
    except REFUSED as refusal:
        return _overview(request, portal, person, refusal=refusal)
    return _over(done)


def _over(done: str, under: str = "") -> Response:
    return RedirectResponse(f"{PATH}{under}?xong={done}", status_code=303)


def _done(request: Request) -> str:
    return DONE.get(request.query_params.get("xong", ""), "")


def _require_reader(session: Session, person: Person) -> None:
    if not person.has(office_facts(session).organisation_id, *MAY_SET):
        who = " hoặc ".join(ROLE_WORDS[role] for role in MAY_SET)
        raise NotAuthorisedError(person.actor.name, "xem cách đôn đốc của cơ quan", who)


def _overview(
    request: Request,
    portal: Portal,
    person: Person,
    *,
    typed: tuple[str, str] | None = None,
    refusal: ActionRefusedError | None = None,
) -> Response:
    with portal.database.reading() as session:
        _require_reader(session, person)
        ladders, quiet_time = all_ladders(session), quiet_hours(session)
        kinds = view.kinds_of(session, portal, ladders)
        letters = [(template_of(session, key), known.title) for key, known in BUILT_IN.items()]
    begins, ends = typed or (f"{quiet_time.begins:%H:%M}", f"{quiet_time.ends:%H:%M}")
    return page(
        request, "reminding.html", person=person, status=_status(refusal), letters=letters,
        ladders=view.shown_ladders(ladders), quiet=quiet_time, begins=begins, ends=ends,
        new_kinds=[one for one in kinds if one not in ladders.own], said=_said(refusal),
        quiet_refused=refusal is not None and typed is not None, done=_done(request),
    )  # fmt: skip


def _ladder(
    request: Request,
    portal: Portal,
    person: Person,
    kind: str,
    *,
    rows: Sequence[view.TypedStep] | None = None,
    refusal: ActionRefusedError | None = None,
    seen: str = "",
) -> Response:
    with portal.database.reading() as session:
        _require_reader(session, person)
        ladders = all_ladders(session)
        view.require_kind(kind, view.kinds_of(session, portal, ladders))
    shown, said = view.typed_steps(ladders.of(kind)) if rows is None else rows, _said(refusal)
    return page(
        request, "reminding_ladder.html", person=person, status=_status(refusal), kind=kind,
        title=view.kind_title(kind), own=view.has_own(ladders, kind), rows=shown,
        whens=view.WHEN_CHOICES, audiences=view.AUDIENCE_CHOICES, wordings=view.WORDING_CHOICES,
        most_steps=MOST_STEPS, most_days=MOST_DAYS, said=said, faults=view.faults_of(said),
        seen=seen or state_of(ladders.of(kind)),
    )  # fmt: skip


def _letter(
    request: Request,
    portal: Portal,
    person: Person,
    key: str,
    *,
    typed: Template | None = None,
    refusal: ActionRefusedError | None = None,
) -> Response:
    _require_letter(key)
    with portal.database.reading() as session:
        _require_reader(session, person)
        stands = template_of(session, key)
    shown, look = typed or stands, None
    try:
        look = preview(shown)
    except InvalidInputError as err:
        refusal = refusal or err
    return page(
        request, "reminding_letter.html", person=person, status=_status(refusal),
        known=BUILT_IN[key], meaning=FIELDS, shown=shown, own=stands.own, look=look,
        unsaved=typed is not None, said=_said(refusal),
        most_subject=MOST_SUBJECT, most_text=MOST_TEXT, done=_done(request),
    )  # fmt: skip


def _status(refusal: ActionRefusedError | None) -> int:
    return problem_of(refusal).status if refusal else 200


def _said(refusal: ActionRefusedError | None) -> list[str]:
    if isinstance(refusal, InvalidInputError):
        return [one.reason for one in refusal.problems]
    return [refusal.diagnosis()] if refusal else []
