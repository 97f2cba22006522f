"""A comparison as bytes and back: how it leaves the process that drew the pages.

One line of JSON, then the pictures one behind the other; the JSON says how long each is.
"""

from __future__ import annotations

import json
from typing import Any, Final

from signing.compare.shapes import (
    ADDED,
    CHANGED,
    REMOVED,
    Box,
    Comparison,
    PageDifference,
    WordChange,
)
from signing.words import finding

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_KINDS: Final = frozenset({CHANGED, ADDED, REMOVED})


def dump_comparison(one: Comparison) -> bytes:
    """All of it; `load_comparison` gives it back."""
    state = {
        "before": one.pages_before,
        "after": one.pages_after,
        "compared": one.compared,
        "fault": one.fault is not None,
        "pages": [
            {
                "kind": page.kind,
                "before": page.before,
                "after": page.after,
                "boxes": page.boxes,
                "words": page.words,
                "png": len(page.png),
            }
            for page in one.differences
        ],
    }
    # Half a character, which no text may hold, becomes a question mark.
    line = json.dumps(state, ensure_ascii=False).encode(errors="replace")
    return line + b"\n" + b"".join(page.png for page in one.differences)


def load_comparison(answer: bytes) -> Comparison:
    """The comparison that `dump_comparison` wrote.

    Raises:
        ValueError: The bytes are no such comparison.
    """
    line, _, pictures = answer.partition(b"\n")
    try:
        state: dict[str, Any] = json.loads(line)
        sizes = [_count(one["png"]) for one in state["pages"]]
        if sum(sizes) != len(pictures):
            raise ValueError("pictures")
        ends = [sum(sizes[: at + 1]) for at in range(len(sizes))]
        pages = tuple(
            _page(one, pictures[end - size : end])
            for one, size, end in zip(state["pages"], sizes, ends, strict=True)
        )
        return Comparison(
            pages_before=_count(state["before"]),
            pages_after=_count(state["after"]),
            compared=_count(state["compared"]),
            differences=pages,
            fault=finding("pages_unreadable") if state["fault"] is True else None,
        )
    except (TypeError, KeyError, RecursionError) as err:
        raise ValueError(f"no comparison: {type(err).__name__}") from err


def _page(state: dict[str, Any], png: bytes) -> PageDifference:
    if state["kind"] not in _KINDS or not (png == b"" or png.startswith(_PNG)):
        raise ValueError("page")
    return PageDifference(
        kind=state["kind"],
        before=_number(state["before"]),
        after=_number(state["after"]),
        boxes=tuple(Box(*map(_count, one)) for one in state["boxes"]),
        words=tuple(WordChange(*map(_text, one)) for one in state["words"]),
        png=png,
    )


def _number(value: object) -> int | None:
    return None if value is None else _count(value)


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    value.encode()
    return value
