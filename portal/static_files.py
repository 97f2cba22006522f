"""Our own style and script, and the few vendor files that pages need, with right media types."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse

HERE: Final = Path(__file__).resolve().parent / "static"
MODULES: Final = Path(__file__).resolve().parent.parent / "node_modules"
FONT: Final = "be-vietnam-pro"
SUBSETS: Final = ("vietnamese", "latin-ext", "latin")
WEIGHTS: Final = ("400", "500", "600", "700")
SCRIPT: Final = "text/javascript; charset=utf-8"
ONE_WEEK: Final = {"Cache-Control": "public, max-age=604800"}
ONE_HOUR: Final = {"Cache-Control": "public, max-age=3600"}

OWN: Final = {
    "app.css": "text/css; charset=utf-8",
    "app.js": SCRIPT,
    "discussing.css": "text/css; charset=utf-8",
    "discussing.js": SCRIPT,
    "draft.css": "text/css; charset=utf-8",
    "draft.js": SCRIPT,
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

router = APIRouter(include_in_schema=False)


@router.get("/static/vendor/{name}")
def vendor(name: str) -> FileResponse:
    """Returns a vendor file."""
    if name not in VENDOR or not VENDOR[name][0].is_file():
        raise HTTPException(404)
    path, media_type = VENDOR[name]
    return FileResponse(path, media_type=media_type, headers=ONE_WEEK)


@router.get("/static/{name}")
def own(name: str) -> FileResponse:
    """Returns a file of ours."""
    if name not in OWN:
        raise HTTPException(404)
    return FileResponse(HERE / name, media_type=OWN[name], headers=ONE_HOUR)
