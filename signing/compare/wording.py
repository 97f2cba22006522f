"""Which words of a page were replaced, as text extraction shows them."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final

from signing.compare.shapes import WordChange

_MOST_WORDS: Final = 3000
"""Of a page, after what is common at its beginning and end; beyond this words are not compared."""

_MOST_CHANGES: Final = 50
_LONGEST: Final = 400
"""Characters of one change that are told."""


def changed_words(before: str, after: str) -> tuple[WordChange, ...]:
    """The pieces of text that differ, in order; spaces and line ends mean nothing."""
    old, new = _without_common_ends(before.split(), after.split())
    if max(len(old), len(new)) > _MOST_WORDS:
        return ()
    changes = [
        WordChange(_joined(old[a:b]), _joined(new[c:d]))
        for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if kind != "equal"
    ]
    return tuple(changes[:_MOST_CHANGES])


def _without_common_ends(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    old, new = old[first:], new[first:]
    last = 0
    while last < min(len(old), len(new)) and old[-1 - last] == new[-1 - last]:
        last += 1
    return old[: len(old) - last], new[: len(new) - last]


def _joined(words: list[str]) -> str:
    text = " ".join(words)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
