"""Our own style and script, and the few vendor files that pages need, with right media types.

Pages name each with the digest of its bytes behind it (`address`), so that a browser may keep it
for good; what is text goes out packed. Pages themselves are never packed: `docs/adr/0042-*.md`.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

HERE: Final = Path(__file__).resolve().parent / "static"
MODULES: Final = Path(__file__).resolve().parent.parent / "node_modules"
FONT: Final = "be-vietnam-pro"
SUBSETS: Final = ("vietnamese", "latin-ext", "latin")
WEIGHTS: Final = ("400", "500", "600")
SCRIPT: Final = "text/javascript; charset=utf-8"
FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""For an address that bears the digest of what is there."""
ONE_HOUR: Final = "public, max-age=3600"
DIGITS: Final = 12
_FONT_ADDRESS: Final = re.compile(r'url\("/static/(vendor/[^"?]+)"\)')

OWN: Final = {
    "app.css": "text/css; charset=utf-8",
    "app.js": SCRIPT,
    "discussing.css": "text/css; charset=utf-8",
    "discussing.js": SCRIPT,
    "draft.css": "text/css; charset=utf-8",
    "draft.js": SCRIPT,
    "fields.js": SCRIPT,
    "files.js": SCRIPT,
    "live.js": SCRIPT,
    "passkeys.js": SCRIPT,
    "icon.svg": "image/svg+xml",
}
VENDOR: Final[dict[str, tuple[Path, str]]] = {
    "htmx.min.js": (MODULES / "htmx.org" / "dist" / "htmx.min.js", SCRIPT),
    **{
        f"{FONT}-{subset}-{weight}.woff2": (
            MODULES / "@fontsource" / FONT / "files" / f"{FONT}-{subset}-{weight}-normal.woff2",
            "font/woff2",
        )
        for subset in SUBSETS
        for weight in WEIGHTS
    },
}
"""Name to file and media type; nothing else of the folder is served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One file as it goes out."""

    content: bytes
    packed: bytes | None
    """The same by gzip; None where that gains nothing."""
    digest: str


def address(name: str) -> str:
    """Returns the address of a file (`app.css`, `vendor/htmx.min.js`) with the digest of its bytes.

    Without one where the file was not installed: a page is readable without its style.

    Raises:
        KeyError: it is none of those that are served.
    """
    path, _ = _place(name)
    if not path.is_file():
        return f"/static/{name}"
    return f"/static/{name}?v={_stored(path, path.stat().st_mtime_ns).digest}"


def _place(name: str) -> tuple[Path, str]:
    if name.startswith("vendor/"):
        return VENDOR[name.removeprefix("vendor/")]
    return HERE / name, OWN[name]


@lru_cache(maxsize=64)
def _stored(path: Path, _changed_ns: int) -> Stored:
    content = path.read_bytes()
    if path.suffix == ".css":
        content = _FONT_ADDRESS.sub(_font, content.decode()).encode()
    packed = gzip.compress(content, mtime=0)
    return Stored(
        content=content,
        packed=packed if len(packed) < len(content) * 9 // 10 else None,
        digest=hashlib.sha256(content).hexdigest()[:DIGITS],
    )


def _font(found: re.Match[str]) -> str:
    return f'url("{address(found[1])}")'


router = APIRouter(include_in_schema=False)


@router.get("/static/vendor/{name}")
def vendor(request: Request, name: str, v: str = "") -> Response:
    """Returns a vendor file."""
    return _answer(request, f"vendor/{name}", v)


@router.get("/static/{name}")
def own(request: Request, name: str, v: str = "") -> Response:
    """Returns a file of ours."""
    return _answer(request, name, v)


def _answer(request: Request, name: str, version: str) -> Response:
    try:
        path, media_type = _place(name)
        stored = _stored(path, path.stat().st_mtime_ns)
    except (KeyError, FileNotFoundError):
        raise HTTPException(404) from None
    headers = {"Cache-Control": FOR_GOOD if version == stored.digest else ONE_HOUR}
    if stored.packed is None:
        return Response(stored.content, media_type=media_type, headers=headers)
    headers["Vary"] = "Accept-Encoding"
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(stored.content, media_type=media_type, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(stored.packed, media_type=media_type, headers=headers)
