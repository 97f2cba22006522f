"""Which page of the signed file became which page of the file received."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple


class Pair(NamedTuple):
    """Two pages that belong together, from 0, of which one may be missing."""

    before: int | None
    after: int | None


def differing_pages(before: list[bytes], after: list[bytes]) -> list[Pair]:
    """Pairs the pages by their fingerprints and returns those that are not alike, in order.

    Pages that agree stay together even where others were put between them; between two that agree,
    pages are paired as they come, and what is left over was added or removed.
    """
    pairs = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            pairs += [Pair(*one) for one in zip_longest(range(a, b), range(c, d))]
    return pairs
