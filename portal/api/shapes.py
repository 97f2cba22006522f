"""What bodies and answers of `/api/v1` share: their base, texts with limits, pages of lists."""

import re
from datetime import date
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from actions.listing.paging import MOST
from delivery.names import ANY_KIND
from documents.workbook import XLSX
from portal.calling import Receipt
from portal.pages.directive import download

Item = TypeVar("Item")
LARGEST: Final = 2**31 - 1
"""Of a whole number that a table holds."""

Words = Annotated[str, Field(max_length=4000)]
"""A reason, a note."""
Line = Annotated[str, Field(max_length=300)]
"""A name, an address."""
Reason = Annotated[str, Field(min_length=1, max_length=4000)]
Key = Annotated[str, Field(min_length=1, max_length=80)]
"""The short name of an organisation or officer in the office file."""
KeyInPath = Annotated[str, Path(min_length=1, max_length=80)]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Rows of a page, at most.")]
After = Annotated[
    str | None,
    Query(max_length=500, description="`next` of the page before; left out for the first."),
]


def _only_iso(value: Any) -> Any:  # noqa: ANN401 (what was sent)
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        raise PydanticCustomError("date_parsing", "no ISO day")
    return value


_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Day = Annotated[date, BeforeValidator(_only_iso)]
"""A day as `2026-11-20`; a number is none, whatever it could be read as."""


class Given(BaseModel):
    """A body. What it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Told(BaseModel):
    """A part of an answer, read off a row."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Reasoned(Given):
    """A decision with its reason, which is kept in the record."""

    reason: Reason


class Noted(Given):
    """A decision, with a word about it or without."""

    note: Words = ""


class Listed(BaseModel, Generic[Item]):
    """One page of a list."""

    model_config = ConfigDict(frozen=True)

    items: list[Item]
    next: Annotated[
        str | None, Field(description="Given as `after` it leads to the next page; null at the end")
    ]


def _shown(value: Any) -> str:  # noqa: ANN401 (a column of any kind)
    return str(value)


AsText = Annotated[str, BeforeValidator(_shown)]
"""An identifier told as text."""

DOES: Final[dict[str, Any]] = {"response_model": Receipt}
"""Of a route that does a deed."""
_KINDS: Final = (ANY_KIND, "application/pdf", XLSX, "text/csv; charset=utf-8")
FILE: Final[dict[str, Any]] = {
    "response_class": Response,
    "responses": {
        200: {
            "description": "The file",
            "content": {kind: {"schema": {"type": "string"}} for kind in _KINDS},
        }
    },
}
"""Of a route that returns a stored file."""


def handed_out(content: bytes, name: str, media_type: str) -> Response:
    """Returns a stored file; a stranger's word for what it is goes into no header."""
    kind = media_type if media_type == "application/pdf" else ANY_KIND
    return download(content, name, kind)
