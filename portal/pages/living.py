"""Answers open pages that ask whether what they show has changed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from actions.notices.showing import count_new
from portal.context import ThePortal
from portal.identity import is_signed_in, signed_in
from portal.live import PATH, Watched, bell_words, look_again, same, stood_still

router = APIRouter()
LONGEST_MARK = 60


@router.get(PATH)
def changed(
    request: Request,
    portal: ThePortal,
    trang: Watched = Watched.NOTHING,
    ma: UUID | None = None,
    dau: Annotated[str, Query(max_length=LONGEST_MARK)] = "",
) -> Response:
    """Says whether a page is old: 204 where nothing was done, else how what it shows stands.

    Args:
        request: the request.
        portal: the portal.
        trang: what the page shows.
        ma: of which directive or batch.
        dau: the mark that the page bears.
    """
    # Most questions end here; who asks matters only where there is something to say.
    if is_signed_in(request, portal):
        with portal.database.reading() as session:
            if stood_still(session, dau, trang):
                return Response(status_code=204)
    person = signed_in(request, portal)
    with portal.database.reading() as session:
        found = look_again(session, portal, person, trang, ma, mark=dau)
        count = count_new(session, person.officer_id)
    return JSONResponse(
        {
            "mark": found.mark,
            "changed": not same(found.mark, dau),
            "words": found.words,
            "wait": found.wait_s,
            "bell": {"count": count, "words": bell_words(count)},
        }
    )
