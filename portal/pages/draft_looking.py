"""Beside the editor of a draft: the directory to choose units from, and the pages as printed."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError
from actions.working.body import Body, Line
from actions.working.choices import groups_on, names_of, tree
from actions.working.keeping import Save, body_of, save, working_draft
from actions.working.naming import GROUP, choose, chosen_at, found_in, place_of
from actions.working.previewing import preview
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.problems import problem_of, sentence_of
from portal.rendering import page

_PAGES_KEPT: Final = 12
"""Drafts whose pages are kept as pictures, a few MB each."""

router = APIRouter()


class Previews:
    """Pages of drafts by key and version, the ones looked at last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[UUID, int], list[bytes]] = OrderedDict()

    def pages(self, portal: Portal, person: Person, key: UUID) -> tuple[int, list[bytes]]:
        """Returns the version that stands now and its pages; each version is set once."""
        with portal.database.reading() as session:
            version = working_draft(session, person.actor, key).version
        draw = partial(preview, portal.desk, person.actor, key)
        return version, self.kept(key, version, draw)

    def kept(self, key: UUID, version: int, draw: Callable[[], list[bytes]]) -> list[bytes]:
        """Returns the pages of one version; draws them where they are not at hand."""
        with self._lock:
            kept = self._kept.get((key, version))
        if kept is None:
            kept = draw()
            with self._lock:
                self._kept[key, version] = kept
                if len(self._kept) > _PAGES_KEPT:
                    self._kept.popitem(last=False)
        return kept


PREVIEWS: Final = Previews()


@router.get("/soan/{key}/don-vi")
def units(
    request: Request, portal: ThePortal, person: SignedInPerson, key: UUID, cho: str = ""
) -> Response:
    """Shows the directory, to choose the units of a recipient line (`l.0`) or a task (`t.2`)."""
    day = portal.today()
    with portal.database.reading() as session:
        row = working_draft(session, person.actor, key)
        place = place_of(body_of(row), cho)
        chosen = chosen_at(place)
        words = place.raw if isinstance(place, Line) else place.sentence
        proposed = found_in(session, words, day) if isinstance(place, Line) and not chosen else []
        return page(
            request, "draft_units.html", person=person, draft=row, place=cho, words=words,
            chosen=chosen, proposed=proposed, names=names_of(session),
            groups=groups_on(session, day), tree=tree(session, day), G=GROUP,
        )  # fmt: skip


@router.post("/soan/{key}/don-vi")
def choose_units(
    *,
    portal: ThePortal,
    person: Deciding,
    key: UUID,
    cho: Annotated[str, Form()] = "",
    unit: Annotated[list[str] | None, Form()] = None,
    version: Annotated[int, Form()] = 0,
) -> Response:
    """Sets the units and goes back to the draft."""
    with portal.database.reading() as session:

        def change(body: Body) -> None:
            choose(session, body, cho, unit or [])

        save(portal.desk, person.actor, key, change, Save(version=version), structure=True)
    number = cho.partition(".")[2]
    anchor = f"nhan-{number}" if cho.startswith("l") else f"viec-{number}"
    return RedirectResponse(f"/soan/{key}#{anchor}", status_code=303)


@router.get("/soan/{key}/xem")
def look(request: Request, portal: ThePortal, person: SignedInPerson, key: UUID) -> Response:
    """Shows the pages as they would be printed now."""
    return _show(request, portal, person, key, "draft_pages.html")


@router.get("/soan/{key}/trang-in")
def beside(request: Request, portal: ThePortal, person: SignedInPerson, key: UUID) -> Response:
    """Shows the same beside the editor, as a part of its page."""
    return _show(request, portal, person, key, "parts/draft_sheets.html")


def _show(request: Request, portal: Portal, person: Person, key: UUID, template: str) -> Response:
    try:
        version, pages = PREVIEWS.pages(portal, person, key)
    except ActionRefusedError as refusal:
        return page(
            request, template, person=person, draft_key=key, version=0, count=0,
            refusal=sentence_of(refusal), status=problem_of(refusal).status,
        )  # fmt: skip
    return page(
        request, template, person=person, draft_key=key, version=version, count=len(pages),
        refusal="",
    )  # fmt: skip


@router.get("/soan/{key}/trang/{number}.png")
def picture(portal: ThePortal, person: SignedInPerson, key: UUID, number: int) -> Response:
    """Returns one page as it would be printed now."""
    _, pages = PREVIEWS.pages(portal, person, key)
    if not 1 <= number <= len(pages):
        raise HTTPException(404)
    return Response(pages[number - 1], media_type="image/png")
