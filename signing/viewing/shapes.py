"""What is asked of a file to be looked at, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from signing.verdict import Finding

MOST_PAGES: Final = 400
"""Sizes of further pages are not told, and none of them is drawn."""

MOST_PLACES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is asked. Trusted: it comes from the parent."""

    length: int
    """Bytes of the file's front that are looked at: the whole file, or one as it was signed."""

    page: int = 0
    """From 1: this page as a picture. 0: the outline of the file."""


class Place(NamedTuple):
    """Where the mark of a signature field stands, in thousandths of its page from the top left."""

    field: str
    """Full name of the field."""

    page: int
    """From 1."""

    left: int
    top: int
    width: int
    height: int


class Size(NamedTuple):
    """Of a page as it is shown, in points."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The pages of a file and the signature marks on them."""

    count: int = 0
    """All pages, also those beyond the limit."""

    sizes: tuple[Size, ...] = ()
    places: tuple[Place, ...] = ()
    fault: Finding | None = None
    """Why nothing can be shown."""
