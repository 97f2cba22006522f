"""No text comes in that no table can hold: NUL, and halves of characters (lone surrogates).

PostgreSQL refuses both, and they never come from a keyboard. One dependency of the whole
application looks at what a request says, however it says it; readers of large files, whose forms
nobody else may read, call `require_storable` for the words beside them.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from portal.errors import UnstorableTextError

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def guard(file_paths: Iterable[str]) -> Callable[[Request], Awaitable[None]]:
    """Returns the dependency.

    Args:
        file_paths: where files come in: a form there is left to whoever reads it as a stream.
    """
    streamed = tuple(file_paths)

    async def require(request: Request) -> None:
        if any(_is_bad(str(value)) for value in request.path_params.values()):
            raise HTTPException(404)
        require_storable(request.query_params.multi_items())
        # What the framework has read already; it keeps both, and nothing is read twice.
        form: FormData | None = getattr(request, "_form", None)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if form is None and kind in _FORMS and not request.url.path.startswith(streamed):
            form = await request.form()
        if form is not None:
            require_storable(form.multi_items())
        require_storable(_texts(getattr(request, "_json", None)))

    return require


def require_storable(fields: Iterable[tuple[str, Any]]) -> None:
    """Insists that names and values of fields can be kept; of a file its name is looked at.

    Raises:
        UnstorableTextError: one cannot; it names the field.
    """
    for name, value in fields:
        text = value.filename or "" if isinstance(value, UploadFile) else value
        if _is_bad(name) or (isinstance(text, str) and _is_bad(text)):
            raise UnstorableTextError(_UNSTORABLE.sub("", name))


def _is_bad(text: str) -> bool:
    return _UNSTORABLE.search(text) is not None


def _texts(value: object, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yields every string of a JSON value with its place; names of members are strings too.

    Without recursion: the parser has a limit of depth, and this needs none.
    """
    waiting: list[tuple[str, object]] = [(place, value)]
    while waiting:
        where, one = waiting.pop()
        if isinstance(one, dict):
            waiting += [(str(key), inner) for key, inner in one.items()]
            yield from ((str(key), "") for key in one)
        elif isinstance(one, list):
            waiting += [(where, inner) for inner in one]
        else:
            yield where, one
