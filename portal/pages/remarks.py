"""Remarks on the words of a draft: its text point by point, each with what was said about it."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from actions.discussing import comments
from actions.discussing.texts import LONGEST_TEXT
from actions.discussing.threads import Discussion, Thread, discussion_of
from actions.errors import ActionRefusedError, InvalidInputError
from models.base import DirectiveId
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.problems import STALE, problem_of, sentence_of
from portal.rendering import page
from portal.seeing import open_directive

MOST_POINTS: Final = 100_000
LONGEST_QUOTE: Final = 2000
"""Characters of chosen words in an address; longer ones are typed or are the whole point."""
_Point = Annotated[int, Query(ge=-1, le=MOST_POINTS)]

router = APIRouter(prefix="/van-ban/{directive_id}/gop-y")


@router.get("")
def remarks(
    *,
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    directive_id: UUID,
    o: _Point = -1,
    cau: str = "",
) -> Response:
    """Shows the text with its remarks.

    Args:
        request: the request.
        portal: the portal.
        person: the reader.
        directive_id: the directive.
        o: the point at which the form for a remark is open.
        cau: the words of it that were chosen; all of it where none were.
    """
    typed = {"o": o, "quote": cau[:LONGEST_QUOTE]}
    return _show(request, portal, person, DirectiveId(directive_id), typed=typed)


@router.post("")
def remark(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    revision: Annotated[int, Form(ge=0, le=MOST_POINTS)] = 0,
    place: Annotated[str, Form()] = "",
    quote: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> Response:
    """Stores a remark."""
    key = DirectiveId(directive_id)
    try:
        made = comments.comment(
            portal.desk, person.actor, key, revision=revision, place=place, quote=quote, text=text
        )
    except (*STALE, InvalidInputError) as refusal:
        typed = {"place": place, "quote": quote, "text": text}
        return _show(request, portal, person, key, typed=typed, refusal=refusal)
    return RedirectResponse(f"/van-ban/{key}/gop-y#gop-y-{made}", status_code=303)


@router.post("/{comment_id}/tra-loi")
def answer(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    comment_id: UUID,
    text: Annotated[str, Form()] = "",
) -> Response:
    """Stores an answer."""
    return _do(
        request, portal, person, DirectiveId(directive_id), comment_id, text=text,
        deed=lambda: comments.answer(portal.desk, person.actor, comment_id, text=text),
    )  # fmt: skip


@router.post("/{comment_id}/xong")
def finish(
    request: Request, portal: ThePortal, person: Deciding, directive_id: UUID, comment_id: UUID
) -> Response:
    """Marks a remark as done."""
    return _do(
        request, portal, person, DirectiveId(directive_id), comment_id,
        deed=lambda: comments.finish(portal.desk, person.actor, comment_id),
    )  # fmt: skip


@router.post("/{comment_id}/mo-lai")
def reopen(
    request: Request, portal: ThePortal, person: Deciding, directive_id: UUID, comment_id: UUID
) -> Response:
    """Marks a remark as not done after all."""
    return _do(
        request, portal, person, DirectiveId(directive_id), comment_id,
        deed=lambda: comments.reopen(portal.desk, person.actor, comment_id),
    )  # fmt: skip


def _do(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    comment_id: UUID,
    *,
    deed: Callable[[], DirectiveId],
    text: str = "",
) -> Response:
    try:
        where = deed()
    except (*STALE, InvalidInputError) as refusal:
        typed = {"answers": str(comment_id), "text": text}
        return _show(request, portal, person, key, typed=typed, refusal=refusal)
    return RedirectResponse(f"/van-ban/{where}/gop-y#gop-y-{comment_id}", status_code=303)


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    typed: dict[str, Any],
    refusal: ActionRefusedError | None = None,
) -> Response:
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        found = discussion_of(session, directive, person.officer_id)
    places = [point.place for point in found.points]
    place = typed.get("place", "")
    open_at = places.index(place) if place in places else typed.get("o", -1)
    return page(
        request, "remarks.html", person=person, directive=directive, discussion=found,
        status=problem_of(refusal).status if refusal else 200,
        refusal=sentence_of(refusal) if refusal else "", typed=typed, open_at=open_at,
        texts=[_marked(point.text, found.at(at)) for at, point in enumerate(found.points)],
        most=LONGEST_TEXT, is_lost=bool(refusal and typed.get("text") and not _has(found, typed)),
    )  # fmt: skip


def _has(found: Discussion, typed: dict[str, Any]) -> bool:
    """Whether the page still has the form into which the words were typed."""
    if not found.is_open:
        return False
    if "answers" in typed:
        return any(str(one.id) == typed["answers"] for one in found.threads)
    return any(point.place == typed.get("place") for point in found.points)


def _marked(text: str, threads: Sequence[Thread]) -> list[tuple[bool, str]]:
    """The text in runs, those that remarks are about set off; where two overlap, the first."""
    runs = [(False, text)]
    for one in threads:
        if one.done_at or one.is_whole or not one.is_kept:
            continue
        for index, (is_marked, run) in enumerate(runs):
            before, found, after = run.partition(one.quote)
            if found and not is_marked:
                runs[index : index + 1] = [(False, before), (True, found), (False, after)]
                break
    return [run for run in runs if run[1]]
