"""The language of the pages, chosen on any of them; kept by the browser, signed in or not."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from portal.context import ThePortal
from portal.i18n.choosing import LANGUAGE_COOKIE
from portal.identity import check_any_token
from portal.ways_back import inside
from signing.language import Language

PATH: Final = "/ngon-ngu"
ONE_YEAR_S: Final = 365 * 24 * 3600

router = APIRouter()


@router.post(PATH)
def choose(
    request: Request,
    portal: ThePortal,
    language: Annotated[Language, Form()],
    back: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Keeps the choice and shows the same page again."""
    check_any_token(request, portal, csrf)
    response = RedirectResponse(inside(back) or "/", status_code=303)
    response.set_cookie(
        LANGUAGE_COOKIE, language.value, max_age=ONE_YEAR_S, httponly=True, samesite="lax",
        secure=portal.secure, path="/",
    )  # fmt: skip
    return response
