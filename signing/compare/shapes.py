"""What a comparison found, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from signing.verdict import Finding

CHANGED: Final = "changed"
ADDED: Final = "added"
REMOVED: Final = "removed"


class Box(NamedTuple):
    """A changed region of a page, in pixels of its drawing from the top left corner."""

    left: int
    top: int
    right: int
    bottom: int


class WordChange(NamedTuple):
    """Words of a page that were replaced; one of the two is empty where words came or went."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDifference:
    """One page that is not as it was signed."""

    kind: str
    """`changed`, `added` or `removed`."""

    before: int | None
    """Number of the page as signed, from 1; None of an added one."""

    after: int | None
    """Number of the page as received, from 1; None of a removed one."""

    boxes: tuple[Box, ...] = ()
    words: tuple[WordChange, ...] = ()
    """What text extraction shows; a changed picture changes no words."""

    png: bytes = b""
    """Both side by side, as signed on the left, changed regions boxed; empty beyond the limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What became of a signed file."""

    pages_before: int = 0
    pages_after: int = 0
    compared: int = 0
    """How many pages of each were looked at; fewer than there are beyond the limit."""

    differences: tuple[PageDifference, ...] = ()
    fault: Finding | None = None
    """Why nothing could be compared."""

    @property
    def complete(self) -> bool:
        """Whether every page of both was looked at."""
        return self.fault is None and max(self.pages_before, self.pages_after) <= self.compared

    @property
    def is_same(self) -> bool:
        """Whether every page looks as it did when it was signed."""
        return self.complete and not self.differences
