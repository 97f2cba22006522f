"""Where a form leads back to: always within the portal, always to a page that can be opened."""

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request
from starlette.routing import Match

_NEVER_REPEATED: Final = {"pin", "password", "code", "csrf"}
"""Fields of our forms that somebody's program may have put into an address by mistake."""


def inside(target: str) -> str:
    """Returns the target if it lies within the portal; else nothing, so that nobody is led away."""
    parts = urlsplit(target)
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_ours and not parts.scheme and not parts.netloc else ""


def way_back(request: Request) -> str:
    """Returns the page that is shown, or the nearest above it where a form was answered in place.

    Asked for with GET, the path of such an answer would be refused.
    """
    if request.method == "GET":
        asked = parse_qsl(request.url.query, keep_blank_values=True)
        kept = urlencode([(name, text) for name, text in asked if name not in _NEVER_REPEATED])
        return request.url.path + (f"?{kept}" if kept else "")
    path = request.url.path
    while path and not _opens(request, path):
        path = path.rpartition("/")[0]
    return path or "/"


def _opens(request: Request, path: str) -> bool:
    scope = {**request.scope, "method": "GET", "path": path, "path_params": {}}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)
