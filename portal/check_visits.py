"""Who asked for a check: a cookie of the visitor's browser, beside the key in the address."""

import secrets
from typing import Final

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from portal.check_keeping import Judged, KeptCheck
from portal.context import Portal, address_of

COOKIE: Final = "trinhky_kiem_tra"
PREFIX: Final = "/kiem-tra-chu-ky"
RESULT: Final = f"{PREFIX}/ket-qua"
LIST: Final = f"{PREFIX}/danh-sach"
_SECRET_BYTES: Final = 24


def visitor_of(request: Request) -> str:
    """Returns the visitor's secret; empty where the browser has none."""
    return request.cookies.get(COOKIE, "")


def keep(request: Request, portal: Portal, found: list[Judged], *, back: str = "") -> Response:
    """Keeps results for the visitor and leads to them: one result, or a list of several.

    Args:
        request: From the visitor.
        portal: The portal.
        found: Not empty.
        back: Path of the page from which the visitor came.
    """
    visitor = visitor_of(request) or secrets.token_urlsafe(_SECRET_BYTES)
    address = address_of(request)
    keys = [portal.checked.put(visitor, address, KeptCheck(judged=one, back=back)) for one in found]
    if len(keys) == 1:
        target = f"{RESULT}/{keys[0]}"
    else:
        target = f"{LIST}/{portal.checked.put_list(visitor, address, tuple(keys))}"
    response = RedirectResponse(target, status_code=303)
    response.set_cookie(
        COOKIE, visitor, httponly=True, samesite="lax", secure=portal.secure, path="/"
    )
    return response
