"""What the reader was told: what is new, each a way to the page where one acts."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import InvalidInputError
from actions.notices.showing import mark_all_read, mark_read, notice_of, notices_of
from portal.context import ThePortal
from portal.i18n.catalogue import gettext
from portal.identity import Deciding, SignedInPerson
from portal.live import Watched, live_of
from portal.rendering import page

PATH: Final = "/thong-bao"
NEW: Final = "moi"
"""Filter of what was not read yet."""
ON_A_PAGE: Final = 40
LARGEST: Final = 2**31 - 1

router = APIRouter(prefix=PATH)


@router.get("")
def notices(
    *,
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    loc: str = "",
    sau: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Shows the reader's notices, the newest first.

    Args:
        request: the request.
        portal: the portal.
        person: the reader.
        loc: `NEW` for what was not read.
        sau: where the page before ended; what is none of ours begins anew.
    """
    at = portal.at()
    with portal.database.reading() as session:
        live = live_of(session, portal, person, Watched.NOTICES) if not sau else None
        try:
            found = notices_of(
                session, person.officer_id, at, only_new=loc == NEW, after=sau, limit=ON_A_PAGE
            )
        except InvalidInputError:
            return RedirectResponse(PATH, status_code=303)
    return page(
        request, "notices.html", person=person, live=live, found=found, only_new=loc == NEW,
        new=NEW, path_of_list=PATH, later=bool(sau),
        done=gettext("Đã đánh dấu đã đọc.") if loc == "xong" else "",
    )  # fmt: skip


@router.post("/doc-het")
def read_all(
    portal: ThePortal, person: Deciding, until: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Marks as read what the reader was shown, and what is older."""
    mark_all_read(portal.database, person.officer_id, portal.at(), until=_instant(until))
    return RedirectResponse(f"{PATH}?loc=xong", status_code=303)


@router.post("/{notice_id}/mo")
def opens(portal: ThePortal, person: Deciding, notice_id: int) -> Response:
    """Marks a notice as read and leads to where one acts."""
    _mark(portal, person.officer_id, notice_id)
    with portal.database.reading() as session:
        found = notice_of(session, person.officer_id, notice_id, portal.at())
    return RedirectResponse(found.path or PATH, status_code=303)


@router.post("/{notice_id}/doc")
def reads(portal: ThePortal, person: Deciding, notice_id: int) -> Response:
    """Marks a notice as read."""
    _mark(portal, person.officer_id, notice_id)
    return RedirectResponse(PATH, status_code=303)


def _mark(portal: ThePortal, officer_id: str, notice_id: int) -> None:
    # What no table could hold is nobody's notice.
    mark_read(portal.database, officer_id, min(abs(notice_id), LARGEST), portal.at())


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
